// Alarms by the measures of ISA-18.2.
#include "client/report/alarm_rates.h"

#include <gtest/gtest.h>

#include "protocol/base/strict_flatbuffer.h"
#include "tests/unit/client/journal_entries.h"

namespace hotline::client {
namespace {

static_assert(kEntriesBegin % kAlarmStretch_ms == 0);

class AlarmRatesTest : public testing::Test {
 protected:
  void take(const Bytes& entry) { alarms_.take(**open_flatbuffer<wire::Entry>(entry, "HLJE")); }
  void alarm(int64_t second, const char* text = "something") {
    take(alarm_entry(kEntriesBegin + second * 1000, text));
  }
  AlarmRates::Measured over(int64_t seconds) {
    return alarms_.measured({kEntriesBegin, kEntriesBegin + seconds * 1000});
  }

  AlarmRates alarms_{Period{kEntriesBegin, {}}};
};

TEST_F(AlarmRatesTest, NothingIsNoRate) {
  const auto measured = over(0);
  EXPECT_EQ(measured.alarms, 0u);
  EXPECT_FALSE(measured.per_day_tenths);
  EXPECT_FALSE(over(86'399).per_day_tenths);
  EXPECT_EQ(over(86'400).per_day_tenths, 0u);
  EXPECT_EQ(measured.stretches, 0u);
  EXPECT_EQ(over(1).stretches, 1u);
  EXPECT_EQ(over(600).stretches, 1u);
  EXPECT_EQ(over(601).stretches, 2u);
}

TEST_F(AlarmRatesTest, MoreThanTenInTenMinutesAreAFlood) {
  for (int i = 0; i < 10; ++i) alarm(599);
  for (int i = 0; i < 11; ++i) alarm(600);
  alarm(-1);  // Before the period.
  const auto measured = over(86'400);
  EXPECT_EQ(measured.alarms, 21u);
  EXPECT_EQ(measured.per_day_tenths, 210u);
  EXPECT_EQ(measured.busiest, 11u);
  EXPECT_EQ(measured.floods, 1u);
  EXPECT_EQ(measured.stretches, 144u);
  EXPECT_EQ(measured.hours, (std::map<int64_t, uint64_t>{{kEntriesBegin / kOneHour_ms, 21}}));
}

TEST_F(AlarmRatesTest, CausesAreCountedWithoutTheirNumbers) {
  alarm(1, "N-000123 is 12 s late");
  alarm(2, "N-000124 is 7 s late");
  const wire::MessageKey key(false, 1);
  take(climbed_entry(kEntriesBegin + 3000, key, "supervisor"));
  take(condition_began_entry(kEntriesBegin + 4000, ConditionCode::link_down, "south"));
  const auto measured = over(60);
  EXPECT_EQ(measured.alarms, 4u);
  EXPECT_EQ(measured.causes, 3u);
  ASSERT_EQ(measured.top.size(), 3u);
  EXPECT_EQ(measured.top[0].cause, "N-# is # s late");
  EXPECT_EQ(measured.top[0].count, 2u);
  EXPECT_EQ(measured.top[1].cause, "condition link-down");
  EXPECT_EQ(measured.top[2].cause, "ladder FLASH supervisor");
  EXPECT_EQ(measured.top_permille, 1000u);
}

TEST_F(AlarmRatesTest, AConditionThatSoundsNothingIsNoAlarm) {
  take(condition_began_entry(kEntriesBegin, ConditionCode::flash_unacknowledged, "N-000001"));
  EXPECT_EQ(over(2 * 86'400).alarms, 0u);
  EXPECT_TRUE(over(2 * 86'400).stale.empty());
}

TEST_F(AlarmRatesTest, AnAlarmThatStandsForMoreThanADayIsStale) {
  take(condition_began_entry(kEntriesBegin, ConditionCode::link_down, "south"));
  take(condition_began_entry(kEntriesBegin, ConditionCode::disk_low, "north"));
  take(condition_ended_entry(kEntriesBegin + 1, ConditionCode::disk_low, "north"));
  EXPECT_TRUE(over(86'400).stale.empty());
  const auto measured = over(86'401);
  ASSERT_EQ(measured.stale.size(), 1u);
  EXPECT_EQ(measured.stale[0].code, "link-down");
  EXPECT_EQ(measured.stale[0].since, kEntriesBegin);
}

TEST_F(AlarmRatesTest, OneThatBeginsThriceInAMinuteChatters) {
  for (const int64_t second : {0, 40, 61, 100}) {
    take(condition_began_entry(kEntriesBegin + second * 1000, ConditionCode::flood, "south"));
    take(condition_ended_entry(kEntriesBegin + second * 1000, ConditionCode::flood, "south"));
  }
  EXPECT_EQ(over(200).chattering, (std::vector<std::string>{"flood, south"}));
}

TEST_F(AlarmRatesTest, ThreeInMoreThanAMinuteDoNot) {
  for (const int64_t second : {0, 40, 61}) {
    take(condition_began_entry(kEntriesBegin + second * 1000, ConditionCode::flood, "south"));
  }
  EXPECT_TRUE(over(200).chattering.empty());
}

}  // namespace
}  // namespace hotline::client
