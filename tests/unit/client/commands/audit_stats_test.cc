// hotline audit stats: what is counted, by which clock, and what is left out.
#include <gtest/gtest.h>

#include "client/show/journal_statistics.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/journal_entries.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

using wire::MessageType;
using wire::Precedence;

class AuditStatsTest : public testing::Test {
 protected:
  AuditStatsTest() : terminal_(daemon_.connector()) {
    now_ = *parse_rfc3339("2026-11-22T00:00:00Z");
  }

  void add(Bytes entry) { daemon_.journal.push_back(std::move(entry)); }
  void later(int64_t ms) { now_ += ms; }

  void release(uint64_t serial, Precedence precedence = Precedence::flash,
               MessageType type = MessageType::incident) {
    add(released_entry(now_, {serial, type, precedence}));
  }
  void receive(uint64_t index, Precedence precedence = Precedence::flash,
               MessageType type = MessageType::incident) {
    add(received_entry(now_, index, {index + 1, type, precedence}));
  }
  // The peer speaks of our message, or we of the peer's.
  void peer_says(MessageType type, uint64_t serial) {
    const wire::MessageKey key(false, serial);
    add(received_entry(now_, 1000 + serial, {2000 + serial, type, Precedence::flash, &key}));
  }
  void we_say(MessageType type, uint64_t index) {
    const wire::MessageKey key(true, index);
    add(released_entry(now_, {1000 + index, type, Precedence::flash, &key}));
  }

  // The statistics of the command, unless it is told of a period.
  const JournalStatistics& counted(Period period = {}) {
    statistics_ = std::make_unique<JournalStatistics>(period);
    for (const Bytes& entry : daemon_.journal) {
      statistics_->take(**open_flatbuffer<wire::Entry>(entry, "HLJE"));
    }
    return *statistics_;
  }
  const JournalStatistics::Messages& all_flashes(bool incoming = false) {
    return counted().messages(incoming).at(static_cast<uint8_t>(Precedence::flash));
  }
  const WaitTally& flashes(bool incoming = false) { return all_flashes(incoming).acknowledgement; }

  UtcMs now_;
  FakeDaemon daemon_;
  Terminal terminal_;
  std::unique_ptr<JournalStatistics> statistics_;
};

using Times = std::vector<int64_t>;

TEST_F(AuditStatsTest, OnlyTheFirstAcknowledgementCounts) {
  release(1);
  later(5000);
  peer_says(MessageType::acknowledgement, 1);
  later(5000);
  peer_says(MessageType::acknowledgement, 1);
  peer_says(MessageType::cancellation, 1);
  EXPECT_EQ(flashes().times_ms, (Times{5000}));
  EXPECT_EQ(flashes().done, 1u);
  EXPECT_EQ(flashes().closed, 0u);
  EXPECT_EQ(flashes().waiting(), 0u);
}

TEST_F(AuditStatsTest, EachDirectionIsTimedByItsOwnMessages) {
  release(1);
  receive(1);
  later(2000);
  we_say(MessageType::acknowledgement, 1);
  later(1000);
  peer_says(MessageType::acknowledgement, 1);
  EXPECT_EQ(flashes(false).times_ms, (Times{3000}));
  EXPECT_EQ(flashes(true).times_ms, (Times{2000}));
}

TEST_F(AuditStatsTest, WhatWaitsOrWasClosedHasNoTime) {
  for (uint64_t serial : {1, 2, 3}) release(serial);
  later(1000);
  peer_says(MessageType::decline, 1);
  we_say(MessageType::acknowledgement, 7);  // It speaks of something that is not there.
  EXPECT_EQ(flashes().count, 3u);
  EXPECT_EQ(flashes().closed, 1u);
  EXPECT_EQ(flashes().waiting(), 2u);
  const wire::MessageKey withdrawn(false, 2);
  add(released_entry(now_, {9, MessageType::cancellation, Precedence::routine, &withdrawn}));
  EXPECT_EQ(flashes().closed, 2u);
  EXPECT_EQ(flashes().waiting(), 1u);
  EXPECT_TRUE(flashes().times_ms.empty());
}

// An acknowledgement that breaks the rules acknowledges nothing; a FLASH that does waits all the
// same.
TEST_F(AuditStatsTest, WhatBreaksTheRulesSaysNothingOfOthers) {
  release(1);
  const wire::MessageKey key(false, 1);
  add(received_entry(
      now_, 5,
      {6, MessageType::acknowledgement, Precedence::flash, &key, wire::DeclineCode::rule_broken}));
  add(received_entry(
      now_, 6,
      {7, MessageType::incident, Precedence::flash, nullptr, wire::DeclineCode::rule_broken}));
  EXPECT_EQ(flashes().done, 0u);
  EXPECT_EQ(flashes(true).waiting(), 1u);
}

TEST_F(AuditStatsTest, AMachinesDeclineEndsNoWait) {
  release(1);
  const wire::MessageKey key(false, 1);
  EntryMessage decline{6, MessageType::decline, Precedence::flash, &key};
  decline.role = wire::Role::machine;
  add(received_entry(now_, 5, decline));
  EXPECT_EQ(flashes().waiting(), 1u);
}

