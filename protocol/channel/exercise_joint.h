// The clock of an exercise of two parties: a change on which a director of each agrees. Folded from
// messages of the channel (SERVICE), so that both parties, and whoever reads their record, come to
// the same.
//
//   proposed ──agreed to by the other──▶ (agreed) ──concluded──▶ each clock takes it, in this order
//       └─ declined by the other, withdrawn, replaced by the next one of its own side, or a stop
//
// Both may propose, and agree, at once. One rule decides: a change is concluded in the transcript
// of the party with the greater id, by its director's word on a proposal of the other, or by its
// machine's word that its own proposal was agreed to; so both take the same changes in the same
// order. Whatever else is on its way then changes nothing: a withdrawal that crosses a conclusion
// comes too late, and a consent to a proposal that is over by then is never concluded.
//
// A stop ends all that was said before it, at both: also what its sender received after it, from a
// party that did not hold it yet. Envelopes say what their senders held. All of these messages go
// at FLASH, as stops do, so that none overtakes another of the same party.
//
// Clocks never go back, and each takes a change when it hears of it. So the one that is behind
// afterwards follows the other, up to where that certainly was (a probe says so): neither waits,
// and two clocks that follow the same change come together.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "protocol/channel/core_config.h"
#include "protocol/channel/exercise_stops.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_generated.h"

namespace hotline {

struct ClockChange {
  wire::ExerciseClockChange change = wire::ExerciseClockChange::unset;
  uint32_t speed_permille = 0;  // A speed's.
  UtcMs until = 0;              // A jump's.
};
// "speed 10", "pause", "resume", "jump 2026-12-01T06:00:00.000Z"; nothing where it is none of them.
std::string clock_change_text(const ClockChange& change);
std::optional<ClockChange> parse_clock_change(std::string_view text);

struct ProposedChange {
  MessageKey key;
  ClockChange change;
  bool is_agreed = false;  // By the party with the lesser id; not concluded yet.
};

struct AgreedChange {
  MessageKey concluded;
  uint64_t serial = 0;  // That message's: both call it so.
  ClockChange change;
};

class JointClock {
 public:
  // All of them outlive it.
  JointClock(const CoreConfig& config, Recorder& recorder, const ExerciseStops& stops)
      : config_(config), recorder_(recorder), stops_(stops) {}

  // Open, of this party or of the peer.
  const std::optional<ProposedChange>& proposed(bool incoming) const { return proposed_[incoming]; }
  // The last one since the last stop; what came before it is over.
  const std::optional<AgreedChange>& agreed() const { return agreed_; }
  // The next one that our clock is to take; null: it has taken all.
  const AgreedChange* to_take() const { return to_take_.empty() ? nullptr : &to_take_.front(); }
  // Our proposal that the peer agreed to, and that is ours to conclude: the machine says so.
  std::optional<MessageKey> to_conclude() const;

  // Refuses what may not be said of it by a message of this party's or the peer's; others always
  // fit. `target`: the message that it refers to.
  Status check(bool incoming, const wire::Envelope& envelope, const wire::Body& body,
               const std::optional<MessageKey>& target) const;
  // An entry whose message is recorded too: it gathers, or was read back.
  void apply(const wire::Entry& entry);
  void take(MessageKey concluded);
  // By a stop.
  void end_all();

 private:
  bool we_conclude() const { return config_.party > config_.peer; }
  bool is_of_greater(bool incoming) const { return incoming != we_conclude(); }
  std::optional<ClockChange> change_proposed_in(MessageKey key) const;
  Status check_proposal(const wire::Envelope& envelope, const wire::Service& said) const;
  // Our own message, as things stand here.
  Status check_own(const wire::Envelope& envelope, wire::ServiceAction action,
                   const std::optional<MessageKey>& target) const;
  void conclude(MessageKey by, uint64_t serial, MessageKey proposal);

  const CoreConfig& config_;
  Recorder& recorder_;
  const ExerciseStops& stops_;
  std::array<std::optional<ProposedChange>, 2> proposed_;  // Own, the peer's.
  std::optional<AgreedChange> agreed_;
  std::deque<AgreedChange> to_take_;
};

}  // namespace hotline
