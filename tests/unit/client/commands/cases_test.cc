// Cases of violations on the screen: what is due, what was decided, how guarantors stand; and a
// decision as it leaves.
#include <gtest/gtest.h>

#include "protocol/channel/case_clock.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

// One case: its first response is due, its kind was repeated and decided on, and two guarantors are
// named.
Offset<wire::CaseRows> one_case(FlatBufferBuilder& b) {
  const auto violation = [&b](const char* id, bool cancelled) {
    return wire::CreateCaseViolationRowDirect(
        b, id, false, static_cast<uint8_t>(wire::ViolationEvent::explosion),
        static_cast<uint8_t>(wire::Side::other), at("2026-11-21T14:00:00Z"), cancelled);
  };
  const auto rung = [&b](CaseRung which, RungState state, UtcMs due, const char* decision) {
    return wire::CreateCaseRungRowDirect(b, static_cast<uint8_t>(which),
                                         static_cast<uint8_t>(state), due, decision,
                                         decision == nullptr ? 0 : at("2026-11-22T10:05:00Z"));
  };
  const std::vector<Offset<wire::CaseRungRow>> rungs = {
      rung(CaseRung::first_response, RungState::due, at("2026-11-22T14:00:00Z"), nullptr),
      rung(CaseRung::consultation, RungState::decided, 0, "N-000125"),
      rung(CaseRung::joint_response, RungState::to_come, at("2026-11-24T14:00:00Z"), nullptr)};
  const std::vector<Offset<flatbuffers::String>> kind_ids = {b.CreateString("N-000123"),
                                                             b.CreateString("N-000131")};
  const std::vector<Offset<wire::CaseRow>> rows = {
      wire::CreateCaseRowDirect(b, "N-000123", violation("N-000123", false),
                                at("2026-11-21T14:00:00Z"), 1, 2, true, false, &rungs, &kind_ids)};
  const std::vector<Offset<wire::CaseViolationRow>> violations = {violation("N-000123", false),
                                                                  violation("N-000124", true)};
  const auto decision = [&b](const char* id, const char* said, UtcMs committed,
                             const char* replaced_by) {
    return wire::CreateCaseDecisionRowDirect(
        b, id, false, "consultation", said, "the second in a day", 3, 3, at("2026-11-22T10:00:00Z"),
        committed, false, "bob", replaced_by);
  };
  const std::vector<Offset<wire::CaseDecisionRow>> decisions = {
      decision("N-000124", "wait", at("2026-11-22T10:01:00Z"), "N-000125"),
      decision("N-000125", "ask the first guarantor", at("2026-11-22T10:05:00Z"), nullptr)};
  const std::vector<Offset<wire::GuarantorRow>> guarantors = {
      wire::CreateGuarantorRowDirect(b, "first-guarantor", 1, at("2026-11-22T10:30:00Z"), 3, "bob",
                                     "by wire"),
      wire::CreateGuarantorRowDirect(b, "second-guarantor")};
  return wire::CreateCaseRowsDirect(b, &rows, 1, &violations, &decisions, &guarantors, 3, 3);
}

class CasesCommand : public testing::Test {
 protected:
  CasesCommand() : terminal_(daemon_.connector()) {
    daemon_.clock = terminal_.utc = at("2026-11-22T14:12:00Z");
    daemon_.case_rows = one_case;
  }
  bool says(const std::string& words) const {
    return terminal_.out().find(words) != std::string::npos;
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(CasesCommand, ListsWhatIsDueAndWhatWasDecided) {
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"case", "list"}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.out(),
            "  ID        EVENT      SIDE   COUNT  RESPONSE  CONSULT   JOINT\n"
            "! N-000123  explosion  SOUTH  1      DUE       N-000125  if widespread\n");
  EXPECT_EQ(terminal_.err(), "The terminal is too narrow for SINCE: --json has all\n");
}

// The agreement names a supervisor, and any other role is refused.
TEST_F(CasesCommand, WhoeverDoesNotDecideIsNotShownHow) {
  EXPECT_EQ(terminal_.run({"case", "show", "N-123"}), kExitDone);
  EXPECT_EQ(terminal_.err().find("hotline decide"), std::string::npos) << terminal_.err();
  terminal_.run({"decide", "N-123", "--rung", "joint-response", "--decision", "wait", "--reason",
                 "the first in a month"});
  EXPECT_EQ(terminal_.err().find("is due before"), std::string::npos) << terminal_.err();
}

