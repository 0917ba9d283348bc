// A drill judged from journals alone: what is met by which entry, what is missed and what noticed
// it, and where the program said otherwise.
#include "client/after_action/judged_drill.h"

#include <gtest/gtest.h>

#include <sstream>

#include "client/after_action/after_action.h"
#include "client/after_action/after_action_json.h"
#include "client/after_action/after_action_page.h"
#include "client/after_action/after_action_words.h"
#include "client/after_action/joint_record.h"
#include "client/after_action/who_played.h"
#include "client/drill/scenario_file.h"
#include "client/drill/scenario_message.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr UtcMs kDrillBegan = 1'800'000'000'000;
constexpr int64_t kDrillMinute = 60'000;
constexpr SideIndex kDrillNorth = 0;
constexpr SideIndex kDrillSouth = 1;
const Position kDrillPlace{54'90000, 20'10000};

constexpr char kDrillScenario[] = R"(
title = "A drill"
sides = ["north", "south"]
[[objective]]
name = "read"
text = "A FLASH is read at once."
[[player]]
name = "ann"
side = "north"
role = "operator"
[[player]]
name = "sam"
side = "south"
role = "operator"
[[inject]]
name = "warning"
kind = "message"
from = "north"
at = "5min"
message = { template = "airspace-crossing", precedence = "flash", set = { where = "54.90N 020.10E" } }
[[expect]]
name = "acknowledged"
kind = "acknowledged"
of = "warning"
within = "3min"
points = 10
objective = "read"
[[expect]]
name = "read-back"
kind = "read-back"
of = "warning"
within = "3min"
points = 5
objective = "read"
[[expect]]
name = "told"
kind = "disseminated"
of = "warning"
within = "10min"
points = 3
[[expect]]
name = "north-is-silent"
kind = "nothing-sent"
of = "warning"
side = "north"
within = "4min"
[[expect]]
name = "climbs"
kind = "escalated"
of = "warning"
side = "south"
rung = "supervisor"
within = "6min"
)";

class JudgedDrillTest : public testing::Test {
 protected:
  JudgedDrillTest() {
    auto reading = parse_scenario("drill.toml", kDrillScenario, kDrillBegan);
    EXPECT_TRUE(reading) << reading.error().reason;
    EXPECT_EQ(reading->mistakes.count(), 0u) << reading->mistakes.in_order().front().what;
    scenario = std::move(reading->scenario);
    log.begin = kDrillBegan;
    log.ended_ms = 30 * kDrillMinute;
    log.injects.resize(1);
    log.injects[0] = {{InjectFate::Kind::played, 5 * kDrillMinute}, "XN-000001", {}, {}};
    log.verdicts.resize(scenario.expectations.size());
    log.judgements.resize(scenario.expectations.size());
    records[kDrillNorth].emplace();
    records[kDrillSouth].emplace();
    IncidentFields incident;
    incident.position = kDrillPlace;
    add(kDrillNorth, "XN-000001", 5 * kDrillMinute,
        {.subject = "A warning", .texts = {}, .content = incident});
  }

  void add(SideIndex side, const std::string& id, int64_t at_ms, const BodyFields& body,
           const std::string& about = "") {
    EnvelopeFields envelope;
    envelope.id = id;
    envelope.type = type_of(body.content);
    envelope.precedence = wire::Precedence::flash;
    envelope.mode = wire::Mode::exercise;
    envelope.from = scenario.sides[side];
    envelope.to = scenario.sides[other_side(side)];
    envelope.released_at = kDrillBegan + at_ms;
    envelope.releaser_role = wire::Role::operator_;
    if (!about.empty()) {
      envelope.references.push_back({});
      envelope.references.back().id = about;
    }
    SideRecord::Message message;
    message.id = id;
    message.type = static_cast<uint8_t>(envelope.type);
    message.role = wire::Role::operator_;
    message.at = kDrillBegan + at_ms;
    message.entry.index = 10 + records[side]->messages.size();
    message.entry.person = side == kDrillNorth ? "ann" : "sam";
    message.envelope = build_envelope(envelope);
    message.body = build_body(body);
    records[side]->messages.push_back(std::move(message));
  }

