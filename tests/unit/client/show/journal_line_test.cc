#include "client/show/journal_line.h"

#include <gtest/gtest.h>

#include "protocol/channel/conditions.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/ladder.h"
#include "protocol/message/body.h"
#include "protocol/terminal/exit_code.h"
#include "tests/made_draft.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

const wire::Digest kDigest{};

template <class Build>
Bytes entry(Build build) {
  flatbuffers::FlatBufferBuilder builder;
  const auto fact = build(builder);
  const auto type = []<class Table>(flatbuffers::Offset<Table>) {
    return wire::FactTraits<Table>::enum_value;
  }(fact);
  wire::FinishEntryBuffer(
      builder, wire::CreateEntry(builder, 1795356727913 + 0, &kDigest, type, fact.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

class WatchTest : public testing::Test {
 protected:
  WatchTest() : terminal_(daemon_.connector()) {
    daemon_.journal = {
        entry([](auto& b) { return wire::CreateStarted(b, b.CreateString("0.1.0")); }),
        entry([](auto& b) {
          wire::ReceivedBuilder received(b);
          received.add_index(86);
          received.add_leaf_hash(&kDigest);
          received.add_serial(87);
          received.add_type(static_cast<uint8_t>(wire::MessageType::incident));
          received.add_precedence(static_cast<uint8_t>(wire::Precedence::flash));
          return received.Finish();
        }),
        entry([](auto& b) {
          const std::vector<flatbuffers::Offset<wire::Step>> steps = {
              wire::CreateStepDirect(b, static_cast<uint8_t>(StepKind::rung), "supervisor")};
          const std::vector<uint64_t> messages = to_blocks({86});
          return wire::CreateStepsDecidedDirect(b, true, 1, &messages, &steps, 1);
        }),
        entry([](auto& b) {
          const wire::MessageKey key(true, 86);
          wire::ReleasedBuilder released(b);
          released.add_serial(123);
          released.add_type(static_cast<uint8_t>(wire::MessageType::acknowledgement));
          released.add_precedence(static_cast<uint8_t>(wire::Precedence::flash));
          released.add_leaf_hash(&kDigest);
          released.add_refers_to(&key);
          return released.Finish();
        }),
        entry([](auto& b) {
          return wire::CreateLinkChanged(b, wire::LinkChange::down,
                                         b.CreateString("three probes missed"));
        })};
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(WatchTest, PrintsOneLineForEachEntry) {
  EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "0  " + time + "  started     hotlined 0.1.0  Ann Lee\n" + "1  " + time +
                "  received    S-000087  FLASH incident  Ann Lee\n" + "2  " + time +
                "  escalation  S-000087  ESCALATED to supervisor (1 missed)  Ann Lee\n" + "3  " +
                time + "  released    N-000123  FLASH acknowledgement of S-000087  Ann Lee\n" +
                "4  " + time + "  link        DOWN: three probes missed  Ann Lee\n");
}

TEST_F(WatchTest, A4_AFloodIsOneLine) {
  const std::vector<uint64_t> messages = to_blocks({86, 127, 128, 129});
  const auto steps = [](auto& b, StepKind kind, const char* rung) {
    return std::vector<flatbuffers::Offset<wire::Step>>{
        wire::CreateStepDirect(b, static_cast<uint8_t>(kind), rung)};
  };
  daemon_.journal = {
      daemon_.journal[1],  // S-000087 at place 86.
      entry([&](auto& b) {
        const auto rung = steps(b, StepKind::rung, "supervisor");
        return wire::CreateStepsDecidedDirect(b, true, 1, &messages, &rung, 0, 0, 104, 86);
      }),
      entry([&](auto& b) {
        const auto again = steps(b, StepKind::alarm_again, nullptr);
        return wire::CreateStepsDecidedDirect(b, true, 1, nullptr, &again, 0, 0, 104, 86);
      }),
      entry([&](auto& b) {
        const auto again = steps(b, StepKind::alarm_again, nullptr);
        return wire::CreateStepsDecidedDirect(b, true, 1, nullptr, &again, 0, 0, 1, 86);
      }),
      entry([&](auto& b) {
        return wire::CreateAttemptEndedDirect(b, true, 1, &messages, "supervisor", 0, 2,
                                              wire::Outcome::impossible, "no such file");
      })};
  terminal_.columns = 200;  // Nothing is folded.
  EXPECT_EQ(terminal_.run({"watch", "--from", "1", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  const std::string range = "4 messages from SOUTH leaf 86 to SOUTH leaf 129";
  EXPECT_EQ(terminal_.out(),
            "1  " + time + "  escalation  " + range + ": ESCALATED to supervisor  Ann Lee\n" +
                "2  " + time +
                "  escalation  alarm again, 104 FLASH wait, the oldest SOUTH leaf 86  Ann Lee\n" +
                "3  " + time + "  escalation  SOUTH leaf 86  alarm again  Ann Lee\n" + "4  " +
                time + "  attempt     " + range +
                ": supervisor, command 1, attempt 2 cannot start: no such file  Ann Lee\n");
}

TEST_F(WatchTest, HasWordsForWhatAnAuditNeeds) {
  daemon_.journal = {
      entry([](auto& b) { return wire::CreateJournalWitnessed(b, 1040, b.CreateString("note")); }),
      entry([](auto& b) { return wire::CreateExported(b); }),
      entry([](auto& b) { return wire::CreateTestCallMissed(b, 498'710, true, 3); }),
      entry([](auto& b) {
        return wire::CreateEvidenceKept(b, wire::EvidenceKind::fork_of_peer_journal);
      })};
  EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "0  " + time + "  witnessed   the journal of SOUTH up to 1040 entries  Ann Lee\n" +
                "1  " + time + "  exported    Ann Lee\n" + "2  " + time +
                "  test-call   MISSED by NORTH in the hour from 2026-11-22T14:00:00.000Z, 3 in a "
                "row  Ann Lee\n" +
                "3  " + time + "  EVIDENCE    the peer signed two different journals  Ann Lee\n");
}

TEST_F(WatchTest, TellsOfConditions) {
  daemon_.journal = {
      entry([](auto& b) {
        return wire::CreateConditionBeganDirect(b, static_cast<uint8_t>(ConditionCode::link_down),
                                                "south", 0, "no link to the peer: no route");
      }),
      entry([](auto& b) {
        return wire::CreateConditionEndedDirect(b, static_cast<uint8_t>(ConditionCode::link_down),
                                                "south");
      }),
      entry(
          [](auto& b) { return wire::CreateConditionEndedDirect(b, 250, "of a later version"); })};
  EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "0  " + time + "  condition   no link to the peer: no route  Ann Lee\n" + "1  " + time +
                "  condition   over: link-down, south  Ann Lee\n" + "2  " + time +
                "  condition   over: unknown, of a later version  Ann Lee\n");
  EXPECT_EQ(terminal_.run({"watch", "--from", "1", "--until-now", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"code\":\"link-down\",\"subject\":\"south\",\"over\":true}\n"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(WatchTest, TellsOfHandovers) {
  daemon_.journal = {entry([](auto& b) {
                       const std::vector<flatbuffers::Offset<wire::HandoverItem>> items = {
                           wire::CreateHandoverItemDirect(b, wire::HandoverCode::draft, "D-1")};
                       return wire::CreateHandoverStartedDirect(b, &items, &kDigest, nullptr,
                                                                nullptr, nullptr, 1);
                     }),
                     entry([](auto& b) {
                       return wire::CreateHandoverAccepted(b, 0, &kDigest, 1, nullptr, nullptr, 3);
                     })};
  EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "0  " + time + "  handover    list signed by operator, items: 1  Ann Lee\n" + "1  " +
                time + "  handover    watch taken over by supervisor, items ticked: 1  Ann Lee\n");
}

TEST_F(WatchTest, TellsOfDrafts) {
  const Bytes draft =
      made_draft(wire::MessageType::text, 0, build_body({"Later", {}, TextContentFields{}}));
  daemon_.journal = {
      entry([&](auto& b) {
        return wire::CreateDraftSaved(b, 3, 2, b.CreateVector(draft), nullptr, nullptr, nullptr, 3);
      }),
      entry([](auto& b) { return wire::CreateDraftDiscarded(b, 3, nullptr, nullptr, 1); }),
      entry([](auto& b) {
        wire::ReleasedBuilder released(b);
        released.add_serial(7);
        released.add_type(1);
        released.add_precedence(4);
        released.add_leaf_hash(&kDigest);
        released.add_draft(4);
        return released.Finish();
      })};
  EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone) << terminal_.err();
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "0  " + time + "  draft       D-3  version 2 saved by supervisor, text  Ann Lee\n" +
                "1  " + time + "  draft       D-3  discarded by operator  Ann Lee\n" + "2  " +
                time + "  released    N-000007  ROUTINE text, was D-4  Ann Lee\n");
}

TEST_F(WatchTest, ResumesAndNamesAMessageItHasNotSeenByItsPlace) {
  EXPECT_EQ(terminal_.run({"watch", "--from", "2", "--until-now"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("2  ", 0), 0u);
  EXPECT_NE(terminal_.out().find("SOUTH leaf 86"), std::string::npos);
  EXPECT_EQ(terminal_.run({"watch", "--from", "5", "--until-now"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "");
}

TEST_F(WatchTest, AsksForTheNameOfAMessageThatItHasNotSeenArrive) {
  FakeMessage message;
  message.id = "S-000087";
  message.place = "S-?86";
  daemon_.messages = {message};
  EXPECT_EQ(terminal_.run({"watch", "--from", "2", "--until-now"}), kExitDone);
  const std::string time = format_time_of_day(1795356727913);
  EXPECT_EQ(terminal_.out(),
            "2  " + time + "  escalation  S-000087  ESCALATED to supervisor (1 missed)  Ann Lee\n" +
                "3  " + time +
                "  released    N-000123  FLASH acknowledgement of S-000087  Ann Lee\n" + "4  " +
                time + "  link        DOWN: three probes missed  Ann Lee\n");
  EXPECT_EQ(daemon_.shown, (std::vector<std::string>{"S-?86"})) << "once for both";
}

TEST_F(WatchTest, IsOneObjectALineUnderJson) {
  EXPECT_EQ(terminal_.run({"watch", "--from", "2", "--until-now", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"journal_index\":2,\"at\":\"", 0), 0u);
  EXPECT_NE(terminal_.out().find("\"kind\":\"escalation\",\"id\":\"SOUTH leaf 86\""),
            std::string::npos);
}

TEST_F(WatchTest, GoesOnThroughSilenceAndPrintsWhatComes) {
  int silences = 0;
  daemon_.on_silence = [&](int64_t) {
    if (++silences == 3) {
      daemon_.journal.push_back(entry([](auto& b) { return wire::CreateStopped(b); }));
    }
    // A malformed entry ends the test: the program must say which one.
    if (silences == 4) daemon_.journal.push_back({1, 2, 3});
  };
  EXPECT_EQ(terminal_.run({"watch"}), kExitRefused);
  EXPECT_EQ(daemon_.watched_from, std::vector<uint64_t>{5});
  EXPECT_EQ(terminal_.out(), "5  " + format_time_of_day(1795356727913) + "  stopped     Ann Lee\n");
  EXPECT_NE(terminal_.err().find("cannot read journal entry 6"), std::string::npos);
}

}  // namespace
}  // namespace hotline::client
