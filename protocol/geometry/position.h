// Positions, distances and areas on the Earth, in integers: both parties must come to the same
// answer to the metre, on every compiler, when a read-back is compared.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "protocol/base/clock.h"

namespace hotline {

// WGS-84, in 1e-5 degrees (1.1 m), north and east positive.
struct Position {
  int32_t latitude_e5 = 0;
  int32_t longitude_e5 = 0;

  bool operator==(const Position&) const = default;
};

inline constexpr int32_t kLatitudeMax_e5 = 90'00000;
inline constexpr int32_t kLongitudeMax_e5 = 180'00000;

bool is_on_earth(const Position& position);

// "54.90000N 020.10000E"; position_text.h reads it.
std::string format_position(const Position& position);

// Great-circle distance on a sphere of the Earth's mean radius. Against the ellipsoid of WGS-84 it
// is at most 0.6 % off; what the integers add stays under 0.1 m. Both positions must be on Earth.
int64_t distance_m(const Position& a, const Position& b);

// Tells whether the points draw the border of an area: the last is the first, at least three
// differ, no two edges cross or touch, and the area is not empty. An area may cross the
// antimeridian; one around a pole needs a centre and a radius. Returns an empty string, or what is
// wrong, in words.
std::string polygon_fault(std::span<const Position> points);

// The read-back of the receiver against what was sent.
struct ReadBackDifference {
  int64_t metres = 0;
  int64_t seconds = 0;    // Whole seconds, rounded up, never negative.
  bool mismatch = false;  // More than 100 m or more than 60 s: an alarm at both ends.
};

inline constexpr int64_t kReadBackMax_m = 100;
inline constexpr int64_t kReadBackMax_s = 60;

ReadBackDifference compare_read_back(const Position& sent, const Position& read_back);
ReadBackDifference compare_read_back(UtcMs sent, UtcMs read_back);
ReadBackDifference combine(const ReadBackDifference& a, const ReadBackDifference& b);

}  // namespace hotline
