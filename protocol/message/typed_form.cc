#include "protocol/message/typed_form.h"

#include <cstdio>

#include "protocol/message/body.h"
#include "protocol/message/words.h"

namespace hotline::typed_form {

std::string of_number(const char* format, uint32_t value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string of_distance(uint32_t metres) {
  return std::to_string(metres) + "m";
}

std::string of_speed(uint32_t cm_s) {
  return std::to_string(cm_s / 100) + of_number(".%02um/s", cm_s % 100);
}

std::string of_direction(uint16_t deg10) {
  return std::to_string(deg10 / 10) + of_number(".%udeg", deg10 % 10u);
}

std::string of_altitude(const Height& height) {
  if (height.datum == HeightDatum::flight_level) {
    return of_number("FL%03u", static_cast<uint32_t>(height.value));
  }
  const Word* datum =
      vocabulary<wire::AltitudeDatum>().by_value(static_cast<uint64_t>(height.datum));
  return std::to_string(height.value) + "m " + (datum ? datum->key : "?");
}

std::string of_bearing(const wire::Bearing& bearing) {
  return of_direction(bearing.direction_deg10()) + " " + of_distance(bearing.nearest_m()) + " " +
         of_distance(bearing.farthest_m());
}

std::string of_positions(const std::vector<Position>& positions) {
  std::string text;
  for (const Position& position : positions) {
    text += (text.empty() ? "" : "; ") + format_position(position);
  }
  return text;
}

std::string of_area(const wire::Area& area) {
  if (area.polygon()) return of_positions(to_positions(*area.polygon()));
  if (!area.centre()) return {};
  return format_position(to_position(*area.centre())) + " " + of_distance(area.radius_m());
}

namespace {

std::string of_shape(const Shape& shape) {
  if (const auto* circle = std::get_if<Circle>(&shape)) {
    return format_position(circle->centre) + " " + of_distance(circle->radius_m);
  }
  if (const auto* polygon = std::get_if<Polygon>(&shape)) return of_positions(polygon->border);
  const auto& corridor = std::get<Corridor>(shape);
  return "along " + of_positions(corridor.route) + " " + of_distance(corridor.half_width_m);
}

}  // namespace

std::string of_volumes(const std::vector<Volume>& volumes) {
  std::string text;
  for (const Volume& volume : volumes) {
    text += (text.empty() ? "" : " | ") + of_shape(volume.shape) + " / " +
            of_altitude(volume.lower) + " to " + of_altitude(volume.upper) + " / " +
            format_rfc3339(volume.start) + " to " + format_rfc3339(volume.end);
  }
  return text;
}

}  // namespace hotline::typed_form
