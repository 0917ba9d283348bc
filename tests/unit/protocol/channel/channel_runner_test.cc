// The driver of a core: one batch at a time, and when it must be told the time.
#include "protocol/channel/channel_runner.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/channel/scripted_peer.h"

namespace hotline {
namespace {

class ChannelRunnerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(peer.start()); }

  ScriptedPeer peer;
};

TEST_F(ChannelRunnerTest, HasOneBatchOnItsWayWhileTheNextGathers) {
  peer.hold_commits = true;
  const uint64_t first = peer.submit_text("First.");
  const uint64_t second = peer.submit_text("Second.");
  EXPECT_TRUE(peer.runner().is_committing());
  EXPECT_FALSE(peer.runner().wants_commit());
  peer.commit();
  EXPECT_TRUE(peer.answer(first));
  EXPECT_FALSE(peer.answer(second));
  EXPECT_TRUE(peer.runner().is_committing());
  peer.commit();
  EXPECT_TRUE(peer.answer(second));
}

TEST_F(ChannelRunnerTest, SaysOnceWhenItMustTickAndAtLeastTwiceASecond) {
  peer.runner().tick();
  const std::optional<int64_t> sleep_ms = peer.runner().plan_tick();
  ASSERT_TRUE(sleep_ms);
  EXPECT_EQ(*sleep_ms, 500);  // The core has nothing due before that.
  EXPECT_FALSE(peer.runner().plan_tick());
  peer.runner().tick();
  EXPECT_EQ(peer.runner().plan_tick(), sleep_ms);
}

TEST_F(ChannelRunnerTest, TicksAtTheMomentThatTheCoreNames) {
  const BootMs wake = peer.core().wake_at();
  peer.advance(wake - peer.now().boot - 100);
  peer.runner().tick();
  EXPECT_EQ(peer.runner().plan_tick(), 101);
}

// A host whose wall clock is set while its journal is replayed.
class SetWhileReplaying : public ScriptedPeer {
 public:
  Now now() override {
    const Now before = now_;
    now_.utc = set_to.value_or(now_.utc);
    return before;
  }
  std::optional<UtcMs> set_to;
};

TEST(ChannelRunner, NoticesAClockThatWasSetWhileTheJournalWasReplayed) {
  SetWhileReplaying peer;
  ASSERT_TRUE(peer.start());
  peer.crash();
  peer.set_to = peer.now().utc + 60'000;
  ASSERT_TRUE(peer.start());
  peer.tick();
  peer.settle();
  EXPECT_EQ(peer.alarms_with("clock was set"), 1u);
}

}  // namespace
}  // namespace hotline
