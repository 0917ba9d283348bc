// Outages from a journal: which there are, how long they were within a period, and which nobody can
// measure.
#include "client/report/link_timeline.h"

#include <gtest/gtest.h>

#include "protocol/base/strict_flatbuffer.h"
#include "tests/unit/client/journal_entries.h"

namespace hotline::client {
namespace {

constexpr int64_t kTimelineMinute = 60'000;

class LinkTimelineTest : public testing::Test {
 protected:
  void take(const Bytes& entry) { timeline_.take(**open_flatbuffer<wire::Entry>(entry, "HLJE")); }
  void start(int64_t minute) { take(started_entry(at(minute))); }
  void stop(int64_t minute) { take(stopped_entry(at(minute))); }
  void up(int64_t minute) { take(link_entry(at(minute), wire::LinkChange::up, "192.0.2.1")); }
  void down(int64_t minute, const char* why = "silence") {
    take(link_entry(at(minute), wire::LinkChange::down, why));
  }
  void pass(int64_t minute) { take(numbered_entry(at(minute), 0, {})); }
  static UtcMs at(int64_t minute) { return kEntriesBegin + minute * kTimelineMinute; }
  static Period between(int64_t from, int64_t to) { return {at(from), at(to) - 1}; }

  LinkTimeline timeline_;
};

TEST_F(LinkTimelineTest, NothingIsNoOutage) {
  const auto seen = timeline_.within({});
  EXPECT_TRUE(seen.outages.empty());
  EXPECT_TRUE(seen.stretches.empty());
  EXPECT_FALSE(seen.longest_ms);
}

TEST_F(LinkTimelineTest, AnOutageLastsFromTheEndOfALinkToTheNext) {
  start(0);
  up(1);
  down(10, "three probes unanswered");
  up(13);
  pass(20);
  const auto seen = timeline_.within(between(0, 20));
  ASSERT_EQ(seen.outages.size(), 2u);
  EXPECT_EQ(seen.outages[0].reason, "not connected yet");
  EXPECT_EQ(seen.outages[0].length_ms, kTimelineMinute);
  EXPECT_EQ(seen.outages[1].reason, "three probes unanswered");
  EXPECT_EQ(seen.outages[1].from, at(10));
  EXPECT_EQ(seen.outages[1].to, at(13));
  EXPECT_EQ(seen.outages[1].length_ms, 3 * kTimelineMinute);
  EXPECT_EQ(seen.longest_ms, 3 * kTimelineMinute);
  EXPECT_EQ(seen.up_ms, 16 * kTimelineMinute);
  EXPECT_EQ(seen.down_ms, 4 * kTimelineMinute);
  EXPECT_EQ(seen.unknown_ms, 0);
  EXPECT_EQ(seen.stretches.size(), 4u);
}

TEST_F(LinkTimelineTest, OnlyThePartWithinThePeriodCounts) {
  start(0);
  up(0);
  down(10);
  up(20);
  down(30);
  pass(40);
  auto seen = timeline_.within(between(15, 35));
  ASSERT_EQ(seen.outages.size(), 2u);
  EXPECT_EQ(seen.outages[0].from, at(10));
  EXPECT_EQ(seen.outages[0].length_ms, 5 * kTimelineMinute);
  EXPECT_EQ(seen.outages[1].length_ms, 5 * kTimelineMinute);
  EXPECT_FALSE(seen.outages[1].to);
  EXPECT_EQ(seen.down_ms, 10 * kTimelineMinute);
  EXPECT_EQ(seen.up_ms, 10 * kTimelineMinute);
  seen = timeline_.within(between(20, 30));  // Both touch its edges only.
  EXPECT_TRUE(seen.outages.empty());
  EXPECT_EQ(seen.up_ms, 10 * kTimelineMinute);
  seen = timeline_.within(between(12, 14));
  ASSERT_EQ(seen.outages.size(), 1u);
  EXPECT_EQ(seen.outages[0].length_ms, 2 * kTimelineMinute);
}

TEST_F(LinkTimelineTest, ADaemonThatEndedWithoutAWordLeavesAnOutageThatNobodyCanMeasure) {
  start(0);
  up(0);
  pass(10);
  start(15);
  up(16);
  pass(20);
  const auto seen = timeline_.within(between(0, 20));
  ASSERT_EQ(seen.outages.size(), 1u);
  EXPECT_EQ(seen.outages[0].not_before, at(10));
  EXPECT_EQ(seen.outages[0].from, at(15));
  EXPECT_FALSE(seen.outages[0].length_ms);
  EXPECT_EQ(seen.not_measured, 1u);
  EXPECT_FALSE(seen.longest_ms);
  EXPECT_EQ(seen.unknown_ms, 5 * kTimelineMinute);
  EXPECT_EQ(seen.down_ms, 1 * kTimelineMinute);
  EXPECT_EQ(seen.up_ms, 14 * kTimelineMinute);
}

TEST_F(LinkTimelineTest, ADaemonThatWasStoppedIsDownUntilItIsUpAgain) {
  start(0);
  up(0);
  down(5, "the daemon is stopping");
  stop(5);
  start(8);
  up(9);
  pass(10);
  const auto seen = timeline_.within(between(1, 10));
  ASSERT_EQ(seen.outages.size(), 1u);
  EXPECT_EQ(seen.outages[0].length_ms, 4 * kTimelineMinute);
  EXPECT_EQ(seen.unknown_ms, 0);
}

TEST_F(LinkTimelineTest, AClockThatWasSetLeavesAnOutageWithoutALength) {
  start(0);
  up(0);
  down(10);
  take(clock_stepped_entry(at(60), at(12), at(60)));  // Two minutes had passed.
  up(61);
  pass(70);
  const auto seen = timeline_.within({});
  ASSERT_EQ(seen.outages.size(), 2u);
  EXPECT_TRUE(seen.outages[1].clock_was_set);
  EXPECT_FALSE(seen.outages[1].length_ms);
  EXPECT_EQ(seen.not_measured, 1u);
  EXPECT_EQ(seen.down_ms, 3 * kTimelineMinute);  // The jump itself is no time.
  EXPECT_EQ(seen.up_ms, 19 * kTimelineMinute);
}

TEST_F(LinkTimelineTest, AClockBehindTheRecordAtAStartMakesNoTimeUp) {
  start(0);
  up(0);
  down(10);
  stop(10);
  start(5);
  take(clock_stepped_entry(at(5), at(10), at(5)));
  up(6);
  pass(7);
  const auto seen = timeline_.within({});
  ASSERT_EQ(seen.outages.size(), 2u);
  EXPECT_FALSE(seen.outages[1].length_ms);
  EXPECT_EQ(seen.down_ms, 0);
  EXPECT_EQ(seen.up_ms, 11 * kTimelineMinute);
}

TEST_F(LinkTimelineTest, ChangesThatWereRecordedAsANumberAreCountedApart) {
  start(0);
  up(0);
  down(1);
  up(2);
  take(link_entry(at(3), wire::LinkChange::up, "12 more changes of the link in the last minute"));
  down(4, "99 more changes of the link in the last minute, said a peer");
  pass(5);
  EXPECT_EQ(timeline_.within({}).not_recorded, 12u);
  EXPECT_EQ(timeline_.within(between(4, 5)).not_recorded, 0u);
}

}  // namespace
}  // namespace hotline::client
