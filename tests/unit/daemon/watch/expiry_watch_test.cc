#include "daemon/watch/expiry_watch.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

constexpr int64_t kDay = 86'400'000;
constexpr UtcMs kEnd = 1'795'000'000'000;

// The first that is watched.
std::optional<ConditionCode> code_at(const ExpiryWatch& watch, UtcMs now) {
  return watch.standings(now).front().code;
}

std::string text_at(const ExpiryWatch& watch, UtcMs now) {
  return watch.standings(now).front().text;
}

TEST(ExpiryWatch, ACertificateIsWrongThirtyDaysAheadThenAWeekAndWhenItExpires) {
  ExpiryWatch watch;
  watch.watch_certificate("north's TLS certificate", kEnd - 365 * kDay, kEnd);
  EXPECT_EQ(code_at(watch, kEnd - 30 * kDay), std::nullopt);
  EXPECT_EQ(text_at(watch, kEnd - 30 * kDay), "");
  EXPECT_EQ(code_at(watch, kEnd - 30 * kDay + 1), ConditionCode::certificate_expiring);
  EXPECT_NE(text_at(watch, kEnd - 30 * kDay + 1).find("north's TLS certificate expires in 29 days"),
            std::string::npos);
  EXPECT_EQ(code_at(watch, kEnd - 7 * kDay), ConditionCode::certificate_expiring);
  EXPECT_EQ(code_at(watch, kEnd - 7 * kDay + 1), ConditionCode::certificate_near_end);
  EXPECT_EQ(code_at(watch, kEnd - 1), ConditionCode::certificate_near_end);
  EXPECT_EQ(code_at(watch, kEnd + 1), ConditionCode::certificate_expired);
  EXPECT_NE(text_at(watch, kEnd + 1).find("EXPIRED"), std::string::npos);
}

TEST(ExpiryWatch, AShortLifeIsNearItsEndOneDayAhead) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 7 * kDay, kEnd);
  EXPECT_EQ(code_at(watch, kEnd - 6 * kDay), std::nullopt);
  EXPECT_EQ(code_at(watch, kEnd - 2 * kDay), std::nullopt);
  EXPECT_EQ(code_at(watch, kEnd - kDay + 1), ConditionCode::certificate_near_end);
}

TEST(ExpiryWatch, OneThatDoesNotHoldYet) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_EQ(code_at(watch, kEnd - 366 * kDay), ConditionCode::certificate_early);
  EXPECT_NE(text_at(watch, kEnd - 366 * kDay).find("a is not valid before"), std::string::npos);
  EXPECT_NE(text_at(watch, kEnd - 366 * kDay).find("clock"), std::string::npos);
  EXPECT_EQ(code_at(watch, kEnd - 365 * kDay), std::nullopt);
}

TEST(ExpiryWatch, TheLastDayOfOneThatWasNearItsEndIsAlarmedOnce) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_TRUE(watch.last_days(kEnd - 2 * kDay).empty());
  EXPECT_EQ(watch.last_days(kEnd - kDay + 1).size(), 1u);
  EXPECT_TRUE(watch.last_days(kEnd - 1).empty());
  EXPECT_TRUE(watch.last_days(kEnd + 1).empty());
}

// Its condition, which a restart keeps, was alarmed.
TEST(ExpiryWatch, TheLastDayIsNotAlarmedAgainAtAStart) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_TRUE(watch.last_days(kEnd - 1).empty());
}

TEST(ExpiryWatch, AClockThatJumpedAheadAndWasSetRightUsesUpNothing) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_TRUE(watch.last_days(kEnd + kDay).empty());
  EXPECT_TRUE(watch.last_days(kEnd - 5 * kDay).empty());
  EXPECT_EQ(watch.last_days(kEnd - 1).size(), 1u);
}

TEST(ExpiryWatch, ANewCertificateTakesTheOldOnesPlace) {
  ExpiryWatch watch;
  watch.watch_certificate("a", kEnd - 365 * kDay, kEnd);
  EXPECT_NE(code_at(watch, kEnd - 1), std::nullopt);
  watch.watch_certificate("a", kEnd - kDay, kEnd + 364 * kDay);
  EXPECT_EQ(code_at(watch, kEnd - 1), std::nullopt);
}

TEST(ExpiryWatch, AListPastItsNextUpdate) {
  ExpiryWatch watch;
  watch.watch_list("south's revocation list", kEnd);
  EXPECT_EQ(code_at(watch, kEnd), std::nullopt);
  EXPECT_EQ(code_at(watch, kEnd + 1), ConditionCode::list_out_of_date);
  EXPECT_NE(text_at(watch, kEnd + 1).find("south's revocation list is out of date"),
            std::string::npos);
  watch.watch_list("south's revocation list", kEnd + 7 * kDay);
  EXPECT_EQ(code_at(watch, kEnd + kDay), std::nullopt);
  watch.watch_list("south's revocation list", 0);  // It never grows old.
  EXPECT_EQ(code_at(watch, kEnd + 3650 * kDay), std::nullopt);
}

}  // namespace
}  // namespace hotline
