#include "protocol/geometry/earth_point.h"

#include <gtest/gtest.h>

#include <cmath>

#include "protocol/geometry/position.h"
#include "tests/simulation/seeded.h"

namespace hotline {
namespace {

FineAngle degrees(double value) {
  return static_cast<FineAngle>(std::llround(value * 1e5)) << kFineBits;
}

TEST(EarthPoint, stands_where_the_axes_meet_the_ellipsoid) {
  EXPECT_EQ(earth_point(0, 0), (EarthPoint{637'813'700, 0, 0}));
  EXPECT_EQ(earth_point(0, degrees(90)), (EarthPoint{0, 637'813'700, 0}));
  EXPECT_EQ(earth_point(0, degrees(180)), (EarthPoint{-637'813'700, 0, 0}));
  EXPECT_EQ(earth_point(0, degrees(-180)), (EarthPoint{-637'813'700, 0, 0}));
  EXPECT_EQ(earth_point(degrees(90), 0), (EarthPoint{0, 0, 635'675'231}));
  EXPECT_EQ(earth_point(degrees(-90), degrees(123)), (EarthPoint{0, 0, -635'675'231}));
}

TEST(EarthPoint, is_the_same_after_whole_turns) {
  for (double longitude : {-179.99999, -90.0, 0.0, 12.34567, 90.00001, 179.99999}) {
    EarthPoint once = earth_point(degrees(55), degrees(longitude));
    EXPECT_EQ(earth_point(degrees(55), degrees(longitude + 360)), once);
    EXPECT_EQ(earth_point(degrees(55), degrees(longitude - 36'000)), once);
  }
}

TEST(EarthPoint, is_within_a_centimetre_everywhere) {
  simulation::Seeded seeded(1);
  for (int i = 0; i < 20'000; ++i) {
    FineAngle latitude = seeded.between(degrees(-90), degrees(90));
    FineAngle longitude = seeded.between(degrees(-180), degrees(180));
    if (i % 4 == 0) latitude = seeded.between(degrees(89.99), degrees(90));
    EarthPoint point = earth_point(latitude, longitude);
    long double to_radians = std::acos(-1.0L) / 180 / 1e5L / (1 << kFineBits);
    long double b = static_cast<long double>(latitude) * to_radians;
    long double l = static_cast<long double>(longitude) * to_radians;
    long double f = 1 / 298.257223563L;
    long double e2 = f * (2 - f);
    long double n = 637'813'700 / std::sqrt(1 - e2 * std::sin(b) * std::sin(b));
    long double dx = point.x_cm - n * std::cos(b) * std::cos(l);
    long double dy = point.y_cm - n * std::cos(b) * std::sin(l);
    long double dz = point.z_cm - n * (1 - e2) * std::sin(b);
    ASSERT_LT(std::sqrt(dx * dx + dy * dy + dz * dz), 0.9L) << latitude << " " << longitude;
  }
}

TEST(SquareRoot, is_rounded_down) {
  EXPECT_EQ(square_root(0), 0u);
  simulation::Seeded seeded(2);
  for (int i = 0; i < 20'000; ++i) {
    uint64_t root = seeded.next() >> (1 + seeded.below(63));
    unsigned __int128 square = static_cast<unsigned __int128>(root) * root;
    EXPECT_EQ(square_root(square), root);
    if (root > 0) {
      EXPECT_EQ(square_root(square - 1), root - 1);
      EXPECT_EQ(square_root(square + root), root);
    }
  }
}

}  // namespace
}  // namespace hotline
