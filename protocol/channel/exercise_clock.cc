#include "protocol/channel/exercise_clock.h"

#include <algorithm>

#include "protocol/base/check.h"

namespace hotline {

Status ExerciseClock::check_speed(uint32_t permille) {
  if (permille >= kSpeedMin_permille && permille <= kSpeedMax_permille) return ok();
  return make_error(ErrorCode::refused, "the clock goes from 0.1 to 60 times as fast",
                    "hotline drill speed 10");
}

int64_t ExerciseClock::ahead_at(BootMs machine) const {
  const int64_t passed_ms = std::max<int64_t>(machine - since_, 0);
  return ahead_ms_ + passed_ms * rate_permille() / 1000 - passed_ms;
}

Now ExerciseClock::at(Now machine) const {
  if (!is_set_) return machine;
  const int64_t ahead_ms = ahead_at(machine.boot);
  return {machine.boot, machine.utc + ahead_ms, ahead_ms};
}

BootMs ExerciseClock::machine_boot(BootMs timer) const {
  if (!is_set_ || timer == kNever) return timer;
  const BootMs stood_at = since_ + ahead_ms_;
  if (timer <= stood_at) return std::min(since_, timer);
  const int64_t rate = rate_permille();
  if (rate == 0) return kNever;
  const int64_t left_ms = timer - stood_at;
  if (left_ms > (kNever - since_) / 1000 - 1) return kNever;
  return since_ + (left_ms * 1000 + rate - 1) / rate;
}

void ExerciseClock::turn(BootMs machine) {
  ahead_ms_ = is_set_ ? ahead_at(machine) : 0;
  since_ = is_set_ ? std::max(since_, machine) : machine;
  is_set_ = true;
}

void ExerciseClock::set_speed(BootMs machine, uint32_t permille) {
  HOTLINE_CHECK(check_speed(permille));
  turn(machine);
  speed_permille_ = permille;
}

void ExerciseClock::pause(BootMs machine) {
  turn(machine);
  paused_ = true;
}

void ExerciseClock::resume(BootMs machine) {
  turn(machine);
  paused_ = false;
}

void ExerciseClock::jump(BootMs machine, UtcMs until) {
  turn(machine);
  jumping_to_ = until;
}

void ExerciseClock::move_to(Now now, UtcMs utc) {
  HOTLINE_CHECK(jumping_to_.has_value());
  turn(now.boot);
  ahead_ms_ += std::max<int64_t>(utc - now.utc, 0);
}

void ExerciseClock::arrive(BootMs machine) {
  turn(machine);
  jumping_to_.reset();
}

void ExerciseClock::stop(BootMs machine) {
  arrive(machine);
  paused_ = false;
  speed_permille_ = kSpeedReal_permille;
}

void ExerciseClock::stood(BootMs machine, int64_t ahead_ms) {
  if (!is_set_) return;
  since_ = machine;
  ahead_ms_ = ahead_ms;
}

}  // namespace hotline
