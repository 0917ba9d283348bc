#include "protocol/terminal/printable.h"

#include <cstdint>

namespace hotline {
namespace {

// Combining marks, and the joiners.
bool has_no_width(uint32_t value) {
  return value == 0x200C || value == 0x200D || (value >= 0x0300 && value <= 0x036F) ||
         (value >= 0x20D0 && value <= 0x20FF) || (value >= 0xFE20 && value <= 0xFE2F);
}

}  // namespace

size_t column_count(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (!has_no_width(character.code)) ++columns;
    text.remove_prefix(character.size);
  }
  return columns;
}

std::string cut_to_columns(std::string_view line, size_t columns) {
  if (column_count(line) <= columns) return std::string(line);
  std::string kept;
  for (size_t taken = 0; taken + 1 < columns;) {
    const Character character = first_character(line);
    if (!has_no_width(character.code)) ++taken;
    kept += line.substr(0, character.size);
    line.remove_prefix(character.size);
  }
  return columns == 0 ? "" : kept + "\u2026";
}

std::string wrapped(std::string_view text, size_t width, const std::string& indent) {
  std::string shown;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    std::string current = indent;
    bool begun = false;
    while (!line.empty()) {
      const size_t space = line.find(' ');
      const std::string_view word = line.substr(0, space);
      line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
      if (begun && column_count(current) + 1 + column_count(word) > width) {
        shown += current + "\n";
        current = indent;
        begun = false;
      }
      if (begun) current += ' ';
      current += word;
      begun = true;
    }
    shown += (begun ? current : "") + "\n";
  }
  return shown;
}

}  // namespace hotline
