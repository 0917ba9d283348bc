#include "protocol/geometry/position.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace hotline {
namespace {

Position at(int32_t latitude_e5, int32_t longitude_e5) {
  return {latitude_e5, longitude_e5};
}

// The same sphere in floating point, which tests may use: the haversine formula.
double reference_m(const Position& a, const Position& b) {
  const double radians = M_PI / 180e5;
  double lat_a = a.latitude_e5 * radians, lat_b = b.latitude_e5 * radians;
  double half_lat = std::sin((lat_b - lat_a) / 2);
  double half_lon = std::sin((b.longitude_e5 - a.longitude_e5) * radians / 2);
  double h = half_lat * half_lat + std::cos(lat_a) * std::cos(lat_b) * half_lon * half_lon;
  return 2 * 6371009.0 * std::asin(std::sqrt(std::min(1.0, h)));
}

TEST(Distance, OfKnownPlaces) {
  EXPECT_EQ(distance_m(at(0, 0), at(0, 0)), 0);
  EXPECT_EQ(distance_m(at(0, 0), at(0, 1)), 1);
  EXPECT_EQ(distance_m(at(0, 0), at(100'000, 0)), 111'195);
  EXPECT_EQ(distance_m(at(0, 0), at(0, 18'000'000)), 20'015'115);
  EXPECT_EQ(distance_m(at(9'000'000, 0), at(-9'000'000, 5)), 20'015'115);
  // Andoya to the north pole's far side and back to Moscow: across the antimeridian it is one
  // degree.
  EXPECT_EQ(distance_m(at(0, 17'950'000), at(0, -17'950'000)), 111'195);
}

TEST(Distance, AgreesWithFloatingPointEverywhere) {
  uint64_t state = 1;
  auto random = [&state](int64_t range) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int32_t>(static_cast<int64_t>(state >> 33) % (2 * range + 1) - range);
  };
  for (int i = 0; i < 20'000; ++i) {
    Position a = at(random(kLatitudeMax_e5), random(kLongitudeMax_e5));
    Position b = at(random(kLatitudeMax_e5), random(kLongitudeMax_e5));
    double expected = reference_m(a, b);
    ASSERT_NEAR(static_cast<double>(distance_m(a, b)), expected, 1.0 + expected * 1e-7)
        << format_position(a) << " to " << format_position(b);
    ASSERT_EQ(distance_m(a, b), distance_m(b, a));
  }
}

TEST(Distance, IsRightToTheMetreNearby) {
  // Every neighbourhood of the 100 m line, at latitudes from the equator to a metre off the pole.
  for (int32_t latitude : {0, 3'512'345, 5'490'000, 7'000'000, 8'900'000, 8'999'000}) {
    for (int32_t step = 0; step < 400; step += 7) {
      for (int32_t side : {0, 13, -57, 90}) {
        Position a = at(latitude, 2'010'000);
        Position b = at(latitude + side, 2'010'000 + step);
        ASSERT_NEAR(static_cast<double>(distance_m(a, b)), reference_m(a, b), 0.6)
            << format_position(a) << " to " << format_position(b);
      }
    }
  }
}

TEST(Distance, IsExactForAntipodes) {
  for (int32_t latitude = -kLatitudeMax_e5; latitude <= kLatitudeMax_e5; latitude += 543'210) {
    Position a = at(latitude, 1'234'567);
    Position b = at(-latitude, 1'234'567 - kLongitudeMax_e5);
    EXPECT_EQ(distance_m(a, b), 20'015'115);
  }
}

TEST(PositionText, IsPrintedWithFiveDecimals) {
  EXPECT_EQ(format_position(at(5'490'000, 2'010'000)), "54.90000N 020.10000E");
  EXPECT_EQ(format_position(at(-1, -18'000'000)), "00.00001S 180.00000W");
  EXPECT_EQ(format_position(at(0, 0)), "00.00000N 000.00000E");
}

TEST(Polygon, IsAcceptedWhenSimpleAndClosed) {
  std::vector<Position> square = {at(0, 0), at(0, 10), at(10, 10), at(10, 0), at(0, 0)};
  EXPECT_EQ(polygon_fault(square), "");
  std::vector<Position> triangle = {at(0, 0), at(0, 10), at(10, 10), at(0, 0)};
  EXPECT_EQ(polygon_fault(triangle), "");
  std::vector<Position> with_point_on_edge = {at(0, 0), at(0, 5), at(0, 10), at(10, 10), at(0, 0)};
  EXPECT_EQ(polygon_fault(with_point_on_edge), "");
  int32_t edge = kLongitudeMax_e5;
  std::vector<Position> over_antimeridian = {at(0, edge - 9), at(0, 9 - edge), at(9, 9 - edge),
                                             at(9, edge - 9), at(0, edge - 9)};
  EXPECT_EQ(polygon_fault(over_antimeridian), "");
}

TEST(Polygon, IsRefusedOtherwise) {
  EXPECT_NE(polygon_fault({}), "");
  auto refused = [](std::vector<Position> points) { return polygon_fault(points); };
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(10, 10), at(10, 0)}),
            "is not closed: its last point is not its first");
  EXPECT_EQ(refused({at(0, 0), at(10, 10), at(10, 0), at(0, 10), at(0, 0)}),
            "crosses or touches itself");
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(0, 10), at(10, 0), at(0, 0)}),
            "has the same corner twice in a row");
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(0, 20), at(0, 0)}), "turns back on itself");
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(0, 5), at(10, 5), at(0, 0)}), "turns back on itself");
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(9'000'001, 10), at(0, 0)}),
            "has a corner that is not on Earth");
  // A vertex on another edge.
  EXPECT_EQ(refused({at(0, 0), at(0, 10), at(10, 10), at(0, 5), at(10, 0), at(0, 0)}),
            "crosses or touches itself");
  EXPECT_EQ(refused({at(8'000'000, 0), at(8'000'000, 12'000'000), at(8'000'000, -12'000'000),
                     at(8'000'000, 0)}),
            "goes around a pole: give a centre and a radius");
}

TEST(ReadBack, AlarmsAboveAHundredMetres) {
  Position sent = at(5'490'000, 2'010'000);
  EXPECT_FALSE(compare_read_back(sent, sent).mismatch);
  // 89 and 90 steps of 1e-5 degrees of latitude are 99 and 100 m, 91 are 101 m.
  EXPECT_FALSE(compare_read_back(sent, at(5'490'090, 2'010'000)).mismatch);
  EXPECT_TRUE(compare_read_back(sent, at(5'490'091, 2'010'000)).mismatch);
  // Deir ez-Zor: 9 km.
  EXPECT_TRUE(compare_read_back(sent, at(5'498'000, 2'010'000)).mismatch);
}

TEST(ReadBack, AlarmsAboveAMinute) {
  EXPECT_FALSE(compare_read_back(UtcMs{0}, UtcMs{60'000}).mismatch);
  EXPECT_FALSE(compare_read_back(UtcMs{60'000}, UtcMs{0}).mismatch);
  EXPECT_TRUE(compare_read_back(UtcMs{0}, UtcMs{60'001}).mismatch);
  EXPECT_EQ(compare_read_back(UtcMs{0}, UtcMs{60'001}).seconds, 61);
  auto extreme = compare_read_back(INT64_MIN, INT64_MAX);
  EXPECT_TRUE(extreme.mismatch);
  EXPECT_GT(extreme.seconds, 0);
}

}  // namespace
}  // namespace hotline
