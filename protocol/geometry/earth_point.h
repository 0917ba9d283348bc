// Points of the WGS-84 ellipsoid as a vector from the Earth's centre, in centimetres. Everything is
// integers, and every shift to the right rounds down, so that every compiler and a second
// implementation come to the same bits (docs/deconfliction.md).
#pragma once

#include <cstdint>

namespace hotline {

// Latitudes and longitudes between two positions: 1e-5 degrees with 20 binary places.
inline constexpr int kFineBits = 20;
using FineAngle = int64_t;

// z points north, x to longitude zero.
struct EarthPoint {
  int32_t x_cm = 0;
  int32_t y_cm = 0;
  int32_t z_cm = 0;

  bool operator==(const EarthPoint&) const = default;
};

// Sine and cosine with 60 binary places; each is off by less than 2^-50.
struct UnitVector {
  int64_t cosine = 0;
  int64_t sine = 0;
};

// For -90 to 90 degrees.
UnitVector unit_vector(FineAngle angle);

// Less than one centimetre from the true point. The latitude lies between the poles; the longitude
// may be any that has gone round the Earth a few times.
EarthPoint earth_point(FineAngle latitude, FineAngle longitude);

// The whole part of the square root.
uint64_t square_root(unsigned __int128 value);

}  // namespace hotline
