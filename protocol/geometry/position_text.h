// Positions as people type them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/geometry/position.h"

namespace hotline {

// No writing claims more than this.
inline constexpr uint32_t kWritingAccuracyMin_m = 10;

struct WrittenPosition {
  Position position;
  // One unit of the last digit, in metres; of the coarser of the two coordinates.
  uint32_t accuracy_m = 0;
  // Decimal degrees with letters, "54.90N 020.10E": the form in which positions are printed.
  bool canonical = false;
};

// For hints and help.
inline constexpr char kPositionForms[] =
    "54.90N 020.10E, 54.90,20.10, 54 54.0N 020 06.0E, 54 54 00N 020 06 00E or 5454N02006E";

// In any of these forms:
//   54.90N 020.10E, 54.90,-20.10            decimal degrees, at most five decimals
//   54 54.0N 020 06.0E, 54-54.0N 020-06.0E  degrees, and minutes with at most four decimals
//   54°54'00"N 020°06'00"E                  and seconds with at most two; the signs may be spaces
//   5454N02006E, 545400N0200600E            ICAO Doc 4444: degrees and minutes, and seconds
// Letters may be small. Both coordinates have one form, and minutes and seconds two digits before
// their point, so that a digit that was lost is noticed. Error: usage, with the forms to type.
Result<WrittenPosition> read_position(std::string_view text);
Result<Position> parse_position(std::string_view text);

// For people: as many decimals as the accuracy claims, and as the position has. "54.90N 020.10E" is
// within 1,114 m.
std::string position_in_words(const Position& position, uint32_t accuracy_m);

}  // namespace hotline
