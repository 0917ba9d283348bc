#include "protocol/geometry/grid_reference.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

TEST(GridReference, IsFoundInMgrs) {
  for (const char* text : {"34UDF4123487654", "34U DF 41234 87654", "34UDF 41234 87654",
                           "34udf4123487654", "34U DF4123487654"}) {
    const auto found = find_grid_reference(text);
    ASSERT_TRUE(found) << text;
    EXPECT_TRUE(found->is_mgrs);
    EXPECT_EQ(found->zone, 34);
    EXPECT_EQ(found->band, 'U');
    EXPECT_EQ(found->square, "DF");
    EXPECT_EQ(found->easting, "41234");
    EXPECT_EQ(found->northing, "87654");
    EXPECT_EQ(found->unit_m, 1u);
    EXPECT_EQ(found->offset, 0u);
    EXPECT_EQ(found->size, std::string_view(text).size());
  }
  EXPECT_EQ(find_grid_reference("34UDF4187")->unit_m, 1000u);
  EXPECT_EQ(find_grid_reference("4QFJ12")->unit_m, 10'000u);
}

TEST(GridReference, IsFoundInUtm) {
  const auto found = find_grid_reference("34U 441234 6083456");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->is_mgrs);
  EXPECT_EQ(found->easting, "441234");
  EXPECT_EQ(found->northing, "6083456");
  EXPECT_EQ(found->unit_m, 1u);
}

TEST(GridReference, IsFoundAmongOtherWords) {
  const auto found = find_grid_reference("along 34U DF 412 876; 34U DF 500 900 5km");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->offset, 6u);
  EXPECT_EQ(found->size, 14u);
}

TEST(GridReference, IsNothingElse) {
  for (const char* text : {"",
                           "54.90N 020.10E",
                           "5454N02006E",
                           "54 54 00 N 020 06 00 E",
                           "54N 020E",
                           "54N 20E",
                           "281341Z NOV 26",
                           "2026-11-28T13:41:00Z",
                           "1341Z",
                           "FL330",
                           "9000m amsl",
                           "5km",
                           "34U",
                           "34UDF",
                           "34UDF412348765",
                           "34UDF41234 8765",
                           "61UDF4187",
                           "0UDF4187",
                           "34IDF4187",
                           "34UIF4187",
                           "34UDW4187",
                           "34UDF412348765412",
                           "134UDF4187",
                           "34UDF4187x",
                           "34U 44123 6083456",
                           "34U 441234",
                           "34U 441234 60834567"}) {
    EXPECT_FALSE(find_grid_reference(text)) << text;
  }
}

}  // namespace
}  // namespace hotline
