// One feature of a GeoJSON text: its geometry and its properties as volumes.
#pragma once

#include <string>
#include <vector>

#include "client/compose/geojson.h"
#include "client/compose/geojson_member.h"

namespace hotline::client {

// `properties` may have no value. Error: configuration, with the member that is wrong.
Result<std::vector<Volume>> read_geojson_geometry(const std::string& name,
                                                  const GeojsonMember& geometry,
                                                  const GeojsonMember& properties,
                                                  const VolumeDefaults& defaults);

}  // namespace hotline::client