TEST_F(AuditStatsTest, StepsOfTheClockAreTakenOut) {
  release(1);
  later(1000);
  add(clock_stepped_entry(now_ - 3'600'000, now_, now_ - 3'600'000));
  later(-3'600'000);
  later(1500);
  peer_says(MessageType::acknowledgement, 1);
  EXPECT_EQ(flashes().times_ms, (Times{2500}));
  EXPECT_EQ(flashes().not_measured, 0u);
}

// The daemon was down meanwhile, and nobody knows for how long.
TEST_F(AuditStatsTest, ATimeOverAStepThatAStartFoundIsNotMeasured) {
  release(1);
  later(-10'000);
  add(started_entry(now_));
  add(clock_stepped_entry(now_, now_ + 10'000, now_));
  release(2);
  later(60'000);
  peer_says(MessageType::acknowledgement, 1);
  peer_says(MessageType::acknowledgement, 2);
  EXPECT_EQ(flashes().times_ms, (Times{60'000}));
  EXPECT_EQ(flashes().done, 2u);
  EXPECT_EQ(flashes().not_measured, 1u);
}

TEST_F(AuditStatsTest, AMessageIsDeliveredOnceAReceiptCoversItsPlace) {
  release(1);
  release(2, Precedence::routine, MessageType::text);
  add(numbered_entry(now_, 7, {1, 2}));
  later(100);
  add(receipt_held_entry(now_, 8));
  EXPECT_EQ(all_flashes().delivery.times_ms, (Times{100}));
  EXPECT_EQ(counted().messages(false).at(4).delivery.waiting(), 1u);
  EXPECT_EQ(all_flashes().dissemination.waiting(), 1u);
  EXPECT_EQ(counted().messages(false).at(4).dissemination.count, 0u);
  peer_says(MessageType::dissemination, 1);
  EXPECT_EQ(all_flashes().dissemination.times_ms, (Times{100}));
  peer_says(MessageType::cancellation, 1);
  EXPECT_EQ(flashes().closed, 1u);
  EXPECT_EQ(all_flashes().dissemination.closed, 0u);
}

TEST_F(AuditStatsTest, ATimeBelowZeroIsNotMeasured) {
  release(1);
  later(-1);
  peer_says(MessageType::acknowledgement, 1);
  EXPECT_EQ(flashes().done, 1u);
  EXPECT_EQ(flashes().not_measured, 1u);
  EXPECT_TRUE(flashes().times_ms.empty());
  EXPECT_EQ(terminal_.run({"audit", "stats"}), kExitDone);
  EXPECT_NE(terminal_.err().find("1 acknowledged messages have no time"), std::string::npos);
}

TEST_F(AuditStatsTest, AMessageEscalatesOnceHoweverHighItClimbs) {
  release(1);
  receive(1);
  add(climbed_entry(now_, wire::MessageKey(false, 1), "supervisor"));
  add(climbed_entry(now_, wire::MessageKey(false, 1), "duty-director"));
  EXPECT_EQ(all_flashes(false).escalated, 1u);
  EXPECT_EQ(all_flashes(true).escalated, 0u);
}

TEST_F(AuditStatsTest, TestCallsStandApart) {
  release(1, Precedence::routine, MessageType::test);
  receive(1, Precedence::routine, MessageType::test);
  receive(2, Precedence::routine, MessageType::test);
  we_say(MessageType::acknowledgement, 2);
  const int64_t hour = now_ / 3'600'000;
  add(missed_call_entry(now_, hour, true));
  add(missed_call_entry(now_, hour + 2, true));
  add(missed_call_entry(now_, hour + 1, false));
  EXPECT_EQ(counted().message_count(false), 0u);
  EXPECT_EQ(counted().test_calls(false).acknowledgement.count, 1u);
  EXPECT_EQ(counted().test_calls(false).acknowledgement.done, 0u);
  EXPECT_EQ(counted().test_calls(false).missed, 2u);
  EXPECT_EQ(counted().test_calls(true).acknowledgement.count, 2u);
  EXPECT_EQ(counted().test_calls(true).acknowledgement.done, 1u);
  EXPECT_EQ(counted().test_calls(true).missed, 1u);
  EXPECT_EQ(counted({now_ + 3'600'000, {}}).test_calls(false).missed, 1u);
}

TEST_F(AuditStatsTest, APeriodChoosesMessagesAndNotWhatBecameOfThem) {
  release(1);
  later(1000);
  release(2);
  later(1000);
  peer_says(MessageType::acknowledgement, 1);
  peer_says(MessageType::acknowledgement, 2);
  const auto& chosen = counted({now_ - 1500, now_ - 500}).messages(false);
  EXPECT_EQ(chosen.at(1).count(), 1u);
  EXPECT_EQ(chosen.at(1).acknowledgement.times_ms, (Times{1000}));
}

TEST_F(AuditStatsTest, PercentilesAreTimesThatWere) {
  EXPECT_EQ(percentile_ms({70}, 50), 70);
  EXPECT_EQ(percentile_ms({70}, 100), 70);
  const Times times = {10, 9, 8, 7, 6, 5, 4, 3, 2, 1};
  EXPECT_EQ(percentile_ms(times, 50), 5);
  EXPECT_EQ(percentile_ms(times, 90), 9);
  EXPECT_EQ(percentile_ms(times, 95), 10);
  EXPECT_EQ(percentile_ms(times, 100), 10);
}

TEST_F(AuditStatsTest, ShowsATable) {
  for (uint64_t serial : {1, 2, 3}) release(serial, Precedence::routine);
  release(4);
  receive(1, Precedence::immediate);
  later(23'000);
  peer_says(MessageType::acknowledgement, 4);
  EXPECT_EQ(terminal_.run({"audit", "stats", "--since", "2026-11-22"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(terminal_.out(),
            "  FROM   PREC       MESSAGES  SHARE    ACKNOWLEDGED  CLOSED  WAIT  ESCALATED\n"
            "  NORTH  FLASH      1         25.0 %   1             0       0     0\n"
            "! NORTH  ROUTINE    3         75.0 %   0             0       3     0\n"
            "! SOUTH  IMMEDIATE  1         100.0 %  0             0       1     0\n"
            "  FROM   PREC       MEDIAN  95 %  LONGEST\n"
            "  NORTH  FLASH      23 s    23 s  23 s\n"
            "! NORTH  ROUTINE    -       -     -\n"
            "! SOUTH  IMMEDIATE  -       -     -\n"
            "test calls of NORTH: 0 made, 0 acknowledged, 0 missed\n"
            "test calls of SOUTH: 0 made, 0 acknowledged, 0 missed\n"
            "alarms of NORTH by the measures of ISA-18.2:\n"
            "  0 alarms, – a day; at the most 0 in ten minutes; floods (more than 10 in ten\n"
            "  minutes): 0 of 1, 0.0 %.\n");
  EXPECT_NE(terminal_.err().find("FLASH is 25.0 % of what NORTH sent in 2026-11"),
            std::string::npos)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("Journal of NORTH, 6 entries, since 2026-11-22T00:00:00.000Z\n"),
            std::string::npos)
      << terminal_.err();
}

// The same 95 % as in the report.
TEST_F(AuditStatsTest, ATableHasRoomIn80ColumnsAndAPipeHasARowOfAll) {
  for (uint64_t serial = 1; serial <= 20; ++serial) release(serial);
  for (uint64_t serial = 1; serial <= 20; ++serial) {
    later(10 * 60'000);
    peer_says(MessageType::acknowledgement, serial);
  }
  receive(1, Precedence::immediate);
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"audit", "stats"}), kExitDone) << terminal_.err();
  std::istringstream lines(terminal_.out());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), 80u) << line;
  EXPECT_NE(terminal_.out().find("95 %"), std::string::npos);
  terminal_.is_terminal = false;
  EXPECT_EQ(terminal_.run({"audit", "stats"}), kExitDone);
  EXPECT_NE(terminal_.out().find("NORTH\tFLASH\t20\t100.0 %\t20\t0\t0\t0\t1 h 40 min\t"
                                 "3 h 10 min\t3 h 20 min\n"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(AuditStatsTest, SaysItAsJson) {
  release(1);
  later(23'000);
  peer_says(MessageType::acknowledgement, 1);
  EXPECT_EQ(terminal_.run({"audit", "stats", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "{\"v\":1,\"party\":\"north\",\"peer\":\"south\",\"exercise\":false,\"since\":null,"
            "\"until\":null,\"entries\":2,\"messages\":[{\"from\":\"north\",\"precedence\":"
            "\"FLASH\",\"messages\":1,\"share_permille\":1000,\"acknowledged\":1,\"closed\":0,"
            "\"waiting\":0,\"escalated\":0,\"not_measured\":0,\"median_ms\":23000,\"p95_ms\":23000,"
            "\"longest_ms\":23000}],\"test_calls\":[{\"from\":\"north\",\"made\":0,"
            "\"acknowledged\":0,\"missed\":0},{\"from\":\"south\",\"made\":0,\"acknowledged\":0,"
            "\"missed\":0}],\"alarms\":{\"alarms\":0,\"per_day_tenths\":null,"
            "\"stretches_of_10_min\":1,\"busiest_10_min\":0,\"floods\":0,\"flood_permille\":0,"
            "\"causes\":0,\"top\":[],\"top_permille\":0,\"chattering\":[],\"stale\":[],"
            "\"hours\":[]}}\n");
}

TEST_F(AuditStatsTest, AnEntryThatCannotBeReadIsNamed) {
  release(1);
  add({1, 2, 3});
  EXPECT_EQ(terminal_.run({"audit", "stats"}), kExitRefused);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_NE(terminal_.err().find("cannot read journal entry 1"), std::string::npos);
  EXPECT_EQ(terminal_.run({"audit", "stats", "--since", "noon"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"audit", "stats", "--export", "/nowhere"}), kExitNotFound);
}

}  // namespace
}  // namespace hotline::client
