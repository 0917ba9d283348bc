// Properties of envelopes and bodies as bytes: whatever is built opens again, and whatever is
// damaged is refused or read safely (the sanitizers watch).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/message_rules.h"
#include "tests/property/touch_message.h"

namespace hotline {
namespace {

std::string text(size_t length_max) {
  auto letters = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
  static constexpr const char* kPieces[] = {"a", " ", "я", "\xe2\x82\xac", "\xf0\x9f\x9a\x80", "7"};
  std::string result;
  for (int letter : letters) {
    if (result.size() >= length_max) break;
    result += kPieces[letter];
  }
  return result;
}

bool coin() {
  return *rc::gen::arbitrary<bool>();
}

Hash hash() {
  Hash result;
  result.fill(*rc::gen::arbitrary<uint8_t>());
  return result;
}

Position position() {
  return {*rc::gen::arbitrary<int32_t>(), *rc::gen::arbitrary<int32_t>()};
}

EnvelopeFields envelope() {
  EnvelopeFields fields;
  fields.id = text(20);
  fields.type = static_cast<wire::MessageType>(*rc::gen::arbitrary<uint8_t>());
  fields.precedence = static_cast<wire::Precedence>(*rc::gen::arbitrary<uint8_t>());
  fields.from = text(20);
  fields.to = text(20);
  fields.drafted_at = *rc::gen::arbitrary<int64_t>();
  fields.released_at = *rc::gen::arbitrary<int64_t>();
  if (coin()) fields.person_hash = hash();
  fields.language = text(10);
  fields.peer_transcript_size = *rc::gen::arbitrary<uint64_t>();
  int references = *rc::gen::inRange(0, 5);
  for (int i = 0; i < references; ++i) fields.references.push_back({text(12), hash()});
  fields.incident = text(12);
  if (coin()) fields.reply_by = *rc::gen::arbitrary<int64_t>();
  if (coin()) fields.handling = HandlingFields{text(50), std::nullopt};
  int parts = *rc::gen::inRange(0, 3);
  for (int i = 0; i < parts; ++i) fields.parts.push_back({wire::PartKind::body, 7, hash()});
  return fields;
}

IncidentFields incident() {
  IncidentFields fields;
  fields.kind = static_cast<wire::IncidentKind>(*rc::gen::arbitrary<uint8_t>());
  fields.observed_at = *rc::gen::arbitrary<int64_t>();
  if (coin()) fields.position = position();
  if (coin()) {
    AreaFields area;
    int points = *rc::gen::inRange(0, 9);
    for (int i = 0; i < points; ++i) area.polygon.push_back(position());
    if (coin()) area.centre = position();
    fields.area = area;
  }
  int actions = *rc::gen::inRange(0, 4);
  for (int i = 0; i < actions; ++i) fields.actions.push_back(wire::Action::hold_fire);
  if (coin()) fields.casualties = CasualtiesFields{1, std::nullopt, 0};
  fields.platform = text(30);
  if (coin()) fields.speed_cm_s = *rc::gen::arbitrary<uint32_t>();
  if (coin()) {
    fields.altitude = AltitudeFields{*rc::gen::arbitrary<int32_t>(), wire::AltitudeDatum::ground};
  }
  fields.weather = text(30);
  return fields;
}

UtcMs time() {
  return *rc::gen::arbitrary<int64_t>();
}

Volume volume() {
  Volume result;
  std::vector<Position> points;
  const int count = *rc::gen::inRange(0, 6);
  for (int i = 0; i < count; ++i) points.push_back(position());
  if (coin()) {
    result.shape = Circle{position(), *rc::gen::arbitrary<uint32_t>()};
  } else if (coin()) {
    result.shape = Polygon{points};
  } else {
    result.shape = Corridor{points, *rc::gen::arbitrary<uint32_t>()};
  }
  result.lower = {*rc::gen::arbitrary<int32_t>(),
                  static_cast<HeightDatum>(*rc::gen::arbitrary<uint8_t>())};
  result.start = time();
  result.end = time();
  return result;
}

ContentFields notice() {
  if (coin()) {
    ActivityFields activity;
    const int count = *rc::gen::inRange(0, 4);
    for (int i = 0; i < count; ++i) activity.volumes.push_back(volume());
    activity.contact = text(20);
    return activity;
  }
  if (coin()) {
    LaunchFields launch;
    launch.window_start = time();
    launch.window_end = time();
    if (coin()) launch.launch_area = AreaFields{{position()}, std::nullopt, 0};
    if (coin()) launch.impact_areas.push_back(AreaFields{{}, position(), 9});
    return launch;
  }
  ProtectedFields notice;
  notice.start = time();
  notice.end = time();
  if (coin()) notice.route = {position(), position()};
  notice.emergency = coin();
  return notice;
}

ContentFields content() {
  switch (*rc::gen::inRange(0, 10)) {
    case 7:
      return notice();
    case 8:
      return MeetingFields{
          wire::MeetingStep::held, text(9), {time(), time()}, text(9), text(9), {}};
    case 9:
      return DecisionFields{text(9), text(9), text(9), text(9), wire::Role::machine, time()};
    case 0:
      return TextContentFields{};
    case 1:
      return QuestionsFields{{text(30), text(30)}};
    case 2:
      return AnswersFields{{{1, wire::AnswerOutcome::later, text(9), 5}, {}}};
    case 3:
      return CorrectionFields{{{text(9), text(9), text(9)}}, text(9)};
    case 4:
      return TestFields{1, 2, hash(), 4};
    case 5: {
      ViolationFields violation;
      if (coin()) violation.observer_position = position();
      if (coin()) violation.bearing = BearingFields{1, 2, 3};
      violation.weapon = text(20);
      return violation;
    }
    default:
      return incident();
  }
}

BodyFields body() {
  BodyFields fields;
  fields.subject = text(60);
  int texts = *rc::gen::inRange(0, 4);
  for (int i = 0; i < texts; ++i) {
    fields.texts.push_back({text(8), text(300), coin(), text(8)});
  }
  fields.content = content();
  return fields;
}

// Damages `bytes` in one of the ways that a bad disk or a bad peer would.
Bytes damaged(Bytes bytes) {
  size_t at = *rc::gen::inRange<size_t>(0, bytes.size());
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes[at] ^= static_cast<uint8_t>(*rc::gen::inRange(1, 256));
      break;
    default: {
      // An offset or a length: four bytes with a value of the troublesome kind.
      uint32_t value = *rc::gen::element<uint32_t>(0, 1, 2, 4, 8, 0xffff, 0x7fffffff, 0x80000000,
                                                   0xffffffff, static_cast<uint32_t>(bytes.size()));
      at = at / 4 * 4;
      for (size_t i = 0; i < 4 && at + i < bytes.size(); ++i) {
        bytes[at + i] = static_cast<uint8_t>(value >> (8 * i));
      }
    }
  }
  return bytes;
}

RC_GTEST_PROP(MessagesProperty, WhatIsBuiltOpens, ()) {
  Bytes envelope_bytes = build_envelope(envelope());
  RC_ASSERT(open_envelope(envelope_bytes).has_value());
  Bytes body_bytes = build_body(body());
  RC_ASSERT(open_body(body_bytes).has_value());
}

// A peer may say anything that opens; the rules and the screen meet it first.
RC_GTEST_PROP(MessagesProperty, WhateverOpensIsJudgedAndShown, ()) {
  const Bytes bytes = build_body(body());
  const auto opened = open_body(bytes);
  const wire::Body& said = **opened;
  BodyContext context;
  context.type = static_cast<wire::MessageType>(said.content_type());
  context.released_at = time();
  check_body(said, context);
  event_point(said);
  for (const char* language : {"en", "ru", "uk", "id"})
    describe_content(said, language, std::nullopt);
  const KindContent& kind = kind_of(context.type).content();
  for (const FieldInfo* field : kind.fields()) kind.typed_form(said, field->key);
}

RC_GTEST_PROP(MessagesProperty, ADamagedEnvelopeIsRefusedOrReadSafely, ()) {
  Bytes good = build_envelope(envelope());
  for (int i = 0; i < 20; ++i) {
    Bytes bytes = damaged(good);
    auto opened = open_envelope(bytes);
    if (opened) {
      touch_message(**opened);
    } else {
      RC_ASSERT(opened.error().code == ErrorCode::malformed);
    }
  }
}

RC_GTEST_PROP(MessagesProperty, ADamagedBodyIsRefusedOrReadSafely, ()) {
  Bytes good = build_body(body());
  for (int i = 0; i < 20; ++i) {
    Bytes bytes = damaged(good);
    auto opened = open_body(bytes);
    if (opened) {
      touch_message(**opened);
    } else {
      RC_ASSERT(opened.error().code == ErrorCode::malformed);
    }
  }
}

}  // namespace
}  // namespace hotline
