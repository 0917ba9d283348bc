#include "protocol/geometry/segment_distance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/simulation/seeded.h"

namespace hotline {
namespace {

TEST(SegmentDistance, is_between_ends_and_between_middles) {
  Segment along_x{{0, 0, 0}, {1000, 0, 0}};
  EXPECT_EQ(distance_cm(along_x, {{1003, 4, 0}, {2000, 4, 0}}), 5);       // Two ends.
  EXPECT_EQ(distance_cm(along_x, {{500, 7, 0}, {500, 70, 0}}), 7);        // An end and a middle.
  EXPECT_EQ(distance_cm(along_x, {{500, -700, 9}, {500, 600, 9}}), 8);    // Middles; rounded.
  EXPECT_EQ(distance_cm(along_x, {{500, -700, 0}, {500, 600, 0}}), 0);    // They cross.
  EXPECT_EQ(distance_cm(along_x, {{-500, 30, 40}, {5000, 30, 40}}), 50);  // Parallel.
  EXPECT_EQ(distance_cm({{1, 2, 3}, {1, 2, 3}}, {{4, 6, 3}, {4, 6, 3}}), 5);  // Points.
}

Segment made(simulation::Seeded& seeded, int64_t middle, int64_t size) {
  auto coordinate = [&](int64_t about) {
    return static_cast<int32_t>(about + seeded.between(-size, size));
  };
  auto point = [&] { return EarthPoint{coordinate(middle), coordinate(0), coordinate(0)}; };
  return {point(), point()};
}

double tried(const Segment& a, const Segment& b) {
  constexpr int kTries = 60;
  double least = 1e18;
  auto at = [](int32_t from, int32_t to, int i) {
    return from + (static_cast<double>(to) - from) * i / kTries;
  };
  for (int i = 0; i <= kTries; ++i) {
    for (int j = 0; j <= kTries; ++j) {
      double x = at(a.from.x_cm, a.to.x_cm, i) - at(b.from.x_cm, b.to.x_cm, j);
      double y = at(a.from.y_cm, a.to.y_cm, i) - at(b.from.y_cm, b.to.y_cm, j);
      double z = at(a.from.z_cm, a.to.z_cm, i) - at(b.from.z_cm, b.to.z_cm, j);
      least = std::min(least, std::sqrt(x * x + y * y + z * z));
    }
  }
  return least;
}

TEST(SegmentDistance, is_never_more_than_what_trying_finds_and_near_it) {
  simulation::Seeded seeded(3);
  for (int i = 0; i < 2'000; ++i) {
    int64_t size = int64_t{1} << seeded.between(3, 28);
    Segment a = made(seeded, 0, size);
    Segment b = made(seeded, seeded.between(0, size), size);
    auto said = static_cast<double>(distance_cm(a, b));
    ASSERT_LE(said, tried(a, b) + 1e-6);
    ASSERT_GE(said, tried(a, b) - 0.1 * static_cast<double>(size) - 2);
    ASSERT_LE(distance_least_cm(a, b), distance_cm(a, b));
  }
}

TEST(SegmentDistance, knows_no_first_and_no_direction) {
  simulation::Seeded seeded(4);
  for (int i = 0; i < 5'000; ++i) {
    int64_t size = int64_t{1} << seeded.between(1, 28);
    Segment a = made(seeded, 0, size);
    Segment b = made(seeded, seeded.between(0, size), size);
    int64_t said = distance_cm(a, b);
    ASSERT_EQ(distance_cm(b, a), said);
    ASSERT_EQ(distance_cm({a.to, a.from}, b), said);
    ASSERT_EQ(distance_cm({b.to, b.from}, {a.to, a.from}), said);
  }
}

// The greatest products that can come up: across the whole Earth.
TEST(SegmentDistance, reaches_across_the_earth) {
  Segment axis{earth_point(90'00000LL << kFineBits, 0), earth_point(-90'00000LL << kFineBits, 0)};
  Segment equator{earth_point(0, 0), earth_point(0, 180'00000LL << kFineBits)};
  EXPECT_EQ(distance_cm(axis, equator), 0);
  Segment across{earth_point(0, 90'00000LL << kFineBits), earth_point(0, -90'00000LL << kFineBits)};
  EXPECT_EQ(distance_cm(across, equator), 0);
}

}  // namespace
}  // namespace hotline