  void acknowledge(int64_t at_ms, std::optional<Position> read_back = kDrillPlace) {
    AcknowledgementFields read;
    read.role = wire::Role::operator_;
    read.at = kDrillBegan + at_ms;
    read.position = read_back;
    add(kDrillSouth, "XS-000001", at_ms, {.subject = "Read", .texts = {}, .content = read},
        "XN-000001");
  }

  void climb(SideIndex side, StepKind kind, const std::string& rung, int64_t at_ms) {
    records[side]->told.push_back(
        {"XN-000001", kind, rung, kDrillBegan + at_ms, {.index = 40, .hash = {}}});
  }

  AfterAction reported() const {
    AfterAction report;
    report.scenario = scenario;
    report.log = log;
    report.records = records;
    report.judged = judged();
    report.objectives = objectives_of(scenario, report.judged);
    report.verification.exercise = true;
    return report;
  }
  std::string page() const { return html_page(after_action_page(reported())); }
  // "north-operator operator people: ann 2; ".
  std::string parts() const {
    std::string all;
    for (const PlayedPart& one : parts_played(reported())) {
      all += one.name + " " + one.role + " " + one.by + " " +
             (one.messages ? std::to_string(*one.messages) : "unknown") + "; ";
    }
    return all;
  }

  JudgedDrill judged() const { return judge_drill(scenario, log, records); }
  static JudgedExpectation of(const JudgedDrill& drill, const Scenario& scenario,
                              const std::string& name) {
    for (size_t e = 0; e < scenario.expectations.size(); ++e) {
      if (scenario.expectations[e].name == name) return drill.expectations[e];
    }
    ADD_FAILURE() << name;
    return {};
  }
  JudgedExpectation of(const std::string& name) const { return of(judged(), scenario, name); }

  Scenario scenario;
  DrillLog log;
  SideRecords records;
};

TEST_F(JudgedDrillTest, WhatIsMetIsProvedByItsEntry) {
  acknowledge(6 * kDrillMinute);
  const JudgedExpectation read = of("acknowledged");
  EXPECT_EQ(read.outcome.kind, Outcome::Kind::met);
  EXPECT_EQ(read.outcome.at_ms, 6 * kDrillMinute);
  ASSERT_TRUE(read.proof);
  EXPECT_EQ(read.proof->side, kDrillSouth);
  EXPECT_EQ(read.proof->message, "XS-000001");
  EXPECT_EQ(read.proof->entry.index, 10u);
  EXPECT_EQ(read.proof->entry.person, "sam");
  EXPECT_EQ(of("read-back").outcome.kind, Outcome::Kind::met);
}

TEST_F(JudgedDrillTest, WhatIsLateIsMissedAndSaysWhatNoticedIt) {
  climb(kDrillSouth, StepKind::rung, "supervisor", 8 * kDrillMinute);
  climb(kDrillSouth, StepKind::rung, "duty-director", 10 * kDrillMinute);
  climb(kDrillSouth, StepKind::rung, "voice", 13 * kDrillMinute);
  acknowledge(11 * kDrillMinute);
  const JudgedExpectation read = of("acknowledged");
  EXPECT_EQ(read.outcome.kind, Outcome::Kind::missed);
  EXPECT_EQ(read.outcome.at_ms, 8 * kDrillMinute);
  EXPECT_EQ(read.late_ms, 11 * kDrillMinute);
  ASSERT_EQ(read.caught.size(), 2u) << "what came after it was done noticed nothing";
  EXPECT_EQ(read.caught.back().rung, "duty-director");
  EXPECT_EQ(of("climbs").outcome.kind, Outcome::Kind::met);
  EXPECT_EQ(of("climbs").outcome.at_ms, 8 * kDrillMinute);
}

