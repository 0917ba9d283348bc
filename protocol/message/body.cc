#include "protocol/message/body.h"

#include "protocol/base/text_offset.h"
#include "protocol/message/envelope.h"

namespace hotline {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

constexpr char kBodyIdentifier[] = "HLBO";

wire::Position to_wire(const Position& position) {
  return wire::Position(position.latitude_e5, position.longitude_e5);
}

Offset<wire::Area> build_area(FlatBufferBuilder& builder, const std::optional<AreaFields>& area) {
  if (!area) return 0;
  Offset<flatbuffers::Vector<const wire::Position*>> polygon = 0;
  if (!area->polygon.empty()) {
    std::vector<wire::Position> points;
    for (const Position& point : area->polygon) points.push_back(to_wire(point));
    polygon = builder.CreateVectorOfStructs(points);
  }
  wire::Position centre;
  if (area->centre) centre = to_wire(*area->centre);
  return wire::CreateArea(builder, polygon, area->centre ? &centre : nullptr, area->radius_m);
}

Offset<wire::Casualties> build_casualties(FlatBufferBuilder& builder,
                                          const std::optional<CasualtiesFields>& casualties) {
  if (!casualties) return 0;
  return wire::CreateCasualties(builder, casualties->own, casualties->other, casualties->civilian);
}

// One function a content, each giving the union's value.

Offset<void> build_content(FlatBufferBuilder& builder, const TextContentFields&) {
  return wire::CreateTextContent(builder).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const IncidentFields& fields) {
  auto area = build_area(builder, fields.area);
  auto casualties = build_casualties(builder, fields.casualties);
  Offset<flatbuffers::Vector<wire::Action>> actions = 0;
  if (!fields.actions.empty()) actions = builder.CreateVector(fields.actions);
  auto platform = text_offset(builder, fields.platform);
  auto evidence = text_offset(builder, fields.evidence);
  auto weather = text_offset(builder, fields.weather);
  wire::Position position;
  if (fields.position) position = to_wire(*fields.position);
  wire::Altitude altitude;
  if (fields.altitude) altitude = wire::Altitude(fields.altitude->value, fields.altitude->datum);

  wire::IncidentBuilder incident(builder);
  incident.add_kind(fields.kind);
  incident.add_observed_at(fields.observed_at);
  if (fields.position) incident.add_position(&position);
  incident.add_area(area);
  incident.add_accuracy_m(fields.accuracy_m);
  incident.add_who(fields.who);
  incident.add_observed(fields.observed);
  incident.add_certainty(fields.certainty);
  incident.add_intent(fields.intent);
  incident.add_actions(actions);
  incident.add_casualties(casualties);
  incident.add_platform(platform);
  if (fields.mmsi) incident.add_mmsi(*fields.mmsi);
  if (fields.icao_address) incident.add_icao_address(*fields.icao_address);
  if (fields.course_deg10) incident.add_course_deg10(*fields.course_deg10);
  if (fields.speed_cm_s) incident.add_speed_cm_s(*fields.speed_cm_s);
  if (fields.altitude) incident.add_altitude(&altitude);
  incident.add_evidence(evidence);
  incident.add_weather(weather);
  return incident.Finish().Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const ViolationFields& fields) {
  auto weapon = text_offset(builder, fields.weapon);
  auto damage = text_offset(builder, fields.damage);
  wire::Position observer, event;
  if (fields.observer_position) observer = to_wire(*fields.observer_position);
  if (fields.event_position) event = to_wire(*fields.event_position);
  wire::Bearing bearing;
  if (fields.bearing) {
    bearing = wire::Bearing(fields.bearing->direction_deg10, fields.bearing->nearest_m,
                            fields.bearing->farthest_m);
  }
  wire::ViolationBuilder violation(builder);
  if (fields.observer_position) violation.add_observer_position(&observer);
  if (fields.event_position) violation.add_event_position(&event);
  if (fields.accuracy_m) violation.add_accuracy_m(*fields.accuracy_m);
  if (fields.bearing) violation.add_bearing(&bearing);
  violation.add_event_at(fields.event_at);
  violation.add_means(fields.means);
  violation.add_count(fields.count);
  violation.add_exactness(fields.exactness);
  violation.add_event(fields.event);
  violation.add_attribution(fields.attribution);
  violation.add_weapon(weapon);
  if (fields.direction_deg10) violation.add_direction_deg10(*fields.direction_deg10);
  violation.add_in_training_area(fields.in_training_area);
  violation.add_damage(damage);
  violation.add_verification(fields.verification);
  return violation.Finish().Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const QuestionsFields& fields) {
  return wire::CreateQuestions(builder, builder.CreateVectorOfStrings(fields.questions)).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const AnswersFields& fields) {
  std::vector<Offset<wire::AnswerItem>> items;
  for (const AnswerItemFields& item : fields.items) {
    auto text = text_offset(builder, item.text);
    items.push_back(
        wire::CreateAnswerItem(builder, item.question, item.outcome, text, item.later_at));
  }
  return wire::CreateAnswers(builder, builder.CreateVector(items)).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const CorrectionFields& fields) {
  std::vector<Offset<wire::FieldChange>> changes;
  for (const FieldChangeFields& change : fields.changes) {
    auto field = builder.CreateString(change.field);
    auto old_value = text_offset(builder, change.old_value);
    auto new_value = text_offset(builder, change.new_value);
    changes.push_back(wire::CreateFieldChange(builder, field, old_value, new_value));
  }
  auto reason = text_offset(builder, fields.reason);
  return wire::CreateCorrection(builder, builder.CreateVector(changes), reason).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const CancellationFields& fields) {
  return wire::CreateCancellation(builder, text_offset(builder, fields.reason)).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const AcknowledgementFields& fields) {
  wire::Position position;
  if (fields.position) position = to_wire(*fields.position);
  return wire::CreateAcknowledgement(builder, fields.role, fields.at,
                                     fields.position ? &position : nullptr, fields.event_at)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const DeclineFields& fields) {
  return wire::CreateDecline(builder, fields.code, text_offset(builder, fields.reason)).Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const TestFields& fields) {
  wire::Digest root;
  if (fields.transcript_root) root = to_digest(*fields.transcript_root);
  return wire::CreateTest(builder, fields.phrase, fields.transcript_size,
                          fields.transcript_root ? &root : nullptr, fields.clock)
      .Union();
}

wire::Content content_type_of(const ContentFields& content) {
  return std::visit(
      []<class Fields>(const Fields&) {
        return wire::ContentTraits<typename Fields::Table>::enum_value;
      },
      content);
}

}  // namespace

