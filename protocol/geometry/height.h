// Heights over different surfaces, and how far one is surely above another.
#pragma once

#include <cstdint>

namespace hotline {

// With the numbers of the schema's AltitudeDatum.
enum class HeightDatum : uint8_t {
  ellipsoid = 1,       // Over the ellipsoid of WGS-84 (HAE), metres.
  mean_sea_level = 2,  // AMSL, metres.
  ground = 3,          // AGL, metres.
  flight_level = 4,    // Hundreds of feet at standard pressure.
};

struct Height {
  int32_t value = 0;  // In the unit of its datum.
  HeightDatum datum = HeightDatum::mean_sea_level;

  bool operator==(const Height&) const = default;
};

// Tells whether the datum is known and anything can have this height with it.
bool is_possible(const Height& height);

// The heights above mean sea level that it may stand for.
//   HAE: the geoid lies from 107 m below to 86 m above the ellipsoid; 110 m either way.
//   AGL: ground lies from 450 m below the sea (the Dead Sea) to 9,000 m above it (Everest).
//   Flight level: the air at sea level has had from 870 to 1,085 hPa, which is 1,300 m below to
//   700 m above the standard level; and no column of air on Earth is by a fifth of its absolute
//   temperature colder or warmer than the standard one, so its height is off by a fifth at most.
int64_t least_above_sea_cm(const Height& height);
int64_t greatest_above_sea_cm(const Height& height);

// By how much the one is above the other at least; negative where it may be below. Two heights with
// the same datum are compared as they are, but for AGL: the ground differs from place to place.
int64_t surely_above_cm(const Height& upper, const Height& lower);

}  // namespace hotline
