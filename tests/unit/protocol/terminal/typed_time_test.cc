#include "protocol/terminal/typed_time.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(TypedTime, ReadsMomentsOfARecord) {
  const UtcMs now = *parse_rfc3339("2026-11-22T14:00:00Z");
  const UtcMs midnight = *parse_rfc3339("2026-11-22T00:00:00Z");
  EXPECT_EQ(*parse_moment("2026-11-22T15:00:00.5Z", now), now + 3'600'500);
  EXPECT_EQ(*parse_moment("2026-11-22", now), midnight);
  EXPECT_EQ(*parse_moment("today", now), midnight);
  EXPECT_EQ(*parse_moment("yesterday", now), midnight - 86'400'000);
  EXPECT_EQ(*parse_moment("-1h", now), now - 3'600'000);
  EXPECT_EQ(*parse_moment("now", now), now);
  EXPECT_EQ(*parse_moment("+1h", now), now + 3'600'000);
  EXPECT_EQ(*parse_moment("221500Z NOV 26", now), now + 3'600'000);
  EXPECT_EQ(*parse_moment("1500Z", now), now + 3'600'000);
  for (const char* wrong : {"", "-", "1h", "-90", "2026-11", "2026-02-30", "15:00", "tomorrow"}) {
    const auto time = parse_moment(wrong, now);
    ASSERT_FALSE(time) << wrong;
    EXPECT_EQ(time.error().code, ErrorCode::usage);
  }
}

TEST(TypedTime, APeriodEndsAfterItsBeginning) {
  const UtcMs now = *parse_rfc3339("2026-11-22T14:00:00Z");
  EXPECT_TRUE(parse_period("-30m", "-20m", now));
  EXPECT_TRUE(parse_period("-30m", std::nullopt, now));
  const auto wrong = parse_period("-20m", "-30m", now);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, "-30m is before -20m: nothing lies between");
}

}  // namespace
}  // namespace hotline
