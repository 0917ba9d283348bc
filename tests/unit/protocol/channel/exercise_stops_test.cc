// STOP EXERCISE in two cores: who may say it, what it does at both, and what crosses it.
#include "protocol/channel/exercise_stops.h"

#include <gtest/gtest.h>

#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using Action = wire::ServiceAction;
using Change = wire::ExerciseClockChange;

Policy with_a_page() {
  Policy policy = default_policy();
  policy.at(kFlash).rungs[0].commands = {{"/page", "supervisor"}};
  return policy;
}

class ExerciseStopsTest : public testing::Test {
 protected:
  void SetUp() override { link = cores.connect(); }

  Status say(size_t party, Action action, wire::Role role, uint8_t precedence = kFlash) {
    const auto sent =
        cores.submit(party, precedence, ServiceFields{action, "", "lives", ""}, {}, role);
    return sent ? ok() : Status(sent.error());
  }
  Status stop(size_t party, wire::Role role = wire::Role::operator_) {
    return say(party, Action::exercise_end, role);
  }
  Status begin(size_t party, wire::Role role = wire::Role::director) {
    return say(party, Action::exercise_start, role);
  }
  bool is_stopped(size_t party) {
    const bool stopped = cores.core(party).exercise().stopped() != nullptr;
    EXPECT_EQ(stopped, cores.core(party).conditions().is_open(ConditionCode::exercise_stopped,
                                                              party == kNorth ? "south" : "north"));
    return stopped;
  }
  void expect_stopped(bool stopped) {
    for (const size_t party : {kNorth, kSouth}) EXPECT_EQ(is_stopped(party), stopped) << party;
  }
  const ExerciseClock& clock(size_t party) { return cores.core(party).exercise_clock(); }
  size_t decisions(size_t party) {
    size_t count = 0;
    for (const Bytes& bytes : cores.disk(party).journal()) {
      const auto* decided = flatbuffers::GetRoot<wire::Entry>(bytes.data())->fact_as_StepsDecided();
      if (decided != nullptr) ++count;
    }
    return count;
  }

  TwoCores cores{with_a_page(), true};
  LinkId link = 0;
};

TEST_F(ExerciseStopsTest, AnyPlayerStopsItAndADirectorBeginsIt) {
  for (const wire::Role role : {wire::Role::operator_, wire::Role::releaser, wire::Role::supervisor,
                                wire::Role::monitor, wire::Role::director}) {
    for (const size_t party : {kNorth, kSouth}) {
      EXPECT_TRUE(stop(party, role));
      expect_stopped(true);
      EXPECT_EQ(begin(1 - party, wire::Role::supervisor).error().code, ErrorCode::not_allowed);
      expect_stopped(true);
      EXPECT_TRUE(begin(1 - party));
      expect_stopped(false);
      cores.pass(kMinute_ms);
    }
  }
  EXPECT_EQ(stop(kNorth, wire::Role::auditor).error().code, ErrorCode::not_allowed);
  EXPECT_EQ(begin(kNorth).error().reason, "the exercise is not stopped");
  EXPECT_EQ(say(kNorth, Action::exercise_end, wire::Role::operator_, kPriority).error().code,
            ErrorCode::refused);
}

TEST(LiveStops, AreRefused) {
  TwoCores live;
  const auto sent = live.submit(kNorth, kFlash, ServiceFields{Action::exercise_end, "", "", ""});
  ASSERT_FALSE(sent);
  EXPECT_TRUE(sent.error().reason.starts_with("this channel is live")) << sent.error().reason;
}

