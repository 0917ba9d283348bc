#include "protocol/message/describe.h"

#include <cstdio>

#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/neutral_phrases.h"
#include "protocol/message/quantity.h"
#include "protocol/message/rule_checker.h"

namespace hotline {
namespace {

std::string number(uint64_t value) {
  return std::to_string(value);
}

std::string show_time(UtcMs time) {
  return format_rfc3339(time) + "  (" + format_date_time_group(time) + ")";
}

class Describer {
 public:
  explicit Describer(const std::string& language)
      : language_(choose_language(language)), phrases_(phrases(language_)) {}

  Description take() { return std::move(lines_); }

  void envelope(const wire::Envelope& envelope);
  void content(const wire::Body& body);

 private:
  void line(std::string_view key, std::string value) {
    lines_.emplace_back(label(key, language_), std::move(value));
  }
  void text(std::string_view key, const flatbuffers::String* value) {
    if (value && value->size() > 0) line(key, std::string(view(value)));
  }
  void time(std::string_view key, std::optional<UtcMs> value) {
    if (value) line(key, show_time(*value));
  }
  template <class Enum>
  void coded(std::string_view key, Enum value) {
    if (value != Enum::unset) line(key, word(value, language_));
  }
  void direction(std::string_view key, std::optional<uint16_t> value) {
    if (value) line(key, format_direction(*value) + " " + phrases_.degrees_true);
  }
  std::string metres(uint64_t value) { return number(value) + " " + phrases_.metres; }

  void position(std::string_view key, const wire::Position* value, uint32_t accuracy_m);
  void area(const wire::Area& area);
  void casualties(const wire::Casualties& casualties);
  void altitude(const wire::Altitude& altitude);
  void incident(const wire::Incident& incident);
  void violation(const wire::Violation& violation);
  void request(const wire::Questions& request);
  void answer(const wire::Answers& answer);
  void correction(const wire::Correction& correction);
  void acknowledgement(const wire::Acknowledgement& acknowledgement);
  void test(const wire::Test& test);

