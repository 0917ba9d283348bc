#include "protocol/base/text.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace hotline {
namespace {

constexpr size_t kLanguageTagCharactersMax = 35;

uint32_t take_code_point(std::string_view& text) {
  const Character character = first_character(text);
  text.remove_prefix(character.size);
  return character.code;
}

bool is_space(uint32_t code) {
  return code == ' ' || (code >= '\t' && code <= '\r') || code == 0x85 || code == 0xa0 ||
         code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
         code == 0x202f || code == 0x205f || code == 0x3000;
}

struct Range {
  uint32_t first;
  uint32_t last;
};

// Characters without a look of their own: those that Unicode calls default ignorable, the
// separators of lines and paragraphs, annotations, and characters that fonts leave blank. Direction
// marks, overrides and isolates are among them. The joiners too: joins_letters() says where they
// are plain.
constexpr Range kUnseen[] = {
    {0x00ad, 0x00ad},    // The soft hyphen.
    {0x034f, 0x034f},    // The grapheme joiner.
    {0x061c, 0x061c},    // The Arabic letter mark.
    {0x115f, 0x1160},    // Fillers of Hangul.
    {0x17b4, 0x17b5},    // Vowels of Khmer that are not written.
    {0x180b, 0x180f},    // Selectors of Mongolian.
    {0x200b, 0x200f},    // The zero width space, the joiners and the marks of direction.
    {0x2028, 0x202e},    // Separators, embeddings and overrides.
    {0x2060, 0x206f},    // Invisible operators, isolates and what is deprecated.
    {0x2800, 0x2800},    // The blank of Braille.
    {0x3164, 0x3164},    // A filler of Hangul.
    {0xfdd0, 0xfdef},    // No characters.
    {0xfe00, 0xfe0f},    // Variation selectors.
    {0xfeff, 0xfeff},    // The byte order mark.
    {0xffa0, 0xffa0},    // A filler of Hangul.
    {0xfff0, 0xfffb},    // Annotations.
    {0x16fe4, 0x16fe4},  // A filler of Khitan.
    {0x1bca0, 0x1bca3},  // Controls of shorthand.
    {0x1d159, 0x1d159},  // A note without a head.
    {0x1d173, 0x1d17a},  // Controls of music.
    {0xe0000, 0xe0fff},  // Tags, and more variation selectors.
};

bool is_unseen(uint32_t code) {
  if (code < kUnseen[0].first) return false;
  const Range* range =
      std::upper_bound(std::begin(kUnseen), std::end(kUnseen), code,
                       [](uint32_t value, Range one) { return value < one.first; });
  return code <= std::prev(range)->last || (code & 0xfffe) == 0xfffe;
}

bool is_joiner(uint32_t code) {
  return code == 0x200c || code == 0x200d;
}

// Letters, and the marks that belong to them, but no digits and no punctuation.
bool is_arabic_letter(uint32_t code) {
  return (code >= 0x0620 && code <= 0x065f) || (code >= 0x066e && code <= 0x06d3) ||
         (code >= 0x06d5 && code <= 0x06dc) || (code >= 0x06df && code <= 0x06ef) ||
         (code >= 0x06fa && code <= 0x06ff) || (code >= 0x0750 && code <= 0x077f) ||
         (code >= 0x0870 && code <= 0x0887) || (code >= 0x0898 && code <= 0x08e1) ||
         (code >= 0x08e3 && code <= 0x08ff);
}

// The scripts from Devanagari to Sinhala lie in blocks of 128, the dandas and digits of each at the
// same places.
bool is_indian_letter(uint32_t code) {
  return code >= 0x0900 && code <= 0x0dff && ((code & 0x7f) < 0x64 || (code & 0x7f) > 0x6f);
}

// Between two such letters a joiner changes how they are written, so that it is seen.
bool joins_letters(uint32_t before, uint32_t after) {
  return (is_arabic_letter(before) && is_arabic_letter(after)) ||
         (is_indian_letter(before) && is_indian_letter(after));
}

// Goes through a text and judges each of its characters where it stands.
class PlainScan {
 public:
  explicit PlainScan(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  // The next one, with its bytes.
  std::string_view next() {
    before_ = character_.code;
    character_ = first_character(rest_);
    std::string_view bytes = rest_.substr(0, character_.size);
    rest_.remove_prefix(character_.size);
    return bytes;
  }
  const Character& character() const { return character_; }
  bool is_plain() const {
    const uint32_t code = character_.code;
    if (!character_.valid) return false;
    if (code < 0x20) return code == '\n' || code == '\t';
    if (code < 0x7f) return true;
    if (code < 0xa0) return false;
    if (is_joiner(code) && !rest_.empty()) {
      return joins_letters(before_, first_character(rest_).code);
    }
    return !is_unseen(code);
  }

 private:
  std::string_view rest_;
  Character character_;
  uint32_t before_ = 0;  // The one before; 0 where there is none.
};

// "U+00AD", or "the byte 0xFF".
std::string number_of(const Character& character, const char* format) {
  char number[16];
  std::snprintf(number, sizeof number, format, character.code);
  return number;
}

std::string find_not_plain(std::string_view text, bool one_line) {
  // Every message passes here, and most text is printable ASCII.
  const auto is_printable = [](char c) { return c >= ' ' && c <= '~'; };
  if (std::all_of(text.begin(), text.end(), is_printable)) return {};
  PlainScan scan(text);
  for (size_t place = 1; !scan.at_end(); ++place) {
    scan.next();
    const Character& character = scan.character();
    const bool breaks_line = one_line && character.code == '\n';
    if (!breaks_line && scan.is_plain()) continue;
    if (breaks_line) return "has a line break as character " + std::to_string(place);
    return "has " + number_of(character, character.valid ? "U+%04X" : "the byte 0x%02X") +
           " as character " + std::to_string(place) +
           ", which cannot be seen or changes how the rest is seen";
  }
  return {};
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
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

}  // namespace

Character first_character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  const Character none{first, 1, false};
  if (first < 0x80) return {first, 1, true};
  size_t size = 0;
  uint32_t code = 0;
  uint32_t smallest = 0;
  if ((first & 0xe0) == 0xc0) {
    size = 2, code = first & 0x1f, smallest = 0x80;
  } else if ((first & 0xf0) == 0xe0) {
    size = 3, code = first & 0x0f, smallest = 0x800;
  } else if ((first & 0xf8) == 0xf0) {
    size = 4, code = first & 0x07, smallest = 0x10000;
  }
  if (size == 0 || text.size() < size) return none;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return none;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  const bool good = code >= smallest && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return good ? Character{code, size, true} : none;
}

std::string_view take_leading_digits(std::string_view& text) {
  const size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, size);
  text.remove_prefix(size);
  return digits;
}