TEST_F(JudgedDrillTest, AWrongReadBackIsNoticedByTheSendersDaemon) {
  acknowledge(6 * kDrillMinute, Position{54'90000, 21'10000});
  records[kDrillNorth]->misread.push_back(
      {"XN-000001", kDrillBegan + 6 * kDrillMinute, {.index = 21, .hash = {}}});
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::met);
  const JudgedExpectation read_back = of("read-back");
  EXPECT_EQ(read_back.outcome.kind, Outcome::Kind::missed);
  ASSERT_EQ(read_back.caught.size(), 1u);
  EXPECT_EQ(read_back.caught.front().by, Catch::By::read_back);
  EXPECT_EQ(read_back.caught.front().proof.side, kDrillNorth);
  const std::string sent = format_position(kDrillPlace);
  EXPECT_EQ(read_back.caught.front().misread.find(sent), 0u) << read_back.caught.front().misread;
  EXPECT_NE(read_back.caught.front().misread.find("was sent, and " +
                                                  format_position(Position{54'90000, 21'10000})),
            std::string::npos)
      << read_back.caught.front().misread;
}

TEST_F(JudgedDrillTest, AnAlarmOfItsOwnKindNoticesWhatWasNotDone) {
  climb(kDrillSouth, StepKind::dissemination_due, "", 15 * kDrillMinute);
  climb(kDrillSouth, StepKind::first_answer_due, "", 16 * kDrillMinute);
  const JudgedExpectation told = of("told");
  EXPECT_EQ(told.outcome.kind, Outcome::Kind::missed);
  EXPECT_FALSE(told.late_ms);
  ASSERT_EQ(told.caught.size(), 1u);
  EXPECT_EQ(told.caught.front().by, Catch::By::dissemination_due);
}

TEST_F(JudgedDrillTest, ASilenceIsBrokenByWhatIsNoInjectOfIts) {
  EXPECT_EQ(of("north-is-silent").outcome.kind, Outcome::Kind::met);
  EXPECT_EQ(of("north-is-silent").outcome.at_ms, 9 * kDrillMinute);
  add(kDrillNorth, "XN-000002", 7 * kDrillMinute,
      {.subject = "More", .texts = {}, .content = TextContentFields{}});
  const JudgedExpectation broken = of("north-is-silent");
  EXPECT_EQ(broken.outcome.kind, Outcome::Kind::missed);
  EXPECT_EQ(broken.outcome.at_ms, 7 * kDrillMinute);
  ASSERT_TRUE(broken.proof);
  EXPECT_EQ(broken.proof->message, "XN-000002");
}

TEST_F(JudgedDrillTest, WithoutASidesRecordNothingIsSaidOfIt) {
  acknowledge(6 * kDrillMinute);
  records[kDrillSouth].reset();
  EXPECT_FALSE(of("acknowledged").is_judged);
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::not_reached);
  EXPECT_TRUE(of("north-is-silent").is_judged);
}

// The sent message stands in the sender's journal alone.
TEST_F(JudgedDrillTest, AReadBackIsNotJudgedWithoutTheSendersRecord) {
  acknowledge(6 * kDrillMinute, Position{55'90000, 20'10000});
  records[kDrillNorth].reset();
  EXPECT_TRUE(of("acknowledged").is_judged);
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::met);
  EXPECT_FALSE(of("read-back").is_judged);
}

TEST_F(JudgedDrillTest, ADrillThatDidNotEndLeavesWhatIsNotDueOpen) {
  log.ended_ms.reset();
  log.last_ms = 7 * kDrillMinute;
  for (auto& record : records) record->last_at = kDrillBegan + 9 * kDrillMinute;
  EXPECT_EQ(judged().ends_ms, 9 * kDrillMinute);
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::missed);
  EXPECT_EQ(of("told").outcome.kind, Outcome::Kind::not_reached);
}

// The scenario with an inject that makes SOUTH's clock wrong a minute before the warning.
class WrongClockTest : public JudgedDrillTest {
 protected:
  void make_wrong(int64_t ahead_ms) {
    Inject wrong = scenario.injects[0];
    wrong.name = "wrong";
    wrong.from = kDrillSouth;
    wrong.content = ClockWrong{ahead_ms, 20 * kDrillMinute};
    scenario.injects.push_back(wrong);
    log.injects.push_back({{InjectFate::Kind::played, 4 * kDrillMinute}, "", {}, {}});
  }
};

