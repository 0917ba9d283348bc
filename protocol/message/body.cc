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

// No points are an absent field.
Offset<flatbuffers::Vector<const wire::Position*>> build_positions(
    FlatBufferBuilder& builder, const std::vector<Position>& positions) {
  if (positions.empty()) return 0;
  std::vector<wire::Position> points;
  for (const Position& position : positions) points.push_back(to_wire(position));
  return builder.CreateVectorOfStructs(points);
}

Offset<wire::Area> build_area(FlatBufferBuilder& builder, const std::optional<AreaFields>& area) {
  if (!area) return 0;
  auto polygon = build_positions(builder, area->polygon);
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

wire::Altitude to_wire(const Height& height) {
  return {height.value, static_cast<wire::AltitudeDatum>(height.datum)};
}

Offset<void> build_content(FlatBufferBuilder& builder, const ActivityFields& fields) {
  std::vector<Offset<wire::Volume>> volumes;
  for (const Volume& volume : fields.volumes) volumes.push_back(build_volume(builder, volume));
  auto all_volumes = builder.CreateVector(volumes);
  auto contact = text_offset(builder, fields.contact);
  auto units = text_offset(builder, fields.units);
  auto frequency = text_offset(builder, fields.frequency);
  auto notice = text_offset(builder, fields.notice);
  auto abort_phrase = text_offset(builder, fields.abort_phrase);
  auto conflict_reason = text_offset(builder, fields.conflict_reason);
  return wire::CreateActivity(builder, fields.kind, all_volumes, contact, units, fields.count,
                              frequency, notice, abort_phrase, conflict_reason)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const LaunchFields& fields) {
  auto launch_area = build_area(builder, fields.launch_area);
  std::vector<Offset<wire::Area>> impact_areas;
  for (const AreaFields& area : fields.impact_areas) {
    impact_areas.push_back(build_area(builder, area));
  }
  auto impacts = builder.CreateVector(impact_areas);
  auto notice = text_offset(builder, fields.notice);
  auto late_reason = text_offset(builder, fields.late_reason);
  auto conflict_reason = text_offset(builder, fields.conflict_reason);
  return wire::CreateLaunch(builder, fields.vehicle, fields.window_start, fields.window_end,
                            launch_area, impacts, fields.azimuth_deg10, notice, late_reason,
                            conflict_reason)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const ProtectedFields& fields) {
  auto organisation = text_offset(builder, fields.organisation);
  auto purpose = text_offset(builder, fields.purpose);
  auto route = build_positions(builder, fields.route);
  auto contact = text_offset(builder, fields.contact);
  auto markings = text_offset(builder, fields.markings);
  auto vehicles = text_offset(builder, fields.vehicles);
  wire::Position position;
  if (fields.position) position = to_wire(*fields.position);
  return wire::CreateProtected(builder, fields.kind, organisation, purpose,
                               fields.position ? &position : nullptr, route, fields.start,
                               fields.end, contact, markings, vehicles, fields.emergency)
      .Union();
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

Offset<void> build_content(FlatBufferBuilder& builder, const DecisionFields& fields) {
  auto incident = text_offset(builder, fields.incident);
  auto rung = text_offset(builder, fields.rung);
  auto decision = text_offset(builder, fields.decision);
  auto reason = text_offset(builder, fields.reason);
  return wire::CreateDecision(builder, incident, rung, decision, reason, fields.decided_by,
                              fields.at)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const ChannelStatusFields& fields) {
  return wire::CreateChannelStatus(builder, fields.state, text_offset(builder, fields.reason),
                                   fields.from)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const MeetingFields& fields) {
  auto purpose = text_offset(builder, fields.purpose);
  auto times = fields.times.empty() ? 0 : builder.CreateVector(fields.times);
  auto place = text_offset(builder, fields.place);
  auto agenda = text_offset(builder, fields.agenda);
  wire::Digest minutes;
  if (fields.minutes_hash) minutes = to_digest(*fields.minutes_hash);
  return wire::CreateMeeting(builder, fields.step, purpose, times, place, agenda,
                             fields.minutes_hash ? &minutes : nullptr)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const AcknowledgementFields& fields) {
  wire::Position position;
  if (fields.position) position = to_wire(*fields.position);
  return wire::CreateAcknowledgement(builder, fields.role, fields.at,
                                     fields.position ? &position : nullptr, fields.event_at)
      .Union();
}

Offset<void> build_content(FlatBufferBuilder& builder, const DisseminationFields& fields) {
  return wire::CreateDissemination(builder, fields.audience, fields.at,
                                   text_offset(builder, fields.detail))
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

Offset<void> build_content(FlatBufferBuilder& builder, const ServiceFields& fields) {
  auto message = text_offset(builder, fields.message);
  auto detail = text_offset(builder, fields.detail);
  auto agreement = text_offset(builder, fields.agreement);
  auto clock = text_offset(builder, fields.clock);
  return wire::CreateService(builder, fields.action, message, detail, agreement, clock).Union();
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

std::vector<Position> to_positions(const flatbuffers::Vector<const wire::Position*>& points) {
  std::vector<Position> positions;
  for (const wire::Position* point : points) positions.push_back(to_position(*point));
  return positions;
}

Height to_height(const wire::Altitude& altitude) {
  return {altitude.value(), static_cast<HeightDatum>(altitude.datum())};
}

Volume to_volume(const wire::Volume& volume) {
  Volume result;
  if (volume.polygon()) {
    result.shape = Polygon{to_positions(*volume.polygon())};
  } else if (volume.route()) {
    result.shape = Corridor{to_positions(*volume.route()), volume.half_width_m()};
  } else if (volume.centre()) {
    result.shape = Circle{to_position(*volume.centre()), volume.radius_m()};
  }
  result.lower = volume.lower() ? to_height(*volume.lower()) : Height{0, HeightDatum{}};
  result.upper = volume.upper() ? to_height(*volume.upper()) : Height{0, HeightDatum{}};
  result.start = volume.start();
  result.end = volume.end();
  return result;
}

flatbuffers::Offset<wire::Volume> build_volume(flatbuffers::FlatBufferBuilder& builder,
                                               const Volume& volume) {
  const auto* circle = std::get_if<Circle>(&volume.shape);
  const auto* polygon = std::get_if<Polygon>(&volume.shape);
  const auto* corridor = std::get_if<Corridor>(&volume.shape);
  const auto border = polygon ? build_positions(builder, polygon->border) : 0;
  const auto route = corridor ? build_positions(builder, corridor->route) : 0;
  wire::Position centre;
  if (circle) centre = to_wire(circle->centre);
  const wire::Altitude lower = to_wire(volume.lower), upper = to_wire(volume.upper);
  return wire::CreateVolume(
      builder, border, circle ? &centre : nullptr, circle ? circle->radius_m : 0, route,
      corridor ? corridor->half_width_m : 0, &lower, &upper, volume.start, volume.end);
}

}  // namespace hotline
