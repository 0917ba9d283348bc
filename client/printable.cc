#include "client/printable.h"

#include <cstdint>
#include <cstdio>

namespace hotline::client {
namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;  // Bytes taken; 0 when the bytes here are not UTF-8.
};

// The code point at the beginning of `text` (RFC 3629: no overlong forms, no surrogates).
CodePoint decode(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  size_t size = 0;
  uint32_t value = 0;
  uint32_t smallest = 0;
  if ((first & 0xE0) == 0xC0) {
    size = 2, value = first & 0x1F, smallest = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    size = 3, value = first & 0x0F, smallest = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    size = 4, value = first & 0x07, smallest = 0x10000;
  }
  if (size == 0 || text.size() < size) return {};
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  if (value < smallest || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, size};
}

bool is_dangerous(uint32_t value) {
  if (value < 0x20 || (value >= 0x7F && value < 0xA0)) return true;
  // Zero width space to right-to-left mark, embeddings and overrides, isolates, byte order mark,
  // line and paragraph separators, tags.
  return (value >= 0x200B && value <= 0x200F) || (value >= 0x2028 && value <= 0x202E) ||
         (value >= 0x2060 && value <= 0x206F) || value == 0xFEFF || value == 0x061C ||
         (value >= 0xE0000 && value <= 0xE007F);
}

std::string named(const char* format, uint32_t value) {
  char name[16];
  std::snprintf(name, sizeof name, format, value);
  return name;
}

bool is_combining(uint32_t value) {
  return (value >= 0x0300 && value <= 0x036F) || (value >= 0x20D0 && value <= 0x20FF) ||
         (value >= 0xFE20 && value <= 0xFE2F);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (point.size == 0) {
      shown += named("<0x%02X>", static_cast<uint8_t>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (point.value != '\n' && is_dangerous(point.value)) {
      shown += named("<U+%04X>", point.value);
    } else {
      shown += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return shown;
}

std::string printable_line(std::string_view text) {
  std::string one_line(text);
  for (char& c : one_line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return printable(one_line);
}

size_t column_count(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) {
    const CodePoint point = decode(text);
    if (!is_combining(point.value)) ++columns;
    text.remove_prefix(point.size == 0 ? 1 : point.size);
  }
  return columns;
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

}  // namespace hotline::client
