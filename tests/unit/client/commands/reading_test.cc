// The commands that read, against a daemon with known contents: what stands on the screen.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/journal_entries.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

Bytes incident_body() {
  IncidentFields incident;
  incident.kind = wire::IncidentKind::airspace_crossing;
  incident.observed_at = at("2026-11-22T14:10:30Z");
  incident.position = Position{54'90000, 20'10000};
  incident.accuracy_m = 500;
  incident.who = wire::Side::own;
  incident.observed = wire::Observed::aircraft;
  incident.certainty = wire::Certainty::observed;
  incident.intent = wire::Intent::accidental;
  incident.actions = {wire::Action::hold_fire, wire::Action::inform_units};
  incident.course_deg10 = 2715;
  incident.speed_cm_s = 20'578;
  incident.altitude = AltitudeFields{95, wire::AltitudeDatum::flight_level};
  incident.icao_address = 0x43C1F2;
  BodyFields body;
  body.subject = "Unintended airspace crossing, 54.90N 020.10E";
  body.texts = {{"en", "One aircraft of ours has crossed.\nIt turns back.", true, ""},
                {"ru", "Наш самолёт пересёк границу.", false, "south"}};
  body.content = incident;
  return build_body(body);
}

Bytes incident_envelope() {
  EnvelopeFields envelope;
  envelope.id = "S-000087";
  envelope.type = wire::MessageType::incident;
  envelope.precedence = wire::Precedence::flash;
  envelope.mode = wire::Mode::live;
  envelope.from = "south";
  envelope.to = "north";
  envelope.drafted_at = at("2026-11-22T14:10:50Z");
  envelope.released_at = at("2026-11-22T14:11:07Z");
  envelope.drafter_role = wire::Role::operator_;
  envelope.releaser_role = wire::Role::operator_;
  envelope.language = "en";
  envelope.parts = {PartFields{wire::PartKind::body, 10, Hash{}}};
  return build_envelope(envelope);
}

// South has sent two messages that wait; one of ours was acknowledged.
class ReadingTest : public testing::Test {
 protected:
  ReadingTest() : terminal_(daemon_.connector()) {
    FakeMessage flash;
    flash.id = "S-000087";
    flash.subject = "Unintended airspace crossing, 54.90N 020.10E";
    flash.released_at = at("2026-11-22T14:11:07Z");
    flash.committed_at = at("2026-11-22T14:11:08Z");
    flash.journal_index = 901;
    flash.waits = true;
    flash.due_in_ms = 168'400;
    flash.envelope = incident_envelope();
    flash.body = incident_body();
    FakeMessage own;
    own.id = "N-000123";
    own.incoming = false;
    own.subject = "Unintended crossing";
    own.released_at = own.committed_at = at("2026-11-22T14:12:07.913Z");
    own.journal_index = 890;
    own.delivered_at = at("2026-11-22T14:12:08.021Z");
    own.acknowledged_at = at("2026-11-22T14:12:31.440Z");
    own.acknowledged_role = wire::Role::operator_;
    FakeMessage immediate;
    immediate.id = "S-000086";
    immediate.precedence = wire::Precedence::immediate;
    immediate.subject = "Search and rescue helicopter, 1 aircraft";
    immediate.released_at = at("2026-11-22T14:02:00Z");
    immediate.committed_at = at("2026-11-22T14:02:01Z");
    immediate.journal_index = 880;
    immediate.waits = true;
    immediate.due_in_ms = 490'000;
    daemon_.messages = {flash, own, immediate};
    daemon_.clock = at("2026-11-22T14:12:07.913Z");
    daemon_.link_since = at("2026-11-22T14:08:55.913Z");
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(ReadingTest, InboxLooksAsPromised) {
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  DUE     PREC       ID        DTG             FROM   SUBJECT\n"
            "! 02:48   FLASH      S-000087  221411Z NOV 26  SOUTH  Unintended airspace crossing, "
            "54.90N 020.10E\n"
            "  08:10   IMMEDIATE  S-000086  221402Z NOV 26  SOUTH  Search and rescue helicopter, 1 "
            "aircraft\n");
  EXPECT_EQ(terminal_.err(), "2 wait for an acknowledgement. Next: hotline ack @flash\n");
}

TEST_F(ReadingTest, InboxInAPipeIsTabSeparated) {
  terminal_.is_terminal = false;
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "02:48\tFLASH\tS-000087\t221411Z NOV 26\tSOUTH\tUnintended airspace crossing, 54.90N "
            "020.10E\n"
            "08:10\tIMMEDIATE\tS-000086\t221402Z NOV 26\tSOUTH\tSearch and rescue helicopter, 1 "
            "aircraft\n");
}

TEST_F(ReadingTest, InboxWithoutAFlashNamesTheNextMessage) {
  daemon_.messages.erase(daemon_.messages.begin());
  terminal_.run({"inbox"});
  EXPECT_EQ(terminal_.err(), "1 waits for an acknowledgement. Next: hotline ack S-000086\n");
  daemon_.messages.clear();
  terminal_.run({"inbox"});
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_EQ(terminal_.err(), "Nothing waits for an acknowledgement.\n");
}

