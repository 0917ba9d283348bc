// A volume as a person gives it: typed, or as a file that holds it.
#pragma once

#include <optional>
#include <string>

#include "client/compose/geojson.h"
#include "client/connect/connection.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Replaces "@FILE" and "@FILE / HEIGHTS / TIMES" by what is to be typed for the volumes of that
// GeoJSON file. The heights and times are for features that have none. Anything else stays as it
// is. A relative name is one in `directory`. `typed_at`: for times that are said by it. Errors:
// those of read_geojson_file(); usage.
Result<std::string> read_typed_volumes(const std::string& typed, const std::string& directory,
                                       std::optional<UtcMs> typed_at, const DrawnFor& drawn_for);
// For what is sent on this connection.
DrawnFor drawn_for(const Connection& connection);
bool names_a_file(const std::string& typed);

}  // namespace hotline::client
