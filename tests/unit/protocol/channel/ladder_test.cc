// The ladder, row by row of tests/cases/escalation_cases.csv (E..) and of the fault matrix (H..),
// and rule by rule of its header. Times are minutes of the default ladder.
#include "protocol/channel/ladder.h"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/base/limits.h"
#include "tests/unit/protocol/case_table.h"
#include "tests/unit/protocol/channel/made_ladder.h"

namespace hotline {
namespace {

constexpr MessageKey kIn{true, 1}, kOut{false, 1};

std::string text(const Step& step) {
  switch (step.kind) {
    case StepKind::undelivered:
      return "undelivered";
    case StepKind::rung:
      return step.rung;
    case StepKind::alarm_again:
      return "again";
    case StepKind::first_answer_due:
      return "first-answer";
    case StepKind::full_answer_due:
      return "full-answer";
    case StepKind::dissemination_due:
      return "dissemination";
  }
  return "?";
}

std::string text(const Decision& decision) {
  std::string all = decision.incoming ? "in" : "out";
  const char* comma = "";
  decision.messages.visit([&](uint64_t serial) {
    all += comma + std::to_string(serial);
    comma = ",";
    return true;
  });
  // The alarm of all that wait: the oldest, and how many.
  if (decision.messages.empty()) {
    all += std::to_string(decision.situation.oldest);
    if (decision.situation.count > 1) all += "+" + std::to_string(decision.situation.count - 1);
  }
  all += ":";
  for (const Step& step : decision.steps) all += " " + text(step);
  return all;
}

std::vector<std::string> texts(const Due& due) {
  std::vector<std::string> all;
  for (const Decision& decision : due.decisions) all.push_back(text(decision));
  return all;
}

std::vector<std::string> commands(const Due& due) {
  std::vector<std::string> all;
  for (const Attempt& attempt : due.attempts) {
    std::string line = attempt.name.rung + " " + std::to_string(attempt.name.number) + ":";
    for (const std::string& argument : attempt.command) line += " " + argument;
    if (attempt.repeated) line += " (repeated)";
    all.push_back(line);
  }
  return all;
}

using Texts = std::vector<std::string>;

TEST(Ladder, E01_EachRungAtItsTimeOnce) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  ladder.opened(kIn, kImmediate, false, after(0));
  EXPECT_EQ(ladder.next_due(), 10 * kMinute);
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute))), Texts{"in1: supervisor"});
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute))), Texts{});
  EXPECT_EQ(texts(ladder.decide(after(20 * kMinute))), Texts{"in1: duty-director"});
  EXPECT_EQ(texts(ladder.decide(after(30 * kMinute))), Texts{"in1: voice"});
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_EQ(ladder.open_count(), 1u);
}

TEST(Ladder, E02_H08_H32_AllThatCameDueIsToldAsOne) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, false, after(0));
  const Due due = ladder.decide(after(6 * kMinute));
  EXPECT_EQ(texts(due), Texts{"in1: supervisor duty-director"});
  EXPECT_EQ(due.decisions[0].missed, 1u);
  EXPECT_EQ(due.decisions[0].late_ms, 1 * kMinute);
  EXPECT_EQ(commands(due),
            (Texts{"supervisor 1: /page supervisor", "duty-director 1: /page director"}));
  EXPECT_EQ(ladder.next_rung(kIn)->name, "voice");
  EXPECT_EQ(ladder.next_rung(kIn)->due, 8 * kMinute);
}

TEST(Ladder, E02_ACommandThatTwoRungsShareRunsOnceForTheHigher) {
  Policy policy = default_policy();
  for (Rung& rung : policy.at(kFlash).rungs) rung.commands = {{"/siren"}};
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  EXPECT_EQ(commands(ladder.decide(after(1 * kHour))), Texts{"voice 1: /siren"});
}

TEST(Ladder, E02_H08_TheMostUrgentFirstThenTheOldestDue) {
  Ladder ladder(default_policy());
  ladder.opened({true, 1}, kRoutine, false, after(0));
  ladder.opened({true, 2}, kImmediate, false, after(2));
  ladder.opened({true, 3}, kImmediate, false, after(1));
  ladder.opened({true, 4}, kFlash, false, after(3 * kHour));
  EXPECT_EQ(texts(ladder.decide(after(6 * kHour))),
            (Texts{"in4: supervisor duty-director voice", "in2,3: supervisor duty-director voice",
                   "in1: supervisor"}));
}

TEST(Ladder, E03_ALadderMayHaveAnyRungs) {
  Policy policy = without_repeated_alarm(default_policy());
  policy.at(kFlash).rungs.erase(policy.at(kFlash).rungs.begin() + 1);
  policy.at(kImmediate).rungs.clear();
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.opened({true, 2}, kImmediate, false, after(0));
  EXPECT_EQ(texts(ladder.decide(after(3 * kMinute))), Texts{"in1: supervisor"});
  EXPECT_EQ(texts(ladder.decide(after(8 * kMinute))), Texts{"in1: voice"});
  EXPECT_TRUE(ladder.unattended(after(9 * kMinute), kSecond).empty());
}

// The row lets a step demand an acknowledgement of everybody. Here any one operator of the watch
// suffices.
TEST(Ladder, E04_OneAcknowledgementIsEnough) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.decide(after(3 * kMinute));
  EXPECT_EQ(ladder.acknowledged(kIn).size(), 1u);
  EXPECT_TRUE(ladder.acknowledged(kIn).empty());
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_EQ(ladder.open_count(), 0u);
}