wire::MessageType type_of(const ContentFields& content) {
  // The schema gives both the same numbers.
  return static_cast<wire::MessageType>(content_type_of(content));
}

Bytes build_body(const BodyFields& fields) {
  FlatBufferBuilder builder;
  auto subject = builder.CreateString(fields.subject);
  std::vector<Offset<wire::Text>> texts;
  for (const TextFields& text : fields.texts) {
    auto language = builder.CreateString(text.language);
    auto words = builder.CreateString(text.text);
    auto translated_by = text_offset(builder, text.translated_by);
    texts.push_back(wire::CreateText(builder, language, words, text.original, translated_by));
  }
  auto texts_offset = builder.CreateVector(texts);
  auto content = std::visit(
      [&builder](const auto& alternative) { return build_content(builder, alternative); },
      fields.content);
  builder.Finish(
      wire::CreateBody(builder, subject, texts_offset, content_type_of(fields.content), content),
      kBodyIdentifier);
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

Result<Opened<wire::Body>> open_body(ByteView bytes) {
  if (bytes.size() > limits::kBodySizeMax) {
    return make_error(ErrorCode::malformed, "the body has " + std::to_string(bytes.size()) +
                                                " bytes, more than " +
                                                std::to_string(limits::kBodySizeMax));
  }
  return open_flatbuffer<wire::Body>(bytes, kBodyIdentifier);
}

Position to_position(const wire::Position& position) {
  return {position.latitude(), position.longitude()};
}

}  // namespace hotline
