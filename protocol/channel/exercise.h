// The exercise that a channel is for: its clock, which a director sets, and its stops. The clock
// governs whatever has a deadline, and the times that are recorded and shown; links, disks and
// certificates go by the machine's. A stop puts it back to real time, until a director begins the
// exercise again; and the directors of both parties may agree on a change. A live channel has none
// of it: there it is refused.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/exercise_clock.h"
#include "protocol/channel/exercise_joint.h"
#include "protocol/channel/exercise_stops.h"
#include "protocol/channel/noise.h"
#include "protocol/channel/persons.h"
#include "protocol/channel/recorder.h"

namespace hotline {

// A change of the clock that a director asks for.
struct ClockOrder {
  wire::ExerciseClockChange change = wire::ExerciseClockChange::unset;
  uint32_t speed_permille = 0;  // Of a speed.
  int64_t by_ms = 0;            // Of a jump: so far ahead,
  UtcMs until = 0;              // or to this time; neither: to the next thing that is due.

  bool is_next() const {
    return change == wire::ExerciseClockChange::jump && by_ms == 0 && until == 0;
  }
};

class Exercise {
 public:
  // All of them outlive it.
  Exercise(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise,
           Conditions& conditions)
      : config_(config),
        recorder_(recorder),
        persons_(persons),
        noise_(noise),
        conditions_(conditions),
        stops_(config, recorder),
        joint_(config, recorder, stops_) {}

  const ExerciseClock& clock() const { return clock_; }
  // Null: it goes on.
  const ExerciseStop* stopped() const { return stops_.standing(); }
  const JointClock& joint() const { return joint_; }

  // As Core::set_exercise_clock. `next_due`: by the exercise's clock, where something is due.
  void set_clock(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                 std::optional<UtcMs> next_due);

  // A jump under way goes ahead to this time, and to its end at the most. The time as it then is.
  Now walk(Now now, UtcMs next_due);

  // As JointClock::check.
  Status check_message(bool incoming, const wire::Envelope& envelope, const wire::Body& body,
                       const std::optional<MessageKey>& target) const;
  // An entry of a message that is recorded too, in a core that is live.
  void apply_message(const wire::Entry& entry);
  void apply_durable(const wire::Entry& entry) { stops_.apply_durable(entry); }
  // Does what the messages that came ask for: the clock goes back to real time after a stop, takes
  // what both agreed on, and the watch is told.
  void follow_messages(Now now);

  // By a probe: so the peer's clock stands, which follows this agreed change (its serial; 0: none),
  // and jumps. Ours goes after it, where it follows the same one and is behind.
  void peer_stands(Now now, UtcMs at, uint64_t change, bool jumps);
  // The same of ours.
  uint64_t followed() const { return follows_ && joint_.agreed() ? joint_.agreed()->serial : 0; }
  // So far our clock stood ahead of the peer's, since both agreed on a change; nothing before the
  // peer says so.
  std::optional<int64_t> apart_ms() const { return apart_ms_; }

  // The entry that was recorded last, or is read back, at this time of the machine.
  void apply(const wire::Entry& entry, BootMs machine);
  // Why an entry that is read back cannot be true; null when it can.
  const char* fault_in(const wire::Entry& entry) const;

 private:
  Status check(const Actor& actor, const ClockOrder& order) const;
  Result<UtcMs> jump_end(Now now, const ClockOrder& order, std::optional<UtcMs> next_due) const;
  Status try_set(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                 std::optional<UtcMs> next_due);
  void record_change(Now now, wire::ExerciseClockChange change, UtcMs until = 0,
                     const AgreedChange* agreed = nullptr);
  void note_stop(Now now);
  void note_proposal(Now now);
  void note_apart(Now now);

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  Conditions& conditions_;
  ExerciseClock clock_;
  ExerciseStops stops_;
  JointClock joint_;
  bool reset_due_ = false;  // A stop came after the clock was set last.
  bool follows_ = false;    // Nobody has set the clock since it took what both agreed on.
  std::optional<int64_t> apart_ms_;
};

// The right that a person needs to send what this draft says of an exercise; nothing where it says
// nothing of one. The draft's body may be anything.
std::optional<Right> right_about_exercise(const wire::Draft& draft);

}  // namespace hotline
