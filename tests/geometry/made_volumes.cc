#include "tests/geometry/made_volumes.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace hotline {
namespace {

using simulation::Seeded;

constexpr double kMetresPerDegree = 111'194;

double fraction(Seeded& seeded) {
  return static_cast<double>(seeded.below(1'000'000)) / 1e6;
}

double log_between(Seeded& seeded, double low, double high) {
  return low * std::pow(high / low, fraction(seeded));
}

Position moved(const Position& from, double north_m, double east_m) {
  double latitude = from.latitude_e5 / 1e5;
  double cosine = std::max(std::cos(latitude * M_PI / 180), 1e-4);
  double longitude =
      from.longitude_e5 / 1e5 + std::clamp(east_m / kMetresPerDegree / cosine, -170.0, 170.0);
  latitude = std::clamp(latitude + north_m / kMetresPerDegree, -90.0, 90.0);
  if (longitude > 180) longitude -= 360;
  if (longitude < -180) longitude += 360;
  return {static_cast<int32_t>(std::lround(latitude * 1e5)),
          static_cast<int32_t>(std::lround(longitude * 1e5))};
}

// A star around the middle: its corners in the order of their directions.
Polygon made_polygon(Seeded& seeded, const Position& middle, double size_m) {
  Polygon polygon;
  auto corners = static_cast<int>(seeded.between(3, 10));
  bool box = seeded.chance(300);
  if (box) corners = 4;
  double turned = fraction(seeded) * 2 * M_PI;
  for (int i = 0; i < corners; ++i) {
    double direction = turned + 2 * M_PI * (i + (box ? 0 : 0.8 * fraction(seeded))) / corners;
    double distance = size_m * (box ? 1 : 0.2 + 0.8 * fraction(seeded));
    polygon.border.push_back(
        moved(middle, distance * std::cos(direction), distance * std::sin(direction)));
  }
  if (box) {  // Along parallels and meridians.
    Position& a = polygon.border[0];
    Position& c = polygon.border[2];
    polygon.border[1] = {a.latitude_e5, c.longitude_e5};
    polygon.border[3] = {c.latitude_e5, a.longitude_e5};
  }
  if (seeded.chance(500)) std::reverse(polygon.border.begin(), polygon.border.end());
  polygon.border.push_back(polygon.border.front());
  return polygon;
}

Corridor made_corridor(Seeded& seeded, const Position& start, double size_m) {
  Corridor corridor;
  corridor.route.push_back(start);
  double direction = fraction(seeded) * 2 * M_PI;
  auto legs = static_cast<int>(seeded.between(1, 6));
  for (int i = 0; i < legs; ++i) {
    direction += 2 * (fraction(seeded) - 0.5);
    double length = size_m * fraction(seeded);
    corridor.route.push_back(
        moved(corridor.route.back(), length * std::cos(direction), length * std::sin(direction)));
  }
  corridor.half_width_m = static_cast<uint32_t>(log_between(seeded, 1, 100'000));
  if (corridor.half_width_m > size_m + 100) corridor.half_width_m = 100;
  return corridor;
}

Shape made_shape(Seeded& seeded, const Position& near, double size_m) {
  switch (seeded.below(4)) {
    case 0:
      return Circle{near, static_cast<uint32_t>(std::clamp(size_m, 1.0, 500'000.0))};
    case 1:
      return made_corridor(seeded, near, size_m);
    default:
      return made_polygon(seeded, near, size_m);
  }
}

Position made_position(Seeded& seeded) {
  auto longitude = static_cast<int32_t>(seeded.between(-kLongitudeMax_e5, kLongitudeMax_e5));
  auto latitude = static_cast<int32_t>(seeded.between(-80'00000, 80'00000));
  switch (seeded.below(4)) {
    case 0:
      return {latitude, static_cast<int32_t>(seeded.between(179'00000, kLongitudeMax_e5)) *
                            (seeded.chance(500) ? 1 : -1)};
    case 1:
      return {static_cast<int32_t>(seeded.between(89'00000, kLatitudeMax_e5)) *
                  (seeded.chance(500) ? 1 : -1),
              longitude};
    default:
      return {latitude, longitude};
  }
}

Height made_height(Seeded& seeded, int32_t about_m) {
  auto datum = static_cast<HeightDatum>(seeded.between(1, 4));
  if (datum == HeightDatum::flight_level) return {about_m / 31, datum};
  return {about_m, datum};
}

}  // namespace

Volume made_volume(Seeded& seeded, const Position& near, double size_m) {
  Volume volume;
  auto low = static_cast<int32_t>(seeded.below(15'000));
  auto high = low + static_cast<int32_t>(seeded.below(15'000));
  volume.lower = made_height(seeded, low);
  volume.upper = made_height(seeded, high);
  if (seeded.chance(500)) volume.upper.datum = volume.lower.datum;
  volume.start = 1'795'000'000'000 + seeded.between(0, 86'400'000);
  volume.end = volume.start + seeded.between(1, 86'400'000);
  do {
    volume.shape = made_shape(seeded, near, size_m);
    size_m = std::max(size_m * 0.9, 10.0);
    if (volume.upper.datum == HeightDatum::flight_level) volume.upper.value %= 1000;
    if (volume_fault(volume) && volume.lower.datum != volume.upper.datum) {
      volume.upper.datum = volume.lower.datum = HeightDatum::mean_sea_level;
      volume.lower.value = low;
      volume.upper.value = high;
    } else if (volume.upper.value < volume.lower.value) {
      std::swap(volume.upper, volume.lower);
    }
  } while (volume_fault(volume));
  return volume;
}

MadePair made_pair(uint64_t seed) {
  Seeded seeded(seed);
  Position first = made_position(seeded);
  double size_a = log_between(seeded, 20, 1'500'000);
  double size_b = seeded.chance(500) ? size_a * log_between(seeded, 0.2, 5)
                                     : log_between(seeded, 20, 1'500'000);
  double distance = fraction(seeded) * (size_a + size_b) + fraction(seeded) * 100'000;
  double direction = fraction(seeded) * 2 * M_PI;
  Position second = moved(first, distance * std::cos(direction), distance * std::sin(direction));
  return {made_volume(seeded, first, size_a), made_volume(seeded, second, size_b)};
}

}  // namespace hotline