TEST(Ladder, E07_ManyAtOnceComeTogetherAndAreAcknowledgedEach) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  for (uint64_t serial = 1; serial <= 4; ++serial)
    ladder.opened({true, serial}, kFlash, false, after(0));
  EXPECT_EQ(texts(ladder.decide(after(3 * kMinute))), Texts{"in1,2,3,4: supervisor"});
  ladder.acknowledged({true, 2});
  EXPECT_EQ(texts(ladder.decide(after(5 * kMinute))), Texts{"in1,3,4: duty-director"});
}

AttemptVerdict finish(Ladder& ladder, const Attempt& attempt, AttemptOutcome outcome, Now at) {
  return ladder.attempt_finished(attempt.name, outcome, at).verdict;
}
AttemptVerdict failed(Ladder& ladder, const Attempt& attempt, Now at) {
  return finish(ladder, attempt, AttemptOutcome::failed, at);
}

// Fails every attempt 10 s after its start and returns when and what was tried, until nobody is
// left.
Texts failing_chain(Ladder& ladder, BootMs from) {
  Texts tried;
  AttemptVerdict verdict = AttemptVerdict::retry;
  BootMs now = from;
  while (verdict != AttemptVerdict::gave_up) {
    const Due due = ladder.decide(after(now));
    for (const Attempt& attempt : due.attempts) {
      tried.push_back(std::to_string((now - from) / kSecond) + " s " +
                      commands(Due{{}, {attempt}, {}})[0]);
      verdict = failed(ladder, attempt, after(now + 10 * kSecond));
    }
    if (!ladder.next_due()) break;
    now = std::max(now + 10 * kSecond, *ladder.next_due());
  }
  return tried;
}

TEST(Ladder, E08_H31_ThreeRetriesThenTheNextCommandWithinAMinuteThenTheNextRungsPeople) {
  Policy policy = without_repeated_alarm(policy_with_commands());
  Ladder ladder(policy);
  ladder.opened(kIn, kPriority, false, after(0));
  const Texts expected{
      "0 s supervisor 1: /page supervisor",   "15 s supervisor 2: /page supervisor",
      "30 s supervisor 3: /page supervisor",  "45 s supervisor 4: /page supervisor",
      "55 s supervisor 1: /phone supervisor", "70 s supervisor 2: /phone supervisor",
      "85 s supervisor 3: /phone supervisor", "100 s supervisor 4: /phone supervisor",
      "110 s supervisor 1: /page director",   "125 s supervisor 2: /page director",
      "140 s supervisor 3: /page director",   "155 s supervisor 4: /page director"};
  EXPECT_EQ(failing_chain(ladder, 1 * kHour), expected);
  // The next rung is still decided at its own time, not before.
  EXPECT_EQ(ladder.next_due(), 2 * kHour);
}

TEST(Ladder, E08_AFallbackLeavesItToTheRungItStandsInFor) {
  Policy policy = without_repeated_alarm(policy_with_commands());
  policy.at(kFlash).rungs[0].commands.resize(1);
  policy.at(kFlash).rungs[1].after_ms = policy.at(kFlash).rungs[0].after_ms + 60 * kSecond;
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  BootMs now = 3 * kMinute;
  Attempt attempt;
  for (int i = 0; i < 4; ++i, now += 15 * kSecond) {
    attempt = ladder.decide(after(now)).attempts.at(0);
    failed(ladder, attempt, after(now + 10 * kSecond));
  }
  now = 3 * kMinute + 55 * kSecond;
  attempt = ladder.decide(after(now)).attempts.at(0);
  EXPECT_EQ(attempt.command, (Command{"/page", "director"}));
  EXPECT_EQ(attempt.name.rung, "supervisor");
  const Due due = ladder.decide(after(4 * kMinute));
  EXPECT_EQ(commands(due), Texts{"duty-director 1: /page director"});
  EXPECT_EQ(due.to_stop, std::vector<uint64_t>{attempt.name.id});
  EXPECT_EQ(failed(ladder, attempt, after(4 * kMinute)), AttemptVerdict::stale);
}

TEST(Ladder, E08_ASuccessfulAttemptEndsTheRung) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  ladder.opened(kIn, kFlash, false, after(0));
  const Attempt first = ladder.decide(after(3 * kMinute)).attempts.at(0);
  EXPECT_EQ(failed(ladder, first, after(3 * kMinute + 1)), AttemptVerdict::retry);
  EXPECT_EQ(ladder.next_due(), 3 * kMinute + 15 * kSecond);
  // The same outcome once more is not the second attempt's.
  EXPECT_EQ(failed(ladder, first, after(3 * kMinute + 2)), AttemptVerdict::stale);
  const Attempt second = ladder.decide(after(3 * kMinute + 15 * kSecond)).attempts.at(0);
  EXPECT_EQ(finish(ladder, second, AttemptOutcome::told, after(3 * kMinute + 16 * kSecond)),
            AttemptVerdict::told);
  EXPECT_EQ(ladder.next_due(), 5 * kMinute);
}

TEST(Ladder, E08_TheLastRungsFailureIsSaid) {
  Policy policy = without_repeated_alarm(default_policy());
  policy.at(kFlash).rungs[2].commands = {{"/siren"}};
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  EXPECT_EQ(failing_chain(ladder, 8 * kMinute).size(), 4u);
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_TRUE(ladder.unattended(after(1 * kDay), kSecond).empty());
}

