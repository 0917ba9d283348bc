// hotline audit log: the journal as journalctl would show it.
#include <gtest/gtest.h>

#include "client/show/entry_fields.h"
#include "protocol/base/sha256.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/terminal/exit_code.h"
#include "tests/made_draft.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/journal_entries.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

// Twelve entries, one an hour from midnight on the 22nd; the terminal's clock says 14:12.
class AuditLogTest : public testing::Test {
 protected:
  AuditLogTest() : terminal_(daemon_.connector()) {
    for (int hour = 0; hour < 12; ++hour) {
      daemon_.journal.push_back(started_entry(midnight_ + hour * 3'600'000));
    }
  }

  int run(std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "log"});
    return terminal_.run(more);
  }

  // The indices that were shown.
  std::vector<int> shown() const {
    std::vector<int> indices;
    std::istringstream lines(terminal_.out());
    for (std::string line; std::getline(lines, line);) {
      if (line[0] != '-') indices.push_back(std::stoi(line));
    }
    return indices;
  }

  const UtcMs midnight_ = at("2026-11-22T00:00:00Z");
  FakeDaemon daemon_;
  Terminal terminal_;
};

using Indices = std::vector<int>;

TEST_F(AuditLogTest, ShowsEveryEntryWithItsDate) {
  EXPECT_EQ(run({}), kExitDone) << terminal_.err();
  EXPECT_EQ(shown().size(), 12u);
  EXPECT_EQ(terminal_.out().rfind(
                "0  2026-11-22T00:00:00.000Z  started     hotlined 0.1.0  Ann Lee\n", 0),
            0u)
      << terminal_.out();
}

