#include "daemon/watch/disk_watch.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(DiskWatch, IsLowBelowTheReserveAndUntilThereIsAQuarterMore) {
  DiskWatch watch(1'000);
  EXPECT_EQ(watch.update(1'000).level, DiskLevel::plenty);
  EXPECT_EQ(watch.update(999).level, DiskLevel::flash_only);
  EXPECT_EQ(watch.update(1'249).level, DiskLevel::flash_only);
  EXPECT_EQ(watch.update(1'250).level, DiskLevel::plenty);
  EXPECT_EQ(watch.update(1'000).level, DiskLevel::plenty);
}

TEST(DiskWatch, A5_KeepsTheLastHalfFromThePeer) {
  DiskWatch watch(1'000);
  EXPECT_EQ(watch.update(2'000).for_peer, 1'500u);
  EXPECT_EQ(watch.update(500).for_peer, 0u);
  EXPECT_EQ(watch.update(500).level, DiskLevel::flash_only);
  EXPECT_EQ(watch.update(499).level, DiskLevel::own_only);
  EXPECT_EQ(watch.update(499).for_peer, 0u);
  EXPECT_EQ(watch.update(624).level, DiskLevel::own_only);
  EXPECT_EQ(watch.update(625).level, DiskLevel::flash_only);
  EXPECT_EQ(watch.update(0).level, DiskLevel::own_only);
  EXPECT_EQ(watch.update(1'250).level, DiskLevel::plenty);
}

TEST(DiskWatch, AReserveOfNothingIsNeverLow) {
  EXPECT_EQ(DiskWatch(0).update(0).level, DiskLevel::plenty);
}

TEST(DiskWatch, AsksTheSystem) {
  EXPECT_TRUE(free_bytes_at("/"));
  auto nowhere = free_bytes_at("/nowhere/at/all");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().reason.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace hotline
