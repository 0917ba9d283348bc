// A flood of FLASH that nobody acknowledges, seen from outside the core: what it costs the journal,
// how often people are told, and whether the own FLASH is paged all the same (rows A4, A6).
#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/key_blocks.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

class FloodRows : public testing::Test {
 protected:
  void SetUp() override {
    for (PrecedencePolicy& numbers : peer.config().policy.precedences) {
      numbers.rungs[0].commands = {{"/page", "supervisor"}, {"/phone", "supervisor"}};
    }
    ASSERT_TRUE(peer.start());
    link = peer.link_up();
  }

  void flood(size_t count, wire::Precedence precedence = wire::Precedence::flash) {
    uint64_t first = peer.own.size();
    for (size_t i = 0; i < count; ++i) {
      EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
      ++peer.last_serial;
      envelope.precedence = precedence;
      peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("Look.")));
    }
    while (first < peer.own.size()) {
      const uint64_t end = std::min<uint64_t>(first + 500, peer.own.size());
      peer.say(link, peer.messages_frame(first, end));
      first = end;
    }
  }

  size_t journal_bytes() const {
    size_t bytes = 0;
    for (const Bytes& entry : peer_disk().journal()) bytes += entry.size();
    return bytes;
  }
  const simulation::SimulatedDisk& peer_disk() const {
    return const_cast<ScriptedPeer&>(peer).disk();
  }

  uint64_t acknowledge(const std::string& serial) {
    AcknowledgementFields acknowledgement;
    acknowledgement.role = wire::Role::operator_;
    acknowledgement.at = peer.now().utc;
    BodyFields body;
    body.subject = "Acknowledgement";
    body.content = acknowledgement;
    return peer.submit(wire::MessageType::acknowledgement, wire::Precedence::flash, body, {serial});
  }

  ScriptedPeer peer;
  LinkId link = 0;
};

TEST_F(FloodRows, A4_AStandingFloodCostsTheJournalLittleAndPeopleHearOneWordOfIt) {
  constexpr size_t kCount = 5'000;
  flood(kCount);
  const size_t entries = peer.recorded<wire::StepsDecided>().size();
  size_t before = journal_bytes();
  peer.pass(2 * kMinute_ms);
  // Every half minute one entry for all of them, and one word.
  EXPECT_EQ(peer.recorded<wire::StepsDecided>().size() - entries, 4u);
  ASSERT_EQ(peer.sounded.size(), 4u);
  EXPECT_EQ(peer.sounded[0].situation.count, kCount);
  EXPECT_LT(journal_bytes() - before, 16u * 1024);
  // The first rung of each is on the record, at 16 bytes for 64 of them.
  before = journal_bytes();
  peer.sounded.clear();
  peer.pass(1 * kMinute_ms + kSecond_ms);
  std::set<uint64_t> climbed;
  for (const wire::StepsDecided* decided : peer.recorded<wire::StepsDecided>()) {
    if (decided->steps()->Get(0)->kind() != static_cast<uint8_t>(StepKind::rung)) continue;
    from_blocks(decided->messages()).visit([&](uint64_t number) {
      EXPECT_TRUE(climbed.insert(number).second);
      return true;
    });
  }
  EXPECT_EQ(climbed.size(), kCount);
  EXPECT_LE(peer.sounded.size(), 3u);
  EXPECT_EQ(peer.sounded.back().count, kCount);
  EXPECT_LT(journal_bytes() - before, 16u * 1024);
}

