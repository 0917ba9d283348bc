// Whatever a director does, and whenever: the exercise's time never goes back, no change makes it
// leap by itself, what is due is told no earlier than it is due, and a journal read back gives the
// same clock.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "protocol/channel/exercise_clock.h"
#include "tests/durations.h"

namespace hotline {
namespace {

constexpr Now kStart{5'000'000, 1'795'000'000'000};

Now later(Now machine, int64_t ms) {
  return {machine.boot + ms, machine.utc + ms};
}

// Any of what a director may do now.
void change(ExerciseClock& clock, Now machine) {
  const BootMs boot = machine.boot;
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return clock.set_speed(boot, *rc::gen::inRange(ExerciseClock::kSpeedMin_permille,
                                                     ExerciseClock::kSpeedMax_permille + 1));
    case 1:
      return clock.pause(boot);
    case 2:
      return clock.resume(boot);
    case 3:
      return clock.jump(boot, clock.at(machine).utc + *rc::gen::inRange<int64_t>(0, 72 * kHour_ms));
    default:
      return clock.arrive(boot);
  }
}

RC_GTEST_PROP(ExerciseClock, never_goes_back_nor_leaps, ()) {
  ExerciseClock clock;
  Now machine = kStart;
  Now before = clock.at(machine);
  for (int i = 0; i < 40; ++i) {
    machine = later(machine, *rc::gen::inRange<int64_t>(0, 2 * kHour_ms));
    const Now then = clock.at(machine);
    RC_ASSERT(then.utc >= before.utc);
    RC_ASSERT(then.boot == machine.boot);
    RC_ASSERT(then.machine_utc() == machine.utc);
    RC_ASSERT(then.timer() - before.timer() == then.utc - before.utc);
    change(clock, machine);
    RC_ASSERT(clock.at(machine).utc == then.utc);
    if (clock.jumping_to() && *rc::gen::arbitrary<bool>()) {
      const UtcMs to = then.utc + *rc::gen::inRange<int64_t>(-kHour_ms, kHour_ms);
      clock.move_to(then, to);
      RC_ASSERT(clock.at(machine).utc == std::max(to, then.utc));
    }
    before = clock.at(machine);
  }
}

RC_GTEST_PROP(ExerciseClock, tells_when_something_is_due, ()) {
  ExerciseClock clock;
  Now machine = kStart;
  for (int i = 0; i < 20; ++i) {
    machine = later(machine, *rc::gen::inRange<int64_t>(0, 2 * kHour_ms));
    change(clock, machine);
    const BootMs due = clock.at(machine).timer() + *rc::gen::inRange<int64_t>(1, 72 * kHour_ms);
    const BootMs at = clock.machine_boot(due);
    const bool stands = clock.is_paused() || clock.jumping_to();
    RC_ASSERT((at == ExerciseClock::kNever) == stands);
    if (stands) continue;
    RC_ASSERT(at > machine.boot);
    RC_ASSERT(clock.at(later(machine, at - machine.boot)).timer() >= due);
    RC_ASSERT(clock.at(later(machine, at - machine.boot - 1)).timer() < due);
    RC_ASSERT(clock.machine_boot(clock.at(machine).timer()) <= machine.boot);
  }
}

RC_GTEST_PROP(ExerciseClock, goes_on_from_a_journal_as_it_went, ()) {
  ExerciseClock clock;
  Now machine = kStart;
  for (int i = 0; i < 10; ++i) {
    machine = later(machine, *rc::gen::inRange<int64_t>(0, 2 * kHour_ms));
    change(clock, machine);
  }
  const ExerciseClock went_on = clock;
  machine = later(machine, *rc::gen::inRange<int64_t>(0, 2 * kHour_ms));
  clock.stood(machine.boot, clock.at(machine).ahead_ms);
  machine = later(machine, *rc::gen::inRange<int64_t>(0, 2 * kHour_ms));
  RC_ASSERT(std::abs(clock.at(machine).utc - went_on.at(machine).utc) <= 1);
}

TEST(ExerciseClock, IsTheMachinesUntilADirectorSetsIt) {
  const ExerciseClock clock;
  EXPECT_FALSE(clock.is_set());
  EXPECT_EQ(clock.at(kStart).utc, kStart.utc);
  EXPECT_EQ(clock.at(kStart).timer(), kStart.boot);
  EXPECT_EQ(clock.machine_boot(-7), -7);
  EXPECT_EQ(clock.machine_boot(ExerciseClock::kNever), ExerciseClock::kNever);
}

// A step of the wall clock is one of the exercise's wall clock too, and moves no deadline.
TEST(ExerciseClock, FollowsTheBootClock) {
  ExerciseClock clock;
  clock.set_speed(kStart.boot, 10'000);
  const Now stepped{kStart.boot + 1'000, kStart.utc + kHour_ms + 1'000};
  EXPECT_EQ(clock.at(stepped).timer(), kStart.boot + 10'000);
  EXPECT_EQ(clock.at(stepped).utc, kStart.utc + kHour_ms + 10'000);
}

TEST(ExerciseClock, WhatIsLeftAtAPauseIsLeftAfterIt) {
  ExerciseClock clock;
  clock.set_speed(kStart.boot, 2'000);
  const BootMs due = kStart.boot + 60'000;
  clock.pause(kStart.boot + 10'000);
  EXPECT_EQ(clock.machine_boot(due), ExerciseClock::kNever);
  clock.resume(kStart.boot + 500'000);
  EXPECT_EQ(clock.machine_boot(due), kStart.boot + 520'000);
}

}  // namespace
}  // namespace hotline
