#include "daemon/watch/expiry_watch.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

constexpr int64_t kDay = 86'400'000;
constexpr UtcMs kEnd = 1'795'000'000'000;

TEST(ExpiryWatch, ACertificateIsToldThirtySevenAndOneDaysAheadAndWhenItExpires) {
  ExpiryWatch watch;
  watch.watch_certificate("north's TLS certificate", kEnd - 365 * kDay, kEnd);
  EXPECT_TRUE(watch.alarms(kEnd - 30 * kDay).empty());
  EXPECT_TRUE(watch.warnings(kEnd - 30 * kDay).empty());
  auto told = watch.alarms(kEnd - 30 * kDay + 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("north's TLS certificate expires in 29 days"), std::string::npos);
  EXPECT_TRUE(watch.alarms(kEnd - 8 * kDay).empty());
  EXPECT_EQ(watch.alarms(kEnd - 7 * kDay + 1).size(), 1u);
  EXPECT_EQ(watch.alarms(kEnd - kDay + 1).size(), 1u);
  EXPECT_TRUE(watch.alarms(kEnd - 1).empty());
  EXPECT_EQ(watch.warnings(kEnd - 1).size(), 1u);
  told = watch.alarms(kEnd + 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("EXPIRED"), std::string::npos);
  EXPECT_TRUE(watch.alarms(kEnd + 2).empty());
}

TEST(ExpiryWatch, AShortLifeIsToldOneDayAhead) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 7 * kDay, kEnd);
  EXPECT_TRUE(watch.alarms(kEnd - 6 * kDay).empty());
  EXPECT_TRUE(watch.alarms(kEnd - 2 * kDay).empty());
  EXPECT_EQ(watch.alarms(kEnd - kDay + 1).size(), 1u);
}

TEST(ExpiryWatch, OneThatDoesNotHoldYetIsToldOnceAndStaysAWarning) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  auto told = watch.alarms(kEnd - 366 * kDay);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("a is not valid before"), std::string::npos);
  EXPECT_NE(told[0].find("clock"), std::string::npos);
  EXPECT_TRUE(watch.alarms(kEnd - 366 * kDay).empty());
  EXPECT_EQ(watch.warnings(kEnd - 366 * kDay).size(), 1u);
  EXPECT_TRUE(watch.warnings(kEnd - 365 * kDay).empty());
}

TEST(ExpiryWatch, SeveralStepsAtOnceAreToldAsOne) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_EQ(watch.alarms(kEnd - 1).size(), 1u);
}

TEST(ExpiryWatch, AClockThatJumpedAheadAndWasSetRightUsesUpNothing) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_EQ(watch.alarms(kEnd + kDay).size(), 1u);
  EXPECT_TRUE(watch.alarms(kEnd - 100 * kDay).empty());
  EXPECT_EQ(watch.alarms(kEnd - 7 * kDay + 1).size(), 1u);
}

TEST(ExpiryWatch, ANewCertificateTakesTheOldOnesPlace) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_EQ(watch.alarms(kEnd - 1).size(), 1u);
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_TRUE(watch.alarms(kEnd - 1).empty());
  watch.watch_certificate("a", kEnd - kDay, kEnd + 364 * kDay);
  EXPECT_TRUE(watch.warnings(kEnd - 1).empty());
}

TEST(ExpiryWatch, AListPastItsNextUpdateIsToldOnceAndStaysAWarning) {
  ExpiryWatch watch;
  watch.watch_list("south's revocation list", kEnd);
  watch.watch_list("north's revocation list", 0);
  EXPECT_TRUE(watch.alarms(kEnd).empty());
  auto told = watch.alarms(kEnd + 1);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("south's revocation list is out of date"), std::string::npos);
  EXPECT_TRUE(watch.alarms(kEnd + kDay).empty());
  EXPECT_EQ(watch.warnings(kEnd + kDay).size(), 1u);
  watch.watch_list("south's revocation list", kEnd + 7 * kDay);
  EXPECT_TRUE(watch.warnings(kEnd + kDay).empty());
}

}  // namespace
}  // namespace hotline
