// Bodies: what a message says, as coded fields with texts beside them. The schema
// (protocol/message/message.fbs) says what each field means and in which unit;
// protocol/message/kinds/ which of them a message must have.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/geometry/volume.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// An empty string is an absent field, everywhere below. A content names its table of the schema.

struct TextFields {
  std::string language;
  std::string text;
  bool original = false;
  std::string translated_by;
};

struct AreaFields {
  std::vector<Position> polygon;
  std::optional<Position> centre;
  uint32_t radius_m = 0;
};

struct AltitudeFields {
  int32_t value = 0;
  wire::AltitudeDatum datum = wire::AltitudeDatum::unset;
};

struct CasualtiesFields {
  std::optional<uint32_t> own;
  std::optional<uint32_t> other;
  std::optional<uint32_t> civilian;
};

struct TextContentFields {
  using Table = wire::TextContent;
};

struct IncidentFields {
  using Table = wire::Incident;
  wire::IncidentKind kind = wire::IncidentKind::unset;
  UtcMs observed_at = 0;
  std::optional<Position> position;
  std::optional<AreaFields> area;
  uint32_t accuracy_m = 0;
  wire::Side who = wire::Side::unset;
  wire::Observed observed = wire::Observed::unset;
  wire::Certainty certainty = wire::Certainty::unset;
  wire::Intent intent = wire::Intent::unset;
  std::vector<wire::Action> actions;
  std::optional<CasualtiesFields> casualties;
  std::string platform;
  std::optional<uint32_t> mmsi;
  std::optional<uint32_t> icao_address;
  std::optional<uint16_t> course_deg10;
  std::optional<uint32_t> speed_cm_s;
  std::optional<AltitudeFields> altitude;
  std::string evidence;
  std::string weather;
};

struct BearingFields {
  uint16_t direction_deg10 = 0;
  uint32_t nearest_m = 0;
  uint32_t farthest_m = 0;
};

struct ViolationFields {
  using Table = wire::Violation;
  std::optional<Position> observer_position;
  std::optional<Position> event_position;
  std::optional<uint32_t> accuracy_m;
  std::optional<BearingFields> bearing;
  UtcMs event_at = 0;
  wire::Means means = wire::Means::unset;
  uint32_t count = 0;
  wire::Exactness exactness = wire::Exactness::unset;
  wire::ViolationEvent event = wire::ViolationEvent::unset;
  wire::Side attribution = wire::Side::unset;
  std::string weapon;
  std::optional<uint16_t> direction_deg10;
  wire::Ternary in_training_area = wire::Ternary::unset;
  std::string damage;
  wire::Verification verification = wire::Verification::unset;
};

struct QuestionsFields {
  using Table = wire::Questions;
  std::vector<std::string> questions;
};

struct AnswerItemFields {
  uint8_t question = 0;  // From 1; 0 is the message as a whole.
  wire::AnswerOutcome outcome = wire::AnswerOutcome::unset;
  std::string text;
  std::optional<UtcMs> later_at;
};

struct AnswersFields {
  using Table = wire::Answers;
  std::vector<AnswerItemFields> items;
};

struct FieldChangeFields {
  std::string field;
  std::string old_value;
  std::string new_value;
};

struct CorrectionFields {
  using Table = wire::Correction;
  std::vector<FieldChangeFields> changes;
  std::string reason;
};

struct CancellationFields {
  using Table = wire::Cancellation;
  std::string reason;
};

struct ActivityFields {
  using Table = wire::Activity;
  static constexpr bool kAnnouncesVolumes = true;
  wire::ActivityKind kind = wire::ActivityKind::unset;
  std::vector<Volume> volumes;
  std::string contact;
  std::string units;
  std::optional<uint32_t> count;
  std::string frequency;
  std::string notice;
  std::string abort_phrase;
  std::string conflict_reason;
};