// A journal of the facts that a core would keep, and the Ladder that a restart makes of it.
struct Record {
  UtcMs utc = 0;
  std::function<void(Ladder&, Now)> fact;
};
Ladder restarted(const Policy& policy, const std::vector<Record>& journal, Now now) {
  Ladder ladder(policy);
  for (const Record& record : journal) record.fact(ladder, replayed_time(record.utc, now));
  return ladder;
}
Record opened(MessageKey key, uint8_t precedence, Now at) {
  return {at.utc, [=](Ladder& ladder, Now base) { ladder.opened(key, precedence, false, base); }};
}
Record decided(const Decision& decision, Now at) {
  return {at.utc, [=](Ladder& ladder, Now then) { ladder.decided(decision, then); }};
}
Record finished(const Attempt& attempt, bool told, Now at) {
  return {at.utc, [=](Ladder& ladder, Now then) {
            ladder.attempt_ended(attempt.name, attempt.messages,
                                 told ? AttemptOutcome::told : AttemptOutcome::failed, then);
          }};
}
Record acknowledged(MessageKey key, Now at) {
  return {at.utc, [=](Ladder& ladder, Now) { ladder.acknowledged(key); }};
}

// A clock that a reboot set back to zero, with the wall clock stepped by `step`.
Now rebooted(int64_t elapsed, int64_t step = 0) {
  return Now{5, kStart_utc + elapsed + step};
}

TEST(Ladder, E10_E11_ARestartKeepsWhatRemains) {
  Policy policy = default_policy();
  const std::vector<Record> journal{opened(kIn, kPriority, after(0)),
                                    opened({true, 2}, kFlash, after(2 * kMinute))};
  Ladder ladder = restarted(policy, journal, rebooted(2 * kMinute + 20 * kSecond));
  EXPECT_EQ(texts(ladder.decide(rebooted(2 * kMinute + 20 * kSecond))), Texts{});
  EXPECT_EQ(ladder.next_due(), 5 + 10 * kSecond);  // The alarm of the FLASH sounds again.
  EXPECT_EQ(ladder.next_rung(kIn)->due, 5 + 1 * kHour - (2 * kMinute + 20 * kSecond));
}

TEST(Ladder, E11_ARestartInsideTheRepeatIntervalSoundsNothing) {
  Policy policy = default_policy();
  std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  const Due due = before.decide(after(30 * kSecond));
  ASSERT_EQ(texts(due), Texts{"in1: again"});
  journal.push_back(decided(due.decisions[0], after(30 * kSecond)));
  Ladder ladder = restarted(policy, journal, rebooted(40 * kSecond));
  EXPECT_EQ(ladder.next_due(), 5 + 20 * kSecond);
}

TEST(Ladder, E12_AnotherConfigurationRepeatsNothing) {
  Policy policy = without_repeated_alarm(policy_with_commands());
  std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  const Due due = before.decide(after(5 * kMinute));
  journal.push_back(decided(due.decisions[0], after(5 * kMinute)));
  for (const Attempt& attempt : due.attempts) {
    journal.push_back(finished(attempt, true, after(5 * kMinute + kSecond)));
  }
  Policy changed = policy;
  changed.at(kFlash).rungs.erase(changed.at(kFlash).rungs.begin());
  changed.at(kFlash).rungs.insert(changed.at(kFlash).rungs.begin(),
                                  Rung{"watch", 1 * kMinute, false, "", {{"/bell"}}});
  Ladder ladder = restarted(changed, journal, rebooted(6 * kMinute));
  const Due after_restart = ladder.decide(rebooted(6 * kMinute));
  EXPECT_EQ(texts(after_restart),
            Texts{"in1: watch"});  // New, and due. The director is not told again.
  EXPECT_EQ(commands(after_restart), Texts{"watch 1: /bell"});
}

TEST(Ladder, E13_H32_WhatTheJournalDoesNotHaveIsToldAgain) {
  Policy policy = without_repeated_alarm(policy_with_commands());
  const std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  EXPECT_EQ(texts(before.decide(after(3 * kMinute))), Texts{"in1: supervisor"});
  Ladder ladder = restarted(policy, journal, rebooted(3 * kMinute + 1));
  EXPECT_EQ(texts(ladder.decide(rebooted(3 * kMinute + 1))), Texts{"in1: supervisor"});
}

// It may be made twice, and is never left out.
TEST(Ladder, E09_AnAttemptWithoutAnOutcomeIsRepeatedAfterARestartAndMarked) {
  Policy policy = without_repeated_alarm(policy_with_commands());
  std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  const Due due = before.decide(after(3 * kMinute));
  journal.push_back(decided(due.decisions[0], after(3 * kMinute)));
  Now now = rebooted(3 * kMinute + kSecond);
  Ladder ladder = restarted(policy, journal, now);
  Due again = ladder.decide(now);
  EXPECT_EQ(texts(again), Texts{});
  EXPECT_EQ(commands(again), Texts{"supervisor 1: /page supervisor (repeated)"});

  // Its failure was recorded: the retry keeps its time. No record tells that it was not made
  // before.
  journal.push_back(finished(due.attempts[0], false, after(3 * kMinute + 2 * kSecond)));
  now = rebooted(3 * kMinute + 5 * kSecond);
  ladder = restarted(policy, journal, now);
  EXPECT_EQ(ladder.next_due(), now.boot + 10 * kSecond);
  EXPECT_EQ(commands(ladder.decide({now.boot + 10 * kSecond, now.utc})),
            Texts{"supervisor 2: /page supervisor (repeated)"});

  // A wall clock that stepped back does not hide it.
  now = rebooted(4 * kMinute, -kDay);
  ladder = restarted(policy, {journal[0], journal[1]}, now);
  EXPECT_EQ(commands(ladder.decide(now)), Texts{"supervisor 1: /page supervisor (repeated)"});
}

