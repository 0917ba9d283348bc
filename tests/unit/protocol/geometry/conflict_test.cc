#include "protocol/geometry/conflict.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/unit/protocol/geometry/datums.h"

namespace hotline {
namespace {

constexpr UtcMs kNine = 1'796'115'600'000;  // 2026-12-01T09:00:00Z
constexpr UtcMs kMinute = 60'000;

Volume of(Shape shape) {
  return {std::move(shape), {0, kAmsl}, {1000, kAmsl}, kNine, kNine + 60 * kMinute};
}

// The distance that is said, in metres; -1: more than 100 km.
int64_t distance_m(const Shape& a, const Shape& b) {
  auto nearness = conflict_between(of(a), of(b), {limits::kSeparationHorizontalMax_m, 0, 0});
  auto other_way = conflict_between(of(b), of(a), {limits::kSeparationHorizontalMax_m, 0, 0});
  EXPECT_EQ(nearness, other_way);
  return nearness ? nearness->horizontal_m : -1;
}

std::vector<Position> box(int32_t south, int32_t west, int32_t north, int32_t east) {
  return {{south, west}, {south, east}, {north, east}, {north, west}, {south, west}};
}

// docs/deconfliction.md, "A worked example", step by step.
TEST(Conflict, is_found_in_the_worked_example) {
  Volume fire{Polygon{box(55'00000, 19'00000, 55'20000, 19'50000)},
              {0, kAmsl},
              {3000, kAmsl},
              kNine,
              kNine + 180 * kMinute};
  Volume flight{Corridor{{{55'26000, 18'50000}, {55'37000, 19'80000}}, 2000},
                {100, kLevel},
                {120, kLevel},
                kNine + 150 * kMinute,
                kNine + 240 * kMinute};
  EXPECT_EQ(least_above_sea_cm(flight.lower), 113'839);

  EdgeBend northern = edge_bend(55'20000, 55'20000, 50'000);
  EXPECT_EQ(northern.measure, 1'426'783'921);
  EXPECT_EQ(northern.depth, 2);
  EXPECT_EQ(sag_cm(northern, 0), 3481);
  EXPECT_EQ(sag_cm(northern, 1), 871);
  EXPECT_EQ(sag_cm(northern, 2), 219);
  PreparedVolume prepared_fire = prepare(fire);
  PreparedVolume prepared_flight = prepare(flight);
  EXPECT_EQ(prepared_fire.points.size(), 12u + 1);
  EXPECT_EQ(prepared_flight.points.size(), 8u + 1);
  EXPECT_EQ(prepared_flight.edges[0].bend.measure, 12'611'521'608);
  EXPECT_EQ(sag_cm(prepared_flight.edges[0].bend, 3), 482);
  EXPECT_EQ(prepared_fire.points[0], (EarthPoint{346683228, 119372609, 520138352}));
  EXPECT_EQ(prepared_flight.points[0], (EarthPoint{345459684, 115589193, 521793169}));

  Nearness expected{9260, 0, 0, kNine + 150 * kMinute, kNine + 180 * kMinute};
  EXPECT_EQ(conflict_between(fire, flight, {}), expected);
  EXPECT_EQ(conflict_between(fire, flight, {9260, 600, 600}), std::nullopt);
  EXPECT_EQ(conflict_between(fire, flight, {9261, 600, 600}), expected);

  flight.start = fire.end + 10 * kMinute;
  expected = {9260, 0, 600, flight.start, fire.end};
  EXPECT_EQ(conflict_between(fire, flight, {}), expected);
  ++flight.start;
  EXPECT_EQ(conflict_between(fire, flight, {}), std::nullopt);
}

TEST(Conflict, is_there_exactly_at_the_separation) {
  Volume low = of(Circle{{55'00000, 20'00000}, 1000});
  Volume high = low;
  high.lower.value = 1600;
  high.upper.value = 2000;
  EXPECT_TRUE(conflict_between(low, high, {}));
  high.lower.value = 1601;
  EXPECT_FALSE(conflict_between(low, high, {}));
  Volume later = low;
  later.start = low.end + 10 * kMinute;
  later.end = later.start + 1;
  EXPECT_TRUE(conflict_between(low, later, {}));
  ++later.start;
  ++later.end;
  EXPECT_FALSE(conflict_between(low, later, {}));
  // One border in common.
  Volume west = of(Polygon{box(55'00000, 19'00000, 55'20000, 19'50000)});
  Volume east = of(Polygon{box(55'00000, 19'50000, 55'20000, 19'70000)});
  EXPECT_TRUE(conflict_between(west, east, {0, 0, 0}));
}

// Along the equator 0.1 degrees are 11,131.95 m; two radii are taken off.
TEST(Conflict, between_circles_is_exact_to_centimetres) {
  Volume a = of(Circle{{0, 0}, 500});
  Volume b = of(Circle{{0, 10'000}, 600});
  EXPECT_TRUE(conflict_between(a, b, {10'032, 0, 0}));
  EXPECT_FALSE(conflict_between(a, b, {10'031, 0, 0}));
  // 8.98 degrees are 999,648.97 m; through the Earth it would be 1,026 m less.
  a = of(Circle{{0, 0}, 499'000});
  b = of(Circle{{0, 8'98000}, 500'000});
  EXPECT_TRUE(conflict_between(a, b, {649, 0, 0}));
  EXPECT_FALSE(conflict_between(a, b, {620, 0, 0}));
}

TEST(Conflict, is_zero_where_one_holds_the_other) {
  Shape area = Polygon{box(50'00000, 10'00000, 60'00000, 30'00000)};
  EXPECT_EQ(distance_m(area, Circle{{55'00000, 20'00000}, 1}), 0);
  EXPECT_EQ(distance_m(area, Corridor{{{55'00000, 20'00000}, {55'10000, 20'10000}}, 1}), 0);
  EXPECT_EQ(distance_m(area, Polygon{box(55'00000, 20'00000, 55'00010, 20'00010)}), 0);
  EXPECT_EQ(distance_m(area, area), 0);
  EXPECT_EQ(distance_m(Circle{{55'00000, 20'00000}, 400'000},
                       Polygon{box(55'00000, 20'00000, 55'00010, 20'00010)}),
            0);
  // In the bay of a horseshoe, not in it: 0.4 degrees, 44.5 km, from three sides.
  Shape horseshoe = Polygon{{{0, 0},
                             {0, 1'00000},
                             {1'00000, 1'00000},
                             {1'00000, 90'000},
                             {10'000, 90'000},
                             {10'000, 10'000},
                             {1'00000, 10'000},
                             {1'00000, 0},
                             {0, 0}}};
  int64_t said = distance_m(horseshoe, Circle{{50'000, 50'000}, 1});
  EXPECT_NEAR(static_cast<double>(said), 44'227, 30);
}

// A chord along the parallel of 55 degrees, from 10 to 20 east, passes 17 km north of it.
TEST(Conflict, takes_edges_as_straight_in_longitude_and_latitude) {
  Shape edge = Corridor{{{55'00000, 10'00000}, {55'00000, 20'00000}}, 1};
  EXPECT_LT(distance_m(edge, Circle{{55'00000, 15'00000}, 1}), 1);
  EXPECT_NEAR(static_cast<double>(distance_m(edge, Circle{{55'20000, 15'00000}, 1})), 22'265, 15);
}

TEST(Conflict, knows_no_antimeridian) {
  Shape west = Polygon{box(10'00000, 179'00000, 11'00000, 179'90000)};
  Shape east = Polygon{box(10'00000, -179'90000, 11'00000, -179'00000)};
  Shape here = Polygon{box(10'00000, 1'00000, 11'00000, 1'90000)};
  Shape there = Polygon{box(10'00000, 2'10000, 11'00000, 3'00000)};
  EXPECT_NEAR(static_cast<double>(distance_m(west, east)),
              static_cast<double>(distance_m(here, there)), 1);
  Shape across = Polygon{box(10'00000, 179'00000, 11'00000, -179'00000)};
  EXPECT_EQ(distance_m(across, Circle{{10'50000, -179'50000}, 1}), 0);
  EXPECT_EQ(distance_m(across, Circle{{10'50000, 179'50000}, 1}), 0);
  EXPECT_EQ(distance_m(across, Circle{{10'50000, 170'00000}, 1}), -1);
}

TEST(Conflict, holds_around_the_poles) {
  // 0.1 degrees of a meridian are 11,169 m there, whatever the longitude.
  for (int32_t longitude : {0, 50'12345, 90'00000, -179'99999, 180'00000}) {
    int64_t said = distance_m(Circle{{90'00000, 0}, 1000}, Circle{{89'90000, longitude}, 1000});
    EXPECT_NEAR(static_cast<double>(said), 9'169, 2) << longitude;
  }
  // Over the pole it is nearer than along the parallel, which is 12,670 m.
  Shape here = Polygon{box(89'90000, 0, 89'95000, 40'00000)};
  Shape beyond = Polygon{box(89'90000, 170'00000, 89'95000, -150'00000)};
  EXPECT_NEAR(static_cast<double>(distance_m(here, beyond)), 10'123, 30);
  // A sector that reaches the pole holds no other, but touches what lies on the pole.
  Shape sector = Polygon{
      {{89'00000, 0}, {89'00000, 90'00000}, {90'00000, 90'00000}, {90'00000, 0}, {89'00000, 0}}};
  EXPECT_EQ(distance_m(sector, Circle{{90'00000, -120'00000}, 1}), 0);
  EXPECT_EQ(distance_m(sector, Circle{{89'50000, 45'00000}, 1}), 0);
  EXPECT_NEAR(static_cast<double>(distance_m(sector, Circle{{89'50000, -135'00000}, 1})), 55'846,
              30);
}

TEST(Separation, is_refused_beyond_its_limits) {
  EXPECT_EQ(separation_fault({}), "");
  EXPECT_EQ(separation_fault({0, 0, 0}), "");
  EXPECT_EQ(separation_fault({100'000, 100'000, 604'800}), "");
  EXPECT_NE(separation_fault({100'001, 0, 0}), "");
  EXPECT_NE(separation_fault({0, -1, 0}), "");
  EXPECT_NE(separation_fault({0, 0, 604'801}), "");
}

}  // namespace
}  // namespace hotline
