// The rules of messages: which fields each type must have, and which values they may take. The same
// rules judge an own draft before it is released and a received message after it is stored; the
// first refuses, the second answers with a DECLINE and an alarm and never hides the message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/geometry/volume.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/words.h"

namespace hotline {

struct AnswersFields;  // protocol/message/body.h

struct Kind;

using DeclineCode = wire::DeclineCode;

struct Problem {
  std::string field;  // The key under which templates know it ("where", "reply-by"), or "envelope".
  std::string reason;  // To be read after the field: "is not on Earth".
  std::string hint;    // The way out; may be empty.
  DeclineCode code = DeclineCode::rule_broken;

  bool operator==(const Problem&) const = default;
};

// "where: is not on Earth".
std::string to_string(const Problem& problem);

// The direction of a message, as the channel knows it. An empty prefix is not compared.
struct RulesContext {
  std::string from;         // Party that sends: its id, and
  std::string from_prefix;  // the prefix of its serials on this channel, with the X of an exercise.
  std::string to;
  std::string to_prefix;
  bool exercise = false;
};

// The context of a body's rules, so that a draft can be checked before it has an envelope.
struct BodyContext {
  wire::MessageType type = wire::MessageType::unset;
  wire::Precedence precedence = wire::Precedence::unset;
  wire::Mode mode = wire::Mode::unset;  // Unset: the channel is still to be chosen.
  std::string language;
  UtcMs released_at = 0;
  bool exercise_channel = false;
  std::string incident = {};   // Empty: it names none.
  bool by_correction = false;  // The hints say what a correction takes.
};

// How much later than the release a time may lie that must be before it: the clocks of those who
// observe, draft and release differ.
inline constexpr int64_t kTimeTolerance_ms = 5 * 60 * 1000;

bool is_precedence(uint8_t precedence);
// By which a person is asked to act: IMMEDIATE where the peer's word is none that we know.
uint8_t known_precedence(uint8_t precedence);

// No problem means that every rule holds. In order of weight: the first one's code is the
// DECLINE's.
std::vector<Problem> check_envelope(const wire::Envelope& envelope, const RulesContext& context);
std::vector<Problem> check_body(const wire::Body& body, const BodyContext& context);
std::vector<Problem> check_body(const wire::Body& body, const BodyContext& context,
                                const Kind& kind);  // Where the kind is another than the table's.
std::vector<Problem> check_message(const wire::Envelope& envelope, const wire::Body& body,
                                   const RulesContext& context);

// An ANSWER to what was not asked: a message has so many `questions`, none unless it is a REQUEST.
std::vector<Problem> check_asked(const wire::Answers& answers, size_t questions);

// A DISSEMINATION of a message before there was one: `released_at` is the message's. Two clocks may
// differ by kTimeTolerance_ms.
std::vector<Problem> check_told_after(const wire::Dissemination& told, UtcMs released_at);

// An ANSWER that accepts a conflict of two notices, which its references name
// (docs/deconfliction.md): as it is built, and whether a body is one.
AnswersFields acceptance_of_conflict();
bool accepts_conflict(const wire::Body& body);
// Says nothing but this word, in any of our languages and however it is written, as an ANSWER to a
// message as a whole or as a TEXT.
bool reads_as_acceptance(const wire::Body& body);

// A notice of ours that would expire while what it announces goes on: refused where it is written
// and where it is released. One that was sent so all the same is in force until its end
// (useful_until). The message keeps its other rules.
std::vector<Problem> check_expiry(const wire::Envelope& envelope, const wire::Body& body);

// The reason of a DECLINE for these problems: the first one in full, and how many more there are.
std::string decline_reason(const std::vector<Problem>& problems);

// Where and when the event of a message was: what an acknowledgement reads back.
struct EventPoint {
  std::optional<Position> position;
  std::optional<UtcMs> at;
};
EventPoint event_point(const wire::Body& body);
EventPoint point_of(const wire::Acknowledgement& read_back);
// "54.90000N 020.10000E 2026-11-28T12:00:00Z", or what there is of it.
std::string format_event_point(const EventPoint& point);
EventPoint point_of(const wire::Area* area);  // Its centre, or its first corner.

// The space and time that a notice announces. The body keeps the rules of its kind. Those of some
// kinds are held against the other side's (Kind::announces_volumes).
std::vector<Volume> announced_volumes(const wire::Body& body);
// Why a notice is sent although it comes too near to another; empty where it does not say.
std::string conflict_reason(const wire::Body& body);

// Compares the read-back with what was sent. Reading back nothing where there was something is a
// mismatch.
ReadBackDifference compare_read_back(const EventPoint& sent, const EventPoint& read_back);
ReadBackDifference compare_read_back(const EventPoint& sent,
                                     const wire::Acknowledgement& read_back);

}  // namespace hotline