TEST_F(CasesCommand, ShowsDecisionsAndGuarantors) {
  daemon_.roles = {wire::Role::supervisor};
  EXPECT_EQ(terminal_.run({"case", "show", "n-123"}), kExitDone) << terminal_.err();
  EXPECT_EQ(daemon_.cases_asked, std::vector<std::string>{"N-000123"});
  EXPECT_EQ(terminal_.out(),
            "N-000123  explosion  SOUTH  211400Z NOV 26\n"
            "Of its kind from its first on: 2. Widespread if 3 came by 241400Z NOV 26.\n"
            "They are: N-000123, N-000131\n"
            "Decided by: supervisor\n"
            "  RUNG            STATE                   TIME            DECISION\n"
            "! first-response  DUE                     221400Z NOV 26  -\n"
            "  consultation    decided                 221005Z NOV 26  N-000125\n"
            "  joint-response  to come, if widespread  241400Z NOV 26  -\n"
            "\n"
            "Violations\n"
            "  ID        SINCE           EVENT      SIDE   STATE\n"
            "  N-000123  211400Z NOV 26  explosion  SOUTH  stands\n"
            "  N-000124  211400Z NOV 26  explosion  SOUTH  cancelled\n"
            "\n"
            "Decisions\n"
            "  ID        PARTY  BY               RUNG          TIME            DECISION\n"
            "  N-000124  NORTH  bob, supervisor  consultation  221001Z NOV 26  replaced by "
            "N-000125: wait "
            "(the second in a day)\n"
            "  N-000125  NORTH  bob, supervisor  consultation  221005Z NOV 26  ask the first "
            "guarantor (the second in a day)\n"
            "\n"
            "Guarantors\n"
            "  GUARANTOR         STATE      SINCE           BY               REASON\n"
            "  first-guarantor   asked      221030Z NOV 26  bob, supervisor  by wire\n"
            "  second-guarantor  not asked  -               -                -\n");
  EXPECT_NE(terminal_.err().find("hotline decide N-000123 --rung first-response --decision"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"case", "show", "mine-field", "--json"}), kExitDone);
  EXPECT_EQ(daemon_.cases_asked.back(), "mine-field");
  EXPECT_TRUE(says("\"rung\":\"first-response\",\"state\":\"due\"")) << terminal_.out();
  EXPECT_TRUE(says("\"name\":\"second-guarantor\",\"state\":\"not_asked\"")) << terminal_.out();
  EXPECT_TRUE(says("\"attributed_party\":\"south\"")) << terminal_.out();
}

TEST_F(CasesCommand, NotesHowAGuarantorStands) {
  EXPECT_EQ(terminal_.run({"case", "note", "N-123", "--guarantor", "first-guarantor"}), kExitUsage);
  EXPECT_EQ(terminal_.run(
                {"case", "note", "N-123", "--guarantor", "first-guarantor", "--asked", "--silent"}),
            kExitUsage);
  EXPECT_EQ(terminal_.run({"case", "note", "N-123", "--asked"}), kExitUsage);
  EXPECT_TRUE(daemon_.guarantor_notes.empty());
  EXPECT_EQ(terminal_.run({"case", "note", "N-123", "--guarantor", "first-guarantor", "--silent",
                           "--reason", "nobody at the desk"}),
            kExitDone)
      << terminal_.err();
  EXPECT_EQ(daemon_.guarantor_notes,
            std::vector<std::string>{"N-000123 first-guarantor 3 nobody at the desk"});
}

TEST_F(CasesCommand, DecidesByAMessageThatNamesTheCaseAndTheRung) {
  daemon_.roles = {wire::Role::supervisor};
  const std::vector<std::string> whole = {
      "decide",     "N-124",     "--rung",   "first-response",
      "--decision", "a protest", "--reason", "the first in a month"};
  for (const std::string missing : {"--rung", "--decision", "--reason"}) {
    std::vector<std::string> words = whole;
    const auto option = std::find(words.begin(), words.end(), missing);
    words.erase(option, option + 2);
    EXPECT_EQ(terminal_.run(words), kExitUsage) << missing;
    EXPECT_NE(terminal_.err().find(missing), std::string::npos) << terminal_.err();
  }
  std::vector<std::string> other = whole;
  other[3] = "T+24h";
  EXPECT_EQ(terminal_.run(other), kExitUsage);
  EXPECT_TRUE(daemon_.submitted.empty());

  EXPECT_EQ(terminal_.run(whole), kExitDone) << terminal_.err();
  ASSERT_EQ(daemon_.submitted.size(), 1u);
  const auto draft =
      open_flatbuffer<wire::Draft>(daemon_.submitted.front().draft, kDraftIdentifier);
  ASSERT_TRUE(draft);
  EXPECT_EQ((*draft)->incident()->str(), "N-000123");
  EXPECT_EQ((*draft)->precedence(), static_cast<uint8_t>(wire::Precedence::routine));
  const Bytes body_bytes((*draft)->body()->begin(), (*draft)->body()->end());
  const auto body = open_body(body_bytes);
  ASSERT_TRUE(body);
  const wire::Decision* decision = (*body)->content_as_decision();
  ASSERT_NE(decision, nullptr);
  EXPECT_EQ(decision->incident()->str(), "N-000123");
  EXPECT_EQ(decision->rung()->str(), "first-response");
  EXPECT_EQ(decision->decision()->str(), "a protest");
  EXPECT_EQ(decision->reason()->str(), "the first in a month");
  EXPECT_EQ(decision->decided_by(), wire::Role::supervisor);
}

TEST_F(CasesCommand, SaysWhereThereIsNone) {
  daemon_.case_rows = [](FlatBufferBuilder& b) { return wire::CreateCaseRows(b); };
  EXPECT_EQ(terminal_.run({"case", "list"}), kExitDone);
  EXPECT_NE(terminal_.err().find("No case is open."), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.run({"case", "list", "--all"}), kExitDone);
  EXPECT_NE(terminal_.err().find("No violation was reported."), std::string::npos);
  EXPECT_EQ(terminal_.run({"case", "list", "--json"}), kExitDone);
  EXPECT_TRUE(says("\"cases\":[],\"total\":0")) << terminal_.out();
}

}  // namespace
}  // namespace hotline::client
