// A flood is one situation: one alarm with a true count, one call for what is due together, and
// places of their own for the own side and for FLASH. Rows A4, A6 and F8 of what was found.
#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/channel/ladder.h"
#include "tests/unit/protocol/channel/made_ladder.h"

namespace hotline {
namespace {

void open(Ladder& ladder, bool incoming, uint64_t first, uint64_t count, uint8_t precedence,
          BootMs at) {
  for (uint64_t serial = first; serial < first + count; ++serial) {
    ladder.opened({incoming, serial}, precedence, false, after(at));
  }
}

void open_every_millisecond(Ladder& ladder, BootMs until) {
  for (BootMs at = 0; at < until; ++at) {
    ladder.opened({true, static_cast<uint64_t>(at)}, kFlash, false, after(at));
  }
}

// All that is due, in as many bites as it takes.
Due decide_all(Ladder& ladder, BootMs now, size_t* bites = nullptr) {
  Due all;
  while (ladder.next_due() && *ladder.next_due() <= now) {
    Due due = ladder.decide(after(now));
    std::move(due.decisions.begin(), due.decisions.end(), std::back_inserter(all.decisions));
    std::move(due.attempts.begin(), due.attempts.end(), std::back_inserter(all.attempts));
    if (bites != nullptr) ++*bites;
  }
  return all;
}

size_t messages_in(const Due& due) {
  size_t count = 0;
  for (const Decision& decision : due.decisions) count += decision.messages.size();
  return count;
}

AttemptVerdict finish(Ladder& ladder, const Attempt& attempt, AttemptOutcome outcome, BootMs at) {
  return ladder.attempt_finished(attempt.name, outcome, after(at)).verdict;
}

KeySet numbers(uint64_t first, uint64_t count) {
  KeySet set;
  for (uint64_t number = first; number < first + count; ++number) set.insert(number);
  return set;
}

// ---- One alarm

TEST(LadderFlood, A4_AFloodIsTakenInBitesWithTheFlashFirst) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  open(ladder, true, 0, limits::kDecisionsPerCallMax + 5, kRoutine, 0);
  open(ladder, true, 1'000'000, 1, kFlash, 0);
  const Due first = ladder.decide(after(1 * kDay));
  ASSERT_EQ(first.decisions.size(), 2u);
  EXPECT_EQ(messages_in(first), limits::kDecisionsPerCallMax);
  EXPECT_EQ(first.decisions[0].precedence, kFlash);
  EXPECT_LE(*ladder.next_due(), 1 * kDay);
  const Due second = ladder.decide(after(1 * kDay));
  EXPECT_EQ(messages_in(second), 6u);
  EXPECT_EQ(ladder.next_due(), std::nullopt);
}

TEST(LadderFlood, A4_TheLastBiteIsOneThatIsNotFull) {
  for (const auto& [count, expected] :
       {std::pair{limits::kDecisionsPerCallMax, 1u}, {limits::kDecisionsPerCallMax + 1, 2u}}) {
    Ladder ladder(without_repeated_alarm(default_policy()));
    open(ladder, true, 0, count, kFlash, 0);
    size_t bites = 0;
    EXPECT_EQ(messages_in(decide_all(ladder, 3 * kMinute, &bites)), count);
    EXPECT_EQ(bites, expected);
  }
}

TEST(LadderFlood, A4_TheAlarmOfAHundredThousandSoundsAgainAsOneWithATrueCount) {
  Ladder ladder(default_policy());
  for (uint64_t i = 0; i < 100'000; ++i) ladder.opened({true, i}, kFlash, false, after(i / 143));
  ladder.acknowledged({true, 0});
  size_t bites = 0;
  const Due due = decide_all(ladder, 31 * kSecond, &bites);
  EXPECT_EQ(bites, 1u);
  ASSERT_EQ(due.decisions.size(), 1u);
  const Decision& again = due.decisions[0];
  EXPECT_TRUE(again.messages.empty());
  EXPECT_EQ(again.steps, std::vector<Step>{(Step{StepKind::alarm_again, ""})});
  EXPECT_EQ(again.situation.count, 99'999u);
  EXPECT_EQ(again.situation.oldest, 1u);
  EXPECT_EQ(again.situation.oldest_ms, 31 * kSecond);
  EXPECT_EQ(again.late_ms, 1 * kSecond);
  // Until the first rung, one every 30 s, and nothing else.
  size_t alarms = 0;
  for (BootMs now = 31 * kSecond; now < 3 * kMinute; now += 100) {
    alarms += decide_all(ladder, now).decisions.size();
  }
  EXPECT_EQ(alarms, 4u);
}

TEST(LadderFlood, A4_NobodyWhoSendsOnPutsTheRepetitionOff) {
  Ladder ladder(default_policy());
  size_t alarms = 0;
  for (uint64_t i = 0; i < 100; ++i) {
    const BootMs now = static_cast<BootMs>(i) * kSecond;
    ladder.opened({true, i}, kFlash, false, after(now));
    alarms += decide_all(ladder, now).decisions.size();
  }
  EXPECT_EQ(alarms, 3u);
}

TEST(LadderFlood, A4_EachSideAndPrecedenceHasItsOwnAlarm) {
  Policy policy = default_policy();
  policy.at(kFlash).undelivered_alarm_ms = 10 * kSecond;
  Ladder ladder(policy);
  open(ladder, true, 1, 3, kFlash, 0);
  open(ladder, false, 1, 2, kFlash, 0);
  open(ladder, true, 10, 4, kPriority, 0);
  decide_all(ladder, 10 * kSecond);  // The own ones are undelivered, and say so.
  const Due peers = decide_all(ladder, 30 * kSecond);
  ASSERT_EQ(peers.decisions.size(), 1u);
  EXPECT_TRUE(peers.decisions[0].incoming);
  EXPECT_EQ(peers.decisions[0].situation.count, 3u);
  const Due own = decide_all(ladder, 40 * kSecond);
  ASSERT_EQ(own.decisions.size(), 1u);
  EXPECT_FALSE(own.decisions[0].incoming);
  EXPECT_EQ(own.decisions[0].situation.count, 2u);
  EXPECT_EQ(own.decisions[0].situation.oldest_ms, 40 * kSecond);
}

TEST(LadderFlood, A4_TheAlarmEndsWithTheLastThatWaits) {
  Ladder ladder(default_policy());
  open(ladder, true, 1, 2, kFlash, 0);
  ladder.acknowledged({true, 1});
  EXPECT_EQ(decide_all(ladder, 30 * kSecond).decisions.at(0).situation.count, 1u);
  ladder.closed({true, 2});
  EXPECT_EQ(ladder.next_due(), std::nullopt);
  // A message that comes later begins anew.
  open(ladder, true, 3, 1, kFlash, 50 * kSecond);
  EXPECT_EQ(ladder.next_due(), 80 * kSecond);
}

TEST(LadderFlood, A4_ARestartKeepsTheTimeOfTheAlarmOfAll) {
  Ladder ladder(default_policy());
  open(ladder, true, 1, 2, kFlash, 0);
  const Due due = decide_all(ladder, 30 * kSecond);
  Ladder again(default_policy());
  open(again, true, 1, 2, kFlash, 0);
  again.decided(due.decisions.at(0), after(30 * kSecond));
  EXPECT_EQ(again.next_due(), 60 * kSecond);
}

// ---- One call

TEST(LadderFlood, A6_WhatIsDueTogetherIsOneCall) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1000, kFlash, 0);
  const Due due = decide_all(ladder, 3 * kMinute);
  ASSERT_EQ(due.attempts.size(), 1u);
  EXPECT_EQ(due.attempts[0].messages, numbers(0, 1000));
  EXPECT_EQ(due.attempts[0].command, (Command{"/page", "supervisor"}));
  EXPECT_EQ(finish(ladder, due.attempts[0], AttemptOutcome::told, 3 * kMinute + kSecond),
            AttemptVerdict::told);
  EXPECT_EQ(ladder.next_due(), 5 * kMinute);
}

TEST(LadderFlood, A6_WhoJoinsWhileItRunsIsToldOfByARunBesideIt) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 10, kFlash, 0);
  open(ladder, true, 10, 10, kFlash, limits::kAttemptOverlap_ms - 1);
  const Attempt first = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(first.messages, numbers(0, 10));
  const BootMs beside = 3 * kMinute + limits::kAttemptOverlap_ms;
  EXPECT_TRUE(decide_all(ladder, beside - 1).attempts.empty());
  const Due next = decide_all(ladder, beside);
  ASSERT_EQ(next.attempts.size(), 1u);
  EXPECT_EQ(next.attempts[0].messages, numbers(10, 10));
  EXPECT_EQ(next.attempts[0].name.number, 1u);
  // Each ends by itself.
  EXPECT_EQ(finish(ladder, next.attempts[0], AttemptOutcome::told, beside + 1),
            AttemptVerdict::told);
  EXPECT_EQ(finish(ladder, first, AttemptOutcome::failed, beside + kSecond), AttemptVerdict::retry);
  const Attempt retry = decide_all(ladder, 3 * kMinute + 15 * kSecond).attempts.at(0);
  EXPECT_EQ(retry.messages, numbers(0, 10));
  EXPECT_EQ(retry.name.number, 2u);
}