TEST_F(WrongClockTest, ItsSideIsJudgedByWhenTheOtherSideHadItsMessages) {
  for (const int64_t ahead_ms : {30 * kDrillMinute, -20 * kDrillMinute}) {
    make_wrong(ahead_ms);
    for (const int64_t at_ms : {6 * kDrillMinute, 9 * kDrillMinute}) {
      acknowledge(at_ms + ahead_ms);
      records[kDrillNorth]->received["XS-000001"] = kDrillBegan + at_ms;
      const JudgedExpectation read = of("acknowledged");
      const bool is_in_time = at_ms < 8 * kDrillMinute;
      EXPECT_EQ(read.outcome.kind, is_in_time ? Outcome::Kind::met : Outcome::Kind::missed);
      EXPECT_EQ(is_in_time ? read.outcome.at_ms : read.late_ms.value_or(0), at_ms) << ahead_ms;
      records[kDrillSouth]->messages.clear();
    }
    scenario.injects.pop_back();
    log.injects.pop_back();
  }
}

TEST_F(WrongClockTest, ItsRungsAreWhenTheProgramSawThem) {
  make_wrong(30 * kDrillMinute);
  climb(kDrillSouth, StepKind::rung, "supervisor", 38 * kDrillMinute);
  EXPECT_EQ(of("climbs").outcome.kind, Outcome::Kind::missed);
  log.verdicts[4] = DrillLog::Verdict{Outcome::Kind::met, 8 * kDrillMinute, "XN-000001"};
  EXPECT_EQ(of("climbs").outcome.kind, Outcome::Kind::met);
  EXPECT_EQ(of("climbs").outcome.at_ms, 8 * kDrillMinute);
  EXPECT_NE(page().find("The clock of SOUTH was made wrong"), std::string::npos);
}

TEST_F(WrongClockTest, AClockThatIsHeldHasNoError) {
  make_wrong(30 * kDrillMinute);
  log.jumps = true;
  acknowledge(9 * kDrillMinute);
  records[kDrillNorth]->received["XS-000001"] = kDrillBegan + 6 * kDrillMinute;
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::missed);
}

TEST_F(JudgedDrillTest, WhereTheProgramSaidOtherwiseTheReportSaysSo) {
  acknowledge(6 * kDrillMinute);
  const JudgedDrill first = judged();
  for (size_t e = 0; e < first.expectations.size(); ++e) {
    log.verdicts[e] = DrillLog::Verdict{first.kind(e), 0, ""};
  }
  EXPECT_TRUE(judged().differences.empty());
  log.verdicts[0] = DrillLog::Verdict{Outcome::Kind::missed, 8 * kDrillMinute, ""};
  ASSERT_EQ(judged().differences.size(), 1u);
  EXPECT_EQ(judged().differences.front(),
            "acknowledged: the program said missed, the journals say met (XS-000001)");
  log.verdicts[0] = DrillLog::Verdict{Outcome::Kind::met, 6 * kDrillMinute, "XS-000009"};
  EXPECT_EQ(judged().differences.size(), 1u);
}

TEST_F(JudgedDrillTest, WhatADirectorIsToJudgeIsAsTheyJudgedIt) {
  scenario.expectations[0].by_director = true;
  acknowledge(6 * kDrillMinute);
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::to_judge);
  log.judgements[0] =
      DrillLog::Judgement{Outcome::Kind::missed, 40 * kDrillMinute, "eve", "too hasty"};
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::missed);
}

TEST_F(JudgedDrillTest, AnInjectThatNoJournalHasIsADifference) {
  log.injects[0].message = "XN-000007";
  const JudgedDrill drill = judged();
  EXPECT_FALSE(drill.injects[0]);
  ASSERT_FALSE(drill.differences.empty());
  EXPECT_NE(drill.differences.front().find("XN-000007"), std::string::npos);
}

