// How far two shapes are from each other on the ellipsoid of WGS-84, by GeographicLib's geodesics
// and in floating point: found by trying, in no way as protocol/geometry/ finds it.
#pragma once

#include "protocol/geometry/volume.h"

namespace hotline {

// A distance between two points that belong to the shapes, so never less than the true one; and
// more by at most a few centimetres and a hundred-thousandth.
double true_distance_m(const Shape& a, const Shape& b);

}  // namespace hotline
