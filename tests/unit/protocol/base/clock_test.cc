#include "protocol/base/clock.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(Clock, Rfc3339ThereAndBack) {
  for (auto text :
       {"1970-01-01T00:00:00.000Z", "2026-11-22T14:11:07.913Z", "2038-01-19T03:14:08.000Z",
        "2024-02-29T23:59:59.999Z", "2100-02-28T00:00:00.000Z"}) {
    ASSERT_TRUE(parse_rfc3339(text)) << text;
    EXPECT_EQ(format_rfc3339(*parse_rfc3339(text)), text);
  }
  EXPECT_EQ(parse_rfc3339("2038-01-19T03:14:08Z"), 2147483648000);
}

TEST(Clock, LeapSecondBecomesTheNextSecond) {
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2017-01-01T00:00:00Z"));
}

TEST(Clock, RefusesWhatIsNotUtcOrNotATime) {
  for (auto bad :
       {"2026-11-22", "2026-11-22T14:11:07", "2026-11-22T14:11:07+00:00", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T14:11:61Z",
        "2026-11-22T14:11:07.Z", "2026-11-22T14:11:07.1234Z", "2026-11-22t14:11:07Z", ""}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(Clock, DateTimeGroup) {
  EXPECT_EQ(format_date_time_group(*parse_rfc3339("2026-11-22T14:11:59Z")), "221411Z NOV 26");
  EXPECT_EQ(format_time_of_day(*parse_rfc3339("2026-11-22T14:12:07.913Z")), "14:12:07.913Z");
}

}  // namespace
}  // namespace hotline
