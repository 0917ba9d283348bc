#include "protocol/geometry/height.h"

#include <cstdlib>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

constexpr int64_t kGeoid_cm = 110'00;
constexpr int64_t kGroundLowest_cm = -450'00;
constexpr int64_t kGroundHighest_cm = 9'000'00;
constexpr int64_t kPressureBelow_cm = 1'300'00;
constexpr int64_t kPressureAbove_cm = 700'00;
constexpr int64_t kTemperatureShare = 5;

int64_t in_cm(const Height& height) {
  return int64_t{height.value} * (height.datum == HeightDatum::flight_level ? 3048 : 100);
}

int64_t temperature_margin_cm(const Height& height) {
  return std::llabs(in_cm(height)) / kTemperatureShare + 1;
}

}  // namespace

bool is_possible(const Height& height) {
  switch (height.datum) {
    case HeightDatum::ellipsoid:
    case HeightDatum::mean_sea_level:
      return height.value >= -limits::kDepthMax_m && height.value <= limits::kAltitudeMax_m;
    case HeightDatum::ground:
      return height.value >= 0 && height.value <= limits::kAltitudeMax_m;
    case HeightDatum::flight_level:
      return height.value >= 0 && height.value <= limits::kFlightLevelMax;
  }
  return false;
}

int64_t least_above_sea_cm(const Height& height) {
  switch (height.datum) {
    case HeightDatum::ellipsoid:
      return in_cm(height) - kGeoid_cm;
    case HeightDatum::mean_sea_level:
      return in_cm(height);
    case HeightDatum::ground:
      return in_cm(height) + kGroundLowest_cm;
    case HeightDatum::flight_level:
      return in_cm(height) - temperature_margin_cm(height) - kPressureBelow_cm;
  }
  HOTLINE_CHECK(false);
}

int64_t greatest_above_sea_cm(const Height& height) {
  switch (height.datum) {
    case HeightDatum::ellipsoid:
      return in_cm(height) + kGeoid_cm;
    case HeightDatum::mean_sea_level:
      return in_cm(height);
    case HeightDatum::ground:
      return in_cm(height) + kGroundHighest_cm;
    case HeightDatum::flight_level:
      return in_cm(height) + temperature_margin_cm(height) + kPressureAbove_cm;
  }
  HOTLINE_CHECK(false);
}

int64_t surely_above_cm(const Height& upper, const Height& lower) {
  if (upper.datum == lower.datum && upper.datum != HeightDatum::ground) {
    return in_cm(upper) - in_cm(lower);
  }
  return least_above_sea_cm(upper) - greatest_above_sea_cm(lower);
}

}  // namespace hotline
