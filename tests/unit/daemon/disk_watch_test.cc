#include "daemon/disk_watch.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(DiskWatch, IsLowBelowTheReserveAndUntilThereIsAQuarterMore) {
  DiskWatch watch(1'000);
  EXPECT_FALSE(watch.update(1'000));
  EXPECT_TRUE(watch.update(999));
  EXPECT_TRUE(watch.update(1'249));
  EXPECT_FALSE(watch.update(1'250));
  EXPECT_FALSE(watch.update(1'000));
}

TEST(DiskWatch, AReserveOfNothingIsNeverLow) {
  EXPECT_FALSE(DiskWatch(0).update(0));
}

TEST(DiskWatch, AsksTheSystem) {
  EXPECT_TRUE(free_bytes_at("/"));
  auto nowhere = free_bytes_at("/nowhere/at/all");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().reason.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace hotline
