// Text from outside, made safe for a terminal.
//
// What the peer wrote must not be able to move the cursor, hide a line, change a colour or turn the
// reading direction around: an operator acts on what the screen shows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hotline::client {

// Control characters (C0 but line feed, DEL, C1), characters that turn the reading direction around
// or have no width, and bytes that are not UTF-8 become visible: <U+001B>, <0xFF>. Line feeds stay.
std::string printable(std::string_view text);

// The same on one line: line feeds and tabs become spaces.
std::string printable_line(std::string_view text);

// How many columns a printable text takes: its code points without combining marks.
size_t column_count(std::string_view text);

// Breaks a text at spaces so that no line has more than `width` columns, where words allow it.
// Every line is preceded by `indent`, which counts towards the width; lines are ended by "\n".
std::string wrapped(std::string_view text, size_t width, const std::string& indent);

}  // namespace hotline::client
