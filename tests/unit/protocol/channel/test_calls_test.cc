#include "protocol/channel/test_calls.h"

#include <gtest/gtest.h>

#include "tests/durations.h"

namespace hotline {
namespace {

constexpr UtcMs kEven = 500'000 * kHour_ms;  // An even hour since 1970 is an even UTC hour.

LinkPolicy hourly() {
  LinkPolicy policy;
  policy.test_call_interval_ms = kHour_ms;
  policy.test_call_acknowledged_ms = 10 * kMinute_ms;
  return policy;
}

// The first party started in the hour before, so that the even hour is the first to be judged.
TestCalls first_party() {
  return TestCalls(hourly(), true, kEven - kHour_ms / 2);
}

constexpr MessageKey kOurs{false, 7};
constexpr MessageKey kTheirs{true, 7};

TEST(TestCalls, ACallOfTheRightPartyAcknowledgedInTimeCounts) {
  TestCalls calls = first_party();
  calls.called(kOurs, kEven + 59 * kMinute_ms);
  calls.acknowledged(kOurs, kEven + 69 * kMinute_ms);
  EXPECT_TRUE(calls.judge(kEven + kHour_ms + 10 * kMinute_ms).empty());
}

TEST(TestCalls, E06_IsNotJudgedBeforeTheTimeToAcknowledgeIsOver) {
  TestCalls calls = first_party();
  EXPECT_TRUE(calls.judge(kEven + kHour_ms + 10 * kMinute_ms - 1).empty());
  auto missed = calls.judge(kEven + kHour_ms + 10 * kMinute_ms);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].began, kEven);
  EXPECT_TRUE(missed[0].ours);
  EXPECT_EQ(missed[0].in_a_row, 1u);
  EXPECT_TRUE(calls.judge(kEven + kHour_ms + 11 * kMinute_ms).empty()) << "judged once";
}

TEST(TestCalls, E06_TurnsAlternateAndASecondMissIsRed) {
  TestCalls calls = first_party();
  calls.called(kTheirs, kEven + kMinute_ms);  // Not their turn.
  calls.acknowledged(kTheirs, kEven + 2 * kMinute_ms);
  ASSERT_EQ(calls.judge(kEven + 80 * kMinute_ms).size(), 1u);
  auto second = calls.judge(kEven + 140 * kMinute_ms);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_FALSE(second[0].ours);
  EXPECT_EQ(second[0].in_a_row, 2u);
  calls.called(kOurs, kEven + 2 * kHour_ms);
  calls.acknowledged(kOurs, kEven + 2 * kHour_ms + 1);
  EXPECT_TRUE(calls.judge(kEven + 200 * kMinute_ms).empty());
  EXPECT_EQ(calls.judge(kEven + 260 * kMinute_ms).at(0).in_a_row, 1u);
}

// What a person answered ends the row, so that red does not come back with the next one missed.
TEST(TestCalls, E06_ACallThatWasAnsweredEndsTheRowWhoeversTurnItWas) {
  TestCalls calls = first_party();
  calls.judge(kEven + 80 * kMinute_ms);
  EXPECT_EQ(calls.judge(kEven + 140 * kMinute_ms).at(0).in_a_row, 2u);
  calls.called(kTheirs, kEven + 141 * kMinute_ms);
  EXPECT_TRUE(calls.acknowledged(kTheirs, kEven + 142 * kMinute_ms));
  EXPECT_EQ(calls.judge(kEven + 200 * kMinute_ms).at(0).in_a_row, 1u);
}

TEST(TestCalls, AnAcknowledgementThatCameLateDoesNotCount) {
  TestCalls calls = first_party();
  calls.called(kOurs, kEven);
  calls.acknowledged(kOurs, kEven + 10 * kMinute_ms + 1);
  EXPECT_EQ(calls.judge(kEven + 80 * kMinute_ms).size(), 1u);
}

TEST(TestCalls, TheHourOfTheStartIsNotJudged) {
  TestCalls calls(hourly(), true, kEven + 1);
  EXPECT_TRUE(calls.judge(kEven + 80 * kMinute_ms).empty());
  EXPECT_EQ(calls.judge(kEven + 140 * kMinute_ms).size(), 1u);
}

TEST(TestCalls, AClockThatJumpsByYearsIsOneMissNotThousands) {
  TestCalls calls = first_party();
  EXPECT_EQ(calls.judge(kEven + 100'000 * kHour_ms).size(), 1u);
  EXPECT_TRUE(calls.judge(kEven).empty()) << "and back";
}

TEST(TestCalls, AClockThatJumpedAndIsSetBackIsJudgedAsBefore) {
  TestCalls calls = first_party();
  calls.judge(kEven + 24 * 365 * kHour_ms);
  calls.judge(kEven);  // The hour under way is not judged, as after a start.
  EXPECT_TRUE(calls.judge(kEven + kHour_ms + 10 * kMinute_ms).empty());
  auto missed = calls.judge(kEven + 2 * kHour_ms + 10 * kMinute_ms);
  ASSERT_EQ(missed.size(), 1u);
  EXPECT_EQ(missed[0].began, kEven + kHour_ms);
}

}  // namespace
}  // namespace hotline
