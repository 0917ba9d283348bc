// The exercise that a channel is for: its clock, which a director sets. The clock governs whatever
// has a deadline, and the times that are recorded and shown; links, disks and certificates go by
// the machine's. A live channel has no such clock: there it is refused.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/exercise_clock.h"
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
  Exercise(const CoreConfig& config, Recorder& recorder, Persons& persons, Noise& noise)
      : config_(config), recorder_(recorder), persons_(persons), noise_(noise) {}

  const ExerciseClock& clock() const { return clock_; }

  // As Core::set_exercise_clock. `next_due`: by the exercise's clock, where something is due.
  void set_clock(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                 std::optional<UtcMs> next_due);

  // A jump under way goes ahead to this time, and to its end at the most. The time as it then is.
  Now walk(Now now, UtcMs next_due);

  // The entry that was recorded last, or is read back, at this time of the machine.
  void apply(const wire::Entry& entry, BootMs machine);
  // Why an entry that is read back cannot be true; null when it can.
  const char* fault_in(const wire::Entry& entry) const;

 private:
  Status check(const Actor& actor, const ClockOrder& order) const;
  Result<UtcMs> jump_end(Now now, const ClockOrder& order, std::optional<UtcMs> next_due) const;
  Status try_set(Now now, uint64_t token, const Actor& actor, const ClockOrder& order,
                 std::optional<UtcMs> next_due);

  const CoreConfig& config_;
  Recorder& recorder_;
  Persons& persons_;
  Noise& noise_;
  ExerciseClock clock_;
};

}  // namespace hotline
