// Places in a grid, as people write them: MGRS and UTM.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hotline {

// A place in a grid, as it is written: MGRS, "34UDF4123487654", also with spaces, or UTM with its
// zone and band, "34U 441234 6083456". The core finds it and knows how exact it is; where it lies
// takes a projection, which the client has.
struct GridReference {
  size_t offset = 0;  // In the text.
  size_t size = 0;
  bool is_mgrs = false;
  int zone = 0;
  char band = 0;        // A capital.
  std::string square;   // Two capitals; MGRS alone has it.
  std::string easting;  // Digits; both have the same number under MGRS.
  std::string northing;
  uint32_t unit_m = 0;  // The last digit's.
};

// The first one in the text.
std::optional<GridReference> find_grid_reference(std::string_view text);

}  // namespace hotline
