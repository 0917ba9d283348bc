#include "protocol/base/nearest.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

const std::vector<std::string> kKeys = {"where", "when", "who", "what", "accuracy", "altitude"};

TEST(Nearest, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("where", "where"), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("wehre", "where"), 1u) << "neighbours swapped";
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Nearest, SuggestsWhatASlipMeant) {
  EXPECT_EQ(nearest_word("wehre", kKeys), "where");
  EXPECT_EQ(nearest_word("acuracy", kKeys), "accuracy");
  EXPECT_EQ(nearest_word("whe", kKeys), "when") << "the nearest, and of several the first";
  EXPECT_EQ(nearest_word("zzz", kKeys), std::nullopt);
  EXPECT_EQ(nearest_word("", kKeys), std::nullopt);
  EXPECT_EQ(nearest_word(std::string(100'000, 'w'), kKeys), std::nullopt);
  EXPECT_EQ(did_you_mean("altitud", kKeys), "did you mean altitude?");
  EXPECT_EQ(did_you_mean("zzz", kKeys), "");
}

}  // namespace
}  // namespace hotline