// A command that takes ten seconds: one that comes a second after another waits for neither.
TEST(LadderFlood, A6_ASlowCommandHasFourRunsAtMostAndTheFifthWaits) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  for (uint64_t i = 0; i <= limits::kAttemptsPerCommandMax; ++i) {
    open(ladder, true, i, 1, kFlash, static_cast<BootMs>(i) * kSecond);
  }
  std::vector<Attempt> running;
  for (uint64_t i = 0; i <= limits::kAttemptsPerCommandMax; ++i) {
    for (Attempt& one :
         decide_all(ladder, 3 * kMinute + static_cast<BootMs>(i) * kSecond).attempts) {
      EXPECT_EQ(one.messages, numbers(i, 1));
      running.push_back(std::move(one));
    }
  }
  ASSERT_EQ(running.size(), limits::kAttemptsPerCommandMax);
  EXPECT_EQ(finish(ladder, running[0], AttemptOutcome::told, 3 * kMinute + 10 * kSecond),
            AttemptVerdict::told);
  const Attempt last = decide_all(ladder, 3 * kMinute + 10 * kSecond).attempts.at(0);
  EXPECT_EQ(last.messages, numbers(limits::kAttemptsPerCommandMax, 1));
}

// One that comes every millisecond, and a command that is done at once.
TEST(LadderFlood, A4_AFloodThatGoesOnIsToldInTurnsAndNoneIsLate) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  constexpr BootMs kFlood = 10 * kSecond, kRung = 3 * kMinute;
  open_every_millisecond(ladder, kFlood);
  size_t runs = 0;
  uint64_t told = 0;
  for (BootMs now = kRung; now < kRung + kFlood + limits::kAttemptRest_ms; ++now) {
    for (const Attempt& attempt : decide_all(ladder, now).attempts) {
      ++runs;
      told += attempt.messages.size();
      EXPECT_LE(now - kRung - static_cast<BootMs>(attempt.messages.first()),
                limits::kAttemptRest_ms);
      EXPECT_EQ(finish(ladder, attempt, AttemptOutcome::told, now), AttemptVerdict::told);
    }
  }
  EXPECT_EQ(told, static_cast<uint64_t>(kFlood));
  EXPECT_EQ(runs, static_cast<size_t>(kFlood / limits::kAttemptRest_ms) + 1);
}

