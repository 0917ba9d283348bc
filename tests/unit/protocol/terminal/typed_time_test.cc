#include "protocol/terminal/typed_time.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(TypedTime, ReadsDurations) {
  EXPECT_EQ(*parse_duration_ms("90"), 90'000);
  EXPECT_EQ(*parse_duration_ms("90s"), 90'000);
  EXPECT_EQ(*parse_duration_ms("15m"), 900'000);
  EXPECT_EQ(*parse_duration_ms("2h"), 7'200'000);
  EXPECT_EQ(*parse_duration_ms("1d"), 86'400'000);
  for (const char* wrong : {"", "s", "-5", "5 s", "5x", "1e3", "99999999999999999999", "400d"}) {
    EXPECT_FALSE(parse_duration_ms(wrong)) << wrong;
  }
}

TEST(TypedTime, ReadsTimesAndTimesFromNowOn) {
  const UtcMs now = *parse_rfc3339("2026-11-22T14:00:00Z");
  EXPECT_EQ(*parse_when("+30m", now), now + 1'800'000);
  EXPECT_EQ(*parse_when("2026-11-22T15:00:00Z", now), now + 3'600'000);
  for (const char* wrong : {"", "+", "15:00", "2026-11-22T15:00:00", "tomorrow"}) {
    const auto time = parse_when(wrong, now);
    ASSERT_FALSE(time) << wrong;
    EXPECT_EQ(time.error().code, ErrorCode::usage);
  }
}

TEST(TypedTime, ReadsMomentsOfARecord) {
  const UtcMs now = *parse_rfc3339("2026-11-22T14:00:00Z");
  const UtcMs midnight = *parse_rfc3339("2026-11-22T00:00:00Z");
  EXPECT_EQ(*parse_moment("2026-11-22T15:00:00.5Z", now), now + 3'600'500);
  EXPECT_EQ(*parse_moment("2026-11-22", now), midnight);
  EXPECT_EQ(*parse_moment("today", now), midnight);
  EXPECT_EQ(*parse_moment("yesterday", now), midnight - 86'400'000);
  EXPECT_EQ(*parse_moment("-1h", now), now - 3'600'000);
  EXPECT_EQ(*parse_moment("now", now), now);
  for (const char* wrong : {"", "-", "+1h", "1h", "2026-11", "2026-02-30", "15:00", "tomorrow"}) {
    const auto time = parse_moment(wrong, now);
    ASSERT_FALSE(time) << wrong;
    EXPECT_EQ(time.error().code, ErrorCode::usage);
  }
}

}  // namespace
}  // namespace hotline
