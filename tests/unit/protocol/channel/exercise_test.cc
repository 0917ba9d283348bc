// The clock of an exercise in two cores: who sets it, what it governs and what not, that a jump
// passes over nothing, and that a restart tells the same.
#include "protocol/channel/exercise.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using Change = wire::ExerciseClockChange;

ClockOrder speed(uint32_t permille) {
  return {Change::speed, permille};
}
ClockOrder jump(int64_t by_ms) {
  return {Change::jump, 0, by_ms};
}
constexpr ClockOrder kNext{Change::jump};
constexpr ClockOrder kPause{Change::paused};
constexpr ClockOrder kResume{Change::resumed};

struct Told {
  UtcMs at = 0;
  std::string step;
  int64_t late_ms = 0;
  uint32_t missed = 0;
  bool operator==(const Told&) const = default;
};

class ExerciseTest : public testing::Test {
 protected:
  void SetUp() override { cores.connect(); }

  // Everything that the ladder of this party decided, as its journal tells.
  std::vector<Told> told(size_t party) {
    std::vector<Told> all;
    for (const Bytes& bytes : cores.disk(party).journal()) {
      const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
      const auto* decided = entry->fact_as_StepsDecided();
      if (decided == nullptr) continue;
      for (const wire::Step* step : *decided->steps()) {
        const auto kind = static_cast<StepKind>(step->kind());
        if (kind == StepKind::alarm_again) continue;
        all.push_back({entry->at(),
                       kind == StepKind::rung                ? step->rung()->str()
                       : kind == StepKind::dissemination_due ? "dissemination"
                                                             : "other",
                       decided->late_ms(), decided->missed()});
      }
    }
    return all;
  }
  UtcMs send(size_t party, uint8_t precedence) {
    const auto sent = cores.submit(party, precedence);
    EXPECT_TRUE(sent) << sent.error().reason;
    return sent ? sent->committed_at : 0;
  }
  // Of a message that came in: its rungs at these times after it.
  void expect_rungs(size_t party, uint8_t precedence, UtcMs came_at) {
    const PrecedencePolicy numbers = default_policy().at(precedence);
    std::vector<Told> expected;
    for (const Rung& rung : numbers.rungs)
      expected.push_back({came_at + rung.after_ms, rung.name, 0, 0});
    std::vector<Told> rungs = told(party);
    std::erase_if(rungs, [](const Told& one) { return one.step == "dissemination"; });
    EXPECT_EQ(rungs, expected);
  }

  TwoCores cores{default_policy(), true};
};