  Language language_;
  const Phrases& phrases_;
  Description lines_;
};

void Describer::position(std::string_view key, const wire::Position* value, uint32_t accuracy_m) {
  if (!value) return;
  std::string shown = format_position(to_position(*value));
  if (accuracy_m != 0) shown += std::string(", ") + phrases_.accuracy + " " + metres(accuracy_m);
  line(key, shown);
}

void Describer::area(const wire::Area& area) {
  if (area.centre()) {
    line("area", format_position(to_position(*area.centre())) + ", " + phrases_.radius + " " +
                     metres(area.radius_m()));
  }
  if (!area.polygon()) return;
  std::string corners = std::string(phrases_.corners) + ":";
  for (const wire::Position* corner : *area.polygon()) {
    corners += " " + format_position(to_position(*corner)) + ";";
  }
  corners.pop_back();
  line("area", corners);
}

void Describer::casualties(const wire::Casualties& casualties) {
  auto count = [this](std::optional<uint32_t> value) {
    return value ? number(*value) : std::string(phrases_.unknown);
  };
  line("casualties-own", count(casualties.own()));
  line("casualties-other", count(casualties.other()));
  line("casualties-civilian", count(casualties.civilian()));
}

void Describer::altitude(const wire::Altitude& altitude) {
  if (altitude.datum() == wire::AltitudeDatum::flight_level) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%s%03d", phrases_.flight_level, altitude.value());
    return line("altitude", buffer);
  }
  line("altitude", std::to_string(altitude.value()) + " " + phrases_.metres + " " +
                       word(altitude.datum(), language_));
}

void Describer::incident(const wire::Incident& incident) {
  coded("kind", incident.kind());
  time("when", incident.observed_at());
  position("where", incident.position(), incident.accuracy_m());
  if (incident.area()) area(*incident.area());
  if (!incident.position()) line("accuracy", metres(incident.accuracy_m()));
  coded("who", incident.who());
  coded("what", incident.observed());
  coded("certainty", incident.certainty());
  coded("intent", incident.intent());
  if (incident.actions()) {
    std::string actions;
    for (flatbuffers::uoffset_t i = 0; i < incident.actions()->size(); ++i) {
      if (!actions.empty()) actions += "; ";
      actions += word(static_cast<wire::Action>(incident.actions()->Get(i)), language_);
    }
    line("action", actions);
  }
  if (incident.casualties()) casualties(*incident.casualties());
  text("platform", incident.platform());
  char buffer[32];
  if (incident.mmsi()) {
    std::snprintf(buffer, sizeof buffer, "%09u", *incident.mmsi());
    line("mmsi", buffer);
  }
  if (incident.icao_address()) {
    std::snprintf(buffer, sizeof buffer, "%06X", *incident.icao_address());
    line("icao", buffer);
  }
  direction("course", incident.course_deg10());
  if (incident.speed_cm_s()) {
    line("speed", format_speed(*incident.speed_cm_s(), phrases_.knots, phrases_.metres_per_second));
  }
  if (incident.altitude()) altitude(*incident.altitude());
  text("evidence", incident.evidence());
  text("weather", incident.weather());
}

void Describer::violation(const wire::Violation& violation) {
  std::string count = number(violation.count());
  if (violation.exactness() == wire::Exactness::at_least) {
    count = std::string(phrases_.at_least) + " " + count;
  } else if (violation.exactness() == wire::Exactness::about) {
    count = std::string(phrases_.about) + " " + count;
  }
  coded("event", violation.event());
  line("count", count);
  time("when", violation.event_at());
  position("where", violation.event_position(), violation.accuracy_m().value_or(0));
  position("observer", violation.observer_position(), 0);
  if (const wire::Bearing* bearing = violation.bearing()) {
    line("bearing", format_direction(bearing->direction_deg10()) + " " + phrases_.degrees_true +
                        ", " + number(bearing->nearest_m()) + " - " +
                        metres(bearing->farthest_m()));
  }
  coded("means", violation.means());
  coded("attribution", violation.attribution());
  text("weapon", violation.weapon());
  direction("direction", violation.direction_deg10());
  coded("training-area", violation.in_training_area());
  text("damage", violation.damage());
  coded("verification", violation.verification());
}

void Describer::request(const wire::Questions& request) {
  if (!request.questions()) return;
  for (flatbuffers::uoffset_t i = 0; i < request.questions()->size(); ++i) {
    lines_.emplace_back(label("question", language_) + " " + number(i + 1),
                        std::string(view(request.questions()->Get(i))));
  }
}

void Describer::answer(const wire::Answers& answer) {
  if (!answer.items()) return;
  for (const wire::AnswerItem* item : *answer.items()) {
    std::string which =
        item->question() == 0 ? std::string(phrases_.whole_message) : number(item->question());
    std::string value = word(item->outcome(), language_);
    if (item->later_at()) value += ", " + show_time(*item->later_at());
    if (item->text()) value += ": " + std::string(view(item->text()));
    lines_.emplace_back(label("answer", language_) + " " + which, value);
  }
}

void Describer::correction(const wire::Correction& correction) {
  text("reason", correction.reason());
  if (!correction.changes()) return;
  for (const wire::FieldChange* change : *correction.changes()) {
    line("change", std::string(view(change->field())) + ": " +
                       std::string(view(change->old_value())) + " -> " +
                       std::string(view(change->new_value())));
  }
}

void Describer::acknowledgement(const wire::Acknowledgement& acknowledgement) {
  coded("role", acknowledgement.role());
  time("read-at", acknowledgement.at());
  position("where", acknowledgement.position(), 0);
  time("when", acknowledgement.event_at());
  line("notice", phrases_.not_agreement);
}

void Describer::test(const wire::Test& test) {
  static constexpr const char* kTags[kLanguages] = {"en", "ru", "uk", "id"};
  auto phrase = neutral_phrase(test.phrase(), kTags[static_cast<size_t>(language_)]);
  line("phrase", phrase ? std::string(*phrase) : "? (" + number(test.phrase()) + ")");
  std::string transcript = number(test.transcript_size());
  if (const wire::Digest* root = test.transcript_root()) {
    transcript += "  " + to_hex({root->bytes()->Data(), root->bytes()->size()});
  }
  line("transcript", transcript);
  time("clock", test.clock());
}

void Describer::envelope(const wire::Envelope& envelope) {
  text("id", envelope.id());
  coded("type", envelope.type());
  coded("precedence", envelope.precedence());
  coded("mode", envelope.mode());
  text("from", envelope.from());
  text("to", envelope.to());
  time("drafted", envelope.drafted_at());
  time("released", envelope.released_at());
  if (envelope.references()) {
    std::string references;
    for (const wire::Reference* reference : *envelope.references()) {
      if (!references.empty()) references += ", ";
      references += std::string(view(reference->id()));
    }
    line("references", references);
  }
  text("correction-of", envelope.correction_of());
  text("incident", envelope.incident());
  text("exercise", envelope.exercise_id());
  time("reply-by", envelope.reply_by());
  time("expires", envelope.expires_at());
  if (const wire::Handling* handling = envelope.handling()) {
    text("handling", handling->audience());
    time("handling", handling->keep_until());
  }
}

void Describer::content(const wire::Body& body) {
  using wire::Content;
  switch (body.content_type()) {
    case Content::incident:
      return incident(*body.content_as_incident());
    case Content::violation:
      return violation(*body.content_as_violation());
    case Content::request:
      return request(*body.content_as_request());
    case Content::answer:
      return answer(*body.content_as_answer());
    case Content::correction:
      return correction(*body.content_as_correction());
    case Content::cancellation:
      return text("reason", body.content_as_cancellation()->reason());
    case Content::acknowledgement:
      return acknowledgement(*body.content_as_acknowledgement());
    case Content::decline:
      coded("code", body.content_as_decline()->code());
      return text("reason", body.content_as_decline()->reason());
    case Content::test:
      return test(*body.content_as_test());
    default:
      return;  // A TEXT has its texts only; a content from the future cannot be shown.
  }
}

}  // namespace

Description describe(const wire::Envelope& envelope, const wire::Body& body,
                     const std::string& language) {
  Describer describer(language);
  describer.envelope(envelope);
  describer.content(body);
  return describer.take();
}

Description describe_envelope(const wire::Envelope& envelope, const std::string& language) {
  Describer describer(language);
  describer.envelope(envelope);
  return describer.take();
}

Description describe_content(const wire::Body& body, const std::string& language) {
  Describer describer(language);
  describer.content(body);
  return describer.take();
}

}  // namespace hotline
