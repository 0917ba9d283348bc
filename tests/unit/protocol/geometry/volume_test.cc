#include "protocol/geometry/volume.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

constexpr UtcMs kNine = 1'796'115'600'000;

Volume of(Shape shape) {
  return {std::move(shape),
          {0, HeightDatum::mean_sea_level},
          {1000, HeightDatum::mean_sea_level},
          kNine,
          kNine + 3'600'000};
}

const Position kMiddle{55'00000, 20'00000};
const std::vector<Position> kSquare = {{55'00000, 19'00000},
                                       {55'00000, 20'00000},
                                       {56'00000, 20'00000},
                                       {56'00000, 19'00000},
                                       {55'00000, 19'00000}};

std::string fault(const Volume& volume) {
  auto found = volume_fault(volume);
  return found ? found->field + " " + found->why : "";
}

TEST(VolumeFault, is_none_in_good_volumes) {
  EXPECT_EQ(fault(of(Circle{kMiddle, 500'000})), "");
  EXPECT_EQ(fault(of(Polygon{kSquare})), "");
  EXPECT_EQ(fault(of(Corridor{{kMiddle, {56'00000, 21'00000}}, 100'000})), "");
  EXPECT_EQ(fault(of(Circle{{90'00000, 0}, 1})), "");
  EXPECT_EQ(fault(of(Polygon{{{89'00000, 0},
                              {89'00000, 90'00000},
                              {90'00000, 90'00000},
                              {90'00000, 0},
                              {89'00000, 0}}})),
            "");
  EXPECT_EQ(fault(of(Corridor{{{0, 179'00000}, {0, -179'00000}}, 1})), "");
}

TEST(VolumeFault, names_the_circle) {
  EXPECT_EQ(fault(of(Circle{{90'00001, 0}, 1})), "centre is not on Earth");
  EXPECT_EQ(fault(of(Circle{kMiddle, 0})), "radius is zero");
  EXPECT_EQ(fault(of(Circle{kMiddle, 500'001})), "radius is more than 500000 m");
}

TEST(VolumeFault, names_the_polygon) {
  auto polygon = [](std::vector<Position> border) { return fault(of(Polygon{std::move(border)})); };
  EXPECT_EQ(polygon({}), "polygon needs at least three corners and the first one again");
  EXPECT_EQ(polygon({{0, 0}, {0, 100}, {0, 0}}),
            "polygon needs at least three corners and the first one again");
  EXPECT_EQ(polygon({{0, 0}, {100, 100}, {0, 100}, {100, 0}, {0, 0}}),
            "polygon crosses or touches itself");
  EXPECT_EQ(polygon({{0, 0}, {0, 100}, {0, 200}, {0, 0}}), "polygon turns back on itself");
  EXPECT_EQ(polygon({{0, 0}, {91'00000, 0}, {0, 100}, {0, 0}}),
            "polygon has a point that is not on Earth");
  EXPECT_EQ(polygon({{80'00000, 0}, {80'00000, 120'00000}, {80'00000, -120'00000}, {80'00000, 0}}),
            "polygon goes around a pole: give a centre and a radius");
  EXPECT_EQ(polygon({{0, 0}, {0, 180'00000}, {100, 90'00000}, {0, 0}}),
            "polygon has two points in a row that are 180 degrees of longitude apart: give one "
            "between them");
  std::vector<Position> many(limits::kVolumePointsMax + 1, Position{});
  EXPECT_EQ(polygon(many), "polygon has more than 256 points");
  EXPECT_EQ(polygon(std::vector<Position>(10'000)), "polygon has more than 256 points");
}

TEST(VolumeFault, names_a_border_that_is_too_long_or_goes_all_around) {
  std::vector<Position> band;
  for (int32_t longitude = -180; longitude <= 180; longitude += 60) {
    band.push_back({89'00000, longitude * 1'00000});
  }
  for (int32_t longitude = 180; longitude >= -180; longitude -= 60) {
    band.push_back({89'50000, longitude * 1'00000});
  }
  band.push_back(band.front());
  EXPECT_EQ(fault(of(Polygon{band})), "polygon goes all the way around the Earth: split it");
  std::vector<Position> long_route;
  for (int32_t i = 0; i < 40; ++i) long_route.push_back({(i % 2) * 60'00000, i * 1'00000});
  EXPECT_EQ(fault(of(Corridor{long_route, 1})), "route is too long: split it into several");
}

TEST(VolumeFault, names_the_corridor) {
  auto corridor = [](std::vector<Position> route, uint32_t half_width_m = 1) {
    return fault(of(Corridor{std::move(route), half_width_m}));
  };
  EXPECT_EQ(corridor({}), "route needs at least two points");
  EXPECT_EQ(corridor({kMiddle}), "route needs at least two points");
  EXPECT_EQ(corridor({kMiddle, kMiddle}), "route has the same point twice in a row");
  EXPECT_EQ(corridor({{0, 180'00000}, {0, -180'00000}}), "route has the same point twice in a row");
  EXPECT_EQ(corridor({{89'00000, 0}, {90'00000, 0}, {89'00000, 179'00000}}),
            "route goes through a pole");
  EXPECT_EQ(corridor({{89'00000, 0}, {89'00000, 180'00000}}),
            "route has two points in a row that are 180 degrees of longitude apart: give one "
            "between them");
  EXPECT_EQ(corridor({kMiddle, {0, 0}}, 0), "half_width is zero");
  EXPECT_EQ(corridor({kMiddle, {0, 0}}, 100'001), "half_width is more than 100000 m");
  // Round a pole a hundred times: longitudes far beyond a turn do no harm.
  std::vector<Position> spiral;
  for (int32_t i = 0; i < 250; ++i) spiral.push_back({89'99999, (i * 170 % 360 - 180) * 1'00000});
  EXPECT_EQ(corridor(spiral), "");
}

TEST(VolumeFault, names_heights_and_times) {
  Volume volume = of(Circle{kMiddle, 1});
  volume.upper.value = 0;
  EXPECT_EQ(fault(volume), "");
  volume.upper.value = -1;
  EXPECT_EQ(fault(volume), "upper is below the lower");
  volume.upper = {100, HeightDatum::ground};  // Nobody knows the ground.
  EXPECT_EQ(fault(volume), "");
  volume.lower = {9'101, HeightDatum::mean_sea_level};
  EXPECT_EQ(fault(volume), "upper is below the lower");
  volume.upper = {0, static_cast<HeightDatum>(0)};
  EXPECT_EQ(fault(volume), "upper is not a height with its datum");
  volume = of(Circle{kMiddle, 1});
  volume.end = volume.start;
  EXPECT_EQ(fault(volume), "end is not after the start");
  volume.start = -1;
  EXPECT_EQ(fault(volume), "start is not a time between 1970 and 9999");
  volume = of(Circle{kMiddle, 1});
  volume.end = INT64_MAX;
  EXPECT_EQ(fault(volume), "end is not a time between 1970 and 9999");
}

}  // namespace
}  // namespace hotline
