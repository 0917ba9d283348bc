#include "client/printable.h"

#include <gtest/gtest.h>

namespace hotline::client {
namespace {

TEST(Printable, LeavesTextOfEveryScriptAlone) {
  EXPECT_EQ(printable("Unintended crossing, 54.90N"), "Unintended crossing, 54.90N");
  EXPECT_EQ(printable("Непреднамеренное пересечение"), "Непреднамеренное пересечение");
  EXPECT_EQ(printable("two\nlines"), "two\nlines");
}

TEST(Printable, ShowsWhatWouldSteerTheTerminal) {
  EXPECT_EQ(printable("\x1b[2J"), "<U+001B>[2J");
  EXPECT_EQ(printable("a\rb\x07"), "a<U+000D>b<U+0007>");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "<U+009B>31m");  // CSI as one C1 character.
  EXPECT_EQ(printable("\xE2\x80\xAE"
                      "ffo"),
            "<U+202E>ffo");  // Right-to-left override.
  EXPECT_EQ(printable("a\xE2\x80\x8B"
                      "b"),
            "a<U+200B>b");  // Zero width space.
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("a\xFF"
                      "b"),
            "a<0xFF>b");
  EXPECT_EQ(printable("\xC0\xAF"), "<0xC0><0xAF>");            // Overlong.
  EXPECT_EQ(printable("\xED\xA0\x80"), "<0xED><0xA0><0x80>");  // A surrogate.
  EXPECT_EQ(printable("\xE2\x82"), "<0xE2><0x82>");            // Cut short.
}

TEST(Printable, PutsALineOnOneLine) {
  EXPECT_EQ(printable_line("a\n\tb"), "a  b");
}

TEST(ColumnCount, CountsCodePointsAndNotBytes) {
  EXPECT_EQ(column_count("дом"), 3u);
  EXPECT_EQ(column_count("e\xCC\x81"), 1u);  // A combining accent.
}

TEST(Wrapped, BreaksAtSpacesAndKeepsLineBreaks) {
  EXPECT_EQ(wrapped("one two three\nfour", 9, "  "), "  one two\n  three\n  four\n");
  EXPECT_EQ(wrapped("averylongword x", 5, ""), "averylongword\nx\n");
  EXPECT_EQ(wrapped("a\n\nb", 9, " "), " a\n\n b\n");
}

}  // namespace
}  // namespace hotline::client
