#include "client/compose/geojson_feature.h"

#include <algorithm>
#include <cstdlib>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/quantity.h"

namespace hotline::client {
namespace {

constexpr int kPositionDecimals = 5;
constexpr int64_t kOne_e5 = 100'000;
constexpr size_t kTypedSizeMax = 100;  // A height's, a time's or a distance's, as it is typed.

struct DrawnShape {
  Shape shape;
  std::string path;  // Its coordinates' path.
};

// The geometries that are read differ in this.
struct GeometryKind {
  std::string_view name;
  bool many;               // An array of the coordinates that the plain one has.
  std::string_view width;  // The property that it needs.
};
constexpr GeometryKind kGeometryKinds[] = {
    {"Polygon", false, ""},
    {"MultiPolygon", true, ""},
    {"Point", false, "radius"},
    {"LineString", false, "half_width"},
    {"MultiLineString", true, "half_width"},
};
constexpr char kGeometriesKnown[] =
    "a volume is a Polygon, MultiPolygon, Point, LineString or MultiLineString";

// One feature, or a geometry that stands alone.
class FeatureReader {
 public:
  FeatureReader(const std::string& name, const VolumeDefaults& defaults)
      : name_(name), defaults_(defaults) {}

  // `properties` may have no value.
  Result<std::vector<Volume>> read(const GeojsonMember& geometry, const GeojsonMember& properties);

 private:
  Error refused(const std::string& path, const std::string& why, std::string hint = {}) const {
    return geojson_error(name_, path, why, std::move(hint));
  }

  Result<std::vector<DrawnShape>> read_shapes(const GeometryKind& kind,
                                              const GeojsonMember& coordinates);
  Result<Shape> read_shape(const GeometryKind& kind, const GeojsonMember& coordinates);
  Result<Shape> read_polygon(const GeojsonMember& coordinates);
  Result<std::vector<Position>> read_line(const GeojsonMember& coordinates);
  Result<Position> read_position(const GeojsonMember& coordinates);
  Status read_third_ordinate(const GeojsonMember& coordinates);
  Status read_width(const GeometryKind& kind);
  Result<uint32_t> read_metres(const GeojsonMember& property);
  Status read_heights_and_times();

  Result<std::string> read_typed(const GeojsonMember& property) const;

  // A property's text, or else the default. A property that is null says nothing.
  template <class Target>
  Status read_property(const char* name, const auto& parse,
                       const std::optional<Target>& default_value, Target& target);

  GeojsonMember property(std::string_view name) const {
    if (!properties_.value) return {nullptr, properties_.path_of(name)};
    GeojsonMember found = properties_.find(name);
    if (found.value && found.value->is_null()) found.value = nullptr;
    return found;
  }