TEST(Ladder, E14_NothingOfAnOpenMessageIsForgotten) {
  Policy policy = without_repeated_alarm(default_policy());
  std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  journal.push_back(decided(before.decide(after(1 * kHour)).decisions.at(0), after(1 * kHour)));
  Ladder ladder = restarted(policy, journal, rebooted(60 * kDay));
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_EQ(ladder.open_count(), 1u);
}

TEST(Ladder, E16_WhatWasAcknowledgedNeverEscalates) {
  Policy policy = policy_with_commands();
  Ladder before(policy);
  before.opened(kIn, kFlash, false, after(0));
  const Decision decision = before.decide(after(3 * kMinute)).decisions.at(0);
  // The decision's record came after the acknowledgement's: the disk was slow.
  const std::vector<Record> journal{opened(kIn, kFlash, after(0)),
                                    acknowledged(kIn, after(3 * kMinute)),
                                    decided(decision, after(3 * kMinute))};
  Ladder ladder = restarted(policy, journal, rebooted(60 * kDay));
  const Due due = ladder.decide(rebooted(60 * kDay));
  EXPECT_TRUE(due.decisions.empty());
  EXPECT_TRUE(due.attempts.empty());
}

TEST(Ladder, E17_H33_AnAcknowledgementCancelsEveryAttempt) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, false, after(0));
  const Due due = ladder.decide(after(5 * kMinute));
  ASSERT_EQ(due.attempts.size(), 2u);
  failed(ladder, due.attempts[0], after(5 * kMinute));  // Waits for its retry. The other one runs:
  EXPECT_EQ(ladder.acknowledged(kIn), std::vector<uint64_t>{due.attempts[1].name.id});
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_EQ(failed(ladder, due.attempts[1], after(5 * kMinute)), AttemptVerdict::stale);
  const Due later = ladder.decide(after(1 * kDay));
  EXPECT_TRUE(later.decisions.empty());
  EXPECT_TRUE(later.attempts.empty());
}

TEST(Ladder, H33_AnAcknowledgementBeforeTheRungLeavesNothingToTell) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, false, after(0));
  EXPECT_TRUE(ladder.acknowledged(kIn).empty());
  EXPECT_TRUE(ladder.decide(after(3 * kMinute)).decisions.empty());
}

TEST(Ladder, E19_NoRungAMillisecondEarly) {
  const Policy policy = without_repeated_alarm(default_policy());
  for (uint8_t precedence = kFlash; precedence <= kRoutine; ++precedence) {
    Ladder ladder(policy);
    ladder.opened(kIn, precedence, false, after(77));
    for (const Rung& rung : policy.at(precedence).rungs) {
      EXPECT_EQ(texts(ladder.decide(after(77 + rung.after_ms - 1))), Texts{});
      EXPECT_EQ(texts(ladder.decide(after(77 + rung.after_ms))), Texts{"in1: " + rung.name});
    }
  }
}

TEST(Ladder, E20_AStalledEngineIsNoticed) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.opened({true, 2}, kRoutine, false, after(0));
  EXPECT_TRUE(ladder.unattended(after(31 * kSecond), kSecond).empty());
  EXPECT_EQ(ladder.unattended(after(31 * kSecond + 1), kSecond), std::vector<MessageKey>{kIn});
  // An attempt whose outcome never comes.
  const Due due = ladder.decide(after(3 * kMinute));
  ASSERT_EQ(due.attempts.size(), 1u);
  EXPECT_TRUE(ladder.unattended(after(3 * kMinute), kSecond).empty());
  BootMs now = 3 * kMinute;
  while (now < 3 * kMinute + limits::kAttemptStuck_ms) ladder.decide(after(now += 10 * kSecond));
  EXPECT_TRUE(ladder.unattended(after(now), kSecond).empty());
  EXPECT_EQ(ladder.unattended(after(now + 1), kSecond), std::vector<MessageKey>{kIn});
  // Acknowledged, it is open no more.
  ladder.acknowledged(kIn);
  EXPECT_TRUE(ladder.unattended(after(now + 1), kSecond).empty());
}

TEST(Ladder, E22_H06_AStepOfTheWallClockMovesNothingWhileItRuns) {
  for (int64_t step : {-3650 * kDay, -kHour, -kSecond, kSecond, kHour, 3650 * kDay}) {
    Ladder ladder(without_repeated_alarm(default_policy()));
    ladder.opened(kIn, kFlash, false, after(0));
    const Now early{3 * kMinute - 1, kStart_utc + 3 * kMinute - 1 + step};
    const Now due{3 * kMinute, kStart_utc + 3 * kMinute + step};
    EXPECT_EQ(texts(ladder.decide(early)), Texts{});
    EXPECT_EQ(texts(ladder.decide(due)), Texts{"in1: supervisor"});
    EXPECT_EQ(texts(ladder.decide(due)), Texts{});
    EXPECT_EQ(ladder.next_due(), 5 * kMinute);
  }
}

