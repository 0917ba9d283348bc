// Pauses of a ladder: who may, of which message, for how long, and that the watch sees it.
#include "protocol/channel/pauses.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

constexpr int64_t kHalfAnHour_ms = 30 * 60'000;

class PausesTest : public testing::Test {
 protected:
  void SetUp() override {
    cores.connect();
    const auto sent = cores.submit(kSouth, kFlash, TextContentFields{});
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }

  Status pause(const std::string& id, UtcMs until, const std::string& reason,
               wire::Role role = wire::Role::supervisor) {
    const Actor actor{"bob", Hash{8}, {static_cast<uint8_t>(role)}};
    const uint64_t token = ++last_token_;
    cores.core(kNorth).pause_ladder(cores.now(), token, actor, id, until, reason);
    cores.settle();
    return cores.ladder_answers(kNorth).at(token);
  }
  bool is_paused() { return !cores.core(kNorth).pauses().list(cores.now().utc).empty(); }

  TwoCores cores;
  uint64_t last_token_ = 7'000;
};

TEST_F(PausesTest, ASupervisorPausesAndEverybodyIsTold) {
  const UtcMs until = cores.now().utc + kHalfAnHour_ms;
  const Status paused = pause("S-1", until, "he is on his way");
  ASSERT_TRUE(paused) << paused.error().reason;
  EXPECT_TRUE(is_paused());
  EXPECT_TRUE(cores.alarms(kNorth).back().starts_with("the ladder of S-000001 is paused until "));
  EXPECT_TRUE(pause("S-1", 0, ""));
  EXPECT_FALSE(is_paused());
  EXPECT_EQ(cores.alarms(kNorth).back(), "the ladder of S-000001 goes on");
}

TEST_F(PausesTest, WhatDoesNotFitIsRefused) {
  const UtcMs now = cores.now().utc;
  const struct {
    const char* id;
    UtcMs until;
    std::string reason;
    wire::Role role;
    ErrorCode code;
  } cases[] = {
      {"S-1", now + kHalfAnHour_ms, "why", wire::Role::operator_, ErrorCode::not_allowed},
      {"S-1", now + kHalfAnHour_ms, "why", wire::Role::auditor, ErrorCode::not_allowed},
      {"S-2", now + kHalfAnHour_ms, "why", wire::Role::supervisor, ErrorCode::not_found},
      {"S-1", now, "why", wire::Role::supervisor, ErrorCode::usage},
      {"S-1", now + kHalfAnHour_ms, "  ", wire::Role::supervisor, ErrorCode::usage},
      {"S-1", now + limits::kPauseMax_ms + 1, "why", wire::Role::supervisor, ErrorCode::refused},
      {"S-1", now + kHalfAnHour_ms, std::string(limits::kPauseReasonSizeMax + 1, 'x'),
       wire::Role::supervisor, ErrorCode::refused},
      {"S-1", 0, "", wire::Role::supervisor, ErrorCode::refused},
  };
  for (const auto& one : cases) {
    const Status status = pause(one.id, one.until, one.reason, one.role);
    ASSERT_FALSE(status) << one.id << " " << one.until;
    EXPECT_EQ(status.error().code, one.code) << status.error().reason;
  }
  EXPECT_FALSE(is_paused());
  EXPECT_TRUE(pause("S-1", now + limits::kPauseMax_ms, "why"));
}

TEST_F(PausesTest, EndsByItselfAndOverARestart) {
  ASSERT_TRUE(pause("S-1", cores.now().utc + kHalfAnHour_ms, "he is on his way"));
  cores.restart(kNorth);
  cores.connect();
  EXPECT_TRUE(is_paused());
  cores.sounded(kNorth).clear();
  cores.pass(kHalfAnHour_ms - 60'000);
  EXPECT_TRUE(cores.sounded(kNorth).empty()) << "nobody is told again";
  cores.pass(120'000);
  EXPECT_FALSE(is_paused());
  EXPECT_FALSE(cores.sounded(kNorth).empty());
}

}  // namespace
}  // namespace hotline
