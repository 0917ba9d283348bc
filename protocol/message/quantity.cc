#include "protocol/message/quantity.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/geometry/grid_reference.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

Error not_understood(std::string_view text, const char* what, const char* forms) {
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is not " + what, forms);
}

constexpr int64_t kThousand = 1000;

struct Number {
  int64_t thousandths = 0;
  std::string_view rest;  // The text behind the number.
};

// Digits, and at most three decimals. No sign, no exponent.
std::optional<Number> take_number(std::string_view text) {
  Number number;
  size_t i = 0;
  while (i < text.size() && text[i] >= '0' && text[i] <= '9') {
    number.thousandths = number.thousandths * 10 + (text[i] - '0') * kThousand;
    if (++i > 12) return std::nullopt;
  }
  if (i == 0) return std::nullopt;
  if (i < text.size() && text[i] == '.') {
    int64_t scale = kThousand;
    size_t first = ++i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') {
      scale /= 10;
      if (scale == 0) return std::nullopt;
      number.thousandths += (text[i] - '0') * scale;
      ++i;
    }
    if (i == first) return std::nullopt;
  }
  number.rest = text.substr(i);
  return number;
}

struct Unit {
  const char* name;
  int64_t numerator;
  int64_t denominator;  // value * numerator / denominator is in the unit of the wire.
};

// Is added before a division that leaves out the rest.
int64_t rounded_by(Rounding rounding, int64_t divisor) {
  switch (rounding) {
    case Rounding::nearest:
      return divisor / 2;
    case Rounding::down:
      return 0;
    case Rounding::up:
      return divisor - 1;
  }
  HOTLINE_CHECK(false);
}

// Reads a number with one of these units; the result is in the wire's unit.
std::optional<int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units,
                                       Rounding rounding = Rounding::nearest) {
  auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : units) {
    if (number->rest != unit.name) continue;
    int64_t divisor = unit.denominator * kThousand;
    return (number->thousandths * unit.numerator + rounded_by(rounding, divisor)) / divisor;
  }
  return std::nullopt;
}

