#include "protocol/base/time_text.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

const UtcMs kTypedAt = *parse_rfc3339("2026-11-28T14:00:07.913Z");
const UtcMs kMeant = *parse_rfc3339("2026-11-28T13:41:00Z");

TEST(TimeText, ReadsDurations) {
  EXPECT_EQ(*parse_duration_ms("90"), 90'000);
  EXPECT_EQ(*parse_duration_ms("90s"), 90'000);
  EXPECT_EQ(*parse_duration_ms("15m"), 900'000);
  EXPECT_EQ(*parse_duration_ms("2h"), 7'200'000);
  EXPECT_EQ(*parse_duration_ms("1d"), 86'400'000);
  for (const char* wrong : {"", "s", "-5", "5 s", "5x", "1e3", "99999999999999999999", "400d"}) {
    EXPECT_FALSE(parse_duration_ms(wrong)) << wrong;
  }
}

TEST(TimeText, ReadsTimesWithTheirDate) {
  for (const char* text : {"2026-11-28T13:41:00Z", "2026-11-28T13:41Z", "2026-11-28T13:41:00.000Z",
                           "281341Z NOV 26", "281341Z nov 26", "281341z Nov 26", "281341ZNOV26"}) {
    for (const std::optional<UtcMs> typed_at : {std::optional(kTypedAt), std::optional<UtcMs>()}) {
      const auto time = parse_time(text, typed_at);
      ASSERT_TRUE(time) << text;
      EXPECT_EQ(*time, kMeant) << text;
    }
  }
  EXPECT_EQ(*parse_time("010000Z JAN 27", std::nullopt), *parse_rfc3339("2027-01-01T00:00:00Z"));
  EXPECT_EQ(*parse_time("292359Z FEB 28", std::nullopt), *parse_rfc3339("2028-02-29T23:59:00Z"));
  EXPECT_EQ(*parse_time("1970-01-01T00:00:01Z", std::nullopt), 1000);
}

TEST(TimeText, ReadsWhatIsPrinted) {
  for (const UtcMs minutes : {0, 1, 59, 60, 1439, 1440, 525'600, 29'000'000}) {
    const UtcMs time = *parse_rfc3339("2000-01-01T00:00:00Z") + minutes * 60'000;
    EXPECT_EQ(*parse_time(format_date_time_group(time), std::nullopt), time);
    EXPECT_EQ(*parse_time(format_rfc3339(time + 7), std::nullopt), time + 7);
  }
}

TEST(TimeText, ReadsTimesBesideTheClock) {
  EXPECT_EQ(*parse_time("13:41Z", kTypedAt), kMeant);
  EXPECT_EQ(*parse_time("1341Z", kTypedAt), kMeant);
  EXPECT_EQ(*parse_time("1341z", kTypedAt), kMeant);
  EXPECT_EQ(*parse_time("13:41:30Z", kTypedAt), kMeant + 30'000);
  EXPECT_EQ(*parse_time("now", kTypedAt), kTypedAt);
  EXPECT_EQ(*parse_time("-5m", kTypedAt), kTypedAt - 300'000);
  EXPECT_EQ(*parse_time("+30m", kTypedAt), kTypedAt + 1'800'000);
  EXPECT_EQ(*parse_time("+2h", kTypedAt), kTypedAt + 7'200'000);
}

TEST(TimeText, NeverGuessesTheDay) {
  const UtcMs after_midnight = *parse_rfc3339("2026-11-28T00:05:00Z");
  EXPECT_EQ(*parse_time("2355Z", after_midnight), *parse_rfc3339("2026-11-28T23:55:00Z"));
  const UtcMs before_midnight = *parse_rfc3339("2026-11-28T23:55:00Z");
  EXPECT_EQ(*parse_time("00:05Z", before_midnight), *parse_rfc3339("2026-11-28T00:05:00Z"));
}

TEST(TimeText, RefusesTheClockWhereThereIsNone) {
  for (const char* text : {"13:41Z", "1341Z", "now", "-5m", "+30m"}) {
    const auto time = parse_time(text, std::nullopt);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().reason, "\"" + std::string(text) + "\" is another time on another day");
    EXPECT_EQ(time.error().hint, "write 2026-11-28T13:41:00Z or 281341Z NOV 26");
  }
}

TEST(TimeText, RefusesEverythingElse) {
  for (const char* text : {"",
                           "2026-11-28",
                           "2026-11-28T13:41:00",
                           "2026-11-28T13:41",
                           "2026-11-28T13:41:00+01:00",
                           "2026-02-30T00:00:00Z",
                           "281341 NOV 26",
                           "281341Z",
                           "281341Z NOV",
                           "281341Z NOV 2026",
                           "281341A NOV 26",
                           "310000Z NOV 26",
                           "282460Z NOV 26",
                           "281341Z NOX 26",
                           "281341Z NOV  26",
                           "28134Z NOV 26",
                           "2813 41Z NOV 26",
                           "13:41",
                           "1341",
                           "24:00Z",
                           "1360Z",
                           "341Z",
                           "9:41Z",
                           "-5",
                           "+30",
                           "-",
                           "+",
                           "- 5m",
                           "--5m",
                           "+-5m",
                           "-5x",
                           "tomorrow",
                           "Now ",
                           " 1341Z"}) {
    const auto time = parse_time(text, kTypedAt);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().code, ErrorCode::usage) << text;
    EXPECT_NE(time.error().hint.find("281341Z NOV 26"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace hotline