TEST_F(JudgedDrillTest, PointsAreCountedByObjective) {
  acknowledge(6 * kDrillMinute, Position{54'90000, 21'10000});
  const auto results = objectives_of(scenario, judged());
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].points, 10);
  EXPECT_EQ(results[0].points_max, 15);
  EXPECT_EQ(results[0].missed.size(), 1u);
  EXPECT_FALSE(results[1].objective);
  EXPECT_EQ(results[1].points_max, 5);
}

TEST_F(JudgedDrillTest, WhatCameDueWhileNobodyPlayedIsNotJudged) {
  log.unplayed = {{6 * kDrillMinute, 20 * kDrillMinute, true}};
  acknowledge(21 * kDrillMinute);
  for (const char* name : {"acknowledged", "read-back", "told", "north-is-silent", "climbs"}) {
    EXPECT_EQ(of(name).outcome.kind, Outcome::Kind::not_judged) << name;
  }
  EXPECT_FALSE(of("acknowledged").late_ms);
  const AfterAction report = reported();
  EXPECT_EQ(report.points_max(), 0);
  EXPECT_EQ(report.count(Outcome::Kind::missed), 0u);
  const std::string html = page();
  EXPECT_NE(html.find("NOT PLAYED from 00:06:00"), std::string::npos);
  EXPECT_NE(html.find("to 00:20:00"), std::string::npos);
  EXPECT_EQ(html.find("MISSED"), std::string::npos);
  const std::string json = to_json(after_action_json(report));
  EXPECT_NE(json.find(R"("unplayed":[{"from_ms":360000,"to_ms":1200000}])"), std::string::npos);
  EXPECT_NE(json.find(R"("not_judged":5)"), std::string::npos);
  for (auto& verdict : log.verdicts) {
    verdict = DrillLog::Verdict{Outcome::Kind::not_judged, 8 * kDrillMinute, ""};
  }
  EXPECT_TRUE(judged().differences.empty()) << judged().differences.front();
}

TEST_F(JudgedDrillTest, WhatWasDoneInTimeCountsAlsoWhereNobodyPlayed) {
  log.unplayed = {{6 * kDrillMinute, 20 * kDrillMinute, true}};
  acknowledge(7 * kDrillMinute);
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::met);
  log.unplayed = {{9 * kDrillMinute, 20 * kDrillMinute, true}};
  EXPECT_EQ(of("told").outcome.kind, Outcome::Kind::not_judged);
  records[kDrillSouth]->messages.clear();
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::missed) << "its time was over before";
}

TEST_F(JudgedDrillTest, ADaemonThatWasStartedAgainStandsInItsCourse) {
  log.restarts = {{7 * kDrillMinute, kDrillSouth}};
  EXPECT_NE(page().find("daemon restarted"), std::string::npos);
}

TEST_F(JudgedDrillTest, ADrillThatBrokeOffSaysWhy) {
  log.ended_ms.reset();
  log.broken_off = "a daemon does not start";
  EXPECT_NE(page().find("broke off: a daemon does not start"), std::string::npos);
}

TEST_F(JudgedDrillTest, ARefusedInjectWasSkippedByNobodyAndCountsForNothing) {
  log.injects[0].fate = {InjectFate::Kind::refused, 5 * kDrillMinute};
  log.injects[0].message.clear();
  EXPECT_EQ(of("acknowledged").outcome.kind, Outcome::Kind::off);
  EXPECT_EQ(reported().points_max(), 0);
  EXPECT_NE(page().find("refused by its daemon"), std::string::npos);
  EXPECT_EQ(page().find("skipped"), std::string::npos);
  log.injects[0].fate.kind = InjectFate::Kind::skipped;
  EXPECT_EQ(reported().points_max(), 0);
  EXPECT_NE(page().find("skipped by the director"), std::string::npos);
}

TEST_F(JudgedDrillTest, AnInjectSaysWhenItWasPlanned) {
  log.injects[0].fate.at_ms = 20 * kDrillMinute;
  ASSERT_EQ(judged().planned_ms.size(), 1u);
  EXPECT_EQ(judged().planned_ms[0], 5 * kDrillMinute);
}

