// A MSEL from a spreadsheet, with the usual dirt.
#include "client/drill/msel.h"

#include <gtest/gtest.h>

#include "client/drill/msel_time.h"
#include "client/drill/scenario_check.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

const std::array<std::string, kSides> kNorthSouth = {"north", "south"};

MselImport imported(const std::string& csv) {
  const auto rows = parse_csv("msel.csv", csv);
  EXPECT_TRUE(rows) << rows.error().reason;
  return rows ? import_msel(*rows, "A drill", kNorthSouth) : MselImport();
}

// "3:4: what | why", each on a line.
std::string mistakes_of(const std::string& csv) {
  std::string told;
  for (const Mistake& one : imported(csv).mistakes.in_order()) {
    told += std::to_string(one.at.line) + ":" + std::to_string(one.at.column) + ": " + one.what +
            (one.why.empty() ? "" : " | " + one.why) + "\n";
  }
  return told;
}

TEST(Msel, a_side_that_is_misspelt_is_told) {
  const MselImport made = imported(
      "time,event,from,to\n0830,Off course,Nroth watch,South\n0831,A call,Control,sotuh\n"
      "0832,A shot,North,South\n");
  std::string told;
  for (const auto& one : made.doubts) told += one.text + ": " + one.side + "\n";
  EXPECT_EQ(told, "Nroth watch: north\nsotuh: south\n");
}

// What a side says to somebody else never goes over the channel.
TEST(Msel, a_row_to_somebody_else_is_a_note_and_is_told) {
  const MselImport made = imported(
      "time,event,from,to,expected\n0830,Send doctors.,North,Red Cross,They come\n"
      "0831,To ourselves.,North,north staff,\n0832,A shot,North,South,\n0833,To all,South,,\n"
      "0834,To all,South,North and South,\n");
  ASSERT_EQ(made.doubts.size(), 2u);
  EXPECT_EQ(made.doubts[0].text + made.doubts[0].side, "Red Cross");
  EXPECT_EQ(made.doubts[0].at.line, 2u);
  EXPECT_EQ(made.doubts[1].text, "north staff");
  EXPECT_NE(made.toml.find("text = \"NORTH to Red Cross: Send doctors.\""), std::string::npos)
      << made.toml;
  size_t messages = 0;
  for (size_t at = 0; (at = made.toml.find("kind = \"message\"", at)) != std::string::npos; ++at) {
    ++messages;
  }
  EXPECT_EQ(messages, 3u) << made.toml;
}

// The scenario that was made, checked.
Scenario scenario_of(const std::string& csv) {
  const MselImport made = imported(csv);
  EXPECT_EQ(made.mistakes.count(), 0u) << made.mistakes.in_order().front().what;
  const UtcMs now = at("2026-11-28T14:00:00Z");
  auto reading = parse_scenario("made.toml", made.toml, now);
  EXPECT_TRUE(reading) << reading.error().reason;
  auto checked = check_scenario(*std::move(reading), default_policy(), now);
  for (const Mistake& one : checked.mistakes.in_order()) ADD_FAILURE() << one.what << one.why;
  return std::move(checked.scenario);
}

