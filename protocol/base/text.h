// Texts of a message: what may stand in them, and how they are counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotline {

// One character, or a byte that is none: bytes that are not UTF-8 are taken one by one.
struct Character {
  uint32_t code = 0;
  size_t size = 1;  // Bytes taken.
  bool valid = false;
};
// That with which `text` begins, which must not be empty (RFC 3629: no overlong forms, no
// surrogates).
Character first_character(std::string_view text);

size_t count_characters(std::string_view text);  // Unicode code points.
size_t count_words(std::string_view text);       // Runs of anything but white space.
bool is_blank(std::string_view text);            // Nothing but white space.

// The one rule for what a message may say and what a screen shows as it is. Everything can be seen,
// and nothing steers the terminal, or the order in which the rest is read: no control characters,
// no marks, embeddings, overrides and isolates of direction, nothing without width, no fillers and
// variation selectors, nothing that is not UTF-8. A tab is plain, and so is a line feed in a text.
// A joiner (U+200C, U+200D) is plain between two letters of the Arabic script or of the scripts of
// India, as Persian and Hindi need it.
bool is_plain_text(std::string_view text);

// Says what is not plain, and where: "has U+00AD as character 17, which cannot be seen or changes
// how the rest is seen". Empty for plain text, and in a line for one without line breaks.
std::string what_is_not_plain(std::string_view text);
std::string what_is_not_plain_in_line(std::string_view text);

// For a screen or a log: what is not plain becomes its number, <U+001B> or <0xFF>. Lines stay.
std::string printable(std::string_view text);
// The same on one line: line feeds and tabs become spaces.
std::string printable_line(std::string_view text);

// At most `bytes_max` bytes of it, cut between two characters and marked with "…" where something
// is missing. `bytes_max` is at least 3.
std::string shortened(std::string_view text, size_t bytes_max);

// The pieces before, between and after the separators: one more than there are of them. Borrows the
// text.
std::vector<std::string_view> split(std::string_view text, char separator);
// Without spaces, tabs and line feeds at its ends.
std::string_view trim(std::string_view text);

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline char to_capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Takes off the digits with which it begins.
std::string_view take_leading_digits(std::string_view& text);

// Takes the first character off if it is this one, and says whether it was.
inline bool take_character(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

// Well-formed by RFC 5646 section 2.1 (BCP 47), without the grandfathered tags; at most 35
// characters. It is not asked whether the subtags are registered.
bool is_language_tag(std::string_view tag);

// Tags compare without regard to case.
bool same_language(std::string_view a, std::string_view b);

// Exercise texts open and close with these words, on lines of their own, so that no part of one can
// be taken for real.
inline constexpr std::string_view kExerciseMark = "EXERCISE EXERCISE EXERCISE";
bool is_marked_exercise(std::string_view text);
std::string mark_exercise(std::string_view text);
// The text between the marks; the text itself if it has none.
std::string_view unmark_exercise(std::string_view text);

}  // namespace hotline
