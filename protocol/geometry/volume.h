// Volumes: where, how high and when something is announced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/geometry/height.h"
#include "protocol/geometry/position.h"

namespace hotline {

// All within a distance of the centre.
struct Circle {
  Position centre;
  uint32_t radius_m = 0;
};

// All within a border. Its edges are straight in longitude and latitude (RFC 7946, 3.1.1) and go
// the shorter way round the Earth.
struct Polygon {
  std::vector<Position> border;  // The last point is the first.
};

// All within half of the width of a route, whose legs are like a polygon's edges. Its ends are
// round.
struct Corridor {
  std::vector<Position> route;
  uint32_t half_width_m = 0;
};

using Shape = std::variant<Circle, Polygon, Corridor>;

struct Volume {
  Shape shape;
  Height lower;
  Height upper;
  UtcMs start = 0;
  UtcMs end = 0;
};

struct VolumeFault {
  std::string field;  // centre, radius, polygon, route, half_width, lower, upper, start or end.
  std::string why;

  bool operator==(const VolumeFault&) const = default;
};

// The first thing that is wrong. A volume must have none before it is compared.
std::optional<VolumeFault> volume_fault(const Volume& volume);

// Longitudes made continuous, so that each is within 180 degrees of the one before and the
// antimeridian is no edge. The first stays as it is.
std::vector<int64_t> unrolled_longitudes_e5(const std::vector<Position>& points);

// Border pieces of a shape's edges. An edge is cut into 2^depth equal pieces, so that the straight
// line in space from one end of a piece to the other is nowhere further than kSagMax_cm from it.
inline constexpr int64_t kSagMax_cm = 500;
inline constexpr int kDepthMax = 12;

struct EdgeBend {
  int64_t measure = 0;  // Says how much the whole edge bends; zero for a point.
  int depth = 0;
};

// Depth kDepthMax is reached only by edges that are too long for a volume anyway.
EdgeBend edge_bend(int32_t latitude1_e5, int32_t latitude2_e5, int64_t longitude_step_e5);

// The most by which a piece of 1/2^depth of the edge strays from its straight line, with what both
// ends of that line may be off.
int64_t sag_cm(const EdgeBend& bend, int depth);

}  // namespace hotline
