#include "client/compose/geojson.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>

#include "client/compose/geojson_feature.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

// The whole text.
class FileReader {
 public:
  FileReader(const std::string& name, const VolumeDefaults& defaults, const DrawnFor& drawn_for)
      : name_(name), defaults_(defaults), drawn_for_(drawn_for) {}

  Status read(const JsonInput& root);
  std::vector<Volume> take() { return std::move(volumes_); }

 private:
  Status read_collection(const GeojsonMember& collection);
  Status read_feature(const GeojsonMember& feature);
  Status read_geometry(const GeojsonMember& geometry, const GeojsonMember& properties);
  // A picture says of each feature where it was drawn.
  Status check_origin(const GeojsonMember& properties) const;
  Status check_members(const GeojsonMember& object,
                       std::initializer_list<const char*> foreign) const;

  Error refused(const std::string& path, const std::string& why, std::string hint = {}) const {
    return geojson_error(name_, path, why, std::move(hint));
  }

  const std::string& name_;
  const VolumeDefaults& defaults_;
  const DrawnFor& drawn_for_;
  std::vector<Volume> volumes_;
};

// A member of another kind of object would make its reader and ours see two things (RFC 7946, 7.1).
Status FileReader::check_members(const GeojsonMember& object,
                                 std::initializer_list<const char*> foreign) const {
  const GeojsonMember system = object.find("crs");
  if (system.value) {
    return refused(system.path, "names a coordinate system, which RFC 7946 has done away with",
                   "write it in WGS 84 without it: ogr2ogr -lco RFC7946=YES does");
  }
  for (const char* name : foreign) {
    const GeojsonMember found = object.find(name);
    if (found.value) return refused(found.path, "does not belong there");
  }
  return ok();
}

Status FileReader::read(const JsonInput& root) {
  const GeojsonMember whole{&root, ""};
  const GeojsonMember type = whole.find("type");
  const std::string* name = type.value ? type.value->text() : nullptr;
  if (!name) {
    return refused("", "is not GeoJSON",
                   "it begins with {\"type\": \"FeatureCollection\", \"features\": [");
  }
  if (*name == "FeatureCollection") return read_collection(whole);
  if (*name == "Feature") return read_feature(whole);
  return read_geometry(whole, {nullptr, ""});
}

Status FileReader::read_collection(const GeojsonMember& collection) {
  auto status = check_members(collection, {"coordinates", "geometries", "geometry", "properties"});
  if (!status) return status;
  const GeojsonMember features = collection.find("features");
  if (!features.value || features.size() == 0) {
    return refused(features.path, "is not a list of one feature or more");
  }
  for (size_t i = 0; i < features.size(); ++i) {
    const GeojsonMember feature = features.at(i);
    const GeojsonMember type = feature.find("type");
    const bool is_feature = type.value && type.value->text() && *type.value->text() == "Feature";
    if (!is_feature) return refused(type.path, "is not \"Feature\"");
    if (status = read_feature(feature); !status) return status;
  }
  return ok();
}

Status FileReader::read_feature(const GeojsonMember& feature) {
  if (auto status = check_members(feature, {"coordinates", "geometries", "features"}); !status) {
    return status;
  }
  const GeojsonMember geometry = feature.find("geometry");
  if (!geometry.value || !geometry.value->object()) return refused(geometry.path, "is missing");
  GeojsonMember properties = feature.find("properties");
  if (properties.value && properties.value->is_null()) properties.value = nullptr;
  if (properties.value && !properties.value->object()) {
    return refused(properties.path, "is not an object");
  }
  if (auto status = check_origin(properties); !status) return status;
  return read_geometry(geometry, properties);
}

Status FileReader::check_origin(const GeojsonMember& properties) const {
  if (!properties.value) return ok();
  const auto says = [&](const char* property, const std::string& word) {
    const GeojsonMember found = properties.find(property);
    const std::string* text = found.value ? found.value->text() : nullptr;
    return text != nullptr && upper_case(std::string(trim(*text))) == upper_case(word);
  };
  if (!drawn_for_.exercise && says("mode", "exercise")) {
    return refused(properties.path_of("mode"), "says that it was drawn of an exercise",
                   "take mode out of each feature that is to be announced");
  }
  if (!drawn_for_.peer.empty() && says("party", drawn_for_.peer)) {
    return refused(properties.path_of("party"), "says that the other party announced it",
                   "leave this feature out: only what is ours is announced");
  }
  return ok();
}

Status FileReader::read_geometry(const GeojsonMember& geometry, const GeojsonMember& properties) {
  if (auto status = check_members(geometry, {"geometry", "properties", "features"}); !status) {
    return status;
  }
  auto volumes = read_geojson_geometry(name_, geometry, properties, defaults_);
  if (!volumes) return volumes.error();
  if (volumes_.size() + volumes->size() > limits::kVolumesMax) {
    return refused(geometry.path,
                   "there are more than " + std::to_string(limits::kVolumesMax) + " volumes",
                   "announce them in several messages");
  }
  std::move(volumes->begin(), volumes->end(), std::back_inserter(volumes_));
  return ok();
}

}  // namespace

Result<std::vector<Volume>> parse_geojson(const std::string& name, std::string_view text,
                                          const VolumeDefaults& defaults,
                                          const DrawnFor& drawn_for) {
  if (text.size() > limits::kGeojsonSizeMax) {
    return make_error(
        ErrorCode::configuration,
        name + ": is larger than " + std::to_string(limits::kGeojsonSizeMax >> 10) + " KiB",
        "leave out what is no volume of this message");
  }
  const auto root = parse_json(name, text, limits::kGeojsonDepthMax);
  if (!root) return root.error();
  FileReader reader(name, defaults, drawn_for);
  if (auto status = reader.read(*root); !status) return status.error();
  return reader.take();
}

Result<std::vector<Volume>> read_geojson_file(const std::string& path,
                                              const VolumeDefaults& defaults,
                                              const DrawnFor& drawn_for) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  // One byte more than may be: whatever is behind the name, no more of it is read.
  std::string content(limits::kGeojsonSizeMax + 1, '\0');
  if (file) file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.is_open() || file.bad()) {
    const int reason = errno == 0 ? EIO : errno;
    return make_error(reason == ENOENT ? ErrorCode::not_found : ErrorCode::configuration,
                      path + ": " + std::strerror(reason));
  }
  content.resize(static_cast<size_t>(file.gcount()));
  return parse_geojson(path, content, defaults, drawn_for);
}

}  // namespace hotline::client
