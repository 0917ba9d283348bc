#include "daemon/watch/ladder_look.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

constexpr BootMs kAwake = 8 * 3'600'000;  // After a night's sleep.

TEST(LadderLook, IsTakenOnceInAWhile) {
  LadderLook look;
  EXPECT_TRUE(look.is_time(1'000, std::nullopt));
  EXPECT_FALSE(look.is_time(1'000 + LadderLook::kInterval_ms - 1, std::nullopt));
  EXPECT_TRUE(look.is_time(1'000 + LadderLook::kInterval_ms, 10 * LadderLook::kInterval_ms));
}

TEST(LadderLook, B5_WaitsForALadderThatIsBehind) {
  LadderLook look;
  EXPECT_TRUE(look.is_time(1'000, 5'000));
  EXPECT_FALSE(look.is_time(kAwake, 5'000));
  EXPECT_FALSE(look.is_time(kAwake + 1'000, kAwake + 1'000));
  EXPECT_TRUE(look.is_time(kAwake + 2'000, kAwake + 2'001));
}

TEST(LadderLook, B5_LooksAtOneThatStaysBehind) {
  LadderLook look;
  EXPECT_TRUE(look.is_time(1'000, 5'000));
  EXPECT_FALSE(look.is_time(kAwake, 5'000));
  EXPECT_FALSE(look.is_time(kAwake + LadderLook::kPatience_ms - 1, 5'000));
  EXPECT_TRUE(look.is_time(kAwake + LadderLook::kPatience_ms, 5'000));
}

}  // namespace
}  // namespace hotline