TEST_F(AuditLogTest, TimesChooseEntries) {
  EXPECT_EQ(run({"--since", "2026-11-22T09:00:00Z", "--until", "2026-11-22T10:30:00Z"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{9, 10}));
  EXPECT_EQ(run({"--since", "-4h"}), kExitDone) << terminal_.err();
  EXPECT_EQ(shown(), (Indices{11}));
  EXPECT_EQ(run({"--since=-4h"}), kExitDone) << terminal_.err();
  EXPECT_EQ(shown(), (Indices{11}));
  EXPECT_EQ(run({"--since", "today", "--until", "2026-11-22"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{0}));
  EXPECT_EQ(run({"--until", "yesterday"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_EQ(run({"--since", "noon"}), kExitUsage);
}

// After the clock was set back, later entries have earlier times: none of them may be missed.
TEST_F(AuditLogTest, AClockThatWasSetBackHidesNothing) {
  daemon_.journal.push_back(clock_stepped_entry(midnight_ + 1000, midnight_, midnight_ + 1000));
  daemon_.journal.push_back(stopped_entry(midnight_ + 9 * 3'600'000));
  EXPECT_EQ(run({"--since", "2026-11-22T09:00:00Z", "--until", "2026-11-22T10:00:00Z"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{9, 10, 13}));
}

TEST_F(AuditLogTest, LinesAreTheLast) {
  EXPECT_EQ(run({"-n", "2"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{10, 11}));
  EXPECT_EQ(daemon_.watched_from, std::vector<uint64_t>{10});
  EXPECT_EQ(run({"-n", "2", "--until", "2026-11-22T05:00:00Z"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{4, 5}));
  EXPECT_EQ(run({"-n", "100"}), kExitDone);
  EXPECT_EQ(shown().size(), 12u);
  EXPECT_EQ(run({"-n", "0"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_EQ(run({"-n", "-1"}), kExitUsage);
}

TEST_F(AuditLogTest, ACursorGoesOnWhereTheLastLookEnded) {
  EXPECT_EQ(run({"--cursor", "10", "--show-cursor"}), kExitDone);
  EXPECT_EQ(shown(), (Indices{10, 11}));
  EXPECT_TRUE(terminal_.out().ends_with("\n-- cursor: 12\n"));
  EXPECT_EQ(run({"--cursor", "12", "--show-cursor"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "-- cursor: 12\n");
  daemon_.journal.push_back(stopped_entry(midnight_));
  EXPECT_EQ(run({"--cursor", "12", "--show-cursor", "-o", "json"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"journal_index\":12,", 0), 0u);
  EXPECT_TRUE(terminal_.out().ends_with("\n{\"v\":1,\"cursor\":13}\n"));
}

// Taken back to the end in silence it would hide that the journal is another one.
TEST_F(AuditLogTest, ACursorBeyondTheEndIsRefused) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"-f"}, {"-f", "-n", "5", "--since=-1h"}}) {
    std::vector<std::string> words = {"--cursor", "13"};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_EQ(run(words), kExitUsage);
    EXPECT_NE(terminal_.err().find("--cursor 13 is beyond its end"), std::string::npos);
    EXPECT_NE(terminal_.err().find("--cursor 12"), std::string::npos);
  }
}

TEST_F(AuditLogTest, FollowingFromTheEndWithATimeShowsWhatComes) {
  int silences = 0;
  daemon_.on_silence = [&](int64_t) {
    if (++silences == 1) daemon_.journal.push_back(stopped_entry(midnight_ + 11 * 3'600'000));
    if (silences == 2) daemon_.journal.push_back({1, 2, 3});  // Ends the test.
  };
  EXPECT_EQ(run({"-f", "-n", "5", "--since", "today", "--cursor", "12"}), kExitRefused);
  EXPECT_EQ(shown(), (Indices{12}));
}

TEST_F(AuditLogTest, FollowsFromTheLastTenOn) {
  int silences = 0;
  daemon_.on_silence = [&](int64_t) {
    if (++silences == 2) daemon_.journal.push_back(stopped_entry(midnight_));
    if (silences == 3) daemon_.journal.push_back({1, 2, 3});  // Ends the test.
  };
  EXPECT_EQ(run({"-f"}), kExitRefused);
  EXPECT_EQ(shown(), (Indices{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
  EXPECT_NE(terminal_.err().find("cannot read journal entry 13"), std::string::npos);
  EXPECT_EQ(run({"-f", "--until", "now"}), kExitUsage);
  EXPECT_EQ(run({"-f", "--export", "x"}), kExitUsage);
}

TEST_F(AuditLogTest, FollowingWithATimeShowsTheLastLinesAtOnce) {
  std::string seen;
  daemon_.on_silence = [&](int64_t) {
    seen = terminal_.out();
    daemon_.journal.push_back({1, 2, 3});
  };
  EXPECT_EQ(run({"-f", "-n", "2", "--since", "today"}), kExitRefused);
  EXPECT_EQ(seen.rfind("10  ", 0), 0u) << seen;
}

TEST_F(AuditLogTest, FullShowsEveryField) {
  const wire::MessageKey key(true, 86);
  daemon_.journal = {received_entry(midnight_, 86, {87}),
                     released_entry(midnight_, {123, wire::MessageType::acknowledgement,
                                                wire::Precedence::flash, &key})};
  EXPECT_EQ(run({"-n", "1", "-o", "full"}), kExitDone) << terminal_.err();
  const std::string zeros(64, '0');
  EXPECT_EQ(terminal_.out(),
            "1  2026-11-22T00:00:00.000Z  released    N-000123  FLASH acknowledgement of SOUTH "
            "leaf 86  Ann Lee\n"
            "  at                       1795305600000\n"
            "  salt                     " +
                zeros +
                "\n"
                "  fact_type                Released\n"
                "  fact.serial              123\n"
                "  fact.type                14\n"
                "  fact.precedence          1\n"
                "  fact.leaf_hash           " +
                zeros +
                "\n"
                "  fact.refers_to.incoming  yes\n"
                "  fact.refers_to.number    86\n"
                "  leaf hash                " +
                to_hex(leaf_hash(daemon_.journal[1])) + "\n\n");
  EXPECT_EQ(run({"-o", "long"}), kExitUsage);
}

// An entry that is not shown still says how the peer calls its message.
TEST_F(AuditLogTest, NamesAreLearntFromEntriesThatAreNotShown) {
  const wire::MessageKey key(true, 86);
  daemon_.journal = {received_entry(midnight_, 86, {87}),
                     released_entry(midnight_ + 2000, {123, wire::MessageType::acknowledgement,
                                                       wire::Precedence::flash, &key})};
  EXPECT_EQ(run({"--since", "2026-11-22T00:00:01Z"}), kExitDone);
  EXPECT_NE(terminal_.out().find("acknowledgement of S-000087"), std::string::npos);
}

// An auditor reads what a draft said, and not its bytes.
TEST_F(AuditLogTest, ADraftIsReadInFull) {
  const BodyFields body = {"Buoy", {{"en", "We found a buoy.", true, ""}}, TextContentFields{}};
  const Bytes draft = made_draft(wire::MessageType::text, 4, build_body(body));
  daemon_.journal.push_back(journal_entry(midnight_ + 12 * 3'600'000, [&](auto& b) {
    return wire::CreateDraftSaved(b, 1, 1, b.CreateVector(draft));
  }));
  EXPECT_EQ(run({"-n", "1", "-o", "full"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.out().find("We found a buoy."), std::string::npos) << terminal_.out();
  EXPECT_NE(terminal_.out().find(to_hex(sha256({draft}))), std::string::npos) << terminal_.out();
  EXPECT_EQ(terminal_.out().find(to_hex(draft)), std::string::npos);
}

}  // namespace
}  // namespace hotline::client
