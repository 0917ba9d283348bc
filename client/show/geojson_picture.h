// The picture as GeoJSON (RFC 7946), for programs that draw maps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/geometry/volume.h"

namespace hotline::client {

// One volume of a notice.
struct PictureRow {
  std::string id;     // "N-000123"
  std::string party;  // That announced it.
  std::string state;
  std::string type;        // The message's.
  Volume volume;           // Without a fault.
  uint32_t number = 1;     // The volume's in its notice, as conflicts name it.
  uint32_t conflicts = 0;  // Its notice's: open ones.
  uint32_t accepted = 0;   // And those that both parties accepted.
};

struct Picture {
  std::vector<PictureRow> rows;
  bool exercise = false;
  UtcMs taken_at = 0;
  bool complete = true;  // All that is active is in it.
  // Without a link nobody here knows what the other side announced since; 0: since the start.
  std::optional<UtcMs> no_link_since = {};
};

// A FeatureCollection with one feature for each row, as compose/geojson.h reads it: a Point with
// radius, a Polygon or a LineString with half_width, and id, volume, party, state, type, mode
// ("live" or "exercise"), lower, upper, start, end, conflicts and
// conflicts_accepted as properties. Borders run
// counterclockwise (3.1.6). A border that crosses the antimeridian is cut in two there and becomes
// a MultiPolygon or MultiLineString (3.1.9); the cut is rounded to 1e-5 degrees. The collection has
// the members v, taken_at, complete, link_down and link_down_since beside its features.
std::string to_geojson(const Picture& picture);

}  // namespace hotline::client
