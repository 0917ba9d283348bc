// Text from outside on a terminal: how wide it is, and where its lines break. Which characters are
// shown as they are is decided in one place for the message and for the screen: printable() and
// printable_line() of protocol/base/text.h.
//
// Words of the peer must not be able to move the cursor, hide a line, change a colour or turn the
// reading direction around: an operator acts on what the screen shows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/base/text.h"

namespace hotline {

// How many columns a printable text takes: its code points without combining marks.
size_t column_count(std::string_view text);

// As much of a line as that many columns hold; what is cut ends with a mark.
std::string cut_to_columns(std::string_view line, size_t columns);

// Breaks a text at spaces so that no line has more than `width` columns, where words allow it.
// Every line is preceded by `indent`, which counts towards the width; lines are ended by "\n".
std::string wrapped(std::string_view text, size_t width, const std::string& indent);

// Breaks what has no space in so many columns, such as a hash or a signature, into lines of about
// one length. For a screen: whoever copies it takes it from the JSON.
std::string with_broken_words(std::string_view text, size_t width);

// Breaks a text at spaces so that no line has more than `width` columns, as far as can be: what a
// person copies stays whole. A command ("hotline ..." up to four spaces, the end of its sentence or
// the line) has lines of its own, each but the last with a backslash behind it, so that it runs as
// it is copied; what stands between quotation marks and fits into a line is not broken. Spaces
// within a line stay as they are; what follows a break is indented by two more than its line.
// Sequences that colour a text take no columns.
std::string folded(std::string_view text, size_t width);

}  // namespace hotline
