#include "client/compose/grid_position.h"

#include <GeographicLib/MGRS.hpp>
#include <GeographicLib/UTMUPS.hpp>
#include <cmath>
#include <cstdint>

#include "protocol/geometry/grid_reference.h"
#include "protocol/geometry/position.h"

namespace hotline::client {
namespace {

constexpr bool kMiddle = true;  // Not its south-western corner.

Error no_place(std::string_view text, const std::string& why) {
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no place in a grid: " + why,
                    "write MGRS, 34UDF4123487654, or UTM with its band, 34U 441234 6083456");
}

// Metres in a zone.
struct Projected {
  int zone = 0;
  bool north = false;
  double easting_m = 0;
  double northing_m = 0;
};

Projected from_mgrs(const GridReference& reference) {
  Projected place;
  int digits = 0;
  GeographicLib::MGRS::Reverse(std::to_string(reference.zone) + reference.band + reference.square +
                                   reference.easting + reference.northing,
                               place.zone, place.north, place.easting_m, place.northing_m, digits,
                               kMiddle);
  return place;
}

Projected from_utm(const GridReference& reference) {
  return {reference.zone, reference.band >= 'N', std::stod(reference.easting),
          std::stod(reference.northing)};
}

char band_of(const Projected& place, double latitude) {
  std::string mgrs;
  GeographicLib::MGRS::Forward(place.zone, place.north, place.easting_m, place.northing_m, latitude,
                               0, mgrs);
  constexpr size_t kZoneDigits = 2;
  return mgrs.at(kZoneDigits);
}

// The letter S is a band of the north, and to many the southern half of the Earth. N is a band of
// the north and the northern half, which comes to the same.
Result<Position> read_place(const GridReference& reference, std::string_view text) {
  if (!reference.is_mgrs && reference.band == 'S') {
    return no_place(text, "S may be a band of the north or the southern half of the Earth");
  }
  try {
    const Projected place = reference.is_mgrs ? from_mgrs(reference) : from_utm(reference);
    double latitude = 0;
    double longitude = 0;
    GeographicLib::UTMUPS::Reverse(place.zone, place.north, place.easting_m, place.northing_m,
                                   latitude, longitude);
    if (!reference.is_mgrs && reference.band != 'N' && band_of(place, latitude) != reference.band) {
      return no_place(text, "it does not lie in band " + std::string(1, reference.band));
    }
    return Position{static_cast<int32_t>(std::lround(latitude * 1e5)),
                    static_cast<int32_t>(std::lround(longitude * 1e5))};
  } catch (const GeographicLib::GeographicErr& error) {
    return no_place(text, error.what());
  }
}

}  // namespace

Result<std::string> grid_places_in_degrees(std::string_view text) {
  std::string result;
  while (const auto reference = find_grid_reference(text)) {
    const auto place = read_place(*reference, text.substr(reference->offset, reference->size));
    if (!place) return place.error();
    result += text.substr(0, reference->offset);
    result += format_position(*place);
    text.remove_prefix(reference->offset + reference->size);
  }
  return result + std::string(text);
}

}  // namespace hotline::client
