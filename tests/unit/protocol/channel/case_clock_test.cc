// The case clock to the millisecond: when each rung asks for a decision, and what counts.
#include "protocol/channel/case_clock.h"

#include <gtest/gtest.h>

#include "tests/durations.h"

namespace hotline {
namespace {

using Event = wire::ViolationEvent;
using Side = wire::Side;

constexpr UtcMs kBegin = 1'795'000'000'000;

class CaseClock : public testing::Test {
 protected:
  // A violation of this case, or of another one.
  void report(UtcMs at, Event event = Event::explosion, Side side = Side::other,
              bool incoming = false, bool of_this = true) {
    CaseViolation made;
    made.key = {incoming, ++last_index};
    made.at = at;
    made.journal_index = last_index;
    made.kind = {incoming, event, side};
    times.add(made);
    if (of_this) one.violations.push_back(made);
  }
  void report_elsewhere(UtcMs at) { report(at, Event::explosion, Side::other, false, false); }
  void cancel(size_t number) {
    CaseViolation& violation = one.violations.at(number);
    times.remove(violation);
    violation.is_cancelled = true;
    times.add(violation);
  }
  void decide(CaseRung rung, UtcMs at) {
    ++last_index;
    one.decisions.push_back({.key = {false, last_index},
                             .at = at,
                             .journal_index = last_index,
                             .role = 3,
                             .answers = rung});
  }
  CaseStanding at(UtcMs now) const { return case_standing(policy, one, times, now); }
  RungState state(CaseRung rung, UtcMs now) const {
    return at(now).rungs.at(static_cast<size_t>(rung) - 1).state;
  }

  CasePolicy policy;
  Case one;
  ViolationTimes times;
  uint64_t last_index = 0;
};

TEST_F(CaseClock, TheFirstResponseIsDueAfterTwentyFourHoursAndNotBefore) {
  report(kBegin);
  const UtcMs due = kBegin + 24 * kHour_ms;
  EXPECT_EQ(state(CaseRung::first_response, due - 1), RungState::to_come);
  EXPECT_EQ(at(due - 1).next_at, due);
  EXPECT_EQ(state(CaseRung::first_response, due), RungState::due);
  EXPECT_EQ(at(due).rungs[0].due_at, due);
  EXPECT_TRUE(at(due).is_open());
  decide(CaseRung::joint_response, due);
  EXPECT_EQ(state(CaseRung::first_response, due), RungState::due) << "that was another rung";
  decide(CaseRung::first_response, due);
  EXPECT_EQ(state(CaseRung::first_response, due), RungState::decided);
  EXPECT_EQ(state(CaseRung::first_response, due + 90 * 24 * kHour_ms), RungState::decided);
  one.decisions.back().is_cancelled = true;
  EXPECT_EQ(state(CaseRung::first_response, due), RungState::due);
}

TEST_F(CaseClock, ADecisionBeforeItsTimeCounts) {
  report(kBegin);
  decide(CaseRung::first_response, kBegin + kHour_ms);
  EXPECT_EQ(state(CaseRung::first_response, kBegin + 24 * kHour_ms), RungState::decided);
  EXPECT_TRUE(at(kBegin + 24 * kHour_ms).is_open()) << "it may become widespread";
  EXPECT_FALSE(at(kBegin + 72 * kHour_ms).is_open());
}

TEST_F(CaseClock, ARepetitionOfItsKindAsksForTheGuarantors) {
  report(kBegin);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + 48 * kHour_ms), RungState::not_asked_for);
  report(kBegin + 24 * kHour_ms);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + 24 * kHour_ms), RungState::due);
  EXPECT_EQ(at(kBegin + 30 * kHour_ms).rungs[1].due_at, kBegin + 24 * kHour_ms);
}

TEST_F(CaseClock, OneAMillisecondLaterIsNoRepetition) {
  report(kBegin);
  report(kBegin + 24 * kHour_ms + 1);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + 25 * kHour_ms), RungState::not_asked_for);
}

TEST_F(CaseClock, OnlyItsKindRepeatsIt) {
  report(kBegin);
  report(kBegin + 1, Event::burst);
  report(kBegin + 2, Event::explosion, Side::third);
  report(kBegin + 3, Event::explosion, Side::other, true);
  report(kBegin + 4, Event::unset);
  report(kBegin + 5, Event::unset);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + kHour_ms), RungState::not_asked_for);
  report(kBegin + 6, Event::burst);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + kHour_ms), RungState::due);
}

TEST_F(CaseClock, AnotherCaseMayHoldTheOneThatIsRepeated) {
  report_elsewhere(kBegin);
  report(kBegin + kHour_ms);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + kHour_ms), RungState::due);
}

