#include "client/compose/grid_position.h"

#include <gtest/gtest.h>

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/MGRS.hpp>
#include <GeographicLib/UTMUPS.hpp>
#include <random>

#include "protocol/geometry/position_text.h"
#include "protocol/message/quantity.h"

namespace hotline::client {
namespace {

std::string degrees_of(const std::string& text) {
  const auto result = grid_places_in_degrees(text);
  return result ? *result : "refused: " + result.error().reason;
}

TEST(GridPosition, IsTheMiddleOfItsSquare) {
  // The example of GeographicLib's own GeoConvert.
  EXPECT_EQ(degrees_of("38SMB4488"), "33.33424N 044.40363E");
  EXPECT_EQ(degrees_of("38S MB 44 88"), "33.33424N 044.40363E");
  EXPECT_EQ(degrees_of("38smb4488"), "33.33424N 044.40363E");
}

TEST(GridPosition, LeavesTheRestAsItIs) {
  EXPECT_EQ(degrees_of("54.90N 020.10E 5km"), "54.90N 020.10E 5km");
  EXPECT_EQ(degrees_of("along 38SMB4488; 38S MB 44 88 5km"),
            "along 33.33424N 044.40363E; 33.33424N 044.40363E 5km");
  EXPECT_EQ(degrees_of(""), "");
}

TEST(GridPosition, UtmSaysItsBand) {
  EXPECT_EQ(degrees_of("38N 444500 3688500"), "33.33424N 044.40363E")
      << "N is the northern half too";
  EXPECT_EQ(degrees_of("34U 441234 6083456"), "54.89468N 020.08371E") << "by Krueger's series";
  EXPECT_NE(
      degrees_of("38S 444500 3688500").find("S may be a band of the north or the southern half"),
      std::string::npos);
  EXPECT_NE(degrees_of("34V 441234 6083456").find("does not lie in band V"), std::string::npos);
}

TEST(GridPosition, RefusesASquareThatIsNotThere) {
  const auto place = grid_places_in_degrees("38SAA4488");
  ASSERT_FALSE(place);
  EXPECT_EQ(place.error().code, ErrorCode::usage);
  EXPECT_NE(place.error().hint.find("34UDF4123487654"), std::string::npos);
}

// However many digits a place is written with, what is read is no further from it than they claim.
TEST(GridPosition, IsAsExactAsItClaims) {
  std::mt19937_64 random(20261128);
  const auto& geodesic = GeographicLib::Geodesic::WGS84();
  for (int i = 0; i < 20'000; ++i) {
    const double latitude = std::uniform_real_distribution(-79.9, 83.9)(random);
    const double longitude = std::uniform_real_distribution(-180.0, 180.0)(random);
    const int digits = 1 + i % 5;
    int zone = 0;
    bool north = false;
    double x = 0, y = 0;
    GeographicLib::UTMUPS::Forward(latitude, longitude, zone, north, x, y);
    std::string mgrs;
    GeographicLib::MGRS::Forward(zone, north, x, y, latitude, digits, mgrs);
    const auto in_degrees = grid_places_in_degrees(mgrs);
    ASSERT_TRUE(in_degrees) << mgrs;
    const auto position = parse_position(*in_degrees);
    ASSERT_TRUE(position) << mgrs << " " << *in_degrees;
    double apart_m = 0;
    geodesic.Inverse(latitude, longitude, position->latitude_e5 / 1e5, position->longitude_e5 / 1e5,
                     apart_m);
    ASSERT_LE(apart_m, accuracy_of_writing_m(mgrs)) << mgrs;
  }
}

}  // namespace
}  // namespace hotline::client