TEST(LadderFlood, A6_WhoComesWhileACommandFailsIsToldOfAtOnce) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 5 * kSecond);
  const Attempt first = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(finish(ladder, first, AttemptOutcome::failed, 3 * kMinute + kSecond),
            AttemptVerdict::retry);
  const Due second = decide_all(ladder, 3 * kMinute + 5 * kSecond);
  ASSERT_EQ(second.attempts.size(), 1u);
  EXPECT_EQ(second.attempts[0].messages, numbers(1, 1));
  EXPECT_EQ(second.attempts[0].name.number, 1u);
  // Where it fails too, both are told of together, and neither later than alone.
  EXPECT_EQ(finish(ladder, second.attempts[0], AttemptOutcome::failed, 3 * kMinute + 6 * kSecond),
            AttemptVerdict::retry);
  const Due retry = decide_all(ladder, 3 * kMinute + 15 * kSecond);
  ASSERT_EQ(retry.attempts.size(), 1u);
  EXPECT_EQ(retry.attempts[0].messages, numbers(0, 2));
  EXPECT_EQ(retry.attempts[0].name.number, 2u);
}

// The system is short of processes or descriptors for a moment.
TEST(LadderFlood, A6_WhatCouldNotBeStartedIsTriedAgainSoon) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1, kFlash, 0);
  BootMs now = 3 * kMinute;
  Attempt attempt = decide_all(ladder, now).attempts.at(0);
  EXPECT_EQ(finish(ladder, attempt, AttemptOutcome::not_started, now), AttemptVerdict::retry);
  EXPECT_EQ(ladder.next_due(), now + limits::kAttemptRest_ms);
  now += limits::kAttemptRest_ms;
  attempt = decide_all(ladder, now).attempts.at(0);
  EXPECT_EQ(attempt.name.number, 2u);
  EXPECT_EQ(finish(ladder, attempt, AttemptOutcome::not_started, now), AttemptVerdict::retry);
  EXPECT_EQ(ladder.next_due(), now + 15 * kSecond);
}

