#include "client/show/antimeridian.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "protocol/base/check.h"
#include "protocol/geometry/volume.h"

namespace hotline::client {
namespace {

constexpr int64_t kTurn_e5 = 2 * int64_t{kLongitudeMax_e5};

// On a map that goes on beyond the antimeridian, in 1e-5 degrees.
struct MapPoint {
  int64_t x = 0;  // Longitude, unrolled.
  int64_t y = 0;  // Latitude.

  bool operator==(const MapPoint&) const = default;
};

using MapLine = std::vector<MapPoint>;

MapLine unrolled(const std::vector<Position>& points) {
  const std::vector<int64_t> longitudes = unrolled_longitudes_e5(points);
  MapLine line;
  for (size_t i = 0; i < points.size(); ++i) {
    line.push_back({longitudes[i], points[i].latitude_e5});
  }
  return line;
}

// The antimeridian that a border crosses, if any: it spans less than 360 degrees.
std::optional<int64_t> crossed_by(const MapLine& line) {
  const auto [west, east] = std::minmax_element(
      line.begin(), line.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
  for (const int64_t meridian : {-int64_t{kLongitudeMax_e5}, int64_t{kLongitudeMax_e5}}) {
    if (west->x < meridian && meridian < east->x) return meridian;
  }
  return std::nullopt;
}

// Brought back onto the map by whole turns; all of it lies on one side of each antimeridian.
std::vector<Position> on_map(const MapLine& line) {
  int64_t shift = 0;
  for (const MapPoint& point : line) {
    while (point.x + shift > kLongitudeMax_e5) shift -= kTurn_e5;
    while (point.x + shift < -kLongitudeMax_e5) shift += kTurn_e5;
  }
  std::vector<Position> points;
  for (const MapPoint& point : line) {
    const Position here{static_cast<int32_t>(point.y), static_cast<int32_t>(point.x + shift)};
    if (points.empty() || !(points.back() == here)) points.push_back(here);
  }
  return points;
}

// Twice the area, positive where the border runs counterclockwise.
int64_t twice_area(const MapLine& border) {
  int64_t sum = 0;
  for (size_t i = 0; i + 1 < border.size(); ++i) {
    sum += (border[i].x - border[0].x) * (border[i + 1].y - border[0].y) -
           (border[i + 1].x - border[0].x) * (border[i].y - border[0].y);
  }
  return sum;
}

// A place where the border crosses the meridian: y = over / under.
struct Crossing {
  __int128 over = 0;
  __int128 under = 1;
  bool eastward = false;
  size_t chain = 0;  // The chain of points that begins here.

  bool below(const Crossing& other) const { return over * other.under < other.over * under; }
  bool level(const Crossing& other) const { return over * other.under == other.over * under; }
  // To the nearest.
  int64_t y() const {
    const __int128 twice = 2 * over + under;
    const __int128 down = 2 * under;
    return static_cast<int64_t>(twice >= 0 ? twice / down : -((-twice + down - 1) / down));
  }
};

Crossing crossing_of(const MapPoint& from, const MapPoint& to, int64_t meridian) {
  Crossing crossing;
  crossing.under = to.x - from.x;
  crossing.over =
      __int128{from.y} * (to.x - from.x) + __int128{meridian - from.x} * (to.y - from.y);
  if (crossing.under < 0) {
    crossing.under = -crossing.under;
    crossing.over = -crossing.over;
  }
  crossing.eastward = from.x < to.x;
  return crossing;
}

// The part of a counterclockwise border west of the meridian. A point on the meridian counts as
// one east of it, so that the border is a ring of chains of points, each on one side, with a
// crossing between two of them. Along the meridian what lies between the first and the second
// crossing from the south is within, between the second and the third without, and so on; the
// border crosses eastward and westward by turns. So each chain goes on along the meridian to the
// other crossing of its pair.
class WesternParts {
 public:
  WesternParts(const MapLine& border, int64_t meridian) : meridian_(meridian) {
    const size_t edges = border.size() - 1;
    size_t first = 0;  // An edge that crosses.
    while (is_east(border[first]) == is_east(border[first + 1])) ++first;
    for (size_t i = 0; i < edges; ++i) {
      const size_t edge = (first + i) % edges;
      const MapPoint& to = border[edge + 1];
      if (is_east(border[edge]) != is_east(to)) {
        crossings_.push_back(crossing_of(border[edge], to, meridian));
        crossings_.back().chain = chains_.size();
        chains_.emplace_back();
      }
      chains_.back().push_back(to);
    }
    sort_from_south();
  }

  std::vector<MapLine> take() {
    std::vector<MapLine> parts;
    taken_.resize(chains_.size());
    for (size_t chain = 0; chain < chains_.size(); ++chain) {
      if (!taken_[chain] && !is_east(chains_[chain].front())) parts.push_back(part_with(chain));
    }
    return parts;
  }

 private:
  bool is_east(const MapPoint& point) const { return point.x >= meridian_; }

  // Where two are level, at a corner that touches the meridian, they take turns as well.
  void sort_from_south() {
    std::stable_sort(crossings_.begin(), crossings_.end(),
                     [](const Crossing& a, const Crossing& b) { return a.below(b); });
    for (size_t i = 0; i + 1 < crossings_.size(); ++i) {
      const bool eastward = i % 2 == 0;
      if (crossings_[i].eastward != eastward && crossings_[i].level(crossings_[i + 1])) {
        std::swap(crossings_[i], crossings_[i + 1]);
      }
    }
    place_.resize(crossings_.size());
    for (size_t i = 0; i < crossings_.size(); ++i) place_[crossings_[i].chain] = i;
  }

  MapLine part_with(size_t first) {
    MapLine part;
    size_t chain = first;
    do {
      taken_[chain] = true;
      part.push_back({meridian_, crossings_[place_[chain]].y()});
      part.insert(part.end(), chains_[chain].begin(), chains_[chain].end());
      const size_t end = place_[(chain + 1) % chains_.size()];
      part.push_back({meridian_, crossings_[end].y()});
      chain = crossings_[end ^ 1].chain;
    } while (chain != first);
    part.push_back(part.front());
    return part;
  }

  int64_t meridian_;
  std::vector<Crossing> crossings_;  // From south to north.
  std::vector<size_t> place_;        // By chain: the place of its crossing among them.
  std::vector<MapLine> chains_;
  std::vector<bool> taken_;
};

// East and west exchanged; still counterclockwise.
MapLine mirrored(const MapLine& border, int64_t meridian) {
  MapLine mirror;
  for (auto point = border.rbegin(); point != border.rend(); ++point) {
    mirror.push_back({2 * meridian - point->x, point->y});
  }
  return mirror;
}

// Where a leg, which is shorter than 180 degrees of longitude, crosses an antimeridian.
std::optional<MapPoint> stop_of(const MapPoint& from, const MapPoint& to) {
  const int64_t west = std::min(from.x, to.x);
  const int64_t past = ((west - kLongitudeMax_e5) % kTurn_e5 + kTurn_e5) % kTurn_e5;
  const int64_t meridian = west - past + kTurn_e5;  // The first one east of it.
  if (meridian >= std::max(from.x, to.x)) return std::nullopt;
  return MapPoint{meridian, crossing_of(from, to, meridian).y()};
}

// A part that has come to the antimeridian may not go on beyond it.
bool ends_at(const MapLine& part, const MapPoint& next) {
  const int64_t meridian = part.back().x;
  if ((meridian - kLongitudeMax_e5) % kTurn_e5 != 0) return false;
  return std::any_of(part.begin(), part.end(), [&](const MapPoint& point) {
    return (point.x < meridian && next.x > meridian) || (point.x > meridian && next.x < meridian);
  });
}

}  // namespace

std::vector<std::vector<Position>> cut_border(const std::vector<Position>& border) {
  HOTLINE_CHECK(border.size() >= 4);
  MapLine line = unrolled(border);
  if (twice_area(line) < 0) std::reverse(line.begin(), line.end());
  const auto meridian = crossed_by(line);
  if (!meridian) return {on_map(line)};
  std::vector<std::vector<Position>> parts;
  const auto add = [&](const MapLine& part) {
    if (twice_area(part) != 0) parts.push_back(on_map(part));
  };
  for (const MapLine& part : WesternParts(line, *meridian).take()) add(part);
  WesternParts mirror(mirrored(line, *meridian), *meridian);
  for (const MapLine& part : mirror.take()) add(mirrored(part, *meridian));
  return parts;
}

std::vector<std::vector<Position>> cut_route(const std::vector<Position>& route) {
  std::vector<std::vector<Position>> parts;
  MapLine part;
  const auto go_to = [&](const MapPoint& next) {
    if (!part.empty() && ends_at(part, next)) {
      parts.push_back(on_map(part));
      part = {part.back()};
    }
    part.push_back(next);
  };
  for (const MapPoint& point : unrolled(route)) {
    if (!part.empty()) {
      if (const auto stop = stop_of(part.back(), point)) go_to(*stop);
    }
    go_to(point);
  }
  parts.push_back(on_map(part));
  return parts;
}

}  // namespace hotline::client
