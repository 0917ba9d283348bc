#include "protocol/base/text.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <utility>
#include <vector>

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

// A text of one code point.
std::string utf8(uint32_t code) {
  std::string bytes;
  const auto add = [&](uint32_t byte) { bytes += static_cast<char>(byte); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xc0 | code >> 6);
    add(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    add(0xe0 | code >> 12);
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  } else {
    add(0xf0 | code >> 18);
    add(0x80 | (code >> 12 & 0x3f));
    add(0x80 | (code >> 6 & 0x3f));
    add(0x80 | (code & 0x3f));
  }
  return bytes;
}

std::string shown_number(uint32_t code) {
  char number[16];
  std::snprintf(number, sizeof number, "<U+%04X>", code);
  return number;
}

TEST(Text, IsPlainWithoutControlCharacters) {
  EXPECT_EQ(what_is_not_plain_in_line("Unintended crossing\tof aircraft, 54.90N"), "");
  EXPECT_TRUE(is_plain_text("one\ntwo"));
  EXPECT_EQ(what_is_not_plain_in_line("one\ntwo"), "has a line break as character 4");
  EXPECT_FALSE(is_plain_text("\x1b[2J"));
  EXPECT_FALSE(is_plain_text("a\rb"));
  EXPECT_EQ(what_is_not_plain("дом\x1b[2J"),
            "has U+001B as character 4, which cannot be seen or changes how the rest is seen");
  EXPECT_EQ(
      what_is_not_plain("a\xff"),
      "has the byte 0xFF as character 2, which cannot be seen or changes how the rest is seen");
  EXPECT_EQ(printable("a\x1b[2Jb\n\tc"), "a<U+001B>[2Jb\n\tc");
  EXPECT_EQ(printable_line("a\n\tb\r"), "a  b<U+000D>");
}

// One rule: what a message may not say is what a screen shows by its number.
TEST(Text, V6_WhatCannotBeSeenPassesNeitherTheRuleNorTheScreen) {
  for (const auto& [first, last] : std::vector<std::pair<uint32_t, uint32_t>>{
           {0x00, 0x08},       {0x0b, 0x1f},      {0x7f, 0x9f},     {0xad, 0xad},
           {0x34f, 0x34f},     {0x61c, 0x61c},    {0x115f, 0x1160}, {0x17b4, 0x17b5},
           {0x180b, 0x180f},   {0x200b, 0x200f},  {0x2028, 0x202e}, {0x2060, 0x206f},
           {0x2800, 0x2800},   {0x3164, 0x3164},  {0xfe00, 0xfe0f}, {0xfeff, 0xfeff},
           {0xffa0, 0xffa0},   {0xfff0, 0xfffb},  {0xfffe, 0xffff}, {0x1d173, 0x1d17a},
           {0x1fffe, 0x1ffff}, {0xe0000, 0xe0fff}}) {
    for (uint32_t code = first; code <= last; ++code) {
      const std::string text = "a" + utf8(code) + "b";
      EXPECT_FALSE(is_plain_text(text)) << shown_number(code);
      EXPECT_NE(what_is_not_plain_in_line(text), "") << shown_number(code);
      EXPECT_EQ(printable(text), "a" + shown_number(code) + "b");
      EXPECT_EQ(printable_line(text), "a" + shown_number(code) + "b");
    }
  }
}

TEST(Text, V6_NothingElseIsTouched) {
  for (uint32_t code : {0x20u,   0x7eu,   0xa0u,   0xacu,   0xaeu,   0x301u,  0x34eu,  0x350u,
                        0x5d0u,  0x61bu,  0x627u,  0x915u,  0x94du,  0x200au, 0x2010u, 0x202fu,
                        0x2191u, 0x3163u, 0x3165u, 0x4e00u, 0xac00u, 0xfe10u, 0xfffdu, 0x1f680u}) {
    EXPECT_TRUE(is_plain_text(utf8(code))) << shown_number(code);
    EXPECT_EQ(printable(utf8(code)), utf8(code)) << shown_number(code);
  }
}

// As Persian ("mi-khaham", "goft-o-gu-ha") and Hindi (half forms) are written.
TEST(Text, V6_JoinersStandBetweenLettersThatTheyJoin) {
  for (const char* text :
       {"می‌خواهم پرواز کنم", "گفت‌وگوها، نامه‌ها",
        "नुक्‍कड़ और क्‌ष", "শ্‌র", "ක්‍ෂ"}) {
    EXPECT_TRUE(is_plain_text(text)) << text;
    EXPECT_EQ(printable(text), text);
  }
  for (const char* text : {"a\u200cb", "54\u200d.90", "\u200cمی", "می\u200c", "می\u200c خواهم",
                           "می\u200c\u200cخ", "۱\u200c۲", "क\u200cم", "।\u200dक", "👩\u200d🚀"}) {
    EXPECT_FALSE(is_plain_text(text)) << text;
    EXPECT_NE(printable(text).find("<U+200"), std::string::npos) << text;
  }
}

// Whatever bytes come: what is printable is plain, and stays what it is.
TEST(Text, V6_WhatIsPrintableIsPlain) {
  for (uint32_t code = 0; code < 0x110000; code += code < 0x3000 ? 1 : 17) {
    const std::string text = "م" + utf8(code) + "خ\xff";
    const std::string shown = printable(text);
    ASSERT_TRUE(is_plain_text(shown)) << shown_number(code);
    ASSERT_EQ(printable(shown), shown) << shown_number(code);
  }
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
  EXPECT_EQ(shortened("م\u200cخواهم", 9), "م…") << "a joiner joins two letters";
  EXPECT_EQ(shortened("short", 5), "short");
  EXPECT_EQ(shortened("longer", 5), "lo\xE2\x80\xA6");
  // ä has two bytes and is not cut.
  EXPECT_EQ(shortened("\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4", 6), "\xC3\xA4\xE2\x80\xA6");
  EXPECT_EQ(shortened("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 6), "\xE2\x80\xA6");
}

}  // namespace
}  // namespace hotline
