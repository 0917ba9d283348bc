#include "protocol/geometry/position_text.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>

#include "protocol/base/text.h"

namespace hotline {
namespace {

Error bad_position(std::string_view text, const std::string& why) {
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is not a position: " + why,
                    std::string("write ") + kPositionForms);
}

// One unit of the last digit in metres, rounded up, by the number of decimals. It is one of
// latitude; one of longitude is no longer, but for 0.2 % of it at the equator.
constexpr std::array<uint32_t, 6> kDegree_m = {111'320, 11'132, 1'114, 112, 12, 2};
constexpr std::array<uint32_t, 5> kMinute_m = {1'852, 186, 19, 2, 1};
constexpr std::array<uint32_t, 3> kSecond_m = {31, 4, 1};

// A degree has so many: of degrees, minutes, seconds.
constexpr std::array<int64_t, 3> kInDegree = {1, 60, 3600};

// The form in which a coordinate is written: both of a position have the same.
enum class PositionForm : uint8_t { degrees, minutes, seconds, compact_minutes, compact_seconds };

struct Axis {
  const char* name;
  char positive, negative;  // Capitals.
  size_t degree_digits;     // In the compact forms.
  int64_t max_e5;
};
constexpr Axis kLatitude = {"latitude", 'N', 'S', 2, kLatitudeMax_e5};
constexpr Axis kLongitude = {"longitude", 'E', 'W', 3, kLongitudeMax_e5};

// Without its sign.
struct Coordinate {
  int64_t value_e5 = 0;
  uint32_t unit_m = 0;
  PositionForm form = PositionForm::degrees;
};

bool take_word(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return false;
  text.remove_prefix(word.size());
  return true;
}

// At most eight digits.
int64_t whole_number(std::string_view digits) {
  int64_t value = 0;
  for (char c : digits) value = value * 10 + (c - '0');
  return value;
}

// A number as it was written: the digits before its point, and those behind it.
struct WrittenNumber {
  std::string_view whole;
  std::string_view decimals;
};

std::optional<WrittenNumber> take_written_number(std::string_view& text) {
  WrittenNumber number{take_leading_digits(text), {}};
  if (number.whole.empty()) return std::nullopt;
  if (!take_word(text, ".")) return number;
  number.decimals = take_leading_digits(text);
  return number.decimals.empty() ? std::nullopt : std::optional(number);
}

// Takes the sign or the space behind the degrees, the minutes or the seconds. False where there is
// none.
bool take_sign(std::string_view& text, size_t part) {
  static constexpr std::array<std::string_view, 2> kDegreeSigns = {"\u00b0", "\u00ba"};
  static constexpr std::array<std::string_view, 3> kMinuteSigns = {"'", "\u2032", "\u2019"};
  static constexpr std::array<std::string_view, 4> kSecondSigns = {"\"", "''", "\u2033", "\u201d"};
  const std::array<std::span<const std::string_view>, 3> signs = {kDegreeSigns, kMinuteSigns,
                                                                  kSecondSigns};
  for (const std::string_view sign : signs[part]) {
    if (!take_word(text, sign)) continue;
    take_word(text, " ");
    return true;
  }
  if (take_word(text, " ")) return true;
  return text.size() > 1 && text[0] == '-' && is_digit(text[1]) && take_word(text, "-");
}

// Says which part stands out of its order, or has not the digits that it must have.
std::string fault_in_parts(const std::array<WrittenNumber, 3>& parts, size_t count) {
  static constexpr std::array<size_t, 3> kDecimalsMax = {kDegree_m.size() - 1, kMinute_m.size() - 1,
                                                         kSecond_m.size() - 1};
  static constexpr std::array<const char*, 3> kNames = {"degrees", "minutes", "seconds"};
  for (size_t i = 0; i < count; ++i) {
    const WrittenNumber& part = parts[i];
    const std::string name = kNames[i];
    if (i + 1 < count && !part.decimals.empty()) return "its " + name + " have a point too early";
    if (part.decimals.size() > kDecimalsMax[i]) {
      return "its " + name + " have more than " + std::to_string(kDecimalsMax[i]) + " decimals";
    }
    if (i == 0 && part.whole.size() > 3) return "its degrees have more than three digits";
    if (i > 0 && part.whole.size() != 2) return "its " + name + " have not two digits";
    if (i > 0 && whole_number(part.whole) > 59) return "its " + name + " are 60 or more";
  }
  return {};
}

uint32_t unit_of(size_t part, size_t decimals) {
  return part == 0 ? kDegree_m[decimals] : part == 1 ? kMinute_m[decimals] : kSecond_m[decimals];
}

// In units of the last digit first, so that only one division rounds.
Coordinate made_of(const std::array<WrittenNumber, 3>& parts, size_t count, PositionForm form) {
  const WrittenNumber& last = parts[count - 1];
  int64_t whole = 0;
  for (size_t i = 0; i < count; ++i)
    whole = whole * (i == 0 ? 1 : 60) + whole_number(parts[i].whole);
  int64_t scale = 1;
  for (size_t i = 0; i < last.decimals.size(); ++i) scale *= 10;
  const int64_t units = whole * scale + whole_number(last.decimals);
  const int64_t in_degree = kInDegree[count - 1] * scale;
  return {(units * 100'000 + in_degree / 2) / in_degree, unit_of(count - 1, last.decimals.size()),
          form};
}

// "5454" and "545400", "02006" and "0200600".
std::optional<PositionForm> compact_form(std::string_view body, const Axis& axis) {
  if (!std::all_of(body.begin(), body.end(), is_digit)) return std::nullopt;
  if (body.size() == axis.degree_digits + 2) return PositionForm::compact_minutes;
  if (body.size() == axis.degree_digits + 4) return PositionForm::compact_seconds;
  return std::nullopt;
}

// `text` is the whole position, for the error.
Result<Coordinate> read_coordinate(std::string_view text, std::string_view body, const Axis& axis) {
  const auto refuse = [&](const std::string& why) {
    return bad_position(text, "in the " + std::string(axis.name) + ", " + why);
  };
  std::array<WrittenNumber, 3> parts;
  size_t count = 0;
  PositionForm form = PositionForm::degrees;
  if (const auto compact = compact_form(body, axis)) {
    form = *compact;
    count = form == PositionForm::compact_minutes ? 2 : 3;
    parts[0].whole = body.substr(0, axis.degree_digits);
    for (size_t i = 1; i < count; ++i) {
      parts[i].whole = body.substr(axis.degree_digits + 2 * (i - 1), 2);
    }
  } else {
    bool goes_on = true;
    while (goes_on && !body.empty() && count < parts.size()) {
      const auto number = take_written_number(body);
      if (!number) return refuse("a number is missing");
      parts[count] = *number;
      goes_on = take_sign(body, count++);
    }
    if (count == 0 || !body.empty()) return refuse("it is not degrees, minutes and seconds");
    form = static_cast<PositionForm>(count - 1);
  }
  if (const std::string fault = fault_in_parts(parts, count); !fault.empty()) return refuse(fault);
  const Coordinate coordinate = made_of(parts, count, form);
  if (coordinate.value_e5 > axis.max_e5) {
    return refuse("it is more than " + std::to_string(axis.max_e5 / 100'000) + " degrees");
  }
  return coordinate;
}

Result<WrittenPosition> position_of(std::string_view text, const Result<Coordinate>& latitude,
                                    bool south, const Result<Coordinate>& longitude, bool west) {
  if (!latitude) return latitude.error();
  if (!longitude) return longitude.error();
  if (latitude->form != longitude->form) {
    return bad_position(text, "latitude and longitude are written in two forms");
  }
  WrittenPosition written;
  const auto latitude_e5 = static_cast<int32_t>(latitude->value_e5);
  const auto longitude_e5 = static_cast<int32_t>(longitude->value_e5);
  written.position = {south ? -latitude_e5 : latitude_e5, west ? -longitude_e5 : longitude_e5};
  written.accuracy_m = std::max({latitude->unit_m, longitude->unit_m, kWritingAccuracyMin_m});
  return written;
}

// "54.90N 020.10E" and nothing else: capitals, one space, and a point in both.
bool is_canonical(std::string_view text) {
  return text.find_first_not_of("0123456789. NSEW") == std::string_view::npos &&
         std::count(text.begin(), text.end(), ' ') == 1 &&
         std::count(text.begin(), text.end(), '.') == 2;
}

// The letters stand behind the numbers.
Result<WrittenPosition> read_with_letters(std::string_view text) {
  const size_t split = text.find_first_of("NSns");
  if (split == std::string_view::npos) {
    return bad_position(text, "N or S must follow the latitude");
  }
  const bool south = to_capital(text[split]) == kLatitude.negative;
  const auto latitude = read_coordinate(text, text.substr(0, split), kLatitude);
  std::string_view rest = text.substr(split + 1);
  take_word(rest, " ");
  const char last = rest.empty() ? ' ' : to_capital(rest.back());
  if (last != kLongitude.positive && last != kLongitude.negative) {
    return bad_position(text, "E or W must follow the longitude");
  }
  rest.remove_suffix(1);
  const auto longitude = read_coordinate(text, rest, kLongitude);
  auto written = position_of(text, latitude, south, longitude, last == kLongitude.negative);
  if (written) written->canonical = latitude->form == PositionForm::degrees && is_canonical(text);
  return written;
}

// Decimal degrees only: of "54 54,20 06" nobody knows which comma it is.
Result<WrittenPosition> read_with_signs(std::string_view text) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return bad_position(text, "there is neither N or S nor a comma between two numbers");
  }
  std::string_view latitude_text = text.substr(0, comma);
  std::string_view longitude_text = text.substr(comma + 1);
  take_word(longitude_text, " ");
  const bool south = take_word(latitude_text, "-");
  const bool west = take_word(longitude_text, "-");
  const auto plain = [](std::string_view body) {
    return !body.empty() && body.find_first_not_of("0123456789.") == std::string_view::npos;
  };
  if (!plain(latitude_text) || !plain(longitude_text)) {
    return bad_position(text, "beside a comma both are plain decimal degrees");
  }
  const auto latitude = read_coordinate(text, latitude_text, kLatitude);
  const auto longitude = read_coordinate(text, longitude_text, kLongitude);
  if (latitude && longitude && latitude->form != PositionForm::degrees) {
    return bad_position(text, "beside a comma both are plain decimal degrees");
  }
  if ((south && latitude && latitude->value_e5 == 0) ||
      (west && longitude && longitude->value_e5 == 0)) {
    return bad_position(text, "zero has no sign");
  }
  return position_of(text, latitude, south, longitude, west);
}

}  // namespace

Result<WrittenPosition> read_position(std::string_view text) {
  if (text.find_first_of("NSEWnsew") != std::string_view::npos) return read_with_letters(text);
  return read_with_signs(text);
}

Result<Position> parse_position(std::string_view text) {
  const auto written = read_position(text);
  if (!written) return written.error();
  return written->position;
}

std::string position_in_words(const Position& position, uint32_t accuracy_m) {
  int64_t unit_e5 = 100'000;
  size_t decimals = 0;
  const auto is_said = [&] {
    return kDegree_m[decimals] <= accuracy_m && position.latitude_e5 % unit_e5 == 0 &&
           position.longitude_e5 % unit_e5 == 0;
  };
  while (decimals + 1 < kDegree_m.size() && !is_said()) {
    ++decimals;
    unit_e5 /= 10;
  }
  const auto coordinate = [&](int32_t value_e5, const Axis& axis) {
    const int64_t size = std::llabs(value_e5) / unit_e5;
    const int64_t whole = size * unit_e5 / 100'000;
    std::string text = std::to_string(whole);
    text.insert(0, axis.degree_digits - std::min(axis.degree_digits, text.size()), '0');
    if (decimals != 0) {
      const std::string part = std::to_string(size % (100'000 / unit_e5));
      text += "." + std::string(decimals - part.size(), '0') + part;
    }
    return text + (value_e5 < 0 ? axis.negative : axis.positive);
  };
  return coordinate(position.latitude_e5, kLatitude) + " " +
         coordinate(position.longitude_e5, kLongitude);
}

}  // namespace hotline
