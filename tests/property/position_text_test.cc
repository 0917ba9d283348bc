// A position that is written down loses what its last digit does not say. However it is written,
// what is read is no further from the true place than the writing claims.

#include "protocol/geometry/position_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <string>

#include "protocol/message/quantity.h"

namespace hotline {
namespace {

// An angle in units of 1e-9 degrees, so that no form can hold it.
constexpr int64_t kDegree = 1'000'000'000;

int64_t rounded(int64_t value, int64_t units_in_degree) {
  return (value * units_in_degree + kDegree / 2) / kDegree;
}

struct Style {
  int parts = 1;  // Degrees; and minutes; and seconds.
  int decimals = 0;
  bool compact = false;
  std::string after_degrees, after_minutes, after_seconds;
};

std::string padded(int64_t value, int digits) {
  const std::string number = std::to_string(value);
  const size_t width = static_cast<size_t>(digits);
  return std::string(width > number.size() ? width - number.size() : 0, '0') + number;
}

std::string written(int64_t angle, const Style& style, int degree_digits) {
  int64_t scale = 1;
  for (int i = 0; i < style.decimals; ++i) scale *= 10;
  const int64_t in_degree = style.parts == 1 ? 1 : style.parts == 2 ? 60 : 3600;
  int64_t units = rounded(angle, in_degree * scale);
  const int64_t decimals = units % scale;
  units /= scale;
  std::string text = padded(units / in_degree, degree_digits);
  const int64_t minutes = style.parts == 3 ? units / 60 % 60 : units % 60;
  if (style.parts > 1) text += style.after_degrees + padded(minutes, 2);
  if (style.parts > 2) text += style.after_minutes + padded(units % 60, 2);
  if (style.decimals > 0) text += "." + padded(decimals, style.decimals);
  const std::string signs[] = {style.after_degrees, style.after_minutes, style.after_seconds};
  const std::string& last = signs[style.parts - 1];
  return last == "-" || style.compact ? text : text + last;
}

Style any_style() {
  Style style;
  style.parts = *rc::gen::inRange(1, 4);
  style.compact = style.parts > 1 && *rc::gen::arbitrary<bool>();
  if (style.compact) return style;
  const int decimals_max[] = {5, 4, 2};
  style.decimals = *rc::gen::inRange(0, decimals_max[style.parts - 1] + 1);
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      style.after_degrees = style.after_minutes = style.after_seconds = " ";
      break;
    case 1:
      style.after_degrees = style.after_minutes = "-";
      break;
    default:
      style.after_degrees = "\u00b0";
      style.after_minutes = "'";
      style.after_seconds = "\"";
  }
  return style;
}

// In metres on a sphere whose degrees are as long as the longest of the ellipsoid.
double metres_between(int64_t a, int64_t b) {
  return static_cast<double>(std::llabs(a - b)) / 1e9 * 111'694.0;
}

RC_GTEST_PROP(PositionTextProperty, IsAsExactAsItClaims, ()) {
  const Style style = any_style();
  const int64_t latitude = *rc::gen::inRange<int64_t>(0, 90 * kDegree);
  const int64_t longitude = *rc::gen::inRange<int64_t>(0, 180 * kDegree);
  const bool south = *rc::gen::arbitrary<bool>();
  const bool west = *rc::gen::arbitrary<bool>();
  const std::string text = written(latitude, style, 2) + (south ? "S" : "N") +
                           (style.compact ? "" : " ") + written(longitude, style, 3) +
                           (west ? "W" : "E");
  const auto read = read_position(text);
  RC_LOG() << text;
  RC_ASSERT(bool(read));
  RC_ASSERT((read->position.latitude_e5 <= 0) == south || read->position.latitude_e5 == 0);
  RC_ASSERT((read->position.longitude_e5 <= 0) == west || read->position.longitude_e5 == 0);
  const double north_m =
      metres_between(std::llabs(int64_t{read->position.latitude_e5}) * 10'000, latitude);
  const double east_m =
      metres_between(std::llabs(int64_t{read->position.longitude_e5}) * 10'000, longitude);
  RC_ASSERT(read->accuracy_m >= 10u);
  RC_ASSERT(read->accuracy_m == accuracy_of_writing_m(text));
  RC_ASSERT(north_m * north_m + east_m * east_m <=
            static_cast<double>(read->accuracy_m) * read->accuracy_m);
}

RC_GTEST_PROP(PositionTextProperty, NothingBreaksIt, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::elementOf(
      std::string("0123456789012345678901234567890123456789 -.,'\"NSEWnsew\xc2\xb0;U")));
  const auto read = read_position(text);
  // RapidCheck takes an assertion apart, and evaluates both sides of it.
  const bool good = !read || is_on_earth(read->position);
  RC_ASSERT(good);
  accuracy_of_writing_m(text);
}

}  // namespace
}  // namespace hotline