TEST(LadderFlood, A6_WhoComesDuringTheLastRunOfAFailingCommandHasItsOwnRunsOfIt) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 50 * kSecond);
  BootMs now = 3 * kMinute;
  Attempt attempt;
  for (int i = 0; i < limits::kAttemptsMax; ++i) {
    now = 3 * kMinute + i * 15 * kSecond;
    attempt = decide_all(ladder, now).attempts.at(0);
    if (i + 1 < limits::kAttemptsMax) finish(ladder, attempt, AttemptOutcome::failed, now + 1);
  }
  const Due own = decide_all(ladder, 3 * kMinute + 50 * kSecond);
  ASSERT_EQ(own.attempts.size(), 1u);
  EXPECT_EQ(own.attempts[0].command, (Command{"/page", "supervisor"}));
  EXPECT_EQ(own.attempts[0].messages, numbers(1, 1));
  EXPECT_EQ(own.attempts[0].name.number, 1u);
  EXPECT_EQ(finish(ladder, attempt, AttemptOutcome::failed, 3 * kMinute + 55 * kSecond),
            AttemptVerdict::next_command);
  const Due due = decide_all(ladder, 3 * kMinute + 55 * kSecond);
  ASSERT_EQ(due.attempts.size(), 1u);
  EXPECT_EQ(due.attempts[0].command, (Command{"/phone", "supervisor"}));
  EXPECT_EQ(due.attempts[0].messages, numbers(0, 1));
}

TEST(LadderFlood, A6_AnAcknowledgementEndsACallOnlyWithTheLastOfItsMessages) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 2, kFlash, 0);
  const Attempt both = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_TRUE(ladder.acknowledged({true, 0}).empty());
  const AttemptEnd end =
      ladder.attempt_finished(both.name, AttemptOutcome::failed, after(3 * kMinute + kSecond));
  EXPECT_EQ(end.verdict, AttemptVerdict::retry);
  EXPECT_EQ(end.messages, numbers(1, 1));
  const Attempt one = decide_all(ladder, 3 * kMinute + 15 * kSecond).attempts.at(0);
  EXPECT_EQ(one.messages, numbers(1, 1));
  EXPECT_EQ(ladder.acknowledged({true, 1}), std::vector<uint64_t>{one.name.id});
  EXPECT_EQ(finish(ladder, one, AttemptOutcome::failed, 3 * kMinute + 16 * kSecond),
            AttemptVerdict::stale);
  EXPECT_EQ(ladder.open_count(), 0u);
  EXPECT_EQ(ladder.next_due(), std::nullopt);
}

// An outcome that was on its way when its run was stopped says nothing of the run that followed.
TEST(LadderFlood, A6_AnOutcomeBelongsToOneRun) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 1 * kSecond);
  const Attempt first = decide_all(ladder, 3 * kMinute).attempts.at(0);
  ladder.acknowledged({true, 0});
  const Attempt second = decide_all(ladder, 3 * kMinute + kSecond).attempts.at(0);
  EXPECT_EQ(finish(ladder, first, AttemptOutcome::told, 3 * kMinute + kSecond),
            AttemptVerdict::stale);
  EXPECT_EQ(finish(ladder, first, AttemptOutcome::told, 3 * kMinute + 2 * kSecond),
            AttemptVerdict::stale);
  EXPECT_EQ(finish(ladder, second, AttemptOutcome::told, 3 * kMinute + 2 * kSecond),
            AttemptVerdict::told);
}

