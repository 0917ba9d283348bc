// How near two volumes come, in integers: never further than they are on the ellipsoid of WGS-84,
// and nearer by at most a stated margin (docs/deconfliction.md, which defines it).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/geometry/earth_point.h"
#include "protocol/geometry/volume.h"

namespace hotline {

// Two volumes are in conflict where they come as near as this in all three, or nearer.
struct Separation {
  int64_t horizontal_m = 10'000;
  int64_t vertical_m = 600;
  int64_t time_s = 600;

  bool operator==(const Separation&) const = default;
};

// An empty string, or what is wrong. A separation must have no fault before it is used.
std::string separation_fault(const Separation& separation);

// The least distances, rounded down; zero where they overlap.
struct Nearness {
  int64_t horizontal_m = 0;
  int64_t vertical_m = 0;
  int64_t time_s = 0;
  // Both are there from the later start to the earlier end. Where the one ends before the other
  // starts, `until` is that end and before `from`.
  UtcMs from = 0;
  UtcMs until = 0;

  bool operator==(const Nearness&) const = default;
};

// From then on nobody is in anybody's way by it.
inline UtcMs last_moment(const Nearness& nearness) {
  return std::max(nearness.from, nearness.until);
}

// A volume made ready to be compared with many. Its core is the centre, the border or the route;
// the volume reaches `reach_cm` beyond.
struct PreparedVolume {
  struct Edge {
    uint32_t first = 0;  // Its first point; 2^depth more follow.
    EdgeBend bend;
  };

  std::vector<EarthPoint> points;
  std::vector<Edge> edges;
  std::vector<int32_t> corner_latitudes_e5;   // The core's.
  std::vector<int64_t> corner_longitudes_e5;  // Unrolled.
  bool filled = false;                        // A polygon: all within its border belongs to it.
  int64_t reach_cm = 0;
  Height lower;
  Height upper;
  UtcMs start = 0;
  UtcMs end = 0;
};

// The volume must have no fault.
PreparedVolume prepare(const Volume& volume);

// Nothing if they keep the separation. The order of the two does not matter.
std::optional<Nearness> conflict_between(const PreparedVolume& a, const PreparedVolume& b,
                                         const Separation& separation);
std::optional<Nearness> conflict_between(const Volume& a, const Volume& b,
                                         const Separation& separation);

// Bytes that a prepared volume takes in memory.
size_t memory_of(const PreparedVolume& volume);

}  // namespace hotline
