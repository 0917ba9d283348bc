// A value in a GeoJSON text and the name of its place, by which complaints call it.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/terminal/json_input.h"

namespace hotline::client {

struct GeojsonMember {
  const JsonInput* value = nullptr;
  std::string path;  // "features[2].geometry"; empty for the whole text.

  std::string path_of(std::string_view name) const {
    return (path.empty() ? "" : path + ".") + std::string(name);
  }
  // Null where there is none.
  GeojsonMember find(std::string_view name) const { return {value->find(name), path_of(name)}; }
  GeojsonMember at(size_t index) const {
    return {&(*value->array())[index], path + "[" + std::to_string(index) + "]"};
  }
  size_t size() const { return value->array() ? value->array()->size() : 0; }
};

// Complains about a member of the text that is called `name`.
inline Error geojson_error(const std::string& name, const std::string& path, const std::string& why,
                           std::string hint = {}) {
  return make_error(ErrorCode::configuration, name + ": " + (path.empty() ? "" : path + ": ") + why,
                    std::move(hint));
}

}  // namespace hotline::client