  const std::string& name_;
  const VolumeDefaults& defaults_;
  GeojsonMember properties_;
  uint32_t width_m_ = 0;  // The radius or the half-width.
  Volume volume_;         // Heights and times of all.
  bool first_position_ = true;
  std::optional<int64_t> third_e5_m_;  // The third ordinate of every position.
};

Result<std::vector<Volume>> FeatureReader::read(const GeojsonMember& geometry,
                                                const GeojsonMember& properties) {
  properties_ = properties;
  const GeojsonMember type = geometry.find("type");
  const std::string* type_name = type.value ? type.value->text() : nullptr;
  if (!type_name) return refused(type.path, "is missing", kGeometriesKnown);
  const auto* kind = std::find_if(std::begin(kGeometryKinds), std::end(kGeometryKinds),
                                  [&](const auto& one) { return one.name == *type_name; });
  if (kind == std::end(kGeometryKinds)) {
    constexpr size_t kTypeMax = 40;
    return refused(type.path,
                   "is \"" + shortened(printable_line(*type_name), kTypeMax) +
                       "\", of which no volume can be made",
                   kGeometriesKnown);
  }
  const GeojsonMember coordinates = geometry.find("coordinates");
  if (!coordinates.value) return refused(coordinates.path, "is missing");
  if (auto status = read_width(*kind); !status) return status.error();
  auto shapes = read_shapes(*kind, coordinates);
  if (!shapes) return shapes.error();
  if (auto status = read_heights_and_times(); !status) return status.error();
  std::vector<Volume> volumes;
  for (DrawnShape& drawn : *shapes) {
    volume_.shape = std::move(drawn.shape);
    if (const auto fault = volume_fault(volume_)) {
      const std::string& field = fault->field;
      const bool of_coordinates = field == "centre" || field == "polygon" || field == "route" ||
                                  (field == "lower" && third_e5_m_);
      return refused(of_coordinates ? drawn.path : properties_.path_of(field), fault->why);
    }
    volumes.push_back(volume_);
  }
  return volumes;
}

Result<std::vector<DrawnShape>> FeatureReader::read_shapes(const GeometryKind& kind,
                                                           const GeojsonMember& coordinates) {
  std::vector<DrawnShape> shapes;
  if (!kind.many) {
    auto shape = read_shape(kind, coordinates);
    if (!shape) return shape.error();
    shapes.push_back({*std::move(shape), coordinates.path});
    return shapes;
  }
  if (coordinates.size() == 0) {
    return refused(coordinates.path, "is not a list of one shape or more");
  }
  for (size_t i = 0; i < coordinates.size(); ++i) {
    auto shape = read_shape(kind, coordinates.at(i));
    if (!shape) return shape.error();
    shapes.push_back({*std::move(shape), coordinates.at(i).path});
  }
  return shapes;
}

Result<Shape> FeatureReader::read_shape(const GeometryKind& kind,
                                        const GeojsonMember& coordinates) {
  if (kind.width.empty()) return read_polygon(coordinates);
  if (kind.width == "radius") {
    const auto centre = read_position(coordinates);
    if (!centre) return centre.error();
    return Shape(Circle{*centre, width_m_});
  }
  auto route = read_line(coordinates);
  if (!route) return route.error();
  return Shape(Corridor{*std::move(route), width_m_});
}

Result<Shape> FeatureReader::read_polygon(const GeojsonMember& coordinates) {
  if (coordinates.size() == 0) return refused(coordinates.path, "is not a list with a border");
  auto border = read_line(coordinates.at(0));
  if (!border) return border.error();
  if (coordinates.size() > 1) {
    return refused(coordinates.at(1).path, "is a hole, and a volume has none",
                   "leave the hole out if the whole may be announced, or cut the area into several "
                   "without holes");
  }
  return Shape(Polygon{*std::move(border)});
}

Result<std::vector<Position>> FeatureReader::read_line(const GeojsonMember& coordinates) {
  if (coordinates.size() == 0) return refused(coordinates.path, "is not a list of positions");
  std::vector<Position> points;
  for (size_t i = 0; i < coordinates.size(); ++i) {
    const auto point = read_position(coordinates.at(i));
    if (!point) return point.error();
    // Read as RFC 7946 is written, it goes all around by way of Greenwich. Most who write it so
    // mean the short way. None of the two is guessed.
    const bool far =
        i > 0 && std::abs(point->longitude_e5 - points.back().longitude_e5) > kLongitudeMax_e5;
    if (far) {
      return refused(coordinates.at(i).path,
                     "is more than 180 degrees of longitude from the position before it",
                     "what crosses the antimeridian is cut in two there (RFC 7946, 3.1.9)");
    }
    points.push_back(*point);
  }
  return points;
}

Result<Position> FeatureReader::read_position(const GeojsonMember& coordinates) {
  if (coordinates.size() < 2 || coordinates.size() > 3) {
    return refused(coordinates.path, "is not a longitude and a latitude");
  }
  int64_t degrees_e5[2] = {};
  for (size_t i = 0; i < 2; ++i) {
    const GeojsonMember ordinate = coordinates.at(i);
    const JsonInput::Number* number = ordinate.value->number();
    if (!number) return refused(ordinate.path, "is not a number");
    const int64_t most = i == 0 ? kLongitudeMax_e5 : kLatitudeMax_e5;
    const auto scaled = number->scaled(kPositionDecimals);
    if (!scaled || std::llabs(*scaled) > most) {
      return refused(ordinate.path,
                     std::string(i == 0 ? "the longitude" : "the latitude") + " is not between -" +
                         std::to_string(most / kOne_e5) + " and " + std::to_string(most / kOne_e5) +
                         " degrees",
                     "the longitude stands first, then the latitude");
    }
    degrees_e5[i] = *scaled;
  }
  if (auto status = read_third_ordinate(coordinates); !status) return status.error();
  return Position{static_cast<int32_t>(degrees_e5[1]), static_cast<int32_t>(degrees_e5[0])};
}

Status FeatureReader::read_third_ordinate(const GeojsonMember& coordinates) {
  std::optional<int64_t> third_e5_m;
  if (coordinates.size() == 3) {
    const GeojsonMember ordinate = coordinates.at(2);
    const JsonInput::Number* number = ordinate.value->number();
    if (!number) return refused(ordinate.path, "is not a number");
    third_e5_m = number->scaled(kPositionDecimals);
    if (!third_e5_m || std::llabs(*third_e5_m) > limits::kAltitudeMax_m * kOne_e5) {
      return refused(ordinate.path, "is not a height in metres");
    }
  }
  if (!first_position_ && third_e5_m != third_e5_m_) {
    return refused(coordinates.path, "has another third ordinate than the positions before it",
                   "it is the lower height of the whole feature, in metres above the ellipsoid; "
                   "leave it out where it differs");
  }
  first_position_ = false;
  third_e5_m_ = third_e5_m;
  return ok();
}

Status FeatureReader::read_width(const GeometryKind& kind) {
  for (const char* known : {"radius", "half_width"}) {
    const GeojsonMember found = property(known);
    if (found.value && known != kind.width) {
      return refused(found.path, "does not belong to a " + std::string(kind.name),
                     "a Point has a radius, a LineString a half_width");
    }
  }
  if (kind.width.empty()) return ok();
  const GeojsonMember width = property(kind.width);
  if (!width.value) {
    return refused(width.path, "is missing",
                   "a " + std::string(kind.name) + " needs it, in metres");
  }
  const auto metres = read_metres(width);
  if (!metres) return metres.error();
  width_m_ = *metres;
  return ok();
}

Result<uint32_t> FeatureReader::read_metres(const GeojsonMember& property) {
  if (property.value->text()) {
    const auto typed = read_typed(property);
    if (!typed) return typed.error();
    const auto metres = parse_distance_m(*typed);
    if (!metres) return refused(property.path, metres.error().reason, metres.error().hint);
    return *metres;
  }
  const JsonInput::Number* number = property.value->number();
  const auto millimetres = number ? number->scaled(3) : std::nullopt;
  constexpr int64_t kMillimetres = 1000;
  if (!millimetres || *millimetres < 0 || *millimetres > limits::kDistanceMax_m * kMillimetres) {
    return refused(property.path, "is not a distance", "write metres: 5000, or \"5km\"");
  }
  return static_cast<uint32_t>((*millimetres + kMillimetres - 1) / kMillimetres);
}

Result<std::string> FeatureReader::read_typed(const GeojsonMember& property) const {
  const std::string* typed = property.value->text();
  if (typed && typed->size() <= kTypedSizeMax && is_plain_text(*typed)) return *typed;
  return refused(property.path, "is not a short text", "\"FL200\", \"2026-11-29T10:00:00Z\"");
}

template <class Target>
Status FeatureReader::read_property(const char* name, const auto& parse,
                                    const std::optional<Target>& default_value, Target& target) {
  const GeojsonMember found = property(name);
  if (!found.value) {
    if (!default_value) {
      return refused(found.path, "is missing",
                     "write it there, or for the whole file: volume=\"@FILE / 0m amsl to FL200 / "
                     "2026-11-29T10:00:00Z to 2026-11-29T12:00:00Z\"");
    }
    target = *default_value;
    return ok();
  }
  const auto typed = read_typed(found);
  if (!typed) return typed.error();
  const auto value = parse(*typed);
  if (!value) return refused(found.path, value.error().reason, value.error().hint);
  target = *value;
  return ok();
}

Status FeatureReader::read_heights_and_times() {
  const auto height_to = [](Rounding rounding) {
    return [rounding](const std::string& typed) -> Result<Height> {
      const auto altitude = parse_altitude_to(rounding, typed);
      if (!altitude) return altitude.error();
      return Height{altitude->value, static_cast<HeightDatum>(altitude->datum)};
    };
  };
  const auto parse_moment = [](const std::string& typed) -> Result<UtcMs> {
    if (const auto time = parse_rfc3339(typed)) return *time;
    return make_error(ErrorCode::usage, "is not a time in UTC",
                      "write 2026-11-29T10:00:00Z, with the Z");
  };
  std::optional<Height> lower = defaults_.lower;
  if (third_e5_m_) {
    const GeojsonMember said_again = property("lower");
    if (said_again.value) {
      return refused(said_again.path, "is the lower height a second time",
                     "the third ordinate is it already: leave one of them out");
    }
    // To the metre below.
    const int64_t rest = (*third_e5_m_ % kOne_e5 + kOne_e5) % kOne_e5;
    const auto metres = static_cast<int32_t>((*third_e5_m_ - rest) / kOne_e5);
    lower = Height{metres, HeightDatum::ellipsoid};
  }
  Status status = read_property("lower", height_to(Rounding::down), lower, volume_.lower);
  if (status)
    status = read_property("upper", height_to(Rounding::up), defaults_.upper, volume_.upper);
  if (status) status = read_property("start", parse_moment, defaults_.start, volume_.start);
  if (status) status = read_property("end", parse_moment, defaults_.end, volume_.end);
  return status;
}

}  // namespace

Result<std::vector<Volume>> read_geojson_geometry(const std::string& name,
                                                  const GeojsonMember& geometry,
                                                  const GeojsonMember& properties,
                                                  const VolumeDefaults& defaults) {
  return FeatureReader(name, defaults).read(geometry, properties);
}

}  // namespace hotline::client
