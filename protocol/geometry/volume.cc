#include "protocol/geometry/volume.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/base/limits.h"
#include "protocol/geometry/earth_point.h"

namespace hotline {
namespace {

using Fault = std::optional<VolumeFault>;

size_t pieces_of(const std::vector<Position>& points) {
  std::vector<int64_t> longitudes = unrolled_longitudes_e5(points);
  size_t pieces = 0;
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    EdgeBend bend = edge_bend(points[i].latitude_e5, points[i + 1].latitude_e5,
                              longitudes[i + 1] - longitudes[i]);
    pieces += size_t{1} << bend.depth;
  }
  return pieces;
}

bool goes_half_round(const std::vector<Position>& points) {
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    int64_t step = int64_t{points[i + 1].longitude_e5} - points[i].longitude_e5;
    if (std::llabs(step) == kLongitudeMax_e5) return true;
  }
  return false;
}

// True of polygons and routes alike.
std::string line_fault(const std::vector<Position>& points) {
  if (points.size() > limits::kVolumePointsMax) {
    return "has more than " + std::to_string(limits::kVolumePointsMax) + " points";
  }
  for (const Position& point : points) {
    if (!is_on_earth(point)) return "has a point that is not on Earth";
  }
  if (goes_half_round(points)) {
    return "has two points in a row that are 180 degrees of longitude apart: give one between them";
  }
  return {};
}

bool is_too_long(const std::vector<Position>& points) {
  return pieces_of(points) > limits::kVolumePiecesMax;
}

constexpr char kTooLong[] = "is too long: split it into several";

Fault fault_in(const Circle& circle) {
  if (!is_on_earth(circle.centre)) return VolumeFault{"centre", "is not on Earth"};
  if (circle.radius_m == 0) return VolumeFault{"radius", "is zero"};
  if (circle.radius_m > limits::kVolumeRadiusMax_m) {
    return VolumeFault{"radius",
                       "is more than " + std::to_string(limits::kVolumeRadiusMax_m) + " m"};
  }
  return std::nullopt;
}

Fault fault_in(const Polygon& polygon) {
  std::string why = line_fault(polygon.border);
  if (why.empty()) why = polygon_fault(polygon.border);
  if (!why.empty()) return VolumeFault{"polygon", why};
  std::vector<int64_t> longitudes = unrolled_longitudes_e5(polygon.border);
  auto [west, east] = std::minmax_element(longitudes.begin(), longitudes.end());
  if (*east - *west >= 2 * kLongitudeMax_e5) {
    return VolumeFault{"polygon", "goes all the way around the Earth: split it"};
  }
  if (is_too_long(polygon.border)) return VolumeFault{"polygon", kTooLong};
  return std::nullopt;
}

Fault fault_in(const Corridor& corridor) {
  const std::vector<Position>& route = corridor.route;
  if (route.size() < 2) return VolumeFault{"route", "needs at least two points"};
  std::string why = line_fault(route);
  if (!why.empty()) return VolumeFault{"route", why};
  for (size_t i = 0; i < route.size(); ++i) {
    if (std::abs(route[i].latitude_e5) == kLatitudeMax_e5) {
      return VolumeFault{"route", "goes through a pole"};
    }
    bool again = i > 0 && route[i].latitude_e5 == route[i - 1].latitude_e5 &&
                 (route[i].longitude_e5 - route[i - 1].longitude_e5) % (2 * kLongitudeMax_e5) == 0;
    if (again) return VolumeFault{"route", "has the same point twice in a row"};
  }
  if (is_too_long(route)) return VolumeFault{"route", kTooLong};
  if (corridor.half_width_m == 0) return VolumeFault{"half_width", "is zero"};
  if (corridor.half_width_m > limits::kVolumeHalfWidthMax_m) {
    return VolumeFault{"half_width",
                       "is more than " + std::to_string(limits::kVolumeHalfWidthMax_m) + " m"};
  }
  return std::nullopt;
}

bool is_a_time(UtcMs time) {
  return time >= 0 && time <= limits::kTimeMax_ms;
}

}  // namespace

std::optional<VolumeFault> volume_fault(const Volume& volume) {
  Fault fault = std::visit([](const auto& shape) { return fault_in(shape); }, volume.shape);
  if (fault) return fault;
  if (!is_possible(volume.lower)) return VolumeFault{"lower", "is not a height with its datum"};
  if (!is_possible(volume.upper)) return VolumeFault{"upper", "is not a height with its datum"};
  bool same_datum = volume.lower.datum == volume.upper.datum;
  if (same_datum ? volume.upper.value < volume.lower.value
                 : surely_above_cm(volume.lower, volume.upper) > 0) {
    return VolumeFault{"upper", "is below the lower"};
  }
  if (!is_a_time(volume.start)) return VolumeFault{"start", "is not a time between 1970 and 9999"};
  if (!is_a_time(volume.end)) return VolumeFault{"end", "is not a time between 1970 and 9999"};
  if (volume.start >= volume.end) return VolumeFault{"end", "is not after the start"};
  return std::nullopt;
}

std::vector<int64_t> unrolled_longitudes_e5(const std::vector<Position>& points) {
  std::vector<int64_t> result;
  result.reserve(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    if (i == 0) {
      result.push_back(points[0].longitude_e5);
      continue;
    }
    int32_t step = points[i].longitude_e5 - points[i - 1].longitude_e5;
    if (step > kLongitudeMax_e5) step -= 2 * kLongitudeMax_e5;
    if (step < -kLongitudeMax_e5) step += 2 * kLongitudeMax_e5;
    result.push_back(result.back() + step);
  }
  return result;
}

// A curve strays from the straight line between its ends by at most an eighth of the greatest
// length of its second derivative. On the way from one corner to the other, where latitude and
// longitude grow evenly by p and q radians, that is at most
//     R (p^2 + 2 p q + q^2 c)
// with R = 6,400 km, the greatest radius of curvature of the ellipsoid, and c the cosine of the
// latitude nearest to the equator. R / 8 in centimetres and 1e-5 degrees squared is 1 / 410,340.
EdgeBend edge_bend(int32_t latitude1_e5, int32_t latitude2_e5, int64_t longitude_step_e5) {
  int64_t up = std::llabs(int64_t{latitude2_e5} - latitude1_e5);
  int64_t along = std::llabs(longitude_step_e5);
  bool over_equator = (latitude1_e5 < 0) != (latitude2_e5 < 0);
  int32_t nearest = over_equator ? 0 : std::min(std::abs(latitude1_e5), std::abs(latitude2_e5));
  int64_t cosine = (unit_vector(FineAngle{nearest} << kFineBits).cosine >> 30) + 1;
  EdgeBend bend;
  bend.measure =
      up * up + 2 * up * along + static_cast<int64_t>((__int128{along} * along * cosine) >> 30);
  while (sag_cm(bend, bend.depth) > kSagMax_cm && bend.depth < kDepthMax) ++bend.depth;
  return bend;
}

int64_t sag_cm(const EdgeBend& bend, int depth) {
  constexpr int64_t kRounding_cm = 2;  // One for this division, one for the ends of the line.
  return bend.measure / (int64_t{410'000} << (2 * depth)) + kRounding_cm;
}

}  // namespace hotline
