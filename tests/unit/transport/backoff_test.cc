#include "protocol/transport/backoff.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

std::vector<int64_t> waits(uint64_t seed, int count) {
  Backoff backoff(seed);
  std::vector<int64_t> found;
  for (int i = 0; i < count; ++i) found.push_back(backoff.next_ms());
  return found;
}

TEST(Backoff, TheSameSeedWaitsTheSameOnEveryCompiler) {
  EXPECT_EQ(waits(1, 5), (std::vector<int64_t>{395, 690, 1362, 2738, 4237}));
  EXPECT_NE(waits(1, 5), waits(2, 5));
}

TEST(Backoff, GrowsToItsCapAndNoFurther) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    int64_t ceiling_ms = limits::kBackoffFirst_ms;
    for (int64_t wait_ms : waits(seed, 12)) {
      EXPECT_GE(wait_ms, ceiling_ms / 2);
      EXPECT_LE(wait_ms, ceiling_ms);
      ceiling_ms = std::min(2 * ceiling_ms, limits::kBackoffCap_ms);
    }
    EXPECT_EQ(ceiling_ms, limits::kBackoffCap_ms);
  }
}

TEST(Backoff, SpreadsThoseWhoLostEachOtherTogether) {
  std::set<int64_t> seventh;
  for (uint64_t seed = 0; seed < 100; ++seed) seventh.insert(waits(seed, 7).back());
  EXPECT_GT(seventh.size(), 90u);
}

TEST(Backoff, IsShortAgainAfterSuccess) {
  Backoff backoff(7);
  for (int i = 0; i < 10; ++i) backoff.next_ms();
  backoff.reset();
  EXPECT_LE(backoff.next_ms(), limits::kBackoffFirst_ms);
}

}  // namespace
}  // namespace hotline