std::string_view trim(std::string_view text) {
  auto space = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

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

bool is_plain_text(std::string_view text) {
  return find_not_plain(text, false).empty();
}

std::string what_is_not_plain(std::string_view text) {
  return find_not_plain(text, false);
}

std::string what_is_not_plain_in_line(std::string_view text) {
  return find_not_plain(text, true);
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  PlainScan scan(text);
  while (!scan.at_end()) {
    const std::string_view bytes = scan.next();
    if (scan.is_plain()) {
      shown += bytes;
    } else {
      shown += number_of(scan.character(), scan.character().valid ? "<U+%04X>" : "<0x%02X>");
    }
  }
  return shown;
}

std::string printable_line(std::string_view text) {
  std::string one_line(text);
  std::replace_if(
      one_line.begin(), one_line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return printable(one_line);
}

std::string shortened(std::string_view text, size_t bytes_max) {
  constexpr std::string_view kMissing = "…";
  if (text.size() <= bytes_max) return std::string(text);
  size_t end = bytes_max - kMissing.size();
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xC0) == 0x80) --end;
  // A joiner is plain between two letters only.
  while (text.substr(0, end).ends_with("\u200c") || text.substr(0, end).ends_with("\u200d"))
    end -= 3;
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
  // The rest is private use: x- and at least one subtag.
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