std::vector<int64_t> minutes_of(const std::string& csv) {
  std::vector<int64_t> minutes;
  for (const Inject& one : scenario_of(csv).injects) {
    minutes.push_back(one.trigger.delay_ms / 60'000);
  }
  return minutes;
}

std::string with_times(const std::vector<std::string>& times) {
  std::string csv = "time;event;from\n";
  for (const std::string& time : times) csv += time + ";It happens.;north\n";
  return csv;
}

using Minutes = std::vector<int64_t>;

TEST(Msel, ARowIsAMessageOfItsSideOrANote) {
  const Scenario made = scenario_of(
      "Number,Time,Event,From,To,Expected,Objective\n"
      "1,08:30,\"A radar fails, and nobody knows\",Control,South watch,,\n"
      "2.1,08:45,We lost a radar.,SOUTH,NORTH,The watch acknowledges,Read at once\n"
      "2.2,09:00,\"Say \"\"quiet\"\".\",North,,He asks,Read at once\n");
  ASSERT_EQ(made.injects.size(), 3u);
  EXPECT_EQ(made.injects[0].name, "inject-1");
  EXPECT_EQ(std::get<DirectorNote>(made.injects[0].content).text,
            "A radar fails, and nobody knows");
  EXPECT_EQ(made.injects[0].from, 1u) << "the side that it is for";
  ASSERT_TRUE(made.injects[1].message());
  EXPECT_EQ(made.injects[1].name, "inject-2-1");
  EXPECT_EQ(made.injects[1].message()->request.texts[0].text, "We lost a radar.");
  EXPECT_EQ(made.injects[1].trigger.delay_ms, 15 * 60'000);
  EXPECT_EQ(made.injects[2].message()->request.texts[0].text, "Say \"quiet\".");
  ASSERT_EQ(made.expectations.size(), 2u);
  EXPECT_EQ(made.expectations[0].comment, "The watch acknowledges");
  EXPECT_TRUE(made.expectations[0].by_director);
  EXPECT_EQ(made.expectations[0].side, 0u);
  EXPECT_EQ(made.expectations[1].side, 1u) << "the other side, where none is named";
  ASSERT_EQ(made.objectives.size(), 1u);
  EXPECT_EQ(made.expectations[1].objective, made.expectations[0].objective);
}

TEST(Msel, TheDirtOfSpreadsheetsIsNoMistake) {
  const std::string clean = "time,event,from\n08:30,On.,north\n08:40,Off.,south\n";
  const std::string dirty[] = {
      "\xEF\xBB\xBFTime;Event;From\r\n08:30;On.;north\r\n08:40;Off.;south\r\n",
      "time\tevent\tfrom\n08:30\tOn.\tnorth\n08:40\tOff.\tsouth",
      "sep=;\ntime;event;from\n08:30;On.;north\n08:40;Off.;south\n",
      "time;event;from\r08:30;On.;north\r08:40;Off.;south\r",
      "time;event;from;;\n08:30;On.;north;;\n;;;;\n08:40;Off.;south;;\n;;;;\n\n\n",
      "\"time\";\"event\";\"from\"\n\"08:30\" ; \"On.\" ; \"north\"\n 08:40\xC2\xA0;Off. ; south "
      "\n",
  };
  const Scenario wanted = scenario_of(clean);
  for (const std::string& csv : dirty) {
    SCOPED_TRACE(csv);
    const Scenario made = scenario_of(csv);
    ASSERT_EQ(made.injects.size(), wanted.injects.size());
    for (size_t i = 0; i < made.injects.size(); ++i) {
      EXPECT_EQ(made.injects[i].from, wanted.injects[i].from);
      EXPECT_EQ(made.injects[i].trigger.delay_ms, wanted.injects[i].trigger.delay_ms);
      EXPECT_EQ(made.injects[i].message()->request.texts[0].text,
                wanted.injects[i].message()->request.texts[0].text);
    }
  }
}

TEST(Msel, ALineBreakInACellStaysInTheText) {
  const Scenario made =
      scenario_of("time,event,from\n08:30,\"One line,\r\nand another.\",north\n08:31,Off.,north\n");
  EXPECT_EQ(made.injects[0].message()->request.texts[0].text, "One line,\nand another.");
  EXPECT_EQ(made.injects[1].trigger.delay_ms, 60'000);
}

TEST(Msel, TimesAreReadAsTheyAreWritten) {
  EXPECT_EQ(minutes_of(with_times({"08:30", "8:45", "0900", "09:00:30", "9.15"})),
            (Minutes{0, 15, 30, 30, 45}));
  EXPECT_EQ(minutes_of(with_times({"8:30 AM", "12:15 PM", "11:30 PM", "12:10 AM"})),
            (Minutes{0, 225, 900, 940}));
  EXPECT_EQ(minutes_of(with_times({"23:00", "24:00", "00:30", "23:30", "00:10"})),
            (Minutes{0, 60, 90, 1'470, 1'510}));
  EXPECT_EQ(minutes_of(with_times({"D+0 06:00", "D+1 06:00", "07:00"})),
            (Minutes{0, 1'440, 1'500}));
  EXPECT_EQ(minutes_of(with_times({"Day 1 06:00", "Day 2 06:30"})), (Minutes{0, 1'470}));
  EXPECT_EQ(minutes_of(with_times({"2026-11-29 08:30", "30.11.2026 08:30", "30/11/2026 09:00"})),
            (Minutes{0, 1'440, 1'470}));
  EXPECT_EQ(minutes_of(with_times({"T+0:30", "T+1:00", "2 h", "150 min"})),
            (Minutes{30, 60, 120, 150}));
  EXPECT_EQ(minutes_of(with_times({"291000Z NOV 26", "2026-11-29T10:30:00Z"})), (Minutes{0, 30}));
}

TEST(Msel, LocalTimesOfOneZoneAreTakenAndOffsetsAreReckoned) {
  EXPECT_EQ(minutes_of(with_times({"08:30 CET", "08:45 CET"})), (Minutes{0, 15}));
  EXPECT_EQ(minutes_of(with_times({"08:30 local", "08:45 LOCAL"})), (Minutes{0, 15}));
  EXPECT_EQ(minutes_of(with_times({"08:30+02:00", "06:45Z", "07:00 UTC"})), (Minutes{0, 15, 30}));
  EXPECT_EQ(mistakes_of(with_times({"08:30 CET", "08:45 EET"})),
            "3:1: 08:45 EET and 08:30 CET are times of two kinds | nobody can say how long after "
            "the one the other is\n");
  EXPECT_EQ(mistakes_of(with_times({"08:30", "08:45Z"})),
            "3:1: 08:45Z and 08:30 are times of two kinds | nobody can say how long after the one "
            "the other is\n");
}

TEST(Msel, WhatIsWrongIsToldAtItsCell) {
  EXPECT_EQ(mistakes_of("time;event\n08:30;On.\n"), "1:1: there is no column from\n");
  EXPECT_EQ(mistakes_of("time;event;from;Sender\n08:30;On.;north;\n"),
            "1:17: two columns are from\n");
  EXPECT_EQ(mistakes_of(with_times({"08:30", "soon"})), "3:1: \"soon\" is not a time\n");
  EXPECT_EQ(mistakes_of(with_times({"25:00"})), "2:1: \"25:00\" is not a time\n");
  EXPECT_EQ(mistakes_of(with_times({"24:01"})), "2:1: \"24:01\" is not a time\n");
  EXPECT_EQ(mistakes_of(with_times({"2026-02-30 08:30"})), "2:1: \"2026-02-30\" is not a time\n");
  EXPECT_EQ(mistakes_of(with_times({"03/04/2026 08:30"})),
            "2:1: \"03/04/2026\" is one day in Europe and another in America\n");
  EXPECT_EQ(mistakes_of(with_times({"09:00", "08:00"})),
            "3:1: the times go backwards: 08:00 comes after 09:00\n");
  EXPECT_EQ(mistakes_of("time;event;from\n08:30;;north\n"), "2:7: a row without an event\n");
  EXPECT_EQ(mistakes_of(""), "1:1: the table is empty\n");
  EXPECT_EQ(mistakes_of("time;event;from\n"), "1:1: the table has no row below its titles\n");
  EXPECT_EQ(mistakes_of(with_times({"2026-11-01 08:00", "2026-11-29 08:00"})),
            "3:1: 2026-11-29 08:00 is longer than 14 days after the first row\n");
}

TEST(Msel, ATableThatCannotBeReadSaysWhere) {
  const auto reason = [](const std::string& csv) {
    const auto rows = parse_csv("msel.csv", csv);
    return rows ? "" : rows.error().reason;
  };
  EXPECT_EQ(reason("time;event\n08:30;\"On.\n08:40;Off.\n"),
            "msel.csv:2:7: a quotation mark that is never closed");
  EXPECT_EQ(reason("time;event\n08:30;\xC4\n"), "msel.csv:2:7: a byte that is not UTF-8");
  EXPECT_EQ(reason(std::string("\xFF\xFEt\0i\0", 6)), "msel.csv:1:1: the text is UTF-16");
}

TEST(Msel, ColumnsThatSayNothingHereAreNamed) {
  EXPECT_EQ(imported("time;event;from;Remarks\n08:30;On.;north;x\n").unused,
            std::vector<std::string>{"Remarks"});
}

TEST(Msel, TheSameNumberTwiceGivesTwoNames) {
  const Scenario made =
      scenario_of("no;time;event;from\n1;08:30;On.;north\n1;08:40;Off.;north\n;08:50;On.;north\n");
  EXPECT_EQ(made.injects[0].name, "inject-1");
  EXPECT_EQ(made.injects[1].name, "inject-1-row-2");
  EXPECT_EQ(made.injects[2].name, "row-3");
}

}  // namespace
}  // namespace hotline::client