TEST(LadderFlood, A6_OneCallTellsOfAsManyAsItsRecordHasRoomFor) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  const uint64_t count = limits::kAttemptBlocksMax * KeySet::kBlock + 1;
  // One in each block, so that so many blocks stand for fewer messages than the test has patience.
  for (uint64_t i = 0; i <= limits::kAttemptBlocksMax; ++i) {
    ladder.opened({true, i * KeySet::kBlock}, kFlash, false, after(0));
  }
  const Attempt first = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(first.messages.size(), limits::kDecisionsPerCallMax);  // Those of the first bite.
  finish(ladder, first, AttemptOutcome::failed, 3 * kMinute + 1);
  const Attempt second = decide_all(ladder, 3 * kMinute + kSecond).attempts.at(0);
  EXPECT_EQ(second.messages.block_count(),
            limits::kAttemptBlocksMax + 1 - limits::kDecisionsPerCallMax);
  finish(ladder, second, AttemptOutcome::failed, 3 * kMinute + 2 * kSecond);
  // All of them wait for the retry.
  const Attempt third = decide_all(ladder, 3 * kMinute + 15 * kSecond).attempts.at(0);
  EXPECT_EQ(third.messages.block_count(), limits::kAttemptBlocksMax);
  EXPECT_FALSE(third.messages.contains(count - 1));
  finish(ladder, third, AttemptOutcome::told, 3 * kMinute + 15 * kSecond + 1);
  const Attempt fourth = decide_all(ladder, 3 * kMinute + 16 * kSecond).attempts.at(0);
  EXPECT_EQ(fourth.messages, numbers(count - 1, 1));
}

// ---- Fair places

// Rungs that are all due at once, each with a command of its own.
Policy many_rungs() {
  Policy policy = without_repeated_alarm(default_policy());
  for (auto& numbers : policy.precedences) {
    numbers.rungs.clear();
    for (size_t i = 0; i < limits::kRungsMax; ++i) {
      const std::string name = "rung-" + std::to_string(i);
      numbers.rungs.push_back({name, static_cast<int64_t>(i), false, "", {{"/tell", name}}});
    }
  }
  return policy;
}

TEST(LadderFlood, A6_TheOwnFlashIsPagedAtOnceWhateverThePeerSends) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 5000, kFlash, 0);
  ladder.opened({false, 1}, kFlash, false, after(1 * kMinute));
  // The peer's calls hang until they are killed, and fail.
  std::vector<std::pair<BootMs, Attempt>> running;
  std::optional<BootMs> own_paged;
  for (BootMs now = 0; now <= 6 * kMinute; now += 250) {
    while (!running.empty() && running.front().first + 10 * kSecond <= now) {
      finish(ladder, running.front().second, AttemptOutcome::failed, now);
      running.erase(running.begin());
    }
    for (Attempt& attempt : decide_all(ladder, now).attempts) {
      if (!attempt.name.incoming && !own_paged) own_paged = now;
      running.emplace_back(now, std::move(attempt));
    }
    EXPECT_LE(running.size(), 8u);
    EXPECT_TRUE(ladder.unattended(after(now), limits::kLadderLate_ms).empty());
  }
  EXPECT_EQ(own_paged, 4 * kMinute);
}

TEST(LadderFlood, A6_ASideHasItsPlacesAndOthersAreForFlash) {
  Ladder ladder(many_rungs());
  const size_t shared = limits::kAttemptsRunningMax - limits::kAttemptsReservedForFlash;
  open(ladder, true, 0, 1, 2, 0);
  open(ladder, true, 1, 1, kPriority, 0);
  std::vector<Attempt> peers = decide_all(ladder, 1 * kSecond).attempts;
  ASSERT_EQ(peers.size(), shared);  // 16 are due.
  EXPECT_EQ(peers[limits::kRungsMax].name.precedence, kPriority);
  EXPECT_EQ(ladder.next_due(), std::nullopt);  // Until there is room.
  // A FLASH has room, and the own side too.
  open(ladder, true, 2, 1, kFlash, 2 * kSecond);
  open(ladder, false, 1, 1, kRoutine, 2 * kSecond);
  std::vector<Attempt> more = decide_all(ladder, 3 * kSecond).attempts;
  ASSERT_EQ(more.size(), limits::kAttemptsReservedForFlash + limits::kRungsMax);
  EXPECT_EQ(more[0].name.precedence, kFlash);
  EXPECT_TRUE(more[0].name.incoming);
  EXPECT_FALSE(more.back().name.incoming);
  // All that waits for room is watched over by those that have it.
  EXPECT_TRUE(ladder.unattended(after(50 * kSecond), kSecond).empty());
  // Room goes to the most urgent first.
  finish(ladder, peers[0], AttemptOutcome::told, 4 * kSecond);
  const std::vector<Attempt> next = decide_all(ladder, 4 * kSecond).attempts;
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].name.precedence, kFlash);
}