TEST_F(ReadingTest, B2_AnInboxThatIsCutGivesTheTrueCountAndTheNextPage) {
  FakeMessage routine;
  routine.precedence = wire::Precedence::routine;
  routine.waits = true;
  for (int i = 0; i < 1050; ++i) {
    routine.id = "S-" + std::to_string(100'000 + i);
    daemon_.messages.push_back(routine);
  }
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("! 02:48   FLASH      S-000087"), terminal_.out().find('\n') + 1);
  EXPECT_EQ(terminal_.err(),
            "1,000 of 1,052 are shown. The next: hotline inbox --after 1000\n"
            "1,052 wait for an acknowledgement, 1 of them FLASH. Next: hotline ack @flash\n");
  EXPECT_EQ(terminal_.run({"inbox", "--after", "1000"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("FLASH"), std::string::npos);
  EXPECT_NE(terminal_.out().find("S-101049"), std::string::npos);
  EXPECT_EQ(terminal_.err(), "1,052 wait for an acknowledgement. Next: hotline ack @flash\n");
  EXPECT_EQ(terminal_.run({"inbox", "--limit", "1", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"waiting\":1052,\"waiting_flash\":1,\"more\":true,\"next\":"
                                 "\"1\",\"conditions\":["),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ReadingTest, B2_AtTheLimitAnInboxIsWhole) {
  EXPECT_EQ(terminal_.run({"inbox", "--limit", "2"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "2 wait for an acknowledgement. Next: hotline ack @flash\n");
  EXPECT_EQ(terminal_.run({"inbox", "--limit", "1"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "1 of 2 are shown. The next: hotline inbox --after 1 --limit 1\n"
            "2 wait for an acknowledgement, 1 of them FLASH. Next: hotline ack @flash\n");
  EXPECT_EQ(terminal_.run({"inbox", "--limit", "0"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"inbox", "--limit", "1001"}), kExitUsage);
}

TEST_F(ReadingTest, B2_InboxWithAllPutsWhatWaitsFirst) {
  daemon_.messages[0].waits = false;
  EXPECT_EQ(terminal_.run({"inbox", "--all"}), kExitDone);
  EXPECT_LT(terminal_.out().find("S-000086"), terminal_.out().find("S-000087"));
}

TEST_F(ReadingTest, B2_ListsOfWhatWaitsGoOnAfterAPlace) {
  EXPECT_EQ(terminal_.run({"list", "--waiting", "--limit", "1"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "1 of 2 are shown. The next: hotline list --waiting --after 1 --limit 1\n");
  EXPECT_EQ(terminal_.run({"list", "--waiting", "--before", "1"}), kExitUsage);
  daemon_.escalations = {{"S-000087", "supervisor", 0, "duty-director", 118'000, {}}};
  daemon_.escalations_total = 1051;
  EXPECT_EQ(terminal_.run({"escalation", "list"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "1 of 1,051 are shown. The next: hotline escalation list --after 1.7.i1\n");
}

TEST_F(ReadingTest, A2_ASubjectThatIsCutSaysSoToPrograms) {
  daemon_.messages[0].cut = true;
  EXPECT_EQ(terminal_.run({"inbox", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("54.90N 020.10E\",\"cut\":true"), std::string::npos);
}

TEST_F(ReadingTest, InboxAsJson) {
  daemon_.messages.resize(1);
  EXPECT_EQ(terminal_.run({"inbox", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"messages\":[{\"id\":\"S-000087\",\"from\":\"south\","
                                  "\"to\":\"north\",\"type\":\"incident\",\"precedence\":\"FLASH\"",
                                  0),
            0u)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("\"acknowledged_at\":null"), std::string::npos);
  EXPECT_NE(terminal_.out().find("\"released_at\":\"2026-11-22T14:11:07.000Z\""),
            std::string::npos);
  EXPECT_EQ(terminal_.err(), "");
}

TEST_F(ReadingTest, ListHasBothDirectionsAndSaysWhenThereIsMore) {
  EXPECT_EQ(terminal_.run({"list", "--limit", "2"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  ID        PREC       TYPE      DTG             FROM   STATE         SUBJECT\n"
            "! S-000087  FLASH      incident  221411Z NOV 26  SOUTH  waits         Unintended "
            "airspace crossing, 54.90N 020.10E\n"
            "  N-000123  FLASH      incident  221412Z NOV 26  NORTH  acknowledged  Unintended "
            "crossing\n");
  EXPECT_EQ(terminal_.err(), "2 of 3 are shown. The next: hotline list --after 890 --limit 2\n");
  for (const char* option : {"--after", "--before"}) {
    EXPECT_EQ(terminal_.run({"list", option, "890"}), kExitDone);
    EXPECT_EQ(terminal_.out().find("S-000087"), std::string::npos);
    EXPECT_NE(terminal_.out().find("S-000086"), std::string::npos);
  }
  EXPECT_EQ(terminal_.run({"list", "--after", "890", "--before", "890"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"list", "--before", "890"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("S-000087"), std::string::npos);
  EXPECT_NE(terminal_.out().find("S-000086"), std::string::npos);
  EXPECT_EQ(terminal_.run({"list", "--incoming", "--outgoing"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"list", "--limit", "0"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"list", "--limit", "1001"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"list", "--limit", "abc"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("try:  --limit "), std::string::npos) << terminal_.err();
}

TEST_F(ReadingTest, ShowRendersTheMessageInTheReadersLanguage) {
  EXPECT_EQ(terminal_.run({"show", "@flash"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "S-000087  FLASH  incident  SOUTH to NORTH  221411Z NOV 26\n"
            "Unintended airspace crossing, 54.90N 020.10E\n"
            "\n"
            "  Kind              Airspace crossing\n"
            "  Time              2026-11-22T14:10:30.000Z  (221410Z NOV 26)\n"
            "  Position          54.900N 020.100E, within 500 m\n"
            "  Whose             the sender's\n"
            "  Observed          aircraft\n"
            "  Certainty         observed\n"
            "  Intent            accidental\n"
            "  Action requested  hold fire; inform your units\n"
            "  ICAO address      43C1F2\n"
            "  Course            271.5 degrees true\n"
            "  Speed             400 kt (205.78 m/s)\n"
            "  Altitude          FL095\n"
            "\n"
            "  en, original\n"
            "    One aircraft of ours has crossed.\n"
            "    It turns back.\n"
            "\n"
            "  ru, translation by south, not authoritative\n"
            "    Наш самолёт пересёк границу.\n"
            "\n"
            "  Message       S-000087\n"
            "  Type          incident\n"
            "  Precedence    FLASH\n"
            "  Mode          live\n"
            "  From          south\n"
            "  To            north\n"
            "  Drafted       2026-11-22T14:10:50.000Z  (221410Z NOV 26)\n"
            "  Drafted by    operator\n"
            "  Released      2026-11-22T14:11:07.000Z  (221411Z NOV 26)\n"
            "  Released by   operator\n"
            "\n"
            "  received      14:11:08.000Z  journal 901\n"
            "  waits for an acknowledgement, next in 02:48\n");
  EXPECT_EQ(terminal_.err(), "Next: hotline ack S-000087\n");
}

TEST_F(ReadingTest, ShowDoesNotHideABodyThatCannotBeRead) {
  daemon_.messages[0].body = {1, 2, 3};
  EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone);
  EXPECT_NE(terminal_.out().find("The body cannot be read: "), std::string::npos);
  EXPECT_NE(terminal_.out().find("waits for an acknowledgement"), std::string::npos);
}

TEST_F(ReadingTest, ShowAsJsonHasFieldsTextsAndTheExactBytes) {
  EXPECT_EQ(terminal_.run({"show", "S-87", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("{\"label\":\"Position\",\"value\":\"54.900N 020.100E, "
                                 "within 500 m\"}"),
            std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("\"envelope_base64\":\"" + to_base64(incident_envelope())),
            std::string::npos);
}

TEST_F(ReadingTest, B21_ShowAsJsonHasValuesBesideTheWords) {
  EXPECT_EQ(terminal_.run({"show", "S-87", "--json"}), kExitDone);
  for (const char* value :
       {R"("kind":"airspace-crossing")", R"("observed_at":"2026-11-22T14:10:30.000Z")",
        R"("position":{"latitude_deg_e5":5490000,"longitude_deg_e5":2010000})",
        R"("accuracy_m":500)", R"("actions":["hold-fire","inform-units"])",
        R"("course_deg10":2715)", R"("speed_cm_s":20578)",
        R"("altitude":{"value":95,"datum":"flight-level"})"}) {
    EXPECT_NE(terminal_.out().find(value), std::string::npos) << value << "\n" << terminal_.out();
  }
  EXPECT_NE(terminal_.out().find(R"("content":[{"label":)"), std::string::npos);
}

TEST_F(ReadingTest, NamesOfMessagesAreResolved) {
  EXPECT_EQ(terminal_.run({"show", "n-123"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("N-000123  FLASH  incident  NORTH to SOUTH", 0), 0u);
  EXPECT_EQ(terminal_.run({"show", "@last"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("S-000087", 0), 0u);
  EXPECT_EQ(terminal_.run({"show", "Q-1"}), kExitNotFound);
  EXPECT_EQ(terminal_.err(),
            "hotline: cannot show Q-1\n"
            "  why:  no message of this channel begins with Q-\n"
            "  try:  N- is NORTH, S- is SOUTH\n");
  EXPECT_EQ(terminal_.run({"show", "N-9"}), kExitNotFound);
  EXPECT_EQ(terminal_.run({"show", "last"}), kExitUsage);
  daemon_.messages.clear();
  EXPECT_EQ(terminal_.run({"show", "@flash"}), kExitNotFound);
  EXPECT_EQ(terminal_.run({"show", "@last"}), kExitNotFound);
}

TEST_F(ReadingTest, StatusSaysHowTheChannelIs) {
  daemon_.conditions = {
      {"disk-hangs", "north", true, at("2026-11-20T14:10:00Z"), "the disk has not answered"},
      {"flood", "south", false, at("2026-11-22T14:10:00Z"), "60 messages of the peer wait"}};
  daemon_.waiting = {{true, wire::Precedence::flash, 3, 192'000, "supervisor"},
                     {false, wire::Precedence::flash, 1, 8'000},
                     {true, wire::Precedence::routine, 1042, 7'500'000, "duty-director", true}};
  EXPECT_EQ(terminal_.run({"status"}), kExitDone);
  EXPECT_EQ(
      terminal_.out(),
      "NORTH with SOUTH, live, 2026-11-22T14:12:07.913Z\n"
      "  CRITICAL      for 48 h 02 min, since 2026-11-20T14:10:00.000Z: the disk has not answered\n"
      "  WARNING       for 2 min 07 s, since 14:10:00.000Z: 60 messages of the peer wait\n"
      "  FLASH         3 of SOUTH wait for us, the oldest for 3 min 12 s, ESCALATED to supervisor\n"
      "  FLASH         1 of ours waits for SOUTH, for 8.0 s\n"
      "  ROUTINE       1,042 of SOUTH wait for us, the oldest for 2 h 05 min, ESCALATED to "
      "duty-director: this rung calls\n"
      "                nobody, no command is configured for it\n"
      "  link          up for 3 min 12 s, since 14:08:55.913Z, 192.0.2.7:4711\n"
      "  peer's clock  -0.040 s to ours, round trip 12 ms\n"
      "  queued        1 FLASH, 19 ROUTINE, sent without receipt 1\n"
      "  sent by us    123, receipted 122, root 7be1000000000000…\n"
      "  sent by SOUTH 87, root 7be1000000000000…\n"
      "  agreement     number 2, digest -\n"
      "  journal       1,042 entries\n");
  EXPECT_EQ(terminal_.run({"status", "--peer"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\n    hotline/test\n    123\n"), std::string::npos);
}

TEST_F(ReadingTest, StatusNamesWhatWaitsFirst) {
  EXPECT_EQ(terminal_.run({"status"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("  conditions    nothing is wrong\n"
                                 "  waiting       nothing waits for an acknowledgement\n"),
            terminal_.out().find('\n') + 1);
  EXPECT_EQ(terminal_.err(), "");
  daemon_.waiting = {
      {true, wire::Precedence::flash, 3, 192'000, "supervisor"},
      {false, wire::Precedence::immediate, 1, 8'000, "duty-director-of-the-week", true}};
  for (const bool exercise : {false, true}) {
    daemon_.exercise = exercise;
    terminal_.columns = 80;
    EXPECT_EQ(terminal_.run({"--context", "north", "status"}), kExitDone);
    EXPECT_TRUE(terminal_.err().ends_with("Next: hotline --context north ack @flash\n"));
    std::istringstream lines(terminal_.out());
    for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), 80u) << line;
    EXPECT_EQ(terminal_.run({"status", "--json"}), kExitDone);
    EXPECT_NE(terminal_.out().find(
                  "\"waiting\":[{\"from\":\"south\",\"precedence\":\"FLASH\",\"count\":3,"
                  "\"oldest_ms\":192000,\"rung\":\"supervisor\",\"rung_tells_nobody\":false,"
                  "\"paused\":0},"
                  "{\"from\":\"north\",\"precedence\":\"IMMEDIATE\",\"count\":1,\"oldest_ms\":8000,"
                  "\"rung\":\"duty-director-of-the-week\",\"rung_tells_nobody\":true,"
                  "\"paused\":0}]"),
              std::string::npos)
        << terminal_.out();
  }
}

TEST_F(ReadingTest, StatusOfADeadLinkSaysWhy) {
  daemon_.link = wire::LinkState::down;
  daemon_.last_refusal = "south: certificate revoked (serial 4A:19, list of 2026-11-21)";
  EXPECT_EQ(terminal_.run({"status"}), kExitDone);
  EXPECT_NE(terminal_.out().find("  link          DOWN for 3 min 12 s"), std::string::npos);
  EXPECT_NE(terminal_.out().find("  last refusal  south: certificate revoked (serial 4A:19"),
            std::string::npos);
}

TEST_F(ReadingTest, StatusAsJsonHasConditionsByCodeAndSubject) {
  daemon_.conditions = {
      {"link-down", "south", true, at("2026-11-22T14:10:00Z"), "no link to the peer"}};
  EXPECT_EQ(terminal_.run({"status", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"conditions\":[{\"code\":\"link-down\",\"subject\":\"south\","
                                 "\"severity\":\"critical\",\"since\":\"2026-11-22T14:10:00.000Z\","
                                 "\"text\":\"no link to the peer\"}]"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ReadingTest, CheckIsALineAndAMonitorsExitCode) {
  terminal_.is_terminal = false;
  EXPECT_EQ(terminal_.run({"check"}), 0);
  EXPECT_EQ(terminal_.out(),
            "HOTLINE OK - link up for 3 min 12 s | critical=0 warning=0 waiting_in=0 "
            "waiting_out=0 unreceipted=1\n");
  daemon_.waiting = {{true, wire::Precedence::flash, 1, 8'000},
                     {true, wire::Precedence::routine, 9, 8'000, "supervisor"}};
  EXPECT_EQ(terminal_.run({"check"}), 0);
  EXPECT_EQ(terminal_.out().find(
                "HOTLINE OK - link up for 3 min 12 s; FLASH: 1 of SOUTH waits for us, for "
                "8.0 s | "),
            0u);
  daemon_.waiting[0].rung = "supervisor";
  EXPECT_EQ(terminal_.run({"check"}), 1);
  EXPECT_EQ(terminal_.out().find(
                "HOTLINE WARNING - FLASH: 1 of SOUTH waits for us, for 8.0 s, ESCALATED"),
            0u);
  daemon_.conditions = {{"flood", "south", false, 0, "60 messages | of the peer\nwait"}};
  EXPECT_EQ(terminal_.run({"check"}), 1);
  EXPECT_EQ(terminal_.out().find("HOTLINE WARNING - 60 messages / of the peer"), 0u);
  const std::string line = terminal_.out();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  daemon_.conditions.insert(daemon_.conditions.begin(), 4, {"disk-low", "north", true, 0, "full"});
  EXPECT_EQ(terminal_.run({"check"}), 2);
  EXPECT_EQ(terminal_.out().find("HOTLINE CRITICAL - full; full; full; 3 more: hotline status; "),
            0u);
  EXPECT_EQ(terminal_.run({"check", "--json"}), 2);
  EXPECT_EQ(terminal_.out().find("{\"v\":1,\"state\":\"critical\",\"exit_code\":2,"), 0u);
}

TEST_F(ReadingTest, CheckNamesNoCommandThatThePersonMayNotGive) {
  daemon_.conditions = {{"flash-not-released", "D-6", true, 0,
                         "D-6, FLASH text, waits for its release by another person: hotline "
                         "release D-6"}};
  EXPECT_EQ(terminal_.run({"check"}), 2);
  EXPECT_EQ(terminal_.out().find("hotline release"), std::string::npos) << terminal_.out();
  daemon_.roles = {wire::Role::releaser};
  EXPECT_EQ(terminal_.run({"check"}), 2);
  EXPECT_NE(terminal_.out().find("hotline release D-6"), std::string::npos) << terminal_.out();
}

TEST_F(ReadingTest, ALineOfTheJournalNamesNoCommandThatThePersonMayNotGive) {
  const auto lines_of = [&](std::vector<wire::Role> roles) {
    daemon_.roles = std::move(roles);
    EXPECT_EQ(terminal_.run({"watch", "--from", "0", "--until-now"}), kExitDone);
    return terminal_.out();
  };
  daemon_.journal = {journal_entry(kEntriesBegin, [](auto& b) {
    return wire::CreateAlarmRaised(
        b, nullptr, 0,
        b.CreateString("D-6, FLASH text, waits for its release by another person: hotline release "
                       "D-6"));
  })};
  const std::string auditors = lines_of({wire::Role::auditor});
  EXPECT_NE(auditors.find("waits for its release by another person"), std::string::npos);
  EXPECT_EQ(auditors.find("hotline release"), std::string::npos) << auditors;
  EXPECT_NE(lines_of({wire::Role::releaser}).find("hotline release D-6"), std::string::npos);
}

TEST_F(ReadingTest, TheInboxSaysWhatIsWrong) {
  terminal_.run({"inbox"});
  EXPECT_EQ(terminal_.err().find("CRITICAL"), std::string::npos);
  daemon_.conditions = {{"flash-not-released", "D-6", true, at("2026-11-22T14:10:00Z"),
                         "D-6, FLASH text, waits for its release by another person"}};
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_NE(terminal_.err().find("CRITICAL  for "), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find(": D-6, FLASH text, waits for its release"), std::string::npos);
  EXPECT_EQ(terminal_.run({"inbox", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"conditions\":[{\"code\":\"flash-not-released\""),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ReadingTest, CheckIsNeverWellWithoutALink) {
  daemon_.link = wire::LinkState::down;
  EXPECT_EQ(terminal_.run({"check"}), 1);
  EXPECT_EQ(terminal_.out().find("HOTLINE WARNING - no link for 3 min 12 s | "), 0u);
}

TEST_F(ReadingTest, CheckOfADaemonThatIsNotThereIsUnknown) {
  daemon_.reachable = false;
  EXPECT_EQ(terminal_.run({"check"}), 3);
  EXPECT_EQ(terminal_.out().find("HOTLINE UNKNOWN - "), 0u) << terminal_.out();
  EXPECT_EQ(terminal_.err(), "");
  EXPECT_EQ(terminal_.run({"check", "--json"}), 3);
  EXPECT_EQ(terminal_.out().find("{\"v\":1,\"state\":\"unknown\",\"exit_code\":3,"), 0u);
}

TEST_F(ReadingTest, EveryScreenSaysExerciseAndDevelopment) {
  daemon_.exercise = true;
  daemon_.dev_pki = true;
  EXPECT_EQ(terminal_.run({"status"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "EXERCISE EXERCISE EXERCISE\n"
            "DEVELOPMENT CERTIFICATES: for trying out only\n");
  EXPECT_EQ(terminal_.out().rfind("NORTH with SOUTH, EXERCISE, ", 0), 0u);
}

TEST_F(ReadingTest, EscalationsAreListedAndShown) {
  daemon_.escalations = {{"S-000087",
                          "supervisor",
                          at("2026-11-22T14:14:08Z"),
                          "duty-director",
                          118'000,
                          {"supervisor, command 1, attempt 1 told"}}};
  EXPECT_EQ(terminal_.run({"escalation", "list"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  ID        PREC       FROM   RUNG        NEXT           DUE\n"
            "  S-000087  FLASH      SOUTH  supervisor  duty-director  01:58\n");
  EXPECT_EQ(terminal_.run({"escalation", "show", "S-87"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "S-000087  FLASH\n"
            "  ESCALATED  14:14:08.000Z  supervisor\n"
            "    supervisor, command 1, attempt 1 told\n"
            "  next       in 01:58  duty-director\n");
  EXPECT_EQ(terminal_.run({"escalation", "show", "S-86"}), kExitNotFound);
  daemon_.escalations.clear();
  EXPECT_EQ(terminal_.run({"escalation", "list"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "Nothing escalates.\n");
}

// A rung that has no command sounds on the consoles and calls nobody: no screen says otherwise.
// By name where the journal has it; the peer says a role and no more.
TEST_F(ReadingTest, ShowNamesWhoOfOursAcknowledged) {
  const auto acknowledgement = [](UtcMs when, const char* person) {
    return FakeMessage::Fact{
        released_entry(when, {.serial = 9, .type = wire::MessageType::acknowledgement}), person};
  };
  FakeMessage& message = daemon_.messages[0];
  message.waits = false;
  message.acknowledged_at = at("2026-11-22T14:12:31.440Z");
  message.acknowledged_role = wire::Role::operator_;
  message.facts = {
      {released_entry(at("2026-11-22T14:12:00Z"), {.type = wire::MessageType::answer}), "eve"},
      acknowledgement(message.acknowledged_at, "ann"),
      acknowledgement(at("2026-11-22T14:13:00Z"), "bob")};
  const auto acknowledged = [this] {
    EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone) << terminal_.err();
    const std::string out = terminal_.out();
    const size_t begin = out.find("  acknowledged");
    return begin == std::string::npos ? "" : out.substr(begin, out.find('\n', begin) - begin);
  };
  EXPECT_EQ(acknowledged(),
            "  acknowledged  14:12:31.440Z  NORTH ann, operator, 1 min 23 s   (acknowledgement is "
            "not agreement)");
  EXPECT_EQ(terminal_.run({"show", "S-87", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"acknowledged_person\":\"ann\""), std::string::npos);
  message.facts[1].person = "";
  EXPECT_NE(acknowledged().find("  NORTH operator, "), std::string::npos) << "it was erased";
}

// The other side is told roles; at our side the name of whoever let it go stands beside.
TEST_F(ReadingTest, ShowNamesWhoReleasedAMessageOfOurs) {
  FakeMessage& own = daemon_.messages[1];
  ASSERT_EQ(own.id, "N-000123");
  own.facts = {{released_entry(own.released_at, {.serial = 123}), "bob"}};
  EXPECT_EQ(terminal_.run({"show", "N-123"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.out().find("  released      14:12:07.913Z  bob\n"), std::string::npos)
      << terminal_.out();
  EXPECT_EQ(terminal_.run({"show", "N-123", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"released_person\":\"bob\""), std::string::npos);
}

TEST_F(ReadingTest, NobodyIsSaidToBeToldWhereNoCommandIsConfigured) {
  daemon_.messages[0].rung = "supervisor";
  EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone);
  EXPECT_TRUE(terminal_.out().ends_with(
      "  ESCALATED to supervisor\n  waits for an acknowledgement, next in 02:48\n"))
      << terminal_.out();
  daemon_.messages[0].rung_tells_nobody = true;
  EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone);
  EXPECT_TRUE(terminal_.out().ends_with(
      "  ESCALATED to supervisor: this rung calls nobody, no command is configured for it\n"
      "  waits for an acknowledgement, next in 02:48\n"))
      << terminal_.out();
  daemon_.messages[0].due_in_ms = 0;  // It has climbed every rung.
  EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone);
  EXPECT_TRUE(terminal_.out().ends_with(
      "  waits for an acknowledgement, and nobody further is left to be told\n"))
      << terminal_.out();
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_NE(terminal_.out().find("! -       FLASH"), std::string::npos) << terminal_.out();
  EXPECT_EQ(terminal_.run({"show", "S-87", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"due_in_ms\":null"), std::string::npos);
  EXPECT_NE(terminal_.out().find("\"rung\":\"supervisor\",\"rung_tells_nobody\":true"),
            std::string::npos);
  daemon_.escalations = {{"S-000087", "supervisor", 0, "duty-director", 118'000, {}, true}};
  EXPECT_EQ(terminal_.run({"escalation", "list"}), kExitDone);
  EXPECT_NE(terminal_.out().find("supervisor, calls nobody"), std::string::npos);
  EXPECT_EQ(terminal_.run({"escalation", "show", "S-87"}), kExitDone);
  EXPECT_NE(terminal_.out().find("    nobody is called: no command is configured for rung "
                                 "supervisor\n"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ReadingTest, AListWithoutRowsSaysSo) {
  daemon_.messages.clear();
  for (const auto& [words, said] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"list"}, "No message yet.\n"},
           {{"list", "--incoming"}, "No message yet.\n"},
           {{"list", "--before", "7"}, "No older message.\n"},
           {{"list", "--waiting"}, "No message waits.\n"},
           {{"list", "--waiting", "--after", "7"}, "No more message waits.\n"}}) {
    EXPECT_EQ(terminal_.run(words), kExitDone);
    EXPECT_EQ(terminal_.out(), "");
    EXPECT_EQ(terminal_.err(), said);
  }
  EXPECT_EQ(terminal_.run({"list", "--json"}), kExitDone);
  EXPECT_EQ(
      terminal_.out(),
      "{\"v\":1,\"messages\":[],\"total\":0,\"more\":false,\"next\":null,\"not_searched\":0}\n");
  EXPECT_EQ(terminal_.err(), "");
}

TEST_F(ReadingTest, AProgramReadsEveryPageByWhatTheLastOneSaid) {
  for (const char* box : {"--outgoing", "--incoming", "--waiting", ""}) {
    std::set<std::string> read;
    std::string next;
    do {
      std::vector<std::string> words = {"list", "--json", "--limit", "1"};
      if (*box != '\0') words.push_back(box);
      if (!next.empty()) words.insert(words.end(), {"--after", next});
      ASSERT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
      const std::string out = terminal_.out();
      const size_t id = out.find("\"id\":\"");
      ASSERT_NE(id, std::string::npos) << out;
      ASSERT_TRUE(read.insert(out.substr(id + 6, 8)).second) << out;
      const size_t at = out.find("\"next\":\"");
      next = at == std::string::npos ? "" : out.substr(at + 8, out.find('"', at + 8) - at - 8);
      EXPECT_EQ(out.find("\"more\":true") != std::string::npos, !next.empty()) << out;
    } while (!next.empty());
    EXPECT_EQ(read.size(), *box == '\0' ? 3u : box == std::string("--outgoing") ? 1u : 2u) << box;
  }
}

TEST_F(ReadingTest, ListsFitTheTerminalAndMarkWhatIsCut) {
  daemon_.messages[1].type = wire::MessageType::acknowledgement;
  for (const size_t columns : {80u, 100u, 200u}) {
    terminal_.columns = columns;
    for (const char* command : {"list", "inbox"}) {
      EXPECT_EQ(terminal_.run({command}), kExitDone);
      std::istringstream lines(terminal_.out());
      for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), columns);
      EXPECT_NE(terminal_.out().find("Unintended airspace cro"), std::string::npos);
      if (columns != 100) {
        EXPECT_EQ(terminal_.out().find("\u2026") == std::string::npos, columns == 200);
      }
      EXPECT_EQ(terminal_.out().find("FROM") == std::string::npos,
                columns == 80 && command == std::string("list"));
    }
  }
  terminal_.is_terminal = false;  // A program is given all of it.
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("\u2026"), std::string::npos);
}

TEST_F(ReadingTest, CommandsThatArePrintedRunAsTheyStand) {
  terminal_.columns = 400;  // Nothing is folded.
  const std::string config = terminal_.environment["HOTLINE_CONFIG"];
  const std::string typed = "hotline --config " + config + " --context north ";
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"--context", "north", "-c", config});
    terminal_.run(words);
    return terminal_.err();
  };
  EXPECT_TRUE(run({"inbox", "--limit", "1"})
                  .ends_with("The next: " + typed +
                             "inbox --after 1 --limit 1\n"
                             "2 wait for an acknowledgement, 1 of them FLASH. Next: " +
                             typed + "ack @flash\n"));
  EXPECT_EQ(run({"list", "--limit", "1"}),
            "1 of 3 are shown. The next: " + typed + "list --after 901 --limit 1\n");
  EXPECT_EQ(run({"show", "S-87"}), "Next: " + typed + "ack S-000087\n");
  EXPECT_TRUE(run({"show", "N-9"}).ends_with("  try:  " + typed + "list\n")) << terminal_.err();
  const std::string strange =
      terminal_.write("it's mine.toml", "[contexts.x]\nserver = \"unix:x\"\n");
  terminal_.run({"-c", strange, "show", "S-87"});
  EXPECT_NE(terminal_.err().find("/it'\\''s mine.toml' ack S-000087\n"), std::string::npos)
      << terminal_.err();
}

TEST_F(ReadingTest, ADaemonThatCannotBeReachedIsExitFive) {
  daemon_.reachable = false;
  EXPECT_EQ(terminal_.run({"inbox"}), kExitUnreachable);
  EXPECT_EQ(terminal_.err(),
            "hotline: cannot read the inbox\n"
            "  why:  north.sock: no such file\n"
            "  try:  is hotlined running? (systemctl status hotlined)\n");
}

TEST_F(ReadingTest, ADaemonOfAnotherVersionIsRefused) {
  daemon_.version = client_api::kVersion + 1;
  const std::string told = "version " + std::to_string(daemon_.version) + " of the client API";
  EXPECT_EQ(terminal_.run({"inbox"}), kExitFailed);
  EXPECT_NE(terminal_.err().find(told), std::string::npos);
}

TEST_F(ReadingTest, WhatIsPausedSaysSoWhereverItWaits) {
  daemon_.messages[0].paused_until = at("2026-11-22T14:40:00Z");
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("  DUE     PREC"), 0u) << "no wider than before";
  EXPECT_NE(terminal_.out().find("! PAUSED  FLASH      S-000087"), std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("  08:10   IMMEDIATE"), std::string::npos);
  EXPECT_EQ(terminal_.run({"show", "S-87"}), kExitDone);
  EXPECT_NE(terminal_.out().find("  its ladder is PAUSED until 2026-11-22T14:40:00.000Z\n"),
            std::string::npos)
      << terminal_.out();
  EXPECT_EQ(terminal_.run({"inbox", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"paused_until\":\"2026-11-22T14:40:00.000Z\""),
            std::string::npos);
  daemon_.waiting = {{true, wire::Precedence::flash, 3, 192'000, "supervisor", false, 2},
                     {true, wire::Precedence::routine, 1, 8'000, "", false, 1}};
  EXPECT_EQ(terminal_.run({"status"}), kExitDone);
  EXPECT_NE(terminal_.out().find("FLASH         3 of SOUTH wait for us, the oldest for 3 min 12 s, "
                                 "PAUSED: 2, ESCALATED to supervisor\n"),
            std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("ROUTINE       1 of SOUTH waits for us, for 8.0 s, PAUSED\n"),
            std::string::npos)
      << terminal_.out();
}

// The command runs as it is printed; an operator sees it as somebody else types it.
TEST_F(ReadingTest, AChannelToBeReopenedSaysByWhichCommand) {
  daemon_.channel_state = [](auto& b) {
    return wire::CreateChannelStateReply(b, 3, 1'795'356'000'000, true, false, 0, 0, 0, 0, true,
                                         true, true);
  };
  terminal_.columns = 400;  // Nothing is folded.
  const std::string config = terminal_.environment["HOTLINE_CONFIG"];
  const auto lacking = [&] {
    EXPECT_EQ(terminal_.run({"--context", "north", "-c", config, "channel", "status"}), kExitDone);
    return terminal_.out();
  };
  EXPECT_NE(lacking().find("a supervisor of NORTH declares it open: hotline channel reopen "
                           "--reason \"...\"\n"),
            std::string::npos)
      << terminal_.out();
  daemon_.roles = {wire::Role::supervisor};
  EXPECT_NE(lacking().find("declares it open: hotline --config " + config +
                           " --context north channel reopen --reason \"...\"\n"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(ReadingTest, TheWatchLogNamesWhatIsPausedAndCutsNoWord) {
  const UtcMs now = daemon_.clock;
  const wire::MessageKey flash(false, 123);
  daemon_.watch_since = now - 3'600'000;
  const auto by_hand = [&](auto make) { return journal_entry(now, make); };
  daemon_.journal = {
      by_hand([&](auto& b) {
        return wire::CreateLadderPausedDirect(
            b, &flash, now + 1'800'000,
            "the duty officer is on the telephone with them and expects an answer", nullptr,
            nullptr, 3);
      }),
      alarm_entry(now, "the ladder of N-000123 is paused until then"), by_hand([&](auto& b) {
        return wire::CreateLadderRaisedDirect(b, &flash, 1, "nobody went", nullptr, nullptr, 1);
      }),
      alarm_entry(now, "N-000123 was escalated by operator: nobody went"),
      alarm_entry(now,
                  "N-000124 was released by one person, because lives depend on it: a "
                  "supervisor must look at it now")};
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"watch-log"}), kExitDone) << terminal_.err();
  const std::string page = terminal_.out();
  EXPECT_EQ(page.find("\u2026"), std::string::npos) << page;
  EXPECT_NE(page.find("pause       N-000123  Ann Lee  the ladder is paused until"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("escalation  N-000123  Ann Lee  escalated by operator: nobody"),
            std::string::npos)
      << page;
  EXPECT_NE(page.find("N-000124 was released by one"), std::string::npos) << page;
  std::istringstream lines(page);
  size_t alarms = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(column_count(line), 80u) << line;
    alarms += line.find("  alarm ") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(alarms, 1u) << "those that sound what stands above are left out: " << page;
}

TEST_F(ReadingTest, ATrialSaysWhomItReached) {
  daemon_.trials = {{"pager", wire::Outcome::done, "pager: HTTP 200 OK"},
                    {"/usr/local/bin/page-duty-director", wire::Outcome::failed, "exited with 1"}};
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"escalation", "test"}), kExitFailed);
  EXPECT_EQ(terminal_.out(),
            "  NOTIFIER                           STATE   WORDS\n"
            "  pager                              told    pager: HTTP 200 OK\n"
            "! /usr/local/bin/page-duty-director  FAILED  exited with 1\n");
  EXPECT_NE(terminal_.err().find("1 of 2 told nobody"), std::string::npos) << terminal_.err();
  daemon_.trials.pop_back();
  EXPECT_EQ(terminal_.run({"escalation", "test", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "{\"v\":1,\"tried\":[{\"name\":\"pager\",\"told\":true,\"detail\":"
            "\"pager: HTTP 200 OK\"}]}\n");
}

TEST_F(ReadingTest, E05_AMessageIsEscalatedWithAReason) {
  daemon_.escalations = {{"S-000087", "supervisor", daemon_.clock, "duty-director", 120'000, {}}};
  EXPECT_EQ(terminal_.run({"escalation", "raise", "S-87"}), kExitUsage);
  EXPECT_TRUE(daemon_.raised.empty());
  EXPECT_EQ(terminal_.run({"escalation", "raise", "S-87", "--reason", "nobody went"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(daemon_.raised, std::vector<std::string>{"S-000087 nobody went"});
  EXPECT_NE(terminal_.out().find("supervisor"), std::string::npos) << terminal_.out();
}

}  // namespace
}  // namespace hotline::client
