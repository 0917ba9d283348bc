#include "protocol/terminal/printable.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

// Which characters are shown as they are: tests/unit/protocol/base/text_test.cc.
TEST(Printable, ShowsWhatWouldSteerTheTerminal) {
  EXPECT_EQ(printable("\x1b[2J"), "<U+001B>[2J");
  EXPECT_EQ(printable_line("a\n\tb"), "a  b");
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a<0xFF>b");
  EXPECT_EQ(printable("\xC0\xAF"), "<0xC0><0xAF>");            // Overlong.
  EXPECT_EQ(printable("\xED\xA0\x80"), "<0xED><0xA0><0x80>");  // A surrogate.
  EXPECT_EQ(printable("\xE2\x82"), "<0xE2><0x82>");            // Cut short.
}

TEST(ColumnCount, CountsCodePointsAndNotBytes) {
  EXPECT_EQ(column_count("дом"), 3u);
  EXPECT_EQ(column_count("e\xCC\x81"), 1u);          // A combining accent.
  EXPECT_EQ(column_count("می‌خواهم"), 7u);  // A joiner.
}

TEST(Wrapped, BreaksAtSpacesAndKeepsLineBreaks) {
  EXPECT_EQ(wrapped("one two three\nfour", 9, "  "), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("averylongword x", 5, ""), "averylongword\nx\n");
  EXPECT_EQ(wrapped("a\n\nb", 9, " "), " a\n\n b\n");
}

}  // namespace
}  // namespace hotline
