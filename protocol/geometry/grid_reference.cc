#include "protocol/geometry/grid_reference.h"

#include "protocol/base/text.h"

namespace hotline {
namespace {

constexpr int kZoneMax = 60;
constexpr size_t kMgrsDigitsMax = 5;  // A coordinate's, in metres.
constexpr size_t kUtmEastingDigits = 6;
constexpr size_t kUtmNorthingDigitsMax = 7;

bool is_word_part(char c) {
  return is_digit(c) || (to_capital(c) >= 'A' && to_capital(c) <= 'Z') || c == '.' || c == '-';
}

// A capital that grids have: never I or O, which look like digits.
char take_letter(std::string_view& rest, char first, char last) {
  const char letter = rest.empty() ? ' ' : to_capital(rest[0]);
  if (letter < first || letter > last || letter == 'I' || letter == 'O') return 0;
  rest.remove_prefix(1);
  return letter;
}

void take_space(std::string_view& rest) {
  if (rest.starts_with(' ')) rest.remove_prefix(1);
}

// "34U".
bool take_zone(std::string_view& rest, GridReference& reference) {
  const std::string_view digits = take_leading_digits(rest);
  if (digits.empty() || digits.size() > 2) return false;
  for (char c : digits) reference.zone = reference.zone * 10 + (c - '0');
  reference.band = take_letter(rest, 'C', 'X');
  return reference.zone >= 1 && reference.zone <= kZoneMax && reference.band != 0;
}

// "DF4123487654" and "DF 41234 87654".
bool take_square(std::string_view& rest, GridReference& reference) {
  take_space(rest);
  const char column = take_letter(rest, 'A', 'Z');
  const char row = column == 0 ? char{0} : take_letter(rest, 'A', 'V');
  if (row == 0) return false;
  take_space(rest);
  std::string_view easting = take_leading_digits(rest);
  std::string_view northing;
  if (rest.size() > 1 && rest[0] == ' ' && is_digit(rest[1])) {
    std::string_view after = rest.substr(1);
    const std::string_view digits = take_leading_digits(after);
    if (digits.size() == easting.size() && (after.empty() || !is_word_part(after[0]))) {
      northing = digits;
      rest = after;
    }
  }
  if (northing.empty()) {
    if (easting.size() % 2 != 0) return false;
    northing = easting.substr(easting.size() / 2);
    easting = easting.substr(0, easting.size() / 2);
  }
  if (easting.empty() || easting.size() > kMgrsDigitsMax) return false;
  reference.is_mgrs = true;
  reference.square = {column, row};
  reference.easting = easting;
  reference.northing = northing;
  reference.unit_m = 1;
  for (size_t i = easting.size(); i < kMgrsDigitsMax; ++i) reference.unit_m *= 10;
  return true;
}

// " 441234 6083456", in metres.
bool take_metres(std::string_view& rest, GridReference& reference) {
  take_space(rest);
  reference.easting = take_leading_digits(rest);
  if (reference.easting.size() != kUtmEastingDigits || !rest.starts_with(' ')) return false;
  take_space(rest);
  reference.northing = take_leading_digits(rest);
  reference.unit_m = 1;
  return !reference.northing.empty() && reference.northing.size() <= kUtmNorthingDigitsMax;
}

// With which `text` begins.
std::optional<GridReference> read_reference(std::string_view text) {
  for (const auto take_rest : {take_square, take_metres}) {
    GridReference reference;
    std::string_view rest = text;
    if (!take_zone(rest, reference) || !take_rest(rest, reference)) continue;
    if (!rest.empty() && is_word_part(rest[0])) continue;
    reference.size = text.size() - rest.size();
    return reference;
  }
  return std::nullopt;
}

}  // namespace

std::optional<GridReference> find_grid_reference(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && is_word_part(text[i - 1])) continue;
    if (auto reference = read_reference(text.substr(i))) {
      reference->offset = i;
      return reference;
    }
  }
  return std::nullopt;
}

}  // namespace hotline
