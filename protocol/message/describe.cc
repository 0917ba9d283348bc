#include <cstdio>

#include "protocol/geometry/position_text.h"
#include "protocol/message/describer.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/quantity.h"

namespace hotline {
namespace {

constexpr Wording kHandling = {"Handling", "Порядок обращения", "Порядок поводження", "Penanganan"};

void add_envelope(Describer& lines, const wire::Envelope& envelope) {
  lines.text({"Message", "Сообщение", "Повідомлення", "Pesan"}, envelope.id());
  lines.coded({"Type", "Тип", "Тип", "Jenis"}, envelope.type());
  lines.coded({"Precedence", "Срочность", "Терміновість", "Derajat kesegeraan"},
              envelope.precedence());
  lines.coded({"Mode", "Режим", "Режим", "Mode"}, envelope.mode());
  if (envelope.danger_to_life()) {
    lines.coded({"Danger to life", "Угроза жизни", "Загроза життю", "Bahaya jiwa"},
                wire::Ternary::yes);
  }
  lines.text({"From", "От", "Від", "Dari"}, envelope.from());
  lines.text({"To", "Кому", "Кому", "Kepada"}, envelope.to());
  lines.time({"Drafted", "Составлено", "Складено", "Disusun"}, envelope.drafted_at());
  lines.coded({"Drafted by", "Составил", "Склав", "Disusun oleh"}, envelope.drafter_role());
  lines.time({"Released", "Выпущено", "Випущено", "Dikeluarkan"}, envelope.released_at());
  lines.coded({"Released by", "Выпустил", "Випустив", "Dilepas oleh"}, envelope.releaser_role());
  if (envelope.references()) {
    std::string references;
    for (const wire::Reference* reference : *envelope.references()) {
      if (!references.empty()) references += ", ";
      references += std::string(view(reference->id()));
    }
    lines.line({"Refers to", "Ссылается на", "Посилається на", "Merujuk"}, references);
  }
  lines.text({"Corrects", "Исправляет", "Виправляє", "Mengoreksi"}, envelope.correction_of());
  lines.text({"Incident", "Инцидент", "Інцидент", "Insiden"}, envelope.incident());
  lines.text({"Exercise", "Учение", "Навчання", "Latihan"}, envelope.exercise_id());
  lines.time({"Reply by", "Ответить до", "Відповісти до", "Balas sebelum"}, envelope.reply_by());
  lines.time({"Expires", "Действительно до", "Дійсне до", "Berlaku sampai"}, envelope.expires_at());
  if (const wire::Handling* handling = envelope.handling()) {
    lines.text(kHandling, handling->audience());
    lines.time(kHandling, handling->keep_until());
  }
}

void add_content(Describer& lines, const wire::Body& body, const Kind& kind) {
  // A content from the future cannot be shown.
  if (kind.is_built()) kind.content().describe(lines, body);
}

const Kind& kind_of_content(const wire::Body& body) {
  return kind_of(static_cast<uint8_t>(body.content_type()));
}

}  // namespace

std::string show_time(UtcMs time) {
  return format_rfc3339(time) + "  (" + format_date_time_group(time) + ")";
}

void Describer::text(const Wording& label, const flatbuffers::String* value) {
  if (value && value->size() > 0) line(label, std::string(view(value)));
}

void Describer::time(const Wording& label, std::optional<UtcMs> value) {
  if (value.value_or(0) != 0) line(label, show_time(*value));  // A draft may lack it still.
}

void Describer::direction(const Wording& label, std::optional<uint16_t> deg10) {
  if (deg10) line(label, format_direction(*deg10) + " " + phrases_.degrees_true);
}

void Describer::position(const Wording& label, const wire::Position* value, uint32_t accuracy_m) {
  if (!value) return;
  std::string shown = position_in_words(to_position(*value), accuracy_m);
  if (accuracy_m != 0) shown += std::string(", ") + phrases_.accuracy + " " + metres(accuracy_m);
  line(label, shown);
}

void Describer::area(const Wording& label, const wire::Area* value) {
  if (!value) return;
  if (value->centre()) {
    line(label, format_position(to_position(*value->centre())) + ", " + phrases_.radius + " " +
                    metres(value->radius_m()));
  }
  if (value->polygon()) {
    line(label, std::string(phrases_.corners) + ": " + words_of(*value->polygon()));
  }
}

std::string Describer::words_of(const Height& height) const {
  if (height.datum == HeightDatum::flight_level) {
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%s%03d", phrases_.flight_level, height.value);
    return buffer;
  }
  return std::to_string(height.value) + " " + phrases_.metres + " " +
         word(static_cast<wire::AltitudeDatum>(height.datum), language_);
}

std::string Describer::words_of(const flatbuffers::Vector<const wire::Position*>& points) const {
  std::string words;
  for (const wire::Position* point : points) {
    if (!words.empty()) words += "; ";
    words += format_position(to_position(*point));
  }
  return words;
}

void Describer::route(const Wording& label,
                      const flatbuffers::Vector<const wire::Position*>* points) {
  if (points && points->size() > 0) line(label, words_of(*points));
}

Description describe_envelope(const wire::Envelope& envelope, const std::string& language) {
  Describer describer(language);
  add_envelope(describer, envelope);
  return describer.take();
}

Description describe_content(const wire::Body& body, const std::string& language,
                             std::optional<UtcMs> released_at) {
  return describe_content(body, language, released_at, kind_of_content(body));
}

Description describe_content(const wire::Body& body, const std::string& language,
                             std::optional<UtcMs> released_at, const Kind& kind) {
  Describer describer(language, released_at);
  add_content(describer, body, kind);
  return describer.take();
}

std::vector<std::string> cautions_of(const wire::Body& body, const std::string& language,
                                     std::optional<UtcMs> released_at) {
  Describer describer(language, released_at);
  add_content(describer, body, kind_of_content(body));
  return describer.take_cautions();
}

}  // namespace hotline
