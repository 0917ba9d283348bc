// Cases of violations in two cores: which message belongs to which, the condition of a decision
// that is due, who ends it by which message, guarantors, and that a restart tells the same.
#include "protocol/channel/cases.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "protocol/base/time_text.h"
#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using Standing = wire::GuarantorStanding;

Policy short_clock() {
  Policy policy = default_policy();
  policy.case_clock = {.first_response_ms = 60 * kSecond_ms,
                       .repeated_within_ms = 30 * kSecond_ms,
                       .joint_response_ms = 180 * kSecond_ms,
                       .widespread = 3,
                       .guarantors = {"first-guarantor", "second-guarantor"}};
  return policy;
}

ViolationFields violation(UtcMs at, wire::ViolationEvent event = wire::ViolationEvent::explosion) {
  ViolationFields said;
  said.observer_position = Position{4'831'000, 3'802'000};
  said.event_position = Position{4'834'000, 3'805'000};
  said.accuracy_m = 100;
  said.event_at = at;
  said.means = wire::Means::heard;
  said.count = 2;
  said.exactness = wire::Exactness::exact;
  said.event = event;
  said.attribution = wire::Side::other;
  return said;
}

class CasesTest : public testing::Test {
 protected:
  void SetUp() override { cores.connect(); }

  // The name of the message.
  std::string report(size_t party, const std::string& thread = {},
                     wire::ViolationEvent event = wire::ViolationEvent::explosion) {
    return sent(party, cores.submit(party, kRoutine, violation(cores.now().utc, event), {},
                                    wire::Role::operator_, false, thread));
  }
  std::string text(size_t party, const std::string& thread = {}) {
    return sent(party, cores.submit(party, kRoutine, TextContentFields{}, {}, wire::Role::operator_,
                                    false, thread));
  }
  Result<Submission> decide(size_t party, const std::string& incident, const std::string& rung,
                            wire::Role role = wire::Role::supervisor,
                            wire::Role decided_by = wire::Role::supervisor) {
    DecisionFields said;
    said.incident = incident;
    said.rung = rung;
    said.decision = "a protest";
    said.reason = "the second in a day";
    said.decided_by = decided_by;
    said.at = cores.now().utc;
    return cores.submit(party, kRoutine, said, {}, role);
  }
  static std::string sent(size_t party, const Result<Submission>& sent) {
    EXPECT_TRUE(sent) << sent.error().reason;
    return sent ? format_serial(party == kNorth ? "N" : "S", sent->serial) : "";
  }
  // Subjects of the decisions that are due.
  std::vector<std::string> due(size_t party) {
    std::vector<std::string> subjects;
    for (const Condition& one : cores.core(party).conditions().list()) {
      if (one.kind->code == ConditionCode::decision_due) subjects.push_back(one.subject);
    }
    return subjects;
  }
  using Names = std::vector<std::string>;
  const Case& only_case(size_t party) {
    const auto all = cores.core(party).cases().list(cores.now().utc, true);
    EXPECT_EQ(all.size(), 1u);
    return *all.front();
  }

  TwoCores cores{short_clock()};
};

TEST_F(CasesTest, AViolationOfEitherOpensACaseAtBoth) {
  const std::string first = report(kNorth);
  const std::string second = report(kNorth, first);
  const std::string third = report(kSouth, first);
  const std::string other = report(kSouth, {}, wire::ViolationEvent::burst);
  for (const size_t party : {kNorth, kSouth}) {
    const auto cases = cores.core(party).cases().list(cores.now().utc, false);
    ASSERT_EQ(cases.size(), 2u);
    Cases& all = cores.core(party).cases();
    ASSERT_NE(all.find(first), nullptr);
    EXPECT_EQ(all.find(first)->thread, first);
    EXPECT_EQ(all.find(first)->violations.size(), 3u);
    EXPECT_EQ(all.find(second), all.find(first));
    EXPECT_EQ(all.find(third), all.find(first));
    ASSERT_NE(all.find(other), nullptr);
    EXPECT_EQ(all.find(other)->thread, other);
    EXPECT_EQ(all.find("N-000099"), nullptr);
    EXPECT_EQ(all.find("mine-field"), nullptr);
  }
}

TEST_F(CasesTest, AThreadIsNamedByAWordOrByAnyMessageOfIt) {
  const std::string begins = text(kSouth, "mine-field");
  const std::string by_word = report(kNorth, "mine-field");
  const std::string by_message = report(kSouth, begins);
  const std::string of_that = report(kNorth, by_message);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(only_case(party).thread, "mine-field");
    EXPECT_EQ(only_case(party).violations.size(), 3u);
    for (const std::string& name : {begins, by_word, by_message, of_that}) {
      EXPECT_EQ(cores.core(party).cases().find(name), &only_case(party)) << name;
    }
  }
}

