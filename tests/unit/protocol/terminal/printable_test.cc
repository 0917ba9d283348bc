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
  EXPECT_EQ(with_broken_words("a 0123456789 b", 10), "a 0123456789 b");
  EXPECT_EQ(with_broken_words("a 0123456789\nb", 9), "a 01234\n56789\nb");
  EXPECT_EQ(with_broken_words("012345678", 4), "012\n345\n678");
  EXPECT_EQ(with_broken_words("", 4), "");
  EXPECT_EQ(with_broken_words("abc ", 0), "abc ");
  EXPECT_EQ(wrapped("a\n\nb", 9, " "), " a\n\n b\n");
}

TEST(Folded, BreaksAtSpacesAndIndentsWhatFollows) {
  EXPECT_EQ(folded("one two three", 20), "one two three");
  EXPECT_EQ(folded("  one  two three four", 12), "  one  two\n    three\n    four");
  EXPECT_EQ(folded("a b\n\naverylongword x", 6), "a b\n\naverylongword\n  x");
  EXPECT_EQ(folded("\x1b[1;31mone two three\x1b[0m", 13), "\x1b[1;31mone two three\x1b[0m");
  EXPECT_EQ(folded("зв'язок було втрачено", 14), "зв'язок було\n  втрачено");
}

TEST(Folded, KeepsCommandsAndQuotationsWhole) {
  EXPECT_EQ(folded("Next: hotline --context north send -t x", 24),
            "Next:\n  hotline --context \\\n    north send -t x");
  EXPECT_EQ(folded("To send: hotline send --set where=\"54.90N 020.10E\" --set a=b", 36),
            "To send:\n  hotline send --set \\\n    where=\"54.90N 020.10E\" --set a=b");
  EXPECT_EQ(folded("hotline show 'a b c d e' --x    or call", 18),
            "hotline show \\\n    'a b c d e' \\\n    --x    or call");
  EXPECT_EQ(folded("Older: hotline list. Not all was looked at.", 30),
            "Older: hotline list. Not all\n  was looked at.");
  EXPECT_EQ(folded("hotline show N-1    and read back again", 24),
            "hotline show N-1    and\n  read back again");
  EXPECT_EQ(folded("give --set reason=\"agreed by voice\" with it", 32),
            "give --set\n  reason=\"agreed by voice\" with\n  it")
      << "as much as fits";
  EXPECT_EQ(folded("he said \"one two three four five\" again", 18),
            "he said \"one two\n  three four five\"\n  again")
      << "a longer quotation is broken";
}

}  // namespace
}  // namespace hotline
