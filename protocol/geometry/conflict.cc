#include "protocol/geometry/conflict.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/geometry/segment_distance.h"

namespace hotline {
namespace {

// ---------------------------------------------------------------------------------------------------------------------
// Preparing

void add_edge(PreparedVolume& prepared, size_t corner) {
  int64_t latitude = prepared.corner_latitudes_e5[corner];
  int64_t longitude = prepared.corner_longitudes_e5[corner];
  int64_t up = prepared.corner_latitudes_e5[corner + 1] - latitude;
  int64_t along = prepared.corner_longitudes_e5[corner + 1] - longitude;
  EdgeBend bend = edge_bend(prepared.corner_latitudes_e5[corner],
                            prepared.corner_latitudes_e5[corner + 1], along);
  // The last edge ended where this one begins.
  prepared.edges.push_back({static_cast<uint32_t>(prepared.points.size() - 1), bend});
  int64_t pieces = int64_t{1} << bend.depth;
  for (int64_t i = 1; i <= pieces; ++i) {
    // Without a rest: 20 binary places are more than the depth.
    int shift = kFineBits - bend.depth;
    prepared.points.push_back(earth_point((latitude << kFineBits) + ((up * i) << shift),
                                          (longitude << kFineBits) + ((along * i) << shift)));
  }
}

void add_line(PreparedVolume& prepared, const std::vector<Position>& points) {
  for (const Position& point : points) prepared.corner_latitudes_e5.push_back(point.latitude_e5);
  prepared.corner_longitudes_e5 = unrolled_longitudes_e5(points);
  prepared.points.push_back(earth_point(FineAngle{points[0].latitude_e5} << kFineBits,
                                        FineAngle{points[0].longitude_e5} << kFineBits));
  for (size_t i = 0; i + 1 < points.size(); ++i) add_edge(prepared, i);
  HOTLINE_CHECK(prepared.points.size() <= limits::kVolumePiecesMax + 1);
}

void add_core(PreparedVolume& prepared, const Circle& circle) {
  prepared.corner_latitudes_e5.push_back(circle.centre.latitude_e5);
  prepared.corner_longitudes_e5.push_back(circle.centre.longitude_e5);
  EarthPoint centre = earth_point(FineAngle{circle.centre.latitude_e5} << kFineBits,
                                  FineAngle{circle.centre.longitude_e5} << kFineBits);
  prepared.points = {centre, centre};
  prepared.edges.push_back({});
  prepared.reach_cm = int64_t{circle.radius_m} * 100;
}

void add_core(PreparedVolume& prepared, const Polygon& polygon) {
  HOTLINE_CHECK(polygon.border.size() >= 4);
  add_line(prepared, polygon.border);
  prepared.filled = true;
}

void add_core(PreparedVolume& prepared, const Corridor& corridor) {
  HOTLINE_CHECK(corridor.route.size() >= 2);
  add_line(prepared, corridor.route);
  prepared.reach_cm = int64_t{corridor.half_width_m} * 100;
}

// ---------------------------------------------------------------------------------------------------------------------
// Distances

// The least way along the Earth for a distance through it. The ellipsoid curves everywhere at least
// as much as a sphere of 6,400 km, and there the way is longer by more than a 24th of d^3 / R^2.
int64_t along_the_earth_cm(int64_t through_cm) {
  constexpr __int128 divisor = __int128{24} * 640'000'000 * 640'000'000;
  __int128 cube = __int128{through_cm} * through_cm * through_cm;
  return through_cm + static_cast<int64_t>(cube / divisor);
}

// 1/2^depth of an edge.
struct Piece {
  const PreparedVolume* volume;
  const PreparedVolume::Edge* edge;
  int depth;
  uint32_t index;