TEST_F(CasesTest, TheFirstResponseIsDueOnceAndEndsWithADecision) {
  const std::string id = report(kNorth);
  cores.pass(59'750);
  for (const size_t party : {kNorth, kSouth}) EXPECT_EQ(due(party), Names{});
  cores.alarms(kNorth).clear();
  cores.pass(250);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(due(party), Names{id + " first-response"});
  }
  ASSERT_EQ(cores.alarms(kNorth).size(), 1u);
  EXPECT_NE(cores.alarms(kNorth).front().find("hotline case show " + id), std::string::npos);
  const uint64_t size = cores.core(kNorth).journal_size();
  cores.pass(5'000);
  EXPECT_EQ(cores.alarms(kNorth).size(), 1u) << "a tick tells nothing twice";
  EXPECT_EQ(cores.core(kNorth).journal_size(), size) << "and records nothing";
  EXPECT_EQ(cores.core(kNorth).last_serial(), 1u) << "nothing was sent by itself";

  EXPECT_TRUE(decide(kNorth, id, "first-response"));
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{});
  EXPECT_EQ(due(kSouth), Names{id + " first-response"}) << "the peer decides for itself";
  EXPECT_EQ(only_case(kSouth).decisions.size(), 1u) << "and sees what we decided";
  EXPECT_TRUE(decide(kSouth, id, "first-response"));
  cores.pass(250);
  EXPECT_EQ(due(kSouth), Names{});
}