TEST_F(ExerciseTest, OnlyADirectorOfAnExerciseSetsTheClock) {
  TwoCores live;
  EXPECT_EQ(live.set_clock(kNorth, speed(10'000)).error().code, ErrorCode::refused);
  EXPECT_TRUE(live.set_clock(kNorth, kNext).error().reason.starts_with("this channel is live"));
  for (const wire::Role role : {wire::Role::operator_, wire::Role::supervisor, wire::Role::releaser,
                                wire::Role::auditor, wire::Role::monitor}) {
    EXPECT_EQ(cores.set_clock(kNorth, kPause, role).error().code, ErrorCode::not_allowed);
  }
  EXPECT_FALSE(cores.core(kNorth).exercise_clock().is_set());
}

TEST_F(ExerciseTest, WhatNoClockDoesIsRefused) {
  for (const uint32_t permille : {0u, 99u, 60'001u}) {
    EXPECT_EQ(cores.set_clock(kNorth, speed(permille)).error().code, ErrorCode::refused);
  }
  EXPECT_EQ(cores.set_clock(kNorth, kResume).error().code, ErrorCode::refused);
  EXPECT_EQ(cores.set_clock(kNorth, jump(-1)).error().code, ErrorCode::refused);
  EXPECT_EQ(cores.set_clock(kNorth, jump(limits::kExerciseJumpMax_ms + 1)).error().code,
            ErrorCode::refused);
  EXPECT_EQ(cores.set_clock(kNorth, {Change::jump, 0, 0, cores.now().utc - 1}).error().code,
            ErrorCode::refused);
  EXPECT_EQ(cores.set_clock(kNorth, {Change::arrived}).error().code, ErrorCode::usage);
  EXPECT_TRUE(cores.set_clock(kNorth, kPause));
  EXPECT_EQ(cores.set_clock(kNorth, kPause).error().code, ErrorCode::refused);
}

TEST_F(ExerciseTest, ALadderClimbsAtTheSpeedOfTheClock) {
  ASSERT_TRUE(cores.set_clock(kNorth, speed(10'000)));
  const UtcMs came_at = send(kSouth, kFlash);
  cores.pass(17 * kSecond_ms);
  EXPECT_EQ(told(kNorth).size(), 0u);
  cores.pass(2 * kSecond_ms);
  ASSERT_EQ(told(kNorth).size(), 1u);
  EXPECT_EQ(told(kNorth).front().step, "supervisor");
  EXPECT_GE(told(kNorth).front().at, came_at + 180 * kSecond_ms);
  EXPECT_EQ(told(kSouth).size(), 0u);  // Its clock is its own.
}

TEST_F(ExerciseTest, WhatIsDueInAPauseIsDueAfterItByWhatWasLeft) {
  send(kSouth, kFlash);
  cores.pass(170 * kSecond_ms);
  ASSERT_TRUE(cores.set_clock(kNorth, kPause));
  const UtcMs stood_at = cores.now().utc;
  cores.pass(600 * kSecond_ms);
  EXPECT_EQ(cores.now().utc, stood_at);
  EXPECT_EQ(told(kNorth).size(), 0u);
  ASSERT_TRUE(cores.set_clock(kNorth, kResume));
  cores.pass(9 * kSecond_ms);
  EXPECT_EQ(told(kNorth).size(), 0u);
  cores.pass(2 * kSecond_ms);
  EXPECT_EQ(told(kNorth).size(), 1u);
}

TEST_F(ExerciseTest, AJumpPassesOverNothing) {
  const UtcMs started_at = cores.now().utc;
  const UtcMs came_at = send(kSouth, kImmediate);
  const UtcMs before = cores.now().utc;
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.pass(60 * kSecond_ms);
  EXPECT_FALSE(cores.core(kNorth).exercise_clock().jumping_to());
  EXPECT_GE(cores.now().utc, before + 72 * kHour_ms);
  EXPECT_LE(cores.now().utc, before + 72 * kHour_ms + 60 * kSecond_ms);
  expect_rungs(kNorth, kImmediate, came_at);
  // The alarm sounded again every five minutes, and each hour's test call was judged.
  int64_t missed = 0;
  for (const Bytes& bytes : cores.disk(kNorth).journal()) {
    missed += flatbuffers::GetRoot<wire::Entry>(bytes.data())->fact_as_TestCallMissed() != nullptr;
  }
  const LinkPolicy numbers = default_policy().link;
  const int64_t first = started_at / numbers.test_call_interval_ms + 1;
  EXPECT_EQ(missed,
            (cores.now().utc - numbers.test_call_acknowledged_ms) / numbers.test_call_interval_ms -
                first);
}

TEST_F(ExerciseTest, TheNextThingIsDueWhenItIsReached) {
  const UtcMs came_at = send(kSouth, kPriority);
  std::vector<UtcMs> reached;
  while (told(kNorth).size() < 3) {
    ASSERT_TRUE(cores.set_clock(kNorth, kPause));
    ASSERT_TRUE(cores.set_clock(kNorth, kNext));
    for (int i = 0; i < 9 && cores.core(kNorth).exercise_clock().jumping_to(); ++i) cores.pass(250);
    reached.push_back(cores.now().utc);
    ASSERT_TRUE(cores.set_clock(kNorth, kResume));
    ASSERT_LT(reached.size(), 40u);
  }
  for (const Told& one : told(kNorth)) {
    EXPECT_EQ(one.late_ms, 0);
    EXPECT_EQ(std::count(reached.begin(), reached.end(), one.at), 1) << one.step;
  }
  EXPECT_GE(told(kNorth).front().at, came_at + default_policy().at(kPriority).rungs[0].after_ms);
}

TEST_F(ExerciseTest, ARestartKeepsTheClock) {
  const UtcMs came_at = send(kSouth, kImmediate);
  ASSERT_TRUE(cores.set_clock(kNorth, speed(2'000)));
  ASSERT_TRUE(cores.set_clock(kNorth, jump(kHour_ms)));
  cores.pass(kSecond_ms);
  const UtcMs before = cores.now().utc;
  EXPECT_GE(before, came_at + kHour_ms);
  cores.restart(kNorth);
  EXPECT_NEAR(static_cast<double>(cores.now().utc), static_cast<double>(before), 2);
  EXPECT_EQ(cores.core(kNorth).exercise_clock().speed_permille(), 2'000u);
  cores.pass(kSecond_ms);
  EXPECT_NEAR(static_cast<double>(cores.now().utc), static_cast<double>(before + 2'000), 2);
  expect_rungs(kNorth, kImmediate, came_at);

  ASSERT_TRUE(cores.set_clock(kNorth, kPause));
  const UtcMs stood_at = cores.now().utc;
  cores.pass(60 * kSecond_ms);
  cores.restart(kNorth);
  cores.pass(60 * kSecond_ms);
  EXPECT_NEAR(static_cast<double>(cores.now().utc), static_cast<double>(stood_at), 2);
}

// A power cut on the way: it goes on from where the journal ends, to where it was to go.
TEST_F(ExerciseTest, AJumpGoesOnAfterARestart) {
  const UtcMs came_at = send(kSouth, kImmediate);
  const UtcMs before = cores.now().utc;
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.pass(500);
  ASSERT_TRUE(cores.core(kNorth).exercise_clock().jumping_to());
  for (int i = 0; i < 5; ++i) {
    cores.restart(kNorth);
    cores.pass(500);
  }
  cores.pass(60 * kSecond_ms);
  EXPECT_FALSE(cores.core(kNorth).exercise_clock().jumping_to());
  EXPECT_GE(cores.now().utc, before + 72 * kHour_ms);
  expect_rungs(kNorth, kImmediate, came_at);
}

// The link is down for seconds then, and the clock would make days of them.
TEST_F(ExerciseTest, AJumpThatARestartBrokeOffWaitsForTheLink) {
  send(kSouth, kImmediate);
  const UtcMs before = cores.now().utc;
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.pass(500);
  ASSERT_TRUE(cores.core(kNorth).exercise_clock().jumping_to());
  cores.restart(kNorth);
  const UtcMs stood_at = cores.now().utc;
  cores.pass(kSecond_ms);
  EXPECT_LE(cores.now().utc, stood_at + 2 * kSecond_ms);
  cores.connect();
  const UtcMs linked_at = cores.core(kNorth).status().link_since;
  EXPECT_LE(linked_at, stood_at + 2 * kSecond_ms);
  cores.pass(60 * kSecond_ms);
  EXPECT_GE(cores.now().utc, before + 72 * kHour_ms);
  // With nobody at the other end it goes on all the same.
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.restart(kNorth);
  cores.pass(60 * kSecond_ms);
  EXPECT_GE(cores.now().utc, before + 144 * kHour_ms);
}

TEST_F(ExerciseTest, LinksAndSignaturesGoByTheMachine) {
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.pass(60 * kSecond_ms);
  const CoreStatus status = cores.core(kNorth).status();
  EXPECT_EQ(status.link, wire::LinkState::up);
  EXPECT_EQ(status.clock_skew_ms, 0);
  send(kSouth, kRoutine);
  const auto& journal = cores.disk(kNorth).journal();
  const auto* last = flatbuffers::GetRoot<wire::Entry>(journal.back().data());
  EXPECT_GE(last->ahead_ms(), 71 * kHour_ms);
  EXPECT_LT(std::abs(machine_time(*last) - (last->at() - last->ahead_ms())), 1);
  for (const Condition& one : cores.core(kNorth).conditions().list()) {
    EXPECT_NE(one.kind->code, ConditionCode::clocks_differ);
    EXPECT_NE(one.kind->code, ConditionCode::link_down);
    EXPECT_NE(one.kind->code, ConditionCode::ladder_lost);
  }
}

TEST_F(ExerciseTest, ACaseComesDueByItsClock) {
  ViolationFields said;
  said.observer_position = Position{4'831'000, 3'802'000};
  said.event_position = Position{4'834'000, 3'805'000};
  said.accuracy_m = 100;
  said.event_at = cores.now().utc;
  said.means = wire::Means::heard;
  said.count = 2;
  said.exactness = wire::Exactness::exact;
  said.event = wire::ViolationEvent::explosion;
  said.attribution = wire::Side::other;
  const auto sent = cores.submit(kNorth, kRoutine, said);
  ASSERT_TRUE(sent) << sent.error().reason;
  ASSERT_TRUE(cores.set_clock(kNorth, jump(72 * kHour_ms)));
  cores.pass(60 * kSecond_ms);
  UtcMs began_at = 0;
  for (const Bytes& bytes : cores.disk(kNorth).journal()) {
    const auto* entry = flatbuffers::GetRoot<wire::Entry>(bytes.data());
    const auto* began = entry->fact_as_ConditionBegan();
    if (began && began->code() == static_cast<uint8_t>(ConditionCode::decision_due))
      began_at = entry->at();
  }
  EXPECT_EQ(began_at, sent->committed_at + 24 * kHour_ms);
}

// A page takes its time on a real telephone: meanwhile the clock stands.
TEST(ExerciseJump, WaitsForCommandsThatTellPeople) {
  Policy policy = default_policy();
  policy.at(kFlash).rungs[0].commands = {{"/page", "supervisor"}};
  TwoCores cores{policy, true};
  cores.connect();
  ASSERT_TRUE(cores.submit(kSouth, kFlash));
  ASSERT_TRUE(cores.set_clock(kNorth, jump(kHour_ms)));
  cores.pass(20 * kSecond_ms);
  ASSERT_EQ(cores.attempts(kNorth).size(), 1u);
  EXPECT_TRUE(cores.core(kNorth).exercise_clock().jumping_to());
  const UtcMs stood_at = cores.now().utc;
  cores.core(kNorth).attempt_ended(cores.now(), cores.attempts(kNorth).front().name,
                                   wire::Outcome::done, "told");
  cores.pass(20 * kSecond_ms);
  EXPECT_FALSE(cores.core(kNorth).exercise_clock().jumping_to());
  EXPECT_GE(cores.now().utc, stood_at + 50 * 60 * kSecond_ms);
}

// Of a store that was altered: an entry that a live channel has not, or that no clock can follow.
TEST(ExerciseFault, IsFoundInAJournal) {
  simulation::SimulatedDisk disk;
  simulation::Seeded random(1);
  Recorder recorder(disk, random);
  Persons persons(recorder, random);
  Noise noise(recorder, random);
  CoreConfig config;
  Conditions conditions(recorder);
  Exercise exercise(config, recorder, persons, noise, conditions);
  const auto fault = [&](Change change, uint32_t permille, UtcMs until, int64_t ahead_ms) {
    flatbuffers::FlatBufferBuilder b;
    const wire::Digest salt{};
    const auto fact = wire::CreateExerciseClockSet(b, change, permille, until);
    b.Finish(
        wire::CreateEntry(b, 1'000, &salt, wire::Fact::ExerciseClockSet, fact.Union(), ahead_ms),
        kJournalEntryIdentifier);
    const char* found = exercise.fault_in(*flatbuffers::GetRoot<wire::Entry>(b.GetBufferPointer()));
    return std::string(found ? found : "");
  };
  EXPECT_EQ(fault(Change::paused, 0, 0, 0), "a live channel goes by the machine's clock");
  config.channel.exercise = true;
  EXPECT_EQ(fault(Change::paused, 0, 0, 0), "");
  EXPECT_EQ(fault(Change::speed, 10'000, 0, -5), "");
  EXPECT_EQ(fault(Change::jump, 0, 1'000, 0), "");
  EXPECT_EQ(fault(Change::speed, 60'001, 0, 0), "so no clock can go");
  EXPECT_EQ(fault(Change::jump, 0, 999, 0), "a jump leads to no time");
  EXPECT_EQ(fault(Change::stopped, 0, 0, 0), "");
  EXPECT_EQ(fault(static_cast<Change>(9), 0, 0, 0), "it changes the clock in no known way");
  EXPECT_EQ(fault(Change::paused, 0, 0, limits::kTimeMax_ms + 1), "its time is none");
}

}  // namespace
}  // namespace hotline
