#include "daemon/watch/commit_watch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hotline {
namespace {

constexpr int64_t kLook_ms = 250;

class CommitWatchTest : public testing::Test {
 protected:
  // Looks from `from` on until `to`; what was told.
  std::vector<std::string> look_between(BootMs from, BootMs to) {
    std::vector<std::string> told;
    for (BootMs at = from; at <= to; at += kLook_ms) {
      if (const auto words = watch_.look(at)) told.push_back(*words);
    }
    return told;
  }

  CommitWatch watch_;
};

TEST_F(CommitWatchTest, B4_ADiskThatHangsIsToldOnceAndHowLongItTook) {
  watch_.begun(10'000);
  EXPECT_TRUE(look_between(10'000, 12'000).empty());
  const std::vector<std::string> told = look_between(12'250, 35'000);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(told[0].starts_with("the disk has not answered for 2 s")) << told[0];
  const auto end = watch_.ended(35'250);
  ASSERT_TRUE(end);
  EXPECT_NE(end->find("it took 25 s"), std::string::npos) << *end;
  EXPECT_FALSE(watch_.ended(35'250));

  watch_.begun(36'000);
  EXPECT_EQ(look_between(36'250, 45'000).size(), 1u);
}

TEST_F(CommitWatchTest, B4_CommitsInTimeAreToldToNobody) {
  for (BootMs at = 10'000; at < 60'000; at += 2'000) {
    watch_.begun(at);
    EXPECT_TRUE(look_between(at, at + 2'000).empty());
    EXPECT_FALSE(watch_.ended(at + 2'000));
  }
  EXPECT_TRUE(look_between(60'000, 90'000).empty());
}

TEST_F(CommitWatchTest, B4_AMachineThatSleptIsNoDiskThatHangs) {
  watch_.begun(10'000);
  EXPECT_FALSE(watch_.look(10'250));
  EXPECT_FALSE(watch_.look(3'610'250));
  EXPECT_FALSE(watch_.ended(3'610'260));
}

}  // namespace
}  // namespace hotline