TEST(LadderFlood, A6_OfCallsThatAreDueAtOnceThoseAboutAFlashGoFirst) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  const BootMs hours = 6 * 60 * kMinute;  // Until the first rung of a ROUTINE.
  open(ladder, true, 0, 1, kRoutine, 0);
  open(ladder, true, 1, 1, kFlash, hours - 3 * kMinute + 16 * kSecond);
  finish(ladder, decide_all(ladder, hours).attempts.at(0), AttemptOutcome::failed, hours);
  const std::vector<Attempt> attempts = decide_all(ladder, hours + 20 * kSecond).attempts;
  ASSERT_EQ(attempts.size(), 2u);
  EXPECT_EQ(attempts[0].name.precedence, kFlash);  // Though the retry was due before it.
}

// ---- Restarts and late hours

TEST(LadderFlood, A6_WhoComesAfterTheLastWasAcknowledgedBeginsAnew) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 20 * kSecond);
  finish(ladder, decide_all(ladder, 3 * kMinute).attempts.at(0), AttemptOutcome::failed,
         3 * kMinute);
  const Attempt retry = decide_all(ladder, 3 * kMinute + 15 * kSecond).attempts.at(0);
  EXPECT_EQ(retry.name.number, 2u);
  ladder.acknowledged({true, 0});
  // Before the end of the other is reported.
  const Attempt next = decide_all(ladder, 3 * kMinute + 20 * kSecond).attempts.at(0);
  finish(ladder, retry, AttemptOutcome::failed, 3 * kMinute + 21 * kSecond);
  EXPECT_EQ(next.messages, numbers(1, 1));
  EXPECT_EQ(next.name.number, 1u);
}

TEST(LadderFlood, A6_WhoJoinsThoseOfBeforeARestartIsToldOfByACallThatIsMarked) {
  const Policy policy = without_repeated_alarm(policy_with_commands());
  Ladder before(policy);
  open(before, true, 0, 1, kFlash, 0);
  const Due due = decide_all(before, 3 * kMinute);
  Ladder ladder(policy);
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 1 * kSecond);
  ladder.decided(due.decisions.at(0), after(3 * kMinute));
  const Attempt both = decide_all(ladder, 3 * kMinute + 2 * kSecond).attempts.at(0);
  EXPECT_EQ(both.messages, numbers(0, 2));
  EXPECT_TRUE(both.repeated);
  finish(ladder, both, AttemptOutcome::failed, 3 * kMinute + 2 * kSecond);
  EXPECT_TRUE(decide_all(ladder, 3 * kMinute + 17 * kSecond).attempts.at(0).repeated)
      << "they may have been told before the restart still";
}

// The record of a failure that a clock, set back meanwhile, puts before its start.
TEST(LadderFlood, A6_ARetryWaitsForItsIntervalAndNotForAClockThatWasSetBack) {
  const Policy policy = without_repeated_alarm(policy_with_commands());
  Ladder before(policy);
  open(before, true, 0, 1, kFlash, 0);
  const Due due = decide_all(before, 3 * kMinute);
  Ladder ladder(policy);
  open(ladder, true, 0, 1, kFlash, 0);
  ladder.decided(due.decisions.at(0), after(3 * kMinute));
  ladder.attempt_ended(due.attempts.at(0).name, numbers(0, 1), AttemptOutcome::failed,
                       after(2 * kMinute));
  EXPECT_EQ(ladder.next_due(), 2 * kMinute + 15 * kSecond);
}

TEST(LadderFlood, A4_TheLatestOfADecisionCounts) {
  Ladder ladder(without_repeated_alarm(default_policy()));
  open(ladder, true, 0, 1, kFlash, 0);
  open(ladder, true, 1, 1, kFlash, 5 * kSecond);
  const Due due = decide_all(ladder, 3 * kMinute + 7 * kSecond);
  ASSERT_EQ(due.decisions.size(), 1u);
  EXPECT_EQ(due.decisions[0].late_ms, 7 * kSecond);
}

