// STOP EXERCISE, and the word of a director that it goes on: folded from messages of the channel
// (SERVICE), so that both parties, and whoever reads their record, come to the same.
//
//   goes on ──any player of either party stops it──▶ stopped
//   stopped ──a director of either party begins it again, having held every stop──▶ goes on
//
// All of them go at FLASH, so that none overtakes another of the same party. Those of the two
// parties cross: the word that it goes on ends the stops that its sender held, which the envelope
// says, and no other. So a stop that crosses it stands at both ends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"
#include "protocol/message/message_generated.h"
#include "protocol/message/roles.h"

namespace hotline {

struct ExerciseStop {
  MessageKey key;
  wire::Role role = wire::Role::unset;  // The player's.
  UtcMs at = 0;                         // Its release, by its sender's clock.
  std::string reason;
};

class ExerciseStops {
 public:
  // Both outlive it.
  ExerciseStops(const CoreConfig& config, Recorder& recorder)
      : config_(config), recorder_(recorder) {}

  // The newest that stands, ours before the peer's; null: the exercise goes on.
  const ExerciseStop* standing() const;

  // The sender of a message of this party held the newest stop of the other.
  bool has_held_stop(bool incoming, uint64_t held) const {
    return is_after(incoming, !incoming, held);
  }

  // Refuses what may not be said of it by a message of this party's or the peer's; others always
  // fit.
  Status check(bool incoming, const wire::Envelope& envelope, const wire::Body& body) const;
  // An entry whose message is recorded too: it gathers, or was read back. True: it is a stop.
  bool apply(const wire::Entry& entry);
  void apply_durable(const wire::Entry& entry);

 private:
  struct Party {
    std::optional<ExerciseStop> newest;
    std::optional<uint64_t> place;  // In its transcript, once it has one.
    bool stands = false;
  };
  // A message of this party came after the newest stop of either: it held so much of the other.
  bool is_after(bool incoming, bool stop_incoming, uint64_t held) const;

  const CoreConfig& config_;
  Recorder& recorder_;
  std::array<Party, 2> parties_;  // Own, the peer's.
};

}  // namespace hotline