TEST(Ladder, E22_H06_AfterARestartTheStoredTimeCountsAndABackwardStepRepeatsNothing) {
  Policy policy = without_repeated_alarm(default_policy());
  std::vector<Record> journal{opened(kIn, kFlash, after(0))};
  Ladder before = restarted(policy, journal, after(0));
  journal.push_back(decided(before.decide(after(3 * kMinute)).decisions.at(0), after(3 * kMinute)));
  for (int64_t back : {kHour, 3650 * kDay}) {
    const Now now = rebooted(4 * kMinute, -back);
    Ladder ladder = restarted(policy, journal, now);
    EXPECT_EQ(texts(ladder.decide(now)), Texts{});
    EXPECT_EQ(ladder.next_due(), now.boot + 5 * kMinute);  // The full interval, no more.
  }
  const Now now = rebooted(4 * kMinute, 3650 * kDay);
  Ladder ladder = restarted(policy, journal, now);
  EXPECT_EQ(texts(ladder.decide(now)), Texts{"in1: duty-director voice"});
  EXPECT_EQ(ladder.next_due(), std::nullopt);
}

TEST(Ladder, TheSenderClimbsFromReleaseWhileUndeliveredThenFromTheReceipt) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  ladder.opened(kOut, kImmediate, false, after(0));
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute))), Texts{"out1: undelivered supervisor"});
  ladder.receipted(kOut, after(15 * kMinute));
  EXPECT_EQ(texts(ladder.decide(after(20 * kMinute))), Texts{});
  EXPECT_EQ(ladder.next_due(), 35 * kMinute);
  EXPECT_EQ(texts(ladder.decide(after(35 * kMinute))), Texts{"out1: duty-director"});
  ladder.receipted(kOut, after(36 * kMinute));  // Once more: the first one counts.
  EXPECT_EQ(ladder.next_due(), 45 * kMinute);
}

TEST(Ladder, TheSenderOfAFlashAlwaysClimbsFromRelease) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  ladder.opened(kOut, kFlash, false, after(0));
  ladder.receipted(kOut, after(1 * kMinute));
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute))),
            Texts{"out1: supervisor duty-director voice"});
}

TEST(Ladder, AReceiptOfAnIncomingMessageIsNotTheSendersBusiness) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kPriority, false, after(0));
  ladder.receipted(kIn, after(30 * kMinute));
  EXPECT_EQ(ladder.next_rung(kIn)->due, 1 * kHour);
}

TEST(Ladder, TheReceiversAlarmSoundsAgainFromTheArrival) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, false, after(0));
  Texts told;
  for (BootMs now = 0; now <= 4 * kMinute; now += 10 * kSecond) {
    for (const std::string& line : texts(ladder.decide(after(now)))) {
      told.push_back(std::to_string(now / kSecond) + " " + line);
    }
  }
  EXPECT_EQ(told,
            (Texts{"30 in1: again", "60 in1: again", "90 in1: again", "120 in1: again",
                   "150 in1: again", "180 in1: supervisor", "210 in1: again", "240 in1: again"}));
}

TEST(Ladder, TheSendersAlarmSoundsAgainOnlyOnceItSounded) {
  Ladder ladder(default_policy());
  ladder.opened(kOut, kPriority, false, after(0));
  EXPECT_EQ(texts(ladder.decide(after(29 * kMinute))), Texts{});
  EXPECT_EQ(texts(ladder.decide(after(30 * kMinute))), Texts{"out1: undelivered"});
  EXPECT_EQ(texts(ladder.decide(after(45 * kMinute))), Texts{"out1: again"});
  ladder.receipted(kOut, after(46 * kMinute));  // Delivered: that alarm is over.
  EXPECT_EQ(ladder.next_due(), 46 * kMinute + 1 * kHour);
}

TEST(Ladder, E18_AnAnswerIsDueWhereItIsAskedForAlsoAfterTheAcknowledgement) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, true, after(0));
  ladder.opened({true, 2}, kFlash, true, after(0));
  ladder.opened({true, 3}, kFlash, true, after(0));
  for (uint64_t serial = 1; serial <= 3; ++serial) ladder.acknowledged({true, serial});
  ladder.answered({true, 2}, false);
  ladder.answered({true, 3}, true);
  EXPECT_EQ(ladder.open_count(), 2u);
  EXPECT_EQ(texts(ladder.decide(after(15 * kMinute))), Texts{"in1: first-answer"});
  EXPECT_EQ(texts(ladder.decide(after(60 * kMinute))), Texts{"in1,2: full-answer"});
  EXPECT_EQ(ladder.open_count(), 0u);
}

// The notice of 1995 was sent and received, and never reached the radar crews.
TEST(Ladder, ReadIsNotTold) {
  Ladder ladder(default_policy());
  for (uint64_t number = 1; number <= 3; ++number) {
    ladder.opened({true, number}, kFlash, false, after(0), true);
    ladder.acknowledged({true, number});
  }
  ladder.disseminated({true, 2});
  ladder.closed({true, 3});
  EXPECT_EQ(ladder.open_count(), 1u);
  EXPECT_FALSE(ladder.waits({true, 1})) << "it was read";
  EXPECT_EQ(ladder.next_due(), after(10 * kMinute).boot);
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute - 1))), Texts{});
  EXPECT_EQ(texts(ladder.decide(after(10 * kMinute))), Texts{"in1: dissemination"});
  EXPECT_EQ(ladder.open_count(), 0u);
}

