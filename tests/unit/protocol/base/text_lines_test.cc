#include "protocol/base/text_lines.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(TextLines, TakesLinesUntilNoNewlineIsLeft) {
  std::string_view rest = "one\n\ntail";
  EXPECT_EQ(take_line(rest), "one");
  EXPECT_EQ(take_line(rest), "");
  EXPECT_EQ(take_line(rest), std::nullopt);
  EXPECT_EQ(rest, "tail");
}

TEST(TextLines, DecimalHasOneSpelling) {
  EXPECT_EQ(parse_decimal("0", 10), 0u);
  EXPECT_EQ(parse_decimal("10", 10), 10u);
  for (auto bad : {"", "00", "01", "-1", "+1", " 1", "1 ", "1a", "0x1", "1.0"}) {
    EXPECT_FALSE(parse_decimal(bad, UINT64_MAX)) << bad;
  }
}

TEST(TextLines, DecimalStopsAtItsMaximum) {
  EXPECT_FALSE(parse_decimal("11", 10));
  EXPECT_FALSE(parse_decimal("9", 8));
  EXPECT_FALSE(parse_decimal("1", 0));
  EXPECT_EQ(parse_decimal("9223372036854775807", INT64_MAX), uint64_t{INT64_MAX});
  EXPECT_FALSE(parse_decimal("9223372036854775808", INT64_MAX));
  EXPECT_EQ(parse_decimal("18446744073709551615", UINT64_MAX), UINT64_MAX);
  EXPECT_FALSE(parse_decimal("18446744073709551616", UINT64_MAX));
  EXPECT_FALSE(parse_decimal("99999999999999999999999999", UINT64_MAX));
}

}  // namespace
}  // namespace hotline