TEST_F(FloodRows, A4_ARestartDecidesNothingTwice) {
  flood(2'000);
  peer.pass(3 * kMinute_ms + kSecond_ms);
  const size_t decided = peer.recorded<wire::StepsDecided>().size();
  const std::optional<BootMs> due = peer.core().ladder().next_due();
  ASSERT_TRUE(peer.start());
  EXPECT_EQ(peer.recorded<wire::StepsDecided>().size(), decided);
  // A command that runs is repeated; else the same is due as before.
  EXPECT_EQ(peer.core().ladder().next_due(), due);
  EXPECT_TRUE(peer.attempts.back().repeated);
}

TEST_F(FloodRows, A6_TheOwnFlashIsPagedInItsSecondAndNothingIsLostFromSight) {
  flood(5'000);
  peer.pass(1 * kMinute_ms);
  const BootMs released = peer.now().boot;
  peer.submit_text("Ours.", wire::Precedence::flash);
  BootMs own_paged = 0;
  while (peer.now().boot < released + 4 * kMinute_ms) {
    peer.pass(250);
    for (const Attempt& attempt : std::exchange(peer.attempts, {})) {
      if (!attempt.name.incoming && own_paged == 0) own_paged = peer.now().boot;
      if (attempt.name.incoming) continue;  // The peer's commands hang, and never end.
      peer.end_attempt(attempt, wire::Outcome::done);
    }
  }
  EXPECT_LE(own_paged - released, 3 * kMinute_ms + kSecond_ms);
  EXPECT_NE(own_paged, 0);
}

TEST_F(FloodRows, A6_TheFloodIsOneCallAndALookAfterItFindsNothingLost) {
  flood(5'000);
  size_t calls = 0;
  const BootMs end = peer.now().boot + 6 * kMinute_ms;
  while (peer.now().boot < end) {
    peer.pass(250);
    for (const Attempt& attempt : std::exchange(peer.attempts, {})) {
      peer.pass(3 * kSecond_ms);
      peer.end_attempt(attempt, wire::Outcome::done);
      ++calls;
    }
    peer.core().look_after_ladder(peer.now());
  }
  EXPECT_LE(calls, 4u);
  EXPECT_EQ(peer.alarms_with("lost sight"), 0u);
}

TEST_F(FloodRows, A6_WhatTheLadderLosesIsOneAlarmWithACount) {
  flood(300);
  peer.pass(3 * kMinute_ms + kSecond_ms);
  ASSERT_FALSE(peer.attempts.empty());
  peer.pass(2 * kMinute_ms - 10 * kSecond_ms);  // No outcome comes.
  peer.core().look_after_ladder(peer.now());
  peer.core().look_after_ladder(peer.now());
  peer.pass(1);
  EXPECT_EQ(peer.alarms_with("and of 299 more"), 1u);
  EXPECT_EQ(peer.alarms_with("lost sight"), 1u);
}

TEST_F(FloodRows, A6_TheLastAcknowledgementStopsTheCall) {
  flood(2);
  peer.pass(3 * kMinute_ms + kSecond_ms);
  ASSERT_EQ(peer.attempts.size(), 1u);
  acknowledge("S-000001");
  EXPECT_TRUE(peer.stopped.empty());
  acknowledge("S-000002");
  EXPECT_EQ(peer.stopped, std::vector<uint64_t>{peer.attempts[0].name.id});
  const size_t entries = peer.recorded<wire::AttemptEnded>().size();
  peer.end_attempt(peer.attempts[0], wire::Outcome::stopped);
  EXPECT_EQ(peer.recorded<wire::AttemptEnded>().size(), entries);
}

TEST_F(FloodRows, F8_WhatCannotStartGivesWayAtOnceAndTheRecordSaysWhy) {
  flood(2);
  peer.pass(3 * kMinute_ms + kSecond_ms);
  ASSERT_EQ(peer.attempts.size(), 1u);
  peer.end_attempt(peer.attempts[0], wire::Outcome::impossible);
  ASSERT_EQ(peer.attempts.size(), 2u);
  EXPECT_EQ(peer.attempts[1].command, (Command{"/phone", "supervisor"}));
  peer.end_attempt(peer.attempts[1], wire::Outcome::impossible);
  EXPECT_EQ(peer.alarms_with("no command could tell anybody of this and 1 more"), 1u);
  EXPECT_EQ(peer.recorded<wire::AttemptEnded>().back()->outcome(), wire::Outcome::impossible);
  // After a restart nobody is called again for it.
  ASSERT_TRUE(peer.start());
  EXPECT_EQ(peer.attempts.size(), 2u);
}

// Its file may be there, and still be no program. A file that is not there is a condition of its
// own, in place of this one.
TEST_F(FloodRows, F8_WhatCannotStartIsUnreachableUntilItIsKnownToBeMissing) {
  const auto is_unreachable = [this](const char* program) {
    return peer.core().conditions().is_open(ConditionCode::notifier_unreachable, program);
  };
  const auto look = [this](const std::map<std::string, std::string>& missing) {
    peer.core().set_conditions(peer.now(), ConditionCode::command_missing, missing);
  };
  const auto try_all = [this] {
    link = peer.link_up();
    flood(1);
    peer.pass(3 * kMinute_ms + kSecond_ms);
    for (int i = 0; i < 2; ++i) {
      const auto attempts = std::exchange(peer.attempts, {});
      ASSERT_EQ(attempts.size(), 1u);
      peer.end_attempt(attempts[0], wire::Outcome::impossible);
    }
  };
  try_all();
  EXPECT_TRUE(is_unreachable("/page"));
  EXPECT_TRUE(is_unreachable("/phone"));
  look({{"/page", "it is gone"}});
  EXPECT_FALSE(is_unreachable("/page"));
  EXPECT_TRUE(is_unreachable("/phone"));
  try_all();
  EXPECT_FALSE(is_unreachable("/page"));
  look({});
  try_all();
  EXPECT_TRUE(is_unreachable("/page"));
}

TEST_F(FloodRows, F8_WhomNoCommandReachesIsToldAtOnceAndThenInGroups) {
  for (int i = 0; i < 20; ++i) {
    flood(1);
    peer.pass(kSecond_ms);
  }
  const BootMs end = peer.now().boot + 4 * kMinute_ms;
  while (peer.now().boot < end) {
    for (const Attempt& attempt : std::exchange(peer.attempts, {})) {
      peer.end_attempt(attempt, wire::Outcome::impossible);
    }
    peer.pass(250);
  }
  // The first by itself, then all that came within five seconds.
  EXPECT_EQ(peer.alarms_with("no command could tell anybody (as"), 1u);
  EXPECT_EQ(peer.alarms_with("no command could tell anybody of this and 4 more"), 3u);
  EXPECT_EQ(peer.alarms_with("no command could tell anybody"), 5u);
  EXPECT_EQ(peer.alarms_with("no command could tell anybody of this and 3 more"), 1u);
}

// At four hundred a second for ten seconds.
TEST_F(FloodRows, A4_AFloodOfFlashThatGoesOnSoundsTwiceASecondAndTellsOfAll) {
  for (int i = 0; i < 400; ++i) {
    flood(10);
    peer.pass(25);
  }
  peer.pass(3 * kMinute_ms - 11 * kSecond_ms);
  peer.sounded.clear();
  peer.pass(12 * kSecond_ms);
  uint64_t told = 0;
  for (const SoundStep& sound : peer.sounded) told += sound.count;
  EXPECT_EQ(told, 4'000u);
  EXPECT_LE(peer.sounded.size(), 12u * 1'000 / limits::kSoundPatience_ms + 1);
}

// Rules that are broken by FLASH too are told one by one at first, then as a number; each of them
// waits and is paged like any other.
TEST_F(FloodRows, A4_AFloodOfFlashThatBreakARuleIsANumber) {
  EnvelopeFields envelope = peer.envelope(wire::MessageType::text);
  envelope.precedence = wire::Precedence::flash;
  envelope.id = "S-000000";
  for (int i = 0; i < 500; ++i) {
    peer.own.append(ScriptedPeer::write(envelope, ScriptedPeer::text_body("Look.")));
  }
  peer.say(link, peer.messages_frame(0, 500));
  EXPECT_EQ(peer.alarms_with("breaks the rules"), limits::kPeerAlarmsToldMax);
  EXPECT_EQ(peer.core().ladder().waiting_count({.own = false, .precedence = 1}), 500u);
  peer.pass(kMinute_ms);
  EXPECT_EQ(peer.alarms_with("492 more FLASH of the peer broke the rules"), 1u);
}

// Between two parties: five hundred FLASH arrive in the order in which they were released, before a
// ROUTINE that was released among them; it is not lost, and the watch hears one alarm a round.
TEST(FloodOfTwo, IsTakenFirstInFirstOutAndARoutineIsNotLost) {
  constexpr uint64_t kCount = 500;
  TwoCores cores;
  uint64_t routine = 0;
  for (uint64_t i = 0; i < kCount; ++i) {
    if (i == kCount / 2) routine = cores.submit(kSouth, kRoutine)->serial;
    ASSERT_TRUE(cores.submit(kSouth, kFlash));
  }
  cores.connect();
  cores.pass(kMinute_ms);
  std::vector<uint64_t> serials;
  while (const auto message = cores.disk(kNorth).message({true, serials.size()})) {
    serials.push_back(message->serial);
  }
  ASSERT_EQ(serials.size(), kCount + 1);
  EXPECT_EQ(serials.back(), routine);
  EXPECT_TRUE(std::is_sorted(serials.begin(), serials.end() - 1));
  EXPECT_LE(cores.sounded(kNorth).size(), 3u);
  EXPECT_TRUE(cores.core(kNorth).conditions().is_open(ConditionCode::flood, "south"));
  EXPECT_EQ(cores.core(kNorth).ladder().waiting_count(true), kCount + 1);
}

}  // namespace
}  // namespace hotline