TEST_F(JudgedDrillTest, WhoPlayedIsAsTheJournalsHaveIt) {
  scenario.players[1].script.emplace();
  acknowledge(6 * kDrillMinute);
  records[kDrillNorth]->messages[0].entry.person = "director";
  EXPECT_EQ(parts(),
            "ann operator people 0; sam operator a program 1; "
            "director  gave injects 1; ");
  records[kDrillSouth].reset();
  EXPECT_EQ(parts(),
            "ann operator people 0; sam operator a program unknown; "
            "director  gave injects 1; ");
}

// People have their own names there, and nothing is scripted.
TEST_F(JudgedDrillTest, InADrillOfTwoDirectorsAPartIsWhoeverActedInItsRole) {
  scenario.players[1].script.emplace();
  scenario.players[1].name = "south-operator";
  log.side = kDrillNorth;
  acknowledge(6 * kDrillMinute);
  records[kDrillNorth]->messages[0].entry.person = "bob";
  // One of an earlier drill, one after this one, and one that set the clock.
  add(kDrillSouth, "XS-000002", -kDrillMinute,
      {.subject = "Before", .texts = {}, .content = TextContentFields{}});
  add(kDrillSouth, "XS-000003", 31 * kDrillMinute,
      {.subject = "After", .texts = {}, .content = TextContentFields{}});
  add(kDrillSouth, "XS-000004", 7 * kDrillMinute,
      {.subject = "The clock",
       .texts = {},
       .content = ServiceFields{wire::ServiceAction::exercise_clock_agreed, "", "", "", ""}});
  EXPECT_EQ(parts(),
            "ann operator people 0; south-operator operator people: sam 1; "
            "bob  gave injects 1; ");
  const std::string html = page();
  EXPECT_EQ(html.find("seed"), std::string::npos);
  EXPECT_EQ(html.find("a program"), std::string::npos);
}

// Whichever program's record it is made from, and whenever that one ended.
TEST_F(JudgedDrillTest, AJointDrillEndsForBothWhenItsMessagesAreSettled) {
  acknowledge(6 * kDrillMinute);
  for (const SideIndex side : {kDrillNorth, kDrillSouth}) {
    log.side = side;
    for (const int64_t ended_ms : {7 * kDrillMinute, 40 * kDrillMinute}) {
      log.ended_ms = ended_ms;
      take_joint_end(scenario, records, log);
      EXPECT_EQ(log.ended_ms, 15 * kDrillMinute) << "told is missed";
      EXPECT_FALSE(log.is_stopped);
    }
  }
  for (const int64_t at_ms : {20 * kDrillMinute, 8 * kDrillMinute}) {
    add(kDrillSouth, "XS-000009", at_ms,
        {.subject = "STOP EXERCISE",
         .texts = {},
         .content = ServiceFields{wire::ServiceAction::exercise_end, "", "", "", ""}});
    take_joint_end(scenario, records, log);
    EXPECT_EQ(log.is_stopped, at_ms == 8 * kDrillMinute) << "the first one was after its end";
    EXPECT_EQ(log.ended_ms, std::min(at_ms, 15 * kDrillMinute));
  }
  log.injects[0] = {};
  take_joint_end(scenario, records, log);
  EXPECT_EQ(log.ended_ms, 8 * kDrillMinute) << "an inject was to come still";
}