// The watch is told that a second decision replaces the first, by whom that was and when.
TEST_F(CasesTest, ASecondDecisionTakesThePlaceOfTheFirst) {
  const std::string id = report(kNorth);
  cores.pass(60'000);
  const std::string at = format_rfc3339(cores.now().utc);
  ASSERT_TRUE(decide(kNorth, id, "first-response"));
  cores.pass(10'000);
  cores.alarms(kNorth).clear();
  ASSERT_TRUE(decide(kNorth, id, "first-response"));
  EXPECT_EQ(cores.alarms(kNorth),
            Names{"N-000003 takes the place of N-000002, by which supervisor decided "
                  "first-response of N-000001 at " +
                  at + ": hotline case show N-000001"});
  const Case& one = only_case(kNorth);
  EXPECT_EQ(replaced_by(one, one.decisions.back()), &one.decisions.front());
  EXPECT_EQ(replaced_by(one, one.decisions.front()), nullptr);
  // Each repetition asks for a decision of its own, which stands beside the others.
  report(kNorth, id);
  report(kNorth, id);
  ASSERT_TRUE(decide(kNorth, id, "consultation"));
  report(kNorth, id);
  cores.alarms(kNorth).clear();
  ASSERT_TRUE(decide(kNorth, id, "consultation"));
  EXPECT_EQ(cores.alarms(kNorth), Names{});
}

TEST_F(CasesTest, AnotherRoleOrRungEndsNothing) {
  const std::string id = report(kNorth);
  cores.pass(60'000);
  const auto by_operator = decide(kNorth, id, "first-response", wire::Role::operator_);
  ASSERT_FALSE(by_operator);
  EXPECT_EQ(by_operator.error().code, ErrorCode::not_allowed);
  EXPECT_FALSE(decide(kNorth, id, "first-response", wire::Role::operator_, wire::Role::operator_));
  EXPECT_FALSE(decide(kNorth, id, "first-response", wire::Role::supervisor, wire::Role::releaser));
  EXPECT_TRUE(decide(kNorth, id, "joint-response"));
  EXPECT_TRUE(decide(kNorth, id, "T+24h", wire::Role::operator_)) << "in words of its own";
  EXPECT_TRUE(decide(kNorth, text(kNorth), "first-response")) << "of no case";
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{id + " first-response"});
}

TEST_F(CasesTest, ThePeersDecisionIsTakenWhoeverMadeIt) {
  const std::string id = report(kNorth);
  cores.pass(60'000);
  EXPECT_TRUE(decide(kSouth, id, "first-response"));
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{id + " first-response"});
  EXPECT_FALSE(only_case(kNorth).decisions.front().answers);
  EXPECT_EQ(only_case(kSouth).decisions.front().answers, CaseRung::first_response);
}

TEST_F(CasesTest, ARepetitionAndAWidespreadKindAreTold) {
  const std::string first = report(kNorth);
  cores.pass(10'000);
  const std::string second = report(kNorth);
  cores.pass(250);
  EXPECT_EQ(due(kSouth), Names{second + " consultation"});
  EXPECT_EQ(due(kNorth), due(kSouth));
  report(kNorth);
  cores.pass(170'000);
  const std::vector<std::string> all = due(kNorth);
  EXPECT_NE(std::find(all.begin(), all.end(), first + " joint-response"), all.end());
}

TEST_F(CasesTest, ACorrectionAndACancellationCountAtOnce) {
  report(kNorth);
  cores.pass(1'000);
  const std::string second = report(kNorth);
  cores.pass(250);
  EXPECT_EQ(due(kSouth), Names{second + " consultation"});
  CorrectionFields correction;
  correction.reason = "heard wrongly";
  correction.changes = {{"event", "explosion", "burst"}};
  const auto corrected = cores.submit(kNorth, kRoutine, correction, {second});
  ASSERT_TRUE(corrected) << corrected.error().reason;
  cores.pass(250);
  for (const size_t party : {kNorth, kSouth}) EXPECT_EQ(due(party), Names{}) << party;
  cores.pass(60'000);
  EXPECT_EQ(due(kSouth), (Names{"N-000001 first-response", "N-000002 first-response"}));
  ASSERT_TRUE(cores.submit(kNorth, kRoutine, CancellationFields{"by mistake"}, {second}));
  cores.pass(250);
  for (const size_t party : {kNorth, kSouth}) {
    EXPECT_EQ(due(party), Names{"N-000001 first-response"}) << party;
    EXPECT_TRUE(cores.core(party).cases().find(second)->violations.front().is_cancelled);
  }
}

TEST_F(CasesTest, ADecisionThatIsCancelledOrCorrectedDecidesNothingAnyMore) {
  const std::string id = report(kNorth);
  cores.pass(60'000);
  const std::string first = sent(kNorth, decide(kNorth, id, "first-response"));
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{});
  ASSERT_TRUE(cores.submit(kNorth, kRoutine, CancellationFields{"not decided yet"}, {first}));
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{id + " first-response"});
  const std::string second = sent(kNorth, decide(kNorth, id, "consultation"));
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{id + " first-response"});
  CorrectionFields correction;
  correction.reason = "the other rung was meant";
  correction.changes = {{"rung", "consultation", "first-response"}};
  const auto corrected = cores.submit(kNorth, kRoutine, correction, {second});
  ASSERT_TRUE(corrected) << corrected.error().reason;
  cores.pass(250);
  EXPECT_EQ(due(kNorth), Names{});
}

TEST_F(CasesTest, ARestartTellsTheSame) {
  const std::string first = report(kNorth, "mine-field");
  cores.pass(1'000);
  report(kNorth, first);
  report(kSouth, first);
  const std::string gone = report(kSouth);
  ASSERT_TRUE(cores.submit(kSouth, kRoutine, CancellationFields{"by mistake"}, {gone}));
  cores.pass(60'000);
  ASSERT_TRUE(decide(kNorth, first, "consultation"));
  ASSERT_TRUE(cores.note_guarantor(kNorth, first, {"first-guarantor", Standing::asked, "by wire"}));
  cores.pass(250);
  for (const size_t party : {kNorth, kSouth}) {
    const std::vector<std::string> before = due(party);
    EXPECT_FALSE(before.empty());
    const Case was = *cores.core(party).cases().find(first);
    cores.restart(party);
    const Case is = *cores.core(party).cases().find(first);
    EXPECT_EQ(due(party), before);
    const uint64_t size = cores.core(party).journal_size();
    cores.pass(250);
    EXPECT_EQ(due(party), before);
    EXPECT_EQ(cores.core(party).journal_size() - size, 0u) << "nothing begins anew";
    ASSERT_EQ(is.violations.size(), was.violations.size());
    for (size_t i = 0; i < was.violations.size(); ++i) {
      EXPECT_EQ(is.violations[i].key, was.violations[i].key);
      EXPECT_EQ(is.violations[i].at, was.violations[i].at);
      EXPECT_EQ(is.violations[i].kind, was.violations[i].kind);
    }
    ASSERT_EQ(is.decisions.size(), 1u);
    EXPECT_EQ(is.decisions[0].answers, was.decisions[0].answers);
    EXPECT_EQ(is.notes.size(), was.notes.size());
    EXPECT_TRUE(cores.core(party).cases().find(gone)->violations.front().is_cancelled);
  }
}

// By this clock, which may be set, and while the daemon does not run.
TEST_F(CasesTest, TheHoursPassByTheWallClock) {
  TwoCores usual;
  usual.connect();
  ASSERT_TRUE(usual.submit(kNorth, kRoutine, violation(usual.now().utc)));
  const auto is_due = [&] {
    usual.pass(1);
    return usual.core(kNorth).conditions().is_open(ConditionCode::decision_due,
                                                   "N-000001 first-response");
  };
  usual.step_clock(kNorth, 24 * kHour_ms - 2);
  EXPECT_FALSE(is_due()) << "a millisecond is left";
  EXPECT_TRUE(is_due());
  usual.step_clock(kNorth, -kHour_ms);
  EXPECT_FALSE(is_due()) << "the clock was set back";
}

TEST_F(CasesTest, ManyAreNamedOnlyInPart) {
  std::vector<std::string> names;
  for (size_t i = 0; i < limits::kDecisionsDueNamed + 2; ++i) {
    names.push_back(report(kNorth));
    cores.pass(31'000);
  }
  cores.pass(60'000);
  const std::vector<std::string> all = due(kSouth);
  EXPECT_EQ(all.size(), limits::kDecisionsDueNamed + 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), "south"), 1);
  EXPECT_EQ(std::count(all.begin(), all.end(), names.front() + " first-response"), 1);
}

TEST_F(CasesTest, GuarantorsAreNotedByWhoMay) {
  const std::string id = report(kSouth);
  for (const auto role : {wire::Role::releaser, wire::Role::monitor, wire::Role::auditor}) {
    const Status refused =
        cores.note_guarantor(kNorth, id, {"first-guarantor", Standing::asked, ""}, role);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_allowed);
  }
  const auto code = [&](const std::string& name, const GuarantorNote& note) {
    const Status noted = cores.note_guarantor(kNorth, name, note);
    return noted ? ErrorCode{} : noted.error().code;
  };
  EXPECT_EQ(code("N-000099", {"first-guarantor", Standing::asked, ""}), ErrorCode::not_found);
  EXPECT_EQ(code(id, {"third-guarantor", Standing::asked, ""}), ErrorCode::refused);
  EXPECT_EQ(code(id, {"first-guarantor", Standing::unset, ""}), ErrorCode::usage);
  EXPECT_EQ(code(id, {"first-guarantor", static_cast<Standing>(4), ""}), ErrorCode::usage);
  EXPECT_EQ(code(id, {"first-guarantor", Standing::asked, "a\x1b[2J"}), ErrorCode::refused);
  EXPECT_EQ(code(id, {"first-guarantor", Standing::asked,
                      std::string(limits::kCaseReasonSizeMax + 1, 'x')}),
            ErrorCode::refused);
  EXPECT_TRUE(only_case(kNorth).notes.empty());

  ASSERT_TRUE(cores.note_guarantor(kNorth, id, {"first-guarantor", Standing::asked, "by wire"},
                                   wire::Role::operator_));
  ASSERT_TRUE(cores.note_guarantor(kNorth, id, {"first-guarantor", Standing::silent, ""}));
  ASSERT_TRUE(cores.note_guarantor(kNorth, id, {"first-guarantor", Standing::asked, "again"}));
  const auto& notes = only_case(kNorth).notes;
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ(notes.at({"first-guarantor", Standing::asked}).reason, "again");
  EXPECT_EQ(
      cores.core(kNorth).person_at(notes.at({"first-guarantor", Standing::silent}).journal_index),
      "bob");
  EXPECT_TRUE(only_case(kSouth).notes.empty()) << "the peer learns nothing of it";
}

// It is kept and receipted all the same.
TEST(CasesOfAPeer, OnlyAReportThatKeepsTheRulesOpensOne) {
  for (const uint32_t count : {0u, 1u}) {
    ScriptedPeer peer;
    ASSERT_TRUE(peer.start());
    const LinkId link = peer.link_up();
    BodyFields body = ScriptedPeer::text_body("Two explosions.");
    ViolationFields said = violation(peer.now().utc);
    said.count = count;
    body.content = said;
    peer.own.append(ScriptedPeer::write(peer.envelope(wire::MessageType::violation), body));
    peer.say(link, peer.messages_frame(0, 1));
    peer.settle();
    EXPECT_EQ(peer.core().peer_size(), 1u);
    EXPECT_EQ(peer.core().cases().list(peer.now().utc, true).size(), count);
  }
}

}  // namespace
}  // namespace hotline
