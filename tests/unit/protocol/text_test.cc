#include "protocol/text.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(Text, IsCountedInCharactersAndWords) {
  EXPECT_EQ(count_characters("самолёт"), 7u);
  EXPECT_EQ(count_characters("€🚀a"), 3u);
  EXPECT_EQ(count_characters(""), 0u);
  EXPECT_EQ(count_words(""), 0u);
  EXPECT_EQ(count_words("  one\ttwo\nthree  "), 3u);
  EXPECT_EQ(count_words("a\xc2\xa0"
                        "b\xe3\x80\x80"
                        "c"),
            3u)
      << "no-break and ideographic spaces part words";
  EXPECT_TRUE(is_blank(" \n\t\xc2\xa0"));
  EXPECT_FALSE(is_blank(" . "));
}

TEST(Text, IsPlainWithoutControlCharacters) {
  EXPECT_TRUE(is_plain_line("Unintended crossing\tof aircraft, 54.90N"));
  EXPECT_TRUE(is_plain_text("one\ntwo"));
  EXPECT_FALSE(is_plain_line("one\ntwo"));
  for (const char* text : {"\x1b[2J", "a\rb", "\x7f", "\xc2\x9b",
                           "a\xe2\x80\xae"
                           "b"}) {
    EXPECT_FALSE(is_plain_text(text));
    EXPECT_FALSE(is_plain_line(text));
  }
  EXPECT_EQ(printable("a\x1b[2Jb\nc"), "a\xef\xbf\xbd[2Jb\nc");
}

TEST(LanguageTag, IsWellFormed) {
  for (const char* tag :
       {"en", "ru", "uk", "id", "zh-Hant-TW", "sr-Latn", "es-419", "de-CH-1996", "sl-rozaj-biske",
        "zh-yue", "en-a-bbb-x-a", "x-watch", "EN", "qaa", "hy-Latn-IT-arevela", "abcde"}) {
    EXPECT_TRUE(is_language_tag(tag)) << tag;
  }
  for (const char* tag : {"", "e", "en-", "-en", "en--us", "english language", "en_US", "1a",
                          "en-a", "x", "en-x", "toolonglanguage", "en-US-US-us", "i-default", "ру",
                          "en\n", "a-DE", "en-abcdefgh-abcdefgh-abcdefgh-abcdefgh"}) {
    EXPECT_FALSE(is_language_tag(tag)) << tag;
  }
}

TEST(LanguageTag, ComparesWithoutCase) {
  EXPECT_TRUE(same_language("en-GB", "EN-gb"));
  EXPECT_FALSE(same_language("en", "en-GB"));
}

TEST(ExerciseMark, StandsOnLinesOfItsOwnAtBothEnds) {
  EXPECT_TRUE(is_marked_exercise(mark_exercise("A drill.")));
  EXPECT_EQ(unmark_exercise(mark_exercise("A drill.")), "A drill.");
  EXPECT_EQ(unmark_exercise("No drill."), "No drill.");
  for (const char* text :
       {"", "A drill.", "EXERCISE EXERCISE EXERCISE", "EXERCISE\nA\nEXERCISE",
        "EXERCISE EXERCISE EXERCISE\nA drill.", "A drill.\nEXERCISE EXERCISE EXERCISE",
        "exercise exercise exercise\nA\nexercise exercise exercise",
        "EXERCISE EXERCISE EXERCISE A EXERCISE EXERCISE EXERCISE"}) {
    EXPECT_FALSE(is_marked_exercise(text)) << text;
  }
}

TEST(Text, IsShortenedBetweenCharacters) {
  EXPECT_EQ(shortened("short", 5), "short");
  EXPECT_EQ(shortened("longer", 5), "lo\xE2\x80\xA6");
  // ä has two bytes and is not cut.
  EXPECT_EQ(shortened("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 6), "\xC3\xA4\xE2\x80\xA6");
  EXPECT_EQ(shortened("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 6), "\xE2\x80\xA6");
}

}  // namespace
}  // namespace hotline
