#include "protocol/geometry/volume_index.h"

#include <gtest/gtest.h>

#include "tests/geometry/made_volumes.h"

namespace hotline {
namespace {

Volume circle(int32_t latitude_e5, int32_t longitude_e5) {
  return {Circle{{latitude_e5, longitude_e5}, 1000},
          {0, HeightDatum::mean_sea_level},
          {1000, HeightDatum::mean_sea_level},
          0,
          1000};
}

TEST(VolumeIndex, finds_what_is_near_and_forgets_what_is_erased) {
  VolumeIndex index;
  EXPECT_TRUE(index.insert(7, prepare(circle(10'000, 0))));
  EXPECT_TRUE(index.insert(3, prepare(circle(0, 10'000))));
  EXPECT_TRUE(index.insert(5, prepare(circle(50'00000, 0))));
  EXPECT_FALSE(index.insert(7, prepare(circle(0, 0))));
  PreparedVolume asked = prepare(circle(0, 0));
  auto near = index.conflicts_with(asked, {});
  ASSERT_EQ(near.size(), 2u);
  EXPECT_EQ(near[0].number, 3u);
  EXPECT_EQ(near[1].number, 7u);
  EXPECT_EQ(near[1].nearness.horizontal_m, 9057);
  EXPECT_TRUE(index.erase(3));
  EXPECT_FALSE(index.erase(3));
  EXPECT_EQ(index.size(), 2u);
  EXPECT_EQ(index.conflicts_with(asked, {}).size(), 1u);
}

// Over the antimeridian, around the poles, one in the other: the index leaves out none of them.
TEST(VolumeIndex, finds_whatever_is_in_conflict) {
  uint64_t conflicts = 0;
  for (uint64_t seed = 1; seed <= 3'000; ++seed) {
    MadePair pair = made_pair(seed);
    PreparedVolume a = prepare(pair.a);
    PreparedVolume b = prepare(pair.b);
    Separation separation;
    if (seed % 3 == 0) separation = {100'000, 100'000, 604'800};
    auto nearness = conflict_between(a, b, separation);
    VolumeIndex index;
    index.insert(1, b);
    std::vector<NearVolume> expected;
    if (nearness) expected.push_back({1, *nearness});
    ASSERT_EQ(index.conflicts_with(a, separation), expected) << seed;
    conflicts += expected.size();
  }
  EXPECT_GT(conflicts, 800u);
}

TEST(VolumeIndex, says_the_same_as_looking_at_all) {
  VolumeIndex index;
  std::vector<PreparedVolume> all;
  simulation::Seeded seeded(5);
  auto made = [&] {
    Position near{static_cast<int32_t>(seeded.between(50'00000, 60'00000)),
                  static_cast<int32_t>(seeded.between(10'00000, 30'00000))};
    return prepare(made_volume(seeded, near, static_cast<double>(seeded.between(100, 40'000))));
  };
  for (uint64_t i = 0; i < 1'000; ++i) {
    all.push_back(made());
    ASSERT_TRUE(index.insert(i, all.back()));
  }
  for (uint64_t i = 0; i < 1'000; i += 3) ASSERT_TRUE(index.erase(i));
  for (int asked = 0; asked < 50; ++asked) {
    PreparedVolume volume = made();
    std::vector<NearVolume> expected;
    for (uint64_t i = 0; i < 1'000; ++i) {
      if (i % 3 == 0) continue;
      auto nearness = conflict_between(volume, all[i], {});
      if (nearness) expected.push_back({i, *nearness});
    }
    ASSERT_EQ(index.conflicts_with(volume, {}), expected);
  }
}

}  // namespace
}  // namespace hotline
