// The picture as GeoJSON (RFC 7946), for programs that draw maps.
#pragma once

#include <string>
#include <vector>

#include "protocol/geometry/volume.h"

namespace hotline::client {

// One volume of a notice.
struct PictureRow {
  std::string id;     // "N-000123"
  std::string party;  // That announced it.
  std::string state;
  std::string type;  // Of the message.
  Volume volume;     // Without a fault.
};

// A FeatureCollection with one feature for each row, as compose/geojson.h reads it: a Point with
// radius, a Polygon or a LineString with half_width, and id, party, state, type, lower, upper,
// start and end as properties. Borders run counterclockwise (3.1.6). What crosses the antimeridian
// is cut in two there and becomes a MultiPolygon or MultiLineString (3.1.9); the cut is rounded to
// 1e-5 degrees.
std::string to_geojson(const std::vector<PictureRow>& rows);

}  // namespace hotline::client