TEST_F(JudgedDrillTest, AnInjectThatCameAfterTheOwnProgramEndedIsKnownByItsText) {
  const UtcMs came = kDrillBegan + 5 * kDrillMinute;
  const auto fields = draft_of(scenario, *scenario.injects[0].message(), kDrillNorth, nullptr, came,
                               [](size_t) { return std::string(); });
  ASSERT_TRUE(fields);
  const auto draft = finish_draft(*fields, true, came);
  ASSERT_TRUE(draft);
  const auto* made = flatbuffers::GetRoot<wire::Draft>(draft->data());
  SideRecord::Message& sent = records[kDrillNorth]->messages.front();
  EnvelopeFields envelope;
  envelope.id = sent.id;
  envelope.type = static_cast<wire::MessageType>(made->type());
  envelope.mode = wire::Mode::exercise;
  envelope.from = "north";
  envelope.to = "south";
  envelope.drafted_at = envelope.released_at = came;
  sent.type = made->type();
  sent.envelope = build_envelope(envelope);
  sent.body.assign(made->body()->begin(), made->body()->end());
  log.injects[0] = {};
  log.side = kDrillSouth;
  DrillLog known = log;
  add_injects_of_peer(scenario, records, known);
  EXPECT_EQ(known.injects[0].message, "XN-000001");
  EXPECT_EQ(known.injects[0].fate.at_ms, 5 * kDrillMinute);
  sent.body = build_body({.subject = "Other", .texts = {}, .content = TextContentFields{}});
  add_injects_of_peer(scenario, records, log);
  EXPECT_EQ(log.injects[0].message, "");
}

TEST_F(JudgedDrillTest, ClocksGoAsFastAsRealTimeOrSoManyTimes) {
  log.jumps = false;
  log.speed_permille = 1000;
  EXPECT_NE(page().find("The clocks went as fast as real time"), std::string::npos);
  log.speed_permille = 2500;
  EXPECT_NE(page().find("The clocks went 2.5 times as fast as real time"), std::string::npos);
}

TEST_F(JudgedDrillTest, AJumpOfBothDirectorsStandsInTheReport) {
  using Change = wire::ExerciseClockChange;
  records[kDrillNorth]->clock_changes = {
      {Change::speed, 60'000, kDrillBegan - kDrillMinute, "bob", 0},
      {Change::jump, 0, kDrillBegan + 6 * kDrillMinute, "bob", kDrillBegan + 11 * kDrillMinute},
      {Change::arrived, 0, kDrillBegan + 11 * kDrillMinute, "", 0}};
  EXPECT_TRUE(clocks_set(reported()).empty()) << "orders say it";
  log.side = kDrillNorth;
  const auto set = clocks_set(reported());
  ASSERT_EQ(set.size(), 1u);
  EXPECT_EQ(set[0].words, "jump to 00:11:00");
  EXPECT_EQ(set[0].at_ms, 6 * kDrillMinute);
  EXPECT_EQ(set[0].who, "bob");
  EXPECT_NE(page().find("jump to 00:11:00"), std::string::npos);
  EXPECT_NE(page().find("that was changed"), std::string::npos);
}

TEST_F(JudgedDrillTest, AJudgementOfAPlayerShowsThatItIsNotTheDirectors) {
  scenario.expectations[0].by_director = true;
  log.judgements[0] = DrillLog::Judgement{Outcome::Kind::met, 9 * kDrillMinute, "south-sam", ""};
  EXPECT_NE(page().find("south-sam (a player, not the director) judged"), std::string::npos);
  log.judgements[0]->who = "south-director";
  EXPECT_NE(page().find("as south-director judged"), std::string::npos);
}

TEST_F(JudgedDrillTest, APageKeepsWhatWasWrittenTextAndFitsItsColumns) {
  acknowledge(6 * kDrillMinute);
  AfterAction report;
  report.scenario = scenario;
  report.scenario.title = "<script>alert(1)</script> | *bold*";
  report.log = log;
  report.records = records;
  report.judged = judged();
  report.objectives = objectives_of(scenario, report.judged);
  report.verification.exercise = true;
  const Page page = after_action_page(report);
  const std::string html = html_page(page);
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_LT(html.find(std::string(kExerciseMark)), html.find("<h1"));
  EXPECT_GT(html.rfind(std::string(kExerciseMark)), html.rfind("</table>"));
  const std::string markdown = markdown_page(page);
  EXPECT_EQ(markdown.rfind(std::string(kExerciseMark), 0), 0u);
  EXPECT_NE(markdown.find("\\<script\\>"), std::string::npos);
  std::istringstream lines(markdown);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) continue;
    EXPECT_LE(column_count(line), 80u) << line;
  }
}

}  // namespace
}  // namespace hotline::client