TEST_F(ExerciseStopsTest, TheClocksOfBothGoAsRealTimeDoes) {
  ASSERT_TRUE(cores.set_clock(kNorth, {Change::speed, 60'000}));
  ASSERT_TRUE(cores.set_clock(kSouth, {Change::paused}));
  cores.pass(kMinute_ms);
  const int64_t ahead_ms = cores.now(kNorth).ahead_ms;
  ASSERT_TRUE(stop(kSouth));
  cores.pass(kMinute_ms);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_TRUE(clock(party).goes_as_real_time());
    EXPECT_EQ(cores.set_clock(party, {Change::speed, 2'000}).error().code, ErrorCode::refused);
  }
  EXPECT_EQ(cores.now(kNorth).ahead_ms, ahead_ms);
  EXPECT_EQ(cores.now(kSouth).ahead_ms, -kMinute_ms);
  for (const size_t party : {kNorth, kSouth}) {
    cores.restart(party);
    EXPECT_TRUE(clock(party).goes_as_real_time());
    EXPECT_TRUE(is_stopped(party));
  }
  cores.connect();
  ASSERT_TRUE(begin(kNorth));
  EXPECT_TRUE(cores.set_clock(kNorth, {Change::speed, 2'000}));
  EXPECT_TRUE(cores.set_clock(kSouth, {Change::paused}));
  cores.restart(kNorth);
  EXPECT_EQ(clock(kNorth).speed_permille(), 2'000u);
}

TEST_F(ExerciseStopsTest, AJumpEndsWhereItIs) {
  ASSERT_TRUE(cores.submit(kSouth, kFlash));
  ASSERT_TRUE(cores.set_clock(kNorth, {Change::jump, 0, kHour_ms}));
  cores.pass(kSecond_ms);
  ASSERT_EQ(cores.attempts(kNorth).size(), 1u);  // It waits for the page.
  const UtcMs stood_at = cores.now(kNorth).utc;
  ASSERT_TRUE(stop(kSouth));
  cores.pass(kSecond_ms);
  EXPECT_FALSE(clock(kNorth).jumping_to());
  EXPECT_LE(cores.now(kNorth).utc, stood_at + 2 * kSecond_ms);
}

TEST_F(ExerciseStopsTest, NobodyIsCalledUntilItGoesOn) {
  ASSERT_TRUE(cores.submit(kSouth, kFlash));
  cores.pass(170 * kSecond_ms);
  const size_t before = decisions(kNorth);
  const size_t sounded = cores.sounded(kNorth).size();
  ASSERT_TRUE(stop(kSouth));
  cores.pass(kHour_ms);
  cores.restart(kNorth);
  cores.connect();
  cores.pass(kHour_ms);
  EXPECT_EQ(decisions(kNorth), before);
  EXPECT_EQ(cores.sounded(kNorth).size(), sounded);
  EXPECT_TRUE(cores.attempts(kNorth).empty());
  EXPECT_FALSE(cores.core(kNorth).conditions().is_open(ConditionCode::ladder_lost, "north"));
  ASSERT_TRUE(begin(kNorth));
  cores.pass(kSecond_ms);
  EXPECT_GT(decisions(kNorth), before);
  ASSERT_EQ(cores.attempts(kNorth).size(), 1u);
}

TEST_F(ExerciseStopsTest, WithTheLinkDownItHoldsHereAtOnceAndThereLater) {
  cores.disconnect(link);
  ASSERT_TRUE(stop(kNorth));
  EXPECT_TRUE(is_stopped(kNorth));
  EXPECT_FALSE(is_stopped(kSouth));
  cores.connect();
  expect_stopped(true);
}

// South begins it without having heard of north's second stop.
TEST_F(ExerciseStopsTest, AStopThatCrossesABeginningStands) {
  ASSERT_TRUE(stop(kNorth));
  cores.disconnect(link);
  ASSERT_TRUE(stop(kNorth));
  ASSERT_TRUE(begin(kSouth));
  EXPECT_FALSE(is_stopped(kSouth));
  cores.connect();
  expect_stopped(true);
  for (const size_t party : {kNorth, kSouth}) cores.restart(party);
  expect_stopped(true);
  cores.connect();
  ASSERT_TRUE(begin(kSouth));
  expect_stopped(false);
}

TEST_F(ExerciseStopsTest, StopsOfBothAreEndedByOneThatHeldBoth) {
  cores.disconnect(link);
  ASSERT_TRUE(stop(kNorth));
  ASSERT_TRUE(stop(kSouth));
  cores.connect();
  expect_stopped(true);
  ASSERT_TRUE(begin(kSouth));
  expect_stopped(false);
}

// A power cut after the stop was committed, and before the clock was.
TEST_F(ExerciseStopsTest, ARestartFollowsAStopThatNobodyFollowed) {
  ASSERT_TRUE(cores.set_clock(kNorth, {Change::speed, 60'000}));
  ASSERT_TRUE(stop(kNorth));
  ASSERT_TRUE(begin(kNorth));
  EXPECT_TRUE(clock(kNorth).goes_as_real_time());
  size_t entries = 0;
  for (const Bytes& bytes : cores.disk(kNorth).journal()) {
    const auto* set = flatbuffers::GetRoot<wire::Entry>(bytes.data())->fact_as_ExerciseClockSet();
    if (set != nullptr && set->change() == Change::stopped) ++entries;
  }
  EXPECT_EQ(entries, 1u);
}

}  // namespace
}  // namespace hotline
