// How far two straight lines in space are from each other, in whole centimetres, rounded down.
#pragma once

#include <cstdint>

#include "protocol/geometry/earth_point.h"

namespace hotline {

struct Segment {
  EarthPoint from;
  EarthPoint to;
};

// Both ends may be the same. Exact but for the last rounding, so it does not matter which segment
// is named first, nor which end.
int64_t distance_cm(const Segment& a, const Segment& b);

// The most by which the two are surely apart along one axis: never more than distance_cm, and
// found much faster.
int64_t distance_least_cm(const Segment& a, const Segment& b);

}  // namespace hotline