struct LaunchFields {
  using Table = wire::Launch;
  static constexpr bool kAnnouncesVolumes = true;
  wire::VehicleClass vehicle = wire::VehicleClass::unset;
  UtcMs window_start = 0;
  UtcMs window_end = 0;
  std::optional<AreaFields> launch_area;
  std::vector<AreaFields> impact_areas;
  std::optional<uint16_t> azimuth_deg10;
  std::string notice;
  std::string late_reason;
  std::string conflict_reason;
};

struct ProtectedFields {
  using Table = wire::Protected;
  static constexpr bool kAnnouncesPlace = true;
  wire::ProtectedKind kind = wire::ProtectedKind::unset;
  std::string organisation;
  std::string purpose;
  std::optional<Position> position;
  std::vector<Position> route;
  UtcMs start = 0;
  UtcMs end = 0;
  std::string contact;
  std::string markings;
  std::string vehicles;
  bool emergency = false;
};

struct DecisionFields {
  using Table = wire::Decision;
  std::string incident;
  std::string rung;
  std::string decision;
  std::string reason;
  wire::Role decided_by = wire::Role::unset;
  UtcMs at = 0;
};

struct ChannelStatusFields {
  using Table = wire::ChannelStatus;
  wire::ChannelState state = wire::ChannelState::unset;
  std::string reason;
  UtcMs from = 0;
};

struct MeetingFields {
  using Table = wire::Meeting;
  wire::MeetingStep step = wire::MeetingStep::unset;
  std::string purpose;
  std::vector<UtcMs> times;
  std::string place;
  std::string agenda;
  std::optional<Hash> minutes_hash;
};

struct AcknowledgementFields {
  using Table = wire::Acknowledgement;
  wire::Role role = wire::Role::unset;
  UtcMs at = 0;
  std::optional<Position> position;  // Read back, where the message has one.
  std::optional<UtcMs> event_at;
};

struct DisseminationFields {
  using Table = wire::Dissemination;
  wire::Audience audience = wire::Audience::unset;
  UtcMs at = 0;
  std::string detail;
};

struct DeclineFields {
  using Table = wire::Decline;
  wire::DeclineCode code = wire::DeclineCode::unset;
  std::string reason;
};

struct TestFields {
  using Table = wire::Test;
  uint8_t phrase = 0;  // Index into the neutral set (protocol/message/neutral_phrases.h), from 1.
  uint64_t transcript_size = 0;
  std::optional<Hash> transcript_root;
  UtcMs clock = 0;
};

struct ServiceFields {
  using Table = wire::Service;
  wire::ServiceAction action = wire::ServiceAction::unset;
  std::string message;
  std::string detail;
  std::string agreement;
  std::string clock = {};
};

using ContentFields =
    std::variant<TextContentFields, IncidentFields, ViolationFields, ActivityFields, LaunchFields,
                 ProtectedFields, QuestionsFields, AnswersFields, CorrectionFields,
                 CancellationFields, DecisionFields, ChannelStatusFields, MeetingFields,
                 AcknowledgementFields, DisseminationFields, DeclineFields, TestFields,
                 ServiceFields>;

struct BodyFields {
  std::string subject;
  std::vector<TextFields> texts;
  ContentFields content;
};

// The message type that goes with a content.
wire::MessageType type_of(const ContentFields& content);

Bytes build_body(const BodyFields& fields);

// Error: malformed. A content from the future is let through; the rules call it an unknown type.
Result<Opened<wire::Body>> open_body(ByteView bytes);
Result<Opened<wire::Body>> open_body(const Bytes&&) = delete;  // An opened body reads the bytes.

Position to_position(const wire::Position& position);
std::vector<Position> to_positions(const flatbuffers::Vector<const wire::Position*>& points);
Height to_height(const wire::Altitude& altitude);
// One shape of those that are there; the rules refuse a volume that has several or none.
Volume to_volume(const wire::Volume& volume);
flatbuffers::Offset<wire::Volume> build_volume(flatbuffers::FlatBufferBuilder& builder,
                                               const Volume& volume);

}  // namespace hotline
