// Places in a grid become positions here, and not in the core: a projection takes floating point.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace hotline::client {

// Each place in MGRS or UTM becomes the middle of its square in decimal degrees; what stands around
// it stays as it is. Error: usage, where there is no such place, or where it may be two.
Result<std::string> grid_places_in_degrees(std::string_view text);

}  // namespace hotline::client