TEST_F(CaseClock, ARepetitionAfterTheDecisionAsksAnew) {
  report(kBegin);
  report(kBegin + kHour_ms);
  decide(CaseRung::consultation, kBegin + 2 * kHour_ms);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + 2 * kHour_ms), RungState::decided);
  report(kBegin + 3 * kHour_ms);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + 3 * kHour_ms), RungState::due);
  EXPECT_EQ(at(kBegin + 4 * kHour_ms).rungs[1].due_at, kBegin + 3 * kHour_ms);
}

TEST_F(CaseClock, AWidespreadKindAsksForAJointResponseAfterSeventyTwoHours) {
  report(kBegin);
  report_elsewhere(kBegin + kHour_ms);
  const UtcMs due = kBegin + 72 * kHour_ms;
  EXPECT_EQ(state(CaseRung::joint_response, due), RungState::not_asked_for) << "two are few";
  report_elsewhere(due);
  EXPECT_EQ(state(CaseRung::joint_response, due - 1), RungState::to_come);
  EXPECT_EQ(state(CaseRung::joint_response, due), RungState::due);
  EXPECT_EQ(at(due).rungs[2].due_at, due);
  EXPECT_EQ(count_of_its_kind(policy, one, times, UINT64_MAX), 3u);
  EXPECT_EQ(count_of_its_kind(policy, one, times, 2), 2u);
  decide(CaseRung::joint_response, due);
  EXPECT_EQ(state(CaseRung::joint_response, due), RungState::decided);
}

TEST_F(CaseClock, WhatComesLaterOrCameBeforeMakesNothingWidespread) {
  report_elsewhere(kBegin - 1);
  report(kBegin);
  report_elsewhere(kBegin + kHour_ms);
  const UtcMs due = kBegin + 72 * kHour_ms;
  report_elsewhere(due + 1);
  EXPECT_EQ(state(CaseRung::joint_response, due + 1), RungState::not_asked_for);
  EXPECT_EQ(at(due + 1).next_at, INT64_MAX);
  EXPECT_EQ(count_of_its_kind(policy, one, times, UINT64_MAX), 3u) << "they are of its kind still";
  EXPECT_EQ(newest_of_its_kind(policy, one, times, 8).size(), 3u);
}

TEST_F(CaseClock, WhatWasCancelledCountsForNothing) {
  report(kBegin);
  report(kBegin + kHour_ms);
  report(kBegin + 2 * kHour_ms);
  const UtcMs due = kBegin + 72 * kHour_ms;
  EXPECT_EQ(state(CaseRung::joint_response, due), RungState::due);
  cancel(1);
  EXPECT_EQ(state(CaseRung::joint_response, due), RungState::not_asked_for);
  EXPECT_EQ(state(CaseRung::consultation, due), RungState::due);
  cancel(0);
  EXPECT_EQ(at(due).first, &one.violations[2]) << "the clock runs from the first that stands";
  EXPECT_EQ(at(due).rungs[0].due_at, kBegin + 26 * kHour_ms);
  EXPECT_EQ(state(CaseRung::consultation, due), RungState::not_asked_for);
  cancel(2);
  EXPECT_EQ(at(due).first, nullptr);
  EXPECT_FALSE(at(due).is_open());
  for (const RungStanding& rung : at(due).rungs) EXPECT_EQ(rung.state, RungState::not_asked_for);
}

TEST_F(CaseClock, FollowsTheNumbersOfTheAgreement) {
  policy.first_response_ms = kHour_ms;
  policy.repeated_within_ms = kMinute_ms;
  policy.joint_response_ms = 2 * kHour_ms;
  policy.widespread = 2;
  report(kBegin);
  report(kBegin + kMinute_ms + 1);
  EXPECT_EQ(state(CaseRung::first_response, kBegin + kHour_ms - 1), RungState::to_come);
  EXPECT_EQ(state(CaseRung::first_response, kBegin + kHour_ms), RungState::due);
  EXPECT_EQ(state(CaseRung::consultation, kBegin + kHour_ms), RungState::not_asked_for);
  EXPECT_EQ(state(CaseRung::joint_response, kBegin + 2 * kHour_ms), RungState::due);
}

TEST_F(CaseClock, RungsHaveTheNamesThatADecisionWrites) {
  for (const CaseRung rung :
       {CaseRung::first_response, CaseRung::consultation, CaseRung::joint_response}) {
    EXPECT_EQ(find_rung(rung_name(rung)), rung);
  }
  EXPECT_FALSE(find_rung("T+24h"));
  EXPECT_FALSE(find_rung(""));
}

}  // namespace
}  // namespace hotline
