// Borders and routes cut where they cross the antimeridian, as maps want them (RFC 7946, 3.1.9).
#pragma once

#include <vector>

#include "protocol/geometry/position.h"

namespace hotline::client {

// The parts of an area, as borders whose last point is the first, counterclockwise and with
// longitudes that lie on a map as they are. One that crosses nothing is one part. `border` is one
// of a volume without a fault.
std::vector<std::vector<Position>> cut_border(const std::vector<Position>& border);

// The parts of a route, in its order.
std::vector<std::vector<Position>> cut_route(const std::vector<Position>& route);

}  // namespace hotline::client
