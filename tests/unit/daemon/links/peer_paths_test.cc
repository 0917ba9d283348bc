#include "daemon/links/peer_paths.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

size_t alarms_in(const std::vector<PathNews>& news) {
  size_t count = 0;
  for (const PathNews& one : news) count += one.alarm ? 1 : 0;
  return count;
}

TEST(PeerPaths, ASparePathThatFailsAfterWorkingIsToldOnce) {
  PeerPaths paths("south", {"a:1", "b:2", "c:3"});
  paths.set_in_use(0, true);
  EXPECT_TRUE(paths.proved(1, 1'000).empty());
  EXPECT_TRUE(paths.proved(2, 1'000).empty());
  auto news = paths.failed(1, 2'000, "connection refused");
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].text, "path b:2 to south no longer works: connection refused");
  EXPECT_FALSE(news[0].alarm);
  EXPECT_TRUE(paths.failed(1, 3'000, "no answer").empty());
  EXPECT_EQ(paths.all()[1].proved_at, 1'000);
  EXPECT_EQ(paths.all()[1].failed_at, 2'000);
  EXPECT_EQ(paths.all()[1].failure, "no answer");
}

TEST(PeerPaths, TheLastSparePathThatFailsIsAnAlarmOnce) {
  PeerPaths paths("south", {"a:1", "b:2", "c:3"});
  paths.set_in_use(0, true);
  EXPECT_EQ(alarms_in(paths.failed(1, 1'000, "no route")), 0u);  // c:3 was not tried yet.
  EXPECT_EQ(alarms_in(paths.failed(2, 1'000, "no route")), 1u);
  EXPECT_EQ(alarms_in(paths.failed(1, 2'000, "no route")), 0u);
  EXPECT_EQ(alarms_in(paths.failed(2, 2'000, "no route")), 0u);
}

TEST(PeerPaths, TheAlarmSoundsAgainAfterASparePathHadWorked) {
  PeerPaths paths("south", {"a:1", "b:2"});
  paths.set_in_use(0, true);
  EXPECT_EQ(alarms_in(paths.failed(1, 1'000, "no route")), 1u);
  auto news = paths.proved(1, 2'000);
  ASSERT_EQ(news.size(), 1u);
  EXPECT_EQ(news[0].text, "path b:2 to south works again");
  EXPECT_EQ(paths.all()[1].failed_at, 0);
  EXPECT_EQ(alarms_in(paths.failed(1, 3'000, "no route")), 1u);
}

TEST(PeerPaths, WithOnePathInUseNothingIsMissing) {
  PeerPaths paths("south", {"a:1"});
  paths.set_in_use(0, true);
  EXPECT_TRUE(paths.proved(0, 1'000).empty());
}

// The peer dialled; our only address is the way back.
TEST(PeerPaths, AnOnlyPathThatNeverWorkedIsNoAlarm) {
  PeerPaths paths("south", {"a:1"});
  EXPECT_EQ(alarms_in(paths.failed(0, 1'000, "no route")), 0u);
  paths.proved(0, 2'000);
  EXPECT_EQ(alarms_in(paths.failed(0, 3'000, "no route")), 1u);
}

TEST(PeerPaths, WithoutALinkThereIsNoNewsAndAfterwardsTheAlarmIsNotForgotten) {
  PeerPaths paths("south", {"a:1", "b:2"});
  EXPECT_TRUE(paths.failed(0, 1'000, "no route", false).empty());
  EXPECT_TRUE(paths.failed(1, 1'000, "no route", false).empty());
  paths.set_in_use(0, true);
  paths.proved(0, 2'000);
  EXPECT_EQ(alarms_in(paths.failed(1, 3'000, "no route")), 1u);
}

}  // namespace
}  // namespace hotline