  bool is_whole() const { return depth == edge->bend.depth; }
  Segment line() const {
    uint32_t step = uint32_t{1} << (edge->bend.depth - depth);
    uint32_t from = edge->first + index * step;
    return {volume->points[from], volume->points[from + step]};
  }
  int64_t sag() const { return sag_cm(edge->bend, depth); }
  Piece half(uint32_t which) const { return {volume, edge, depth + 1, 2 * index + which}; }
};

// Looks for the two pieces that come nearest. `nearest_cm` is one more than what is looked for, and
// goes down. A pair says at least what the pair that it is a part of says, so that leaving out what
// says no less than the nearest changes nothing, whatever comes first.
void search(const Piece& a, const Piece& b, int64_t at_least_cm, int64_t& nearest_cm) {
  Segment line_a = a.line();
  Segment line_b = b.line();
  int64_t sags = a.sag() + b.sag();
  if (distance_least_cm(line_a, line_b) - sags >= nearest_cm) return;
  int64_t through = std::max<int64_t>(distance_cm(line_a, line_b) - sags, 0);
  int64_t says = std::max(along_the_earth_cm(through), at_least_cm);
  if (says >= nearest_cm) return;
  if (a.is_whole() && b.is_whole()) {
    nearest_cm = says;
  } else if (b.is_whole()) {
    for (uint32_t i : {0u, 1u}) search(a.half(i), b, says, nearest_cm);
  } else if (a.is_whole()) {
    for (uint32_t i : {0u, 1u}) search(a, b.half(i), says, nearest_cm);
  } else {
    for (uint32_t i : {0u, 1u, 2u, 3u}) search(a.half(i / 2), b.half(i % 2), says, nearest_cm);
  }
}

// Tells whether the first point of the other's core lies within the polygon. Where the borders meet
// the answer may be either: then the search finds zero.
bool holds_core_of(const PreparedVolume& polygon, const PreparedVolume& other) {
  const std::vector<int32_t>& y = polygon.corner_latitudes_e5;
  const std::vector<int64_t>& x = polygon.corner_longitudes_e5;
  constexpr int64_t turn = 2 * kLongitudeMax_e5;
  int64_t west = *std::min_element(x.begin(), x.end());
  int64_t point_y = other.corner_latitudes_e5[0];
  int64_t point_x = west + ((other.corner_longitudes_e5[0] - west) % turn + turn) % turn;
  bool inside = false;
  for (size_t i = 0; i + 1 < x.size(); ++i) {
    if ((y[i] > point_y) == (y[i + 1] > point_y)) continue;
    int64_t side = (x[i + 1] - x[i]) * (point_y - y[i]) - (point_x - x[i]) * (y[i + 1] - y[i]);
    if ((side > 0) == (y[i + 1] > y[i])) inside = !inside;
  }
  return inside;
}

// Nothing if it is more than the limit.
std::optional<int64_t> distance_within(const PreparedVolume& a, const PreparedVolume& b,
                                       int64_t limit_cm) {
  if ((a.filled && holds_core_of(a, b)) || (b.filled && holds_core_of(b, a))) return 0;
  int64_t reach = a.reach_cm + b.reach_cm;
  int64_t nearest = limit_cm + reach + 1;
  for (const PreparedVolume::Edge& edge_a : a.edges) {
    for (const PreparedVolume::Edge& edge_b : b.edges) {
      // All that lies within reach is equally near.
      search({&a, &edge_a, 0, 0}, {&b, &edge_b, 0, 0}, reach, nearest);
      if (nearest == reach) return 0;
    }
  }
  if (nearest > limit_cm + reach) return std::nullopt;
  return nearest - reach;
}

}  // namespace

std::string separation_fault(const Separation& separation) {
  auto is_between = [](int64_t value, int64_t most) { return value >= 0 && value <= most; };
  if (!is_between(separation.horizontal_m, limits::kSeparationHorizontalMax_m)) {
    return "the horizontal separation goes from 0 to 100,000 m";
  }
  if (!is_between(separation.vertical_m, limits::kSeparationVerticalMax_m)) {
    return "the vertical separation goes from 0 to 100,000 m";
  }
  if (!is_between(separation.time_s, limits::kSeparationTimeMax_s)) {
    return "the separation in time goes from 0 s to 7 days";
  }
  return {};
}

PreparedVolume prepare(const Volume& volume) {
  PreparedVolume prepared;
  std::visit([&](const auto& shape) { add_core(prepared, shape); }, volume.shape);
  prepared.points.shrink_to_fit();
  prepared.edges.shrink_to_fit();
  prepared.corner_latitudes_e5.shrink_to_fit();
  prepared.lower = volume.lower;
  prepared.upper = volume.upper;
  prepared.start = volume.start;
  prepared.end = volume.end;
  return prepared;
}

std::optional<Nearness> conflict_between(const PreparedVolume& a, const PreparedVolume& b,
                                         const Separation& separation) {
  Nearness nearness;
  nearness.from = std::max(a.start, b.start);
  nearness.until = std::min(a.end, b.end);
  int64_t apart_ms = std::max<int64_t>(nearness.from - nearness.until, 0);
  if (apart_ms > separation.time_s * 1000) return std::nullopt;
  int64_t apart_cm =
      std::max({surely_above_cm(a.lower, b.upper), surely_above_cm(b.lower, a.upper), int64_t{0}});
  if (apart_cm > separation.vertical_m * 100) return std::nullopt;
  std::optional<int64_t> distance = distance_within(a, b, separation.horizontal_m * 100);
  if (!distance) return std::nullopt;
  nearness.horizontal_m = *distance / 100;
  nearness.vertical_m = apart_cm / 100;
  nearness.time_s = apart_ms / 1000;
  return nearness;
}

std::optional<Nearness> conflict_between(const Volume& a, const Volume& b,
                                         const Separation& separation) {
  return conflict_between(prepare(a), prepare(b), separation);
}

size_t memory_of(const PreparedVolume& volume) {
  return sizeof volume + volume.points.capacity() * sizeof(EarthPoint) +
         volume.edges.capacity() * sizeof(PreparedVolume::Edge) +
         volume.corner_latitudes_e5.capacity() * sizeof(int32_t) +
         volume.corner_longitudes_e5.capacity() * sizeof(int64_t);
}

}  // namespace hotline
