#include "client/show/geojson_picture.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "client/show/antimeridian.h"
#include "protocol/message/typed_form.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {
namespace {

// "-54.9": as many decimals as it has.
std::string decimal_of(int32_t degrees_e5) {
  constexpr int kDecimals = 5;
  std::string digits = std::to_string(std::abs(degrees_e5));
  if (digits.size() <= kDecimals) digits.insert(0, kDecimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - kDecimals, ".");
  digits.resize(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.') digits.pop_back();
  return (degrees_e5 < 0 ? "-" : "") + digits;
}

std::string position_of(const Position& position) {
  return "[" + decimal_of(position.longitude_e5) + "," + decimal_of(position.latitude_e5) + "]";
}

std::string listed(const auto& items, const auto& text_of) {
  std::string list;
  for (const auto& item : items) list += (list.empty() ? "" : ",") + text_of(item);
  return "[" + list + "]";
}

std::string line_of(const std::vector<Position>& points) {
  return listed(points, position_of);
}

std::string polygon_of(const std::vector<Position>& border) {
  return "[" + line_of(border) + "]";
}

std::string geometry(const std::string& type, const std::string& coordinates) {
  return R"({"type":")" + type + R"(","coordinates":)" + coordinates + "}";
}

struct GeometryWriter {
  std::string operator()(const Circle& circle) const {
    return geometry("Point", position_of(circle.centre));
  }
  std::string operator()(const Polygon& polygon) const {
    return of_parts("Polygon", cut_border(polygon.border), polygon_of);
  }
  std::string operator()(const Corridor& corridor) const {
    return of_parts("LineString", cut_route(corridor.route), line_of);
  }

 private:
  static std::string of_parts(const std::string& type,
                              const std::vector<std::vector<Position>>& parts,
                              const auto& text_of) {
    if (parts.size() == 1) return geometry(type, text_of(parts.front()));
    return geometry("Multi" + type, listed(parts, text_of));
  }
};

std::string feature_of(const PictureRow& row, bool exercise) {
  const Volume& volume = row.volume;
  JsonValue properties;
  properties.add("id", row.id)
      .add("volume", row.number)
      .add("party", row.party)
      .add("state", row.state)
      .add("type", row.type)
      .add("mode", exercise ? "exercise" : "live")
      .add("lower", typed_form::of_altitude(volume.lower))
      .add("upper", typed_form::of_altitude(volume.upper))
      .add("start", format_rfc3339(volume.start))
      .add("end", format_rfc3339(volume.end))
      .add("conflicts", row.conflicts)
      .add("conflicts_accepted", row.accepted);
  if (const auto* circle = std::get_if<Circle>(&volume.shape)) {
    properties.add("radius", circle->radius_m);
  }
  if (const auto* corridor = std::get_if<Corridor>(&volume.shape)) {
    properties.add("half_width", corridor->half_width_m);
  }
  return R"({"type":"Feature","geometry":)" + std::visit(GeometryWriter{}, volume.shape) +
         R"(,"properties":)" + to_json(properties) + "}";
}

}  // namespace

std::string to_geojson(const Picture& picture) {
  const auto feature = [&](const PictureRow& row) { return feature_of(row, picture.exercise); };
  return R"({"type":"FeatureCollection","v":1,"taken_at":")" + format_rfc3339(picture.taken_at) +
         R"(","complete":)" + (picture.complete ? "true" : "false") + R"(,"link_down":)" +
         (picture.no_link_since ? "true" : "false") + R"(,"link_down_since":)" +
         to_json(json_time(picture.no_link_since.value_or(0))) + R"(,"features":)" +
         listed(picture.rows, feature) + "}";
}

}  // namespace hotline::client
