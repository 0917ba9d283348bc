// Datums of heights by short names, for tests that write many heights.
#pragma once

#include "protocol/geometry/height.h"

namespace hotline {

inline constexpr auto kAmsl = HeightDatum::mean_sea_level;
inline constexpr auto kLevel = HeightDatum::flight_level;

}  // namespace hotline
