#include "protocol/text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace hotline {
namespace {

constexpr size_t kLanguageTagCharactersMax = 35;

// Takes one code point off clean UTF-8.
uint32_t take_code_point(std::string_view& text) {
  auto byte = static_cast<uint8_t>(text[0]);
  if (byte < 0x80) {
    text.remove_prefix(1);
    return byte;
  }
  size_t length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
  uint32_t code = byte & (0x7fu >> length);
  length = std::min(length, text.size());
  for (size_t i = 1; i < length; ++i) code = code << 6 | (static_cast<uint8_t>(text[i]) & 0x3fu);
  text.remove_prefix(length);
  return code;
}

bool is_space(uint32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

bool is_line_break(uint32_t code) {
  return code == '\n' || code == 0x2028 || code == 0x2029;
}

// Control characters can rewrite a terminal; embeddings and overrides can turn the order of what is
// read. A tab is plain.
bool is_unsafe(uint32_t code) {
  bool control = (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code < 0xa0);
  bool direction = code >= 0x202a && code <= 0x202e;
  return control || direction;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool all_letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_letter);
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_variant(std::string_view subtag) {
  return (subtag.size() >= 5 && subtag.size() <= 8) || (subtag.size() == 4 && is_digit(subtag[0]));
}

std::string_view trim(std::string_view text) {
  auto space = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (true) {
    size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return pieces;
    text.remove_prefix(end + 1);
  }
}

size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) take_code_point(text);
  return count;
}

size_t count_words(std::string_view text) {
  size_t count = 0;
  bool in_word = false;
  while (!text.empty()) {
    bool space = is_space(take_code_point(text));
    if (!space && !in_word) ++count;
    in_word = !space;
  }
  return count;
}

bool is_blank(std::string_view text) {
  while (!text.empty()) {
    if (!is_space(take_code_point(text))) return false;
  }
  return true;
}

bool is_plain_line(std::string_view text) {
  while (!text.empty()) {
    uint32_t code = take_code_point(text);
    if (is_unsafe(code) || is_line_break(code)) return false;
  }
  return true;
}

bool is_plain_text(std::string_view text) {
  // Most text is printable ASCII.
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  while (!text.empty()) {
    const auto plain = std::find_if_not(text.begin(), text.end(), is_printable);
    text.remove_prefix(static_cast<size_t>(plain - text.begin()));
    if (text.empty()) return true;
    if (is_unsafe(take_code_point(text))) return false;
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::string_view before = text;
    bool unsafe = is_unsafe(take_code_point(text));
    result += unsafe ? "\xef\xbf\xbd" : before.substr(0, before.size() - text.size());
  }
  return result;
}

std::string shortened(std::string_view text, size_t bytes_max) {
  constexpr std::string_view kMissing = "…";
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max - kMissing.size();
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)).append(kMissing);
}

bool is_language_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > kLanguageTagCharactersMax) return false;
  auto subtags = split(tag, '-');
  for (std::string_view subtag : subtags) {
    if (subtag.empty() || subtag.size() > 8) return false;
    for (char c : subtag) {
      if (!is_letter(c) && !is_digit(c)) return false;
    }
  }
  size_t i = 0;
  size_t count = subtags.size();
  if (lower(subtags[0][0]) != 'x' || subtags[0].size() != 1) {
    std::string_view language = subtags[i++];
    if (language.size() < 2 || !all_letters(language)) return false;
    if (language.size() <= 3) {
      for (int extended = 0;
           extended < 3 && i < count && subtags[i].size() == 3 && all_letters(subtags[i]);
           ++extended) {
        ++i;
      }
    }
    if (i < count && subtags[i].size() == 4 && all_letters(subtags[i])) ++i;  // Script.
    if (i < count && ((subtags[i].size() == 2 && all_letters(subtags[i])) ||
                      (subtags[i].size() == 3 && all_digits(subtags[i])))) {
      ++i;  // Region.
    }
    while (i < count && is_variant(subtags[i])) ++i;
    while (i < count && subtags[i].size() == 1 && lower(subtags[i][0]) != 'x') {  // Extensions.
      size_t first = ++i;
      while (i < count && subtags[i].size() >= 2) ++i;
      if (i == first) return false;
    }
  }
  if (i == count) return true;
  // What is left is private use: x- and at least one subtag.
  return subtags[i].size() == 1 && lower(subtags[i][0]) == 'x' && i + 1 < count;
}

bool same_language(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_marked_exercise(std::string_view text) {
  std::string_view body = trim(text);
  return body.size() > 2 * kExerciseMark.size() && body.starts_with(kExerciseMark) &&
         body.ends_with(kExerciseMark) && body[kExerciseMark.size()] == '\n' &&
         body[body.size() - kExerciseMark.size() - 1] == '\n';
}

std::string mark_exercise(std::string_view text) {
  std::string mark(kExerciseMark);
  return mark + "\n" + std::string(text) + "\n" + mark;
}

std::string_view unmark_exercise(std::string_view text) {
  if (!is_marked_exercise(text)) return text;
  std::string_view body = trim(text);
  body.remove_prefix(kExerciseMark.size() + 1);
  size_t tail = kExerciseMark.size() + 1;
  return body.size() < tail ? std::string_view() : body.substr(0, body.size() - tail);
}

}  // namespace hotline