TEST(Ladder, WhatIsClosedIsOver) {
  Ladder ladder(policy_with_commands());
  ladder.opened(kIn, kFlash, true, after(0));
  ladder.decide(after(3 * kMinute));
  EXPECT_EQ(ladder.closed(kIn).size(), 1u);
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  EXPECT_EQ(ladder.open_count(), 0u);
}

TEST(Ladder, FactsAboutWhatIsNotOpenChangeNothing) {
  Ladder ladder(default_policy());
  ladder.receipted(kOut, after(1));
  ladder.answered(kOut, true);
  ladder.decided({false, kFlash, {1}, {Step{StepKind::rung, "supervisor"}}, 0, 0, {}}, after(1));
  EXPECT_TRUE(ladder.acknowledged(kOut).empty());
  EXPECT_TRUE(ladder.closed(kOut).empty());
  const AttemptName name{1, false, kFlash, "supervisor", 0, 1};
  EXPECT_EQ(ladder.attempt_finished(name, AttemptOutcome::failed, after(1)).verdict,
            AttemptVerdict::stale);
  ladder.attempt_ended(name, {1}, AttemptOutcome::failed, after(1));
  EXPECT_EQ(ladder.open_count(), 0u);
  EXPECT_FALSE(ladder.next_rung(kOut));
}

// ----------------------------------------------------------------------------------------------
// pauses