constexpr Unit kDistanceUnits[] = {{"m", 1, 1}, {"km", 1000, 1}, {"nm", 1852, 1}};
// A knot is 1852 m an hour.
constexpr Unit kSpeedUnits[] = {{"m/s", 100, 1}, {"kt", 463, 9}, {"km/h", 250, 9}};
constexpr Unit kHeightUnits[] = {{"m", 1, 1}, {"ft", 3048, 10'000}};
constexpr Unit kDirectionUnits[] = {{"deg", 10, 1}};

std::optional<uint32_t> parse_digits(std::string_view text, size_t digits_max, uint32_t base) {
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    uint32_t digit = 99;
    if (c >= '0' && c <= '9') digit = static_cast<uint32_t>(c - '0');
    if (c >= 'a' && c <= 'f') digit = static_cast<uint32_t>(c - 'a') + 10;
    if (c >= 'A' && c <= 'F') digit = static_cast<uint32_t>(c - 'A') + 10;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return value > UINT32_MAX ? std::nullopt : std::optional(static_cast<uint32_t>(value));
}

Result<AreaFields> parse_circle(std::string_view text) {
  constexpr char forms[] = "a centre and a radius, 54.90N 020.10E 5km, or corners parted by ;";
  size_t last = text.rfind(' ');
  if (last == std::string_view::npos) return not_understood(text, "an area", forms);
  if (parse_position(text)) {
    return make_error(ErrorCode::usage,
                      "\"" + std::string(text) + "\" is a position; an area has a radius too",
                      forms);
  }
  auto centre = parse_position(trim(text.substr(0, last)));
  if (!centre) return centre.error();
  auto radius = parse_distance_m(text.substr(last + 1));
  if (!radius) return not_understood(text, "an area", forms);
  AreaFields area;
  area.centre = *centre;
  area.radius_m = *radius;
  return area;
}

Result<std::vector<Position>> parse_points(std::string_view text, const std::string& what,
                                           const std::string& parts) {
  std::vector<Position> points;
  for (std::string_view point : split(text, ';')) {
    if (points.size() == limits::kPolygonPointsMax) {
      return make_error(ErrorCode::usage,
                        "the " + what + " has more than " +
                            std::to_string(limits::kPolygonPointsMax) + " " + parts,
                        "give a coarser outline");
    }
    auto position = parse_position(trim(point));
    if (!position) return position.error();
    points.push_back(*position);
  }
  return points;
}

}  // namespace

Result<uint32_t> parse_distance_m(std::string_view text) {
  auto metres = parse_with_unit(text, kDistanceUnits, Rounding::up);
  if (!metres) {
    return not_understood(text, "a distance with its unit", "write 500m, 1.5km or 3nm");
  }
  if (*metres > limits::kDistanceMax_m) {
    return not_understood(text, "a distance on Earth", "write 500m, 1.5km or 3nm");
  }
  return static_cast<uint32_t>(*metres);
}

Result<uint32_t> parse_speed_cm_s(std::string_view text) {
  auto speed = parse_with_unit(text, kSpeedUnits);
  if (!speed) {
    return not_understood(text, "a speed with its unit", "write 300kt, 150m/s or 540km/h");
  }
  if (*speed > limits::kSpeedMax_cm_s) {
    return not_understood(text, "a speed that anything on Earth has",
                          "write 300kt, 150m/s or 540km/h");
  }
  return static_cast<uint32_t>(*speed);
}

Result<uint16_t> parse_direction_deg10(std::string_view text) {
  auto direction = parse_with_unit(text, kDirectionUnits);
  if (!direction || *direction > 3600) {
    return not_understood(text, "a direction in degrees true", "write 270deg or 270.5deg");
  }
  return static_cast<uint16_t>(*direction % 3600);
}

Result<AltitudeFields> parse_altitude(std::string_view text) {
  return parse_altitude_to(Rounding::nearest, text);
}

Result<AltitudeFields> parse_altitude_to(Rounding rounding, std::string_view text) {
  constexpr char what[] = "an altitude with its datum";
  constexpr char forms[] = "write FL330 (three digits: FL033), 9000m amsl, 1500ft agl or 9000m hae";
  constexpr size_t kLevelDigits = 3;  // FL33 may be FL033, or FL330 with a digit lost.
  AltitudeFields altitude;
  if (text.starts_with("FL")) {
    auto level = parse_digits(text.substr(2), kLevelDigits, 10);
    if (!level || text.size() != 2 + kLevelDigits) return not_understood(text, what, forms);
    altitude.value = static_cast<int32_t>(*level);
    altitude.datum = wire::AltitudeDatum::flight_level;
    return altitude;
  }
  auto pieces = split(text, ' ');
  if (pieces.size() != 2) return not_understood(text, what, forms);
  const Word* datum = vocabulary<wire::AltitudeDatum>().by_key(pieces[1]);
  bool below = pieces[0].starts_with('-');
  // Down is away from zero there.
  if (below && rounding != Rounding::nearest) {
    rounding = rounding == Rounding::down ? Rounding::up : Rounding::down;
  }
  auto height = parse_with_unit(pieces[0].substr(below ? 1 : 0), kHeightUnits, rounding);
  if (!datum || !height || *height > limits::kAltitudeMax_m) {
    return not_understood(text, what, forms);
  }
  altitude.value = static_cast<int32_t>(below ? -*height : *height);
  altitude.datum = static_cast<wire::AltitudeDatum>(datum->value);
  if (altitude.datum == wire::AltitudeDatum::flight_level) return not_understood(text, what, forms);
  return altitude;
}

Result<uint32_t> parse_count(std::string_view text) {
  auto count = parse_digits(text, 9, 10);
  if (!count) return not_understood(text, "a whole number", "write digits only, such as 12");
  return *count;
}

Result<uint32_t> parse_mmsi(std::string_view text) {
  auto mmsi = parse_digits(text, 9, 10);
  if (!mmsi || text.size() != 9 || *mmsi == 0) {
    return not_understood(text, "an MMSI", "write its nine digits, such as 211000000");
  }
  return *mmsi;
}

Result<uint32_t> parse_icao_address(std::string_view text) {
  auto address = parse_digits(text, 6, 16);
  if (!address || text.size() != 6) {
    return not_understood(text, "an ICAO 24-bit address",
                          "write its six hexadecimal digits, such as 3C6444");
  }
  return *address;
}

Result<BearingFields> parse_bearing(std::string_view text) {
  constexpr char forms[] = "write direction, nearest and farthest distance, such as 135deg 2km 3km";
  auto pieces = split(text, ' ');
  if (pieces.size() != 3) return not_understood(text, "a bearing with two distances", forms);
  auto direction = parse_direction_deg10(pieces[0]);
  if (!direction) return direction.error();
  auto nearest = parse_distance_m(pieces[1]);
  if (!nearest) return nearest.error();
  auto farthest = parse_distance_m(pieces[2]);
  if (!farthest) return farthest.error();
  return BearingFields{*direction, *nearest, *farthest};
}

Result<AreaFields> parse_area(std::string_view text) {
  if (text.find(';') == std::string_view::npos) return parse_circle(text);
  auto corners = parse_points(text, "area", "corners");
  if (!corners) return corners.error();
  AreaFields area;
  area.polygon = std::move(*corners);
  std::string fault = polygon_fault(area.polygon);
  if (!fault.empty()) {
    return make_error(ErrorCode::usage, "the area " + fault,
                      "give its corners in order around it, and the first one again at the end");
  }
  return area;
}

Result<std::vector<Position>> parse_route(std::string_view text) {
  auto points = parse_points(text, "route", "points");
  if (points && points->size() < 2) {
    return make_error(ErrorCode::usage, "a route has two points at least",
                      "54.90N 020.10E; 55.00N 020.30E");
  }
  return points;
}

Result<bool> parse_yes_no(std::string_view text) {
  if (text == "yes" || text == "no") return text == "yes";
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is neither yes nor no",
                    "yes or no");
}

uint32_t accuracy_of_writing_m(std::string_view text) {
  uint32_t coarsest_m = kWritingAccuracyMin_m;
  for (std::string_view point : split(text, ';')) {
    point = trim(point);
    if (const auto reference = find_grid_reference(point)) {
      coarsest_m = std::max(coarsest_m, reference->unit_m);
      continue;
    }
    auto written = read_position(point);
    // The last word may be a radius.
    if (!written) written = read_position(point.substr(0, point.rfind(' ')));
    if (written) coarsest_m = std::max(coarsest_m, written->accuracy_m);
  }
  return coarsest_m;
}

std::string format_speed(uint32_t speed_cm_s, const char* knots, const char* metres_per_second) {
  uint64_t whole_knots = (uint64_t{speed_cm_s} * 9 + 231) / 463;
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, "%llu %s (%u.%02u %s)",
                static_cast<unsigned long long>(whole_knots), knots, speed_cm_s / 100,
                speed_cm_s % 100, metres_per_second);
  return buffer;
}

std::string format_direction(uint16_t direction_deg10) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%03u.%u", direction_deg10 / 10u, direction_deg10 % 10u);
  return buffer;
}

}  // namespace hotline