// Those of a later bite sound the alarm themselves.
TEST(LadderFlood, A4_NoAlarmSoundsAgainWhileMoreIsToBeDecided) {
  Ladder ladder(default_policy());
  open(ladder, true, 0, limits::kDecisionsPerCallMax, kFlash, 0);
  open(ladder, true, 5'000, 1, 2, -7 * kMinute);
  EXPECT_EQ(ladder.decide(after(3 * kMinute)).decisions.size(), 1u);
  const Due rest = ladder.decide(after(3 * kMinute));
  ASSERT_EQ(rest.decisions.size(), 1u);
  EXPECT_EQ(rest.decisions[0].messages, numbers(5'000, 1));
}

// ---- Commands that cannot start

TEST(LadderFlood, F8_ACommandThatCannotStartGivesWayToTheNextAtOnce) {
  Ladder ladder(without_repeated_alarm(policy_with_commands()));
  open(ladder, true, 0, 2, kFlash, 0);
  const Attempt page = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(finish(ladder, page, AttemptOutcome::impossible, 3 * kMinute),
            AttemptVerdict::next_command);
  const Attempt phone = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(phone.command, (Command{"/phone", "supervisor"}));
  EXPECT_EQ(phone.messages, numbers(0, 2));
  EXPECT_EQ(finish(ladder, phone, AttemptOutcome::impossible, 3 * kMinute),
            AttemptVerdict::next_command);
  const Attempt director = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(director.command, (Command{"/page", "director"}));
  const AttemptEnd end =
      ladder.attempt_finished(director.name, AttemptOutcome::impossible, after(3 * kMinute));
  EXPECT_EQ(end.verdict, AttemptVerdict::gave_up);
  EXPECT_EQ(end.gave_up, numbers(0, 2));
}

TEST(LadderFlood, F8_AndSoFromTheJournal) {
  const Policy policy = without_repeated_alarm(policy_with_commands());
  Ladder before(policy);
  open(before, true, 0, 2, kFlash, 0);
  const Due due = decide_all(before, 3 * kMinute);
  Ladder ladder(policy);
  open(ladder, true, 0, 2, kFlash, 0);
  ladder.decided(due.decisions.at(0), after(3 * kMinute));
  ladder.attempt_ended(due.attempts.at(0).name, due.attempts[0].messages,
                       AttemptOutcome::impossible, after(3 * kMinute));
  const Attempt phone = decide_all(ladder, 3 * kMinute).attempts.at(0);
  EXPECT_EQ(phone.command, (Command{"/phone", "supervisor"}));
  EXPECT_TRUE(phone.repeated);
}

// ---- Numbers of many messages

TEST(KeySet, HoldsWhatWasPutIn) {
  KeySet set;
  EXPECT_TRUE(set.insert(64));
  EXPECT_FALSE(set.insert(64));
  EXPECT_TRUE(set.insert(63));
  EXPECT_TRUE(set.insert(1'000'000));
  EXPECT_EQ(set.size(), 3u);
  EXPECT_EQ(set.first(), 63u);
  EXPECT_EQ(set.block_count(), 3u);
  EXPECT_TRUE(set.contains(64));
  EXPECT_FALSE(set.contains(65));
  EXPECT_TRUE(set.erase(63));
  EXPECT_FALSE(set.erase(63));
  EXPECT_EQ(set.block_count(), 2u);
  EXPECT_EQ(set, (KeySet{1'000'000, 64}));
  EXPECT_NE(set, (KeySet{1'000'001, 64}));
}

TEST(KeySet, JoinsAndParts) {
  KeySet set{1, 2, 3, 100};
  set.insert_all({3, 4, 200});
  EXPECT_EQ(set, (KeySet{1, 2, 3, 4, 100, 200}));
  set.erase_all({2, 5, 100, 300});
  EXPECT_EQ(set, (KeySet{1, 3, 4, 200}));
  EXPECT_EQ(set.intersected({3, 4, 5, 201}), (KeySet{3, 4}));
  EXPECT_EQ(set.take_blocks(1), (KeySet{1, 3, 4}));
  EXPECT_EQ(set, KeySet{200});
  EXPECT_EQ(set.take_blocks(1), KeySet{200});
  EXPECT_TRUE(set.empty());
}

}  // namespace
}  // namespace hotline
