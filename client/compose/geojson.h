// Volumes from GeoJSON (RFC 7946), as programs for maps write them.
//
//   geometry                       property      shape
//   Polygon, MultiPolygon                        a polygon each, without holes
//   Point                          radius        a circle
//   LineString, MultiLineString    half_width    a corridor each
//
// A feature has its heights and times as properties: lower and upper as they are typed, start and
// end in RFC 3339. docs/deconfliction.md says what is accepted and what is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/geometry/volume.h"

namespace hotline::client {

// For features that do not say it themselves.
struct VolumeDefaults {
  std::optional<Height> lower;
  std::optional<Height> upper;
  std::optional<UtcMs> start;
  std::optional<UtcMs> end;
};

// The channel on which they are to be announced. A file that `hotline export geojson` drew says in
// each feature which party announced it, and whether in an exercise.
struct DrawnFor {
  std::string peer;       // Its announcements are not announced as ours. Empty: unknown.
  bool exercise = false;  // A picture of an exercise is announced in one only.
};

// At least one volume, and none with a fault. `name` is how messages call the text. Error:
// configuration, which names the member that is wrong: "area.geojson: features[2].geometry.type: ".
Result<std::vector<Volume>> parse_geojson(const std::string& name, std::string_view text,
                                          const VolumeDefaults& defaults = {},
                                          const DrawnFor& drawn_for = {});

// Errors: those of parse_geojson(), and not_found.
Result<std::vector<Volume>> read_geojson_file(const std::string& path,
                                              const VolumeDefaults& defaults = {},
                                              const DrawnFor& drawn_for = {});

}  // namespace hotline::client
