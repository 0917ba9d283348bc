#include "protocol/geometry/height.h"

#include <gtest/gtest.h>

#include "tests/unit/protocol/geometry/datums.h"

namespace hotline {
namespace {

constexpr auto kHae = HeightDatum::ellipsoid;
constexpr auto kAgl = HeightDatum::ground;

TEST(Height, of_one_datum_is_compared_as_it_is) {
  EXPECT_EQ(surely_above_cm({1000, kAmsl}, {400, kAmsl}), 600'00);
  EXPECT_EQ(surely_above_cm({1000, kHae}, {400, kHae}), 600'00);
  EXPECT_EQ(surely_above_cm({120, kLevel}, {100, kLevel}), 609'60);
  EXPECT_EQ(surely_above_cm({400, kAmsl}, {1000, kAmsl}), -600'00);
}

TEST(Height, of_two_datums_is_compared_with_margins) {
  EXPECT_EQ(surely_above_cm({1000, kHae}, {400, kAmsl}), 490'00);
  EXPECT_EQ(surely_above_cm({1000, kAmsl}, {400, kHae}), 490'00);
  // FL 100 is 3,048 m; a fifth of it is 609.60 m.
  EXPECT_EQ(least_above_sea_cm({100, kLevel}), 3048'00 - 609'61 - 1300'00);
  EXPECT_EQ(greatest_above_sea_cm({100, kLevel}), 3048'00 + 609'61 + 700'00);
  EXPECT_EQ(surely_above_cm({9550, kAmsl}, {100, kAgl}), 450'00);
  EXPECT_EQ(surely_above_cm({10'000, kAgl}, {100, kAmsl}), 9'450'00);
}

TEST(Height, over_ground_differs_from_place_to_place) {
  EXPECT_LT(surely_above_cm({2000, kAgl}, {120, kAgl}), 0);
  EXPECT_EQ(surely_above_cm({10'000, kAgl}, {100, kAgl}), 450'00);
}

TEST(Height, is_possible_within_its_datum) {
  EXPECT_TRUE(is_possible({-11'500, kAmsl}));
  EXPECT_FALSE(is_possible({-11'501, kHae}));
  EXPECT_FALSE(is_possible({-1, kAgl}));
  EXPECT_TRUE(is_possible({0, kLevel}));
  EXPECT_FALSE(is_possible({1000, kLevel}));
  EXPECT_FALSE(is_possible({0, static_cast<HeightDatum>(0)}));
  EXPECT_FALSE(is_possible({0, static_cast<HeightDatum>(5)}));
}

}  // namespace
}  // namespace hotline
