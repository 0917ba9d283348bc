// What may stand in the texts of a message, and how they are counted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hotline {

// All of these want clean UTF-8, as open_envelope and open_body give it.

size_t count_characters(std::string_view text);  // Unicode code points.
size_t count_words(std::string_view text);       // Runs of anything but white space.
bool is_blank(std::string_view text);            // Nothing but white space.

// Without control characters and without the direction overrides that can make a text read as what
// it is not. Lines may break in a plain text, not in a plain line.
bool is_plain_line(std::string_view text);
bool is_plain_text(std::string_view text);

// For showing what broke the rule above: control characters become U+FFFD, lines stay.
std::string printable(std::string_view text);

// At most `bytes_max` bytes of it, cut between two characters and marked with "…" where something
// is missing. `bytes_max` is at least 3.
std::string shortened(std::string_view text, size_t bytes_max);

// What stands before, between and after the separators: one piece more than there are of them.
// Borrows the text.
std::vector<std::string_view> split(std::string_view text, char separator);

// Well-formed by RFC 5646 section 2.1 (BCP 47), without the grandfathered tags; at most 35
// characters. Whether the subtags are registered is not asked.
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
