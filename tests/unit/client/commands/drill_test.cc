// hotline drill check and drill import on the screen and as JSON.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

constexpr char kScenario[] = R"(title = "A drill"
sides = ["north", "south"]
[[player]]
name = "ann"
side = "north"
role = "operator"
[[player]]
name = "sam"
side = "south"
role = "operator"
scripted = true
acknowledge = "40s"
[[inject]]
name = "warning"
kind = "message"
from = "north"
at = "5min"
message = { template = "airspace-crossing", precedence = "flash", set = { where = "54.90N 020.10E" } }
[[expect]]
name = "read"
kind = "acknowledged"
of = "warning"
within = "3min"
points = 10
)";

bool shows(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(DrillCheck, PrintsTheTimeLine) {
  Terminal terminal;
  EXPECT_EQ(terminal.run({"drill", "check", terminal.write("drill.toml", kScenario)}), kExitDone);
  EXPECT_EQ(terminal.out(),
            "  T+        SIDE   WHAT          NAME          DETAIL\n"
            "  00:05:00  NORTH  message       warning       FLASH airspace-crossing\n"
            "  00:05:40  SOUTH  acknowledged  warning       sam\n"
            "  00:05:40  SOUTH  MET           read          10/10\n");
  EXPECT_EQ(terminal.err(),
            "A drill\n"
            "People are taken to do what is expected of them when it is due.\n"
            "It lasts 00:05:40 of exercise time, and gives 10 of 10 points.\n"
            "No mistakes: it can be played.\n");
}

TEST(DrillCheck, TellsEveryMistakeWithAWayOut) {
  Terminal terminal;
  const std::string path = terminal.write(
      "drill.toml", std::string(kScenario) +
                        "[[expect]]\nname = \"climbs\"\nkind = \"escalated\"\nof = \"warning\"\n"
                        "within = \"1min\"\nrung = \"supervisor\"\n");
  EXPECT_EQ(terminal.run({"drill", "check", path}), kExitConfiguration);
  EXPECT_TRUE(shows(terminal.err(), "hotline: " + path +
                                        ":25:1: nobody can meet the expectation climbs\n"
                                        "  why:  that rung is climbed after 3min\n"
                                        "  try:  within = \"4min\"\n"))
      << terminal.err();
  EXPECT_TRUE(shows(terminal.err(), "1 mistake in " + path)) << terminal.err();
}

TEST(DrillCheck, IsJsonForPrograms) {
  Terminal terminal;
  terminal.is_terminal = false;
  EXPECT_EQ(terminal.run({"drill", "check", terminal.write("drill.toml", kScenario), "--json"}),
            kExitDone);
  EXPECT_TRUE(shows(terminal.out(), "\"can_be_played\":true")) << terminal.out();
  EXPECT_TRUE(shows(terminal.out(), "\"lasts_ms\":340100")) << terminal.out();
  EXPECT_TRUE(shows(terminal.out(), "\"outcome\":\"met\",\"at_ms\":340100")) << terminal.out();
  EXPECT_EQ(terminal.err(), "");
}

TEST(DrillCheck, MistakesAreJsonToo) {
  Terminal terminal;
  terminal.is_terminal = false;
  const std::string path = terminal.write("drill.toml", std::string(kScenario) + "[[inject]]\n");
  EXPECT_EQ(terminal.run({"drill", "check", path, "--json"}), kExitConfiguration);
  EXPECT_TRUE(shows(terminal.out(),
                    "\"can_be_played\":false,\"mistakes_total\":1,\"mistakes\":"
                    "[{\"line\":25,\"column\":1,\"what\":\"the key inject.kind is "
                    "missing\""))
      << terminal.out();
  EXPECT_TRUE(shows(terminal.err(), "\"code\":\"configuration\"")) << terminal.err();
}

TEST(DrillCheck, AFileThatIsNotThereIsNotFound) {
  Terminal terminal;
  EXPECT_EQ(terminal.run({"drill", "check", "/nowhere/drill.toml"}), kExitNotFound);
}

TEST(DrillCheck, AnotherLadderIsTakenWhereItIsNamed) {
  Terminal terminal;
  const std::string path = terminal.write(
      "drill.toml", std::string(kScenario) +
                        "[[expect]]\nname = \"climbs\"\nkind = \"escalated\"\nof = \"warning\"\n"
                        "within = \"1h\"\nrung = \"chief\"\n");
  const std::string policy = terminal.write(
      "policy.toml", "[[escalation.flash.rung]]\nname = \"chief\"\nafter = \"20s\"\n");
  EXPECT_EQ(terminal.run({"drill", "check", path}), kExitConfiguration);
  EXPECT_EQ(terminal.run({"drill", "check", path, "--agreement", policy}), kExitDone)
      << terminal.err();
}

TEST(DrillImport, MakesAScenarioThatCanBeChecked) {
  Terminal terminal;
  const std::string csv = terminal.write("msel.csv",
                                         "\xEF\xBB\xBFNo;Time;Event;From;Expected;Notes\r\n"
                                         "1;23:50;We lost a radar.;South;The watch asks;x\r\n"
                                         "2;24:00;It works again.;South;;\r\n");
  const std::string toml = csv + ".toml";
  EXPECT_EQ(terminal.run({"drill", "import", csv, "-o", toml}), kExitDone) << terminal.err();
  EXPECT_EQ(terminal.err(),
            "Not used: the column Notes\nInjects: 2, expectations: 1\n"
            "Next: hotline drill check " +
                toml + "\n");
  EXPECT_EQ(terminal.run({"drill", "check", toml}), kExitDone) << terminal.err();
}

TEST(DrillImport, RefusesATableWithItsPlaces) {
  Terminal terminal;
  const std::string csv =
      terminal.write("msel.csv", "time;event;from\n08:30;On.;north\nlater;Off.;north\n");
  EXPECT_EQ(terminal.run({"drill", "import", csv}), kExitConfiguration);
  EXPECT_EQ(terminal.out(), "");
  EXPECT_TRUE(shows(terminal.err(), csv + ":3:1: \"later\" is not a time")) << terminal.err();
}

TEST(DrillImport, WantsTwoSides) {
  Terminal terminal;
  const std::string csv = terminal.write("msel.csv", "time;event;from\n08:30;On.;north\n");
  EXPECT_EQ(terminal.run({"drill", "import", csv, "--sides", "north"}), kExitUsage);
  EXPECT_EQ(terminal.run({"drill", "import", csv, "--sides", "North,South"}), kExitConfiguration);
}

}  // namespace
}  // namespace hotline::client
