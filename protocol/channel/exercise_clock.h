// The clock of an exercise: time that a director makes run faster or slower, holds, or moves ahead.
// It maps the machine's time to the channel's, and the time at which something is due back. Pure: a
// fold over what was journaled.
//
//   the machine's   ──────┬────────────┬───────┬────▶
//   the exercise's  ──────┘ speed 10   │ pause │ speed 10, jump …
//
// The exercise's time never goes back, and follows the machine's boot clock: a step of the wall
// clock moves no deadline. A jump is a walk: whoever drives the clock moves it (move_to) from one
// thing that is due to the next, until it arrives, so that nothing is passed over. Until a director
// sets it, the exercise's time is the machine's, as it always is on a live channel.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

class ExerciseClock {
 public:
  static constexpr BootMs kNever = INT64_MAX;
  static constexpr uint32_t kSpeedMin_permille = 100;
  static constexpr uint32_t kSpeedMax_permille = 60'000;
  static constexpr uint32_t kSpeedReal_permille = 1'000;

  // A clock can go so fast. Error: refused.
  static Status check_speed(uint32_t permille);

  // The channel's time at this time of the machine. As long as nobody set the clock they are one.
  Now at(Now machine) const;
  // When the machine's boot clock is, or was, at the first moment at which at(...).timer() has come
  // to this; kNever, while the clock stands still before it.
  BootMs machine_boot(BootMs timer) const;

  bool is_set() const { return is_set_; }
  uint32_t speed_permille() const { return speed_permille_; }
  bool is_paused() const { return paused_; }
  bool goes_as_real_time() const { return rate_permille() == kSpeedReal_permille; }
  // A jump under way goes there; meanwhile the clock moves by move_to() alone.
  std::optional<UtcMs> jumping_to() const { return jumping_to_; }

  // From this time of the machine on. A speed within the bounds above; it holds after a pause and
  // after a jump too.
  void set_speed(BootMs machine, uint32_t permille);
  void pause(BootMs machine);
  // Ends a pause.
  void resume(BootMs machine);
  void jump(BootMs machine, UtcMs until);
  // A jump under way goes ahead to this time of the exercise, never back. `now` is at()'s.
  void move_to(Now now, UtcMs utc);
  // The jump is over; also one that was broken off.
  void arrive(BootMs machine);

  // It goes as real time does: no speed of its own, no pause, no jump.
  void stop(BootMs machine);

  // As an entry of the journal says that it then stood.
  void stood(BootMs machine, int64_t ahead_ms);

 private:
  int64_t ahead_at(BootMs machine) const;
  int64_t rate_permille() const { return paused_ || jumping_to_ ? 0 : speed_permille_; }
  // From here on it goes otherwise.
  void turn(BootMs machine);

  bool is_set_ = false;
  uint32_t speed_permille_ = kSpeedReal_permille;
  bool paused_ = false;
  std::optional<UtcMs> jumping_to_;
  BootMs since_ = 0;      // It has gone like this since this time of the machine,
  int64_t ahead_ms_ = 0;  // at which it stood so far ahead.
};

}  // namespace hotline