TEST(Ladder, E15_APauseEndsByItselfAlsoAfterARestart) {
  for (const bool restarts : {false, true}) {
    SCOPED_TRACE(restarts);
    Ladder ladder(default_policy());
    ladder.opened(kIn, kFlash, false, after(0));
    const auto due = [&](int64_t minutes) { return texts(ladder.decide(after(minutes * 60'000))); };
    EXPECT_FALSE(due(1).empty());
    ladder.paused(kIn, after(30 * 60'000).boot, after(1 * 60'000));
    EXPECT_EQ(ladder.situation(true, kFlash, after(2 * 60'000)).count, 0u) << "it is silent";
    EXPECT_TRUE(ladder.waits(kIn));
    if (restarts) {
      ladder = Ladder(default_policy());
      ladder.opened(kIn, kFlash, false, after(0));
      ladder.decided({true, kFlash, {1}, {Step{StepKind::rung, "supervisor"}}, 0, 0, {}},
                     after(1 * 60'000));
      ladder.paused(kIn, after(30 * 60'000).boot, after(1 * 60'000));
    }
    EXPECT_TRUE(due(29).empty());
    EXPECT_EQ(ladder.next_due(), after(30 * 60'000).boot);
    EXPECT_TRUE(ladder.unattended(after(29 * 60'000), 1'000).empty());
    const auto told = due(30);
    ASSERT_FALSE(told.empty()) << "it goes on";
    EXPECT_GT(ladder.situation(true, kFlash, after(30 * 60'000)).count, 0u);
    EXPECT_TRUE(due(30).empty()) << "and once";
  }
}

TEST(Ladder, E15_WhatIsDueAfterThePauseComesAtItsTime) {
  Ladder ladder(default_policy());
  ladder.opened(kOut, kFlash, false, after(0));
  ladder.receipted(kOut, after(0));
  const BootMs first = ladder.next_rung(kOut)->due;
  ladder.paused(kOut, first - 1, after(0));
  EXPECT_EQ(ladder.next_rung(kOut)->due, first);
  EXPECT_TRUE(texts(ladder.decide(Now{first - 1, first - 1})).empty());
  EXPECT_EQ(ladder.next_due(), first);
  ladder.paused(kOut, first + 60'000, Now{first - 1, first - 1});
  EXPECT_EQ(ladder.next_rung(kOut)->due, first + 60'000);
  // A person ends it.
  ladder.paused(kOut, 0, Now{first + 5, first + 5});
  EXPECT_EQ(ladder.next_due(), first + 5);
  EXPECT_FALSE(texts(ladder.decide(Now{first + 5, first + 5})).empty());
}

TEST(Ladder, E15_APauseDoesNotHideThatItNeverArrived) {
  Ladder ladder(default_policy());
  ladder.opened(kOut, kFlash, false, after(0));
  ladder.paused(kOut, after(12 * 60 * 60'000).boot, after(1'000));
  const int64_t undelivered_ms = default_policy().at(kFlash).undelivered_alarm_ms;
  EXPECT_TRUE(texts(ladder.decide(after(undelivered_ms - 1))).empty());
  EXPECT_EQ(texts(ladder.decide(after(undelivered_ms))), Texts{"out1: undelivered"});
  EXPECT_TRUE(ladder.undelivered(kFlash).contains(kOut.number));
  EXPECT_TRUE(texts(ladder.decide(after(60 * 60'000))).empty()) << "it is paused still";
  EXPECT_FALSE(texts(ladder.decide(after(12 * 60 * 60'000))).empty());
}

TEST(Ladder, E15_NothingIsLateForAPause) {
  for (const MessageKey key : {kIn, kOut}) {
    Ladder ladder(default_policy());
    ladder.opened(key, kFlash, false, after(0));
    ladder.receipted(key, after(0));
    for (int64_t at_ms = 1'000; at_ms <= 40 * 60'000; at_ms += 1'000) ladder.decide(after(at_ms));
    ladder.paused(key, after(60 * 60'000).boot, after(40 * 60'000 + 4'000));
    EXPECT_TRUE(texts(ladder.decide(after(44 * 60'000))).empty());
    ladder.paused(key, 0, after(44 * 60'000 + 500));
    const Due due = ladder.decide(after(44 * 60'000 + 500));
    ASSERT_EQ(texts(due).size(), 1u) << "it sounds again at once";
    EXPECT_EQ(texts(due)[0].substr(texts(due)[0].find(':')), ": again");
    EXPECT_EQ(due.decisions[0].late_ms, 0);
    EXPECT_TRUE(ladder.decide(after(44 * 60'000 + 30'000)).decisions.empty());
    EXPECT_EQ(ladder.decide(after(44 * 60'000 + 31'000)).decisions.size(), 1u);
  }
}

TEST(Ladder, E15_APausedMessageIsAcknowledgedAsAnyOther) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.paused(kIn, after(30 * 60'000).boot, after(0));
  ladder.acknowledged(kIn);
  EXPECT_EQ(ladder.open_count(), 0u);
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  ladder.paused(kIn, after(60 * 60'000).boot, after(1 * 60'000));
  EXPECT_EQ(ladder.open_count(), 0u);
}

// ----------------------------------------------------------------------------------------------
// by hand

TEST(Ladder, E05_OneThatWasAcknowledgedWaitsAgainAndTellsTheNextStep) {
  for (const MessageKey key : {kIn, kOut}) {
    Ladder ladder(default_policy());
    ladder.opened(key, kFlash, false, after(0));
    const std::string side = key.incoming ? "in1: " : "out1: ";
    const auto due = [&](int64_t ms) { return texts(ladder.decide(after(ms))); };
    ladder.acknowledged(key);
    EXPECT_EQ(ladder.open_count(), 0u);
    EXPECT_EQ(ladder.next_due(), std::nullopt);
    ladder.raised(key, kFlash, after(60 * 60'000));
    EXPECT_TRUE(ladder.waits(key));
    EXPECT_EQ(ladder.next_due(), after(60 * 60'000).boot);
    EXPECT_EQ(due(60 * 60'000), Texts{side + "supervisor"}) << "one step, and not all of them";
    EXPECT_EQ(ladder.next_rung(key)->name, "duty-director");
    EXPECT_EQ(ladder.next_rung(key)->due, after(62 * 60'000).boot) << "as long after as agreed";
    ladder.acknowledged(key);
    EXPECT_EQ(ladder.open_count(), 0u);
    EXPECT_EQ(ladder.next_due(), std::nullopt);
  }
}

TEST(Ladder, E05_OneThatWaitsTellsItsNextStepNow) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.raised(kIn, kFlash, after(10'000));
  EXPECT_EQ(texts(ladder.decide(after(10'000))), Texts{"in1: supervisor"});
  EXPECT_EQ(ladder.next_rung(kIn)->due, after(10'000 + 2 * 60'000).boot);
  ladder.raised(kIn, kFlash, after(20'000));
  EXPECT_EQ(texts(ladder.decide(after(20'000))), Texts{"in1: duty-director"});
  EXPECT_EQ(ladder.next_rung(kIn)->due, after(20'000 + 3 * 60'000).boot);
  // What was told by hand is not told once more at its time.
  for (int64_t ms = 30'000; ms < 20'000 + 3 * 60'000; ms += 10'000) {
    for (const std::string& told : texts(ladder.decide(after(ms)))) EXPECT_EQ(told, "in1: again");
  }
  EXPECT_EQ(texts(ladder.decide(after(20'000 + 3 * 60'000))), Texts{"in1: voice"});
}

TEST(Ladder, E05_WhatItWasAskedForBesidesKeepsItsTime) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, true, after(0));
  ladder.acknowledged(kIn);
  ladder.raised(kIn, kFlash, after(60'000));
  EXPECT_EQ(texts(ladder.decide(after(60'000))), Texts{"in1: supervisor"});
  ladder.acknowledged(kIn);
  EXPECT_EQ(ladder.next_due(), after(15 * 60'000).boot) << "the first answer";
}

TEST(Ladder, E05_ItsWaitCountsFromWhenItBeganAnew) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, true, after(0));
  const auto since = [&] { return ladder.waiting({}, 1).front().since; };
  ladder.raised(kIn, kFlash, after(10'000));
  EXPECT_EQ(since(), after(0).boot) << "it waited all the time";
  ladder.acknowledged(kIn);
  ladder.raised(kIn, kFlash, after(60'000));
  EXPECT_EQ(since(), after(60'000).boot);
  ladder.raised(kIn, kFlash, after(70'000));
  EXPECT_EQ(since(), after(60'000).boot);
}

TEST(Ladder, WhatANewPolicyHasMadeDueBeforeItIsNotLate) {
  Policy policy = default_policy();
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.decide(after(2 * 60'000));
  Rung early;
  early.name = "early";
  early.after_ms = 60'000;
  policy.at(kFlash).rungs.insert(policy.at(kFlash).rungs.begin(), early);
  ladder.follow(policy, after(2 * 60'000));
  const Due due = ladder.decide(after(2 * 60'000));
  ASSERT_EQ(due.decisions.size(), 1u);
  EXPECT_EQ(due.decisions.front().steps.front().rung, "early");
  EXPECT_EQ(due.decisions.front().late_ms, 0);
}

TEST(Ladder, SaysWhetherAnybodyIsToldMoreOfIt) {
  Policy policy = default_policy();
  policy.at(kRoutine).rungs.clear();
  policy.at(kRoutine).alarm_again_ms = 0;
  Ladder ladder(policy);
  ladder.opened(kIn, kFlash, false, after(0));
  EXPECT_TRUE(ladder.tells_more(kIn));
  const MessageKey routine{true, 77};
  ladder.opened(routine, kRoutine, false, after(0));
  EXPECT_TRUE(ladder.waits(routine));
  EXPECT_FALSE(ladder.tells_more(routine));
}

TEST(Ladder, E05_ARestartAndAPauseChangeNothingOfIt) {
  Ladder ladder(default_policy());
  ladder.opened(kIn, kFlash, false, after(0));
  ladder.acknowledged(kIn);
  ladder.raised(kIn, kFlash, after(60 * 60'000));
  ladder.decided({true, kFlash, {1}, {Step{StepKind::rung, "supervisor"}}, 0, 0, {}},
                 after(60 * 60'000));
  EXPECT_EQ(ladder.next_rung(kIn)->name, "duty-director");
  EXPECT_EQ(ladder.next_rung(kIn)->due, after(62 * 60'000).boot);
  ladder.paused(kIn, after(90 * 60'000).boot, after(61 * 60'000));
  EXPECT_TRUE(texts(ladder.decide(after(70 * 60'000))).empty());
  ladder.raised(kIn, kFlash, after(71 * 60'000));
  EXPECT_EQ(texts(ladder.decide(after(71 * 60'000))), Texts{"in1: duty-director"})
      << "it ends a pause";
  EXPECT_TRUE(ladder.unattended(after(71 * 60'000), 1'000).empty());
}

// ----------------------------------------------------------------------------------------------
// the table of escalation itself

const std::map<std::string, std::string> kLadderRowsElsewhere = {
    {"E06", "the heartbeat is the hourly test call: test_calls_test.cc"},
    {"E21",
     "exercises are channels of their own: fault_rows_test.cc (H36), with notifiers of their own: "
     "config_test.cc; no schedule is built"},
};

TEST(LadderTable, EveryRowIsAccountedFor) {
  expect_rows_accounted_for("escalation_cases.csv", ids_in_suite("Ladder"), kLadderRowsElsewhere,
                            22);
}

TEST(LadderWaiting, B2_TheMostUrgentComesFirstOverAllThatWaits) {
  Ladder ladder(default_policy());
  for (uint64_t i = 0; i < 1050; ++i) {
    const auto at = static_cast<int64_t>(i);
    ladder.opened({true, i}, kRoutine, false, Now{at, at});
  }
  ladder.opened({true, 1050}, kFlash, false, Now{2000, 2000});
  ladder.opened({false, 7}, kFlash, false, Now{1999, 1999});
  EXPECT_EQ(ladder.waiting_count(WaitingFilter{}), 1052u);
  EXPECT_EQ(ladder.waiting_count(true), 1051u);
  EXPECT_EQ(ladder.waiting_count({.own = false, .incoming = true, .precedence = kFlash}), 1u);

  const auto first = ladder.waiting({}, 3);
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0].key, (MessageKey{false, 7}));
  EXPECT_EQ(first[1].key, (MessageKey{true, 1050}));
  EXPECT_EQ(first[2].key, (MessageKey{true, 0}));
  const WaitingFilter theirs{.own = false, .incoming = true};
  EXPECT_EQ(ladder.waiting(theirs, 1).front().key, (MessageKey{true, 1050}));
  EXPECT_TRUE(ladder.waiting({.precedence = 2}, 10).empty());
  EXPECT_TRUE(ladder.waiting({}, 0).empty());
}

TEST(LadderWaiting, B2_PagesHaveEveryMessageOnceWhateverIsAcknowledgedMeanwhile) {
  Ladder ladder(default_policy());
  for (uint64_t i = 0; i < 100; ++i) {
    ladder.opened({i % 3 == 0, i}, static_cast<uint8_t>(1 + i % 4), false, Now{int64_t(i / 10), 0});
  }
  std::vector<WaitingPlace> seen;
  std::optional<WaitingPlace> after;
  while (true) {
    const auto page = ladder.waiting({}, 7, after);
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    after = page.back();
    ladder.acknowledged(after->key);  // The place stays good.
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(ladder.waiting_count(WaitingFilter{}), 100u - 15u);
}

TEST(LadderWaiting, B2_AMessageLeavesHoweverItsWaitEnds) {
  Ladder ladder(default_policy());
  ladder.opened({true, 1}, 1, true, Now{});  // It asks, so that it stays open when acknowledged.
  ladder.opened({true, 2}, 1, false, Now{});
  ladder.opened({false, 3}, 2, false, Now{});
  ladder.acknowledged({true, 1});
  ladder.acknowledged({true, 1});
  EXPECT_EQ(ladder.waiting_count(true), 1u);
  ladder.answered({true, 1}, true);
  ladder.closed({true, 2});
  EXPECT_EQ(ladder.waiting_count(true), 0u);
  ladder.receipted({false, 3}, Now{500, 500});  // Its clock begins anew.
  EXPECT_EQ(ladder.waiting({}, 9).front().since, 500);
  ladder.closed({false, 3});
  EXPECT_EQ(ladder.waiting_count(WaitingFilter{}), 0u);
  EXPECT_EQ(ladder.open_count(), 0u);
}

}  // namespace
}  // namespace hotline
