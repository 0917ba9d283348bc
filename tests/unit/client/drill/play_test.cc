// A scenario played without daemons: who does what when, and what is missed.
#include "client/drill/play.h"

#include <gtest/gtest.h>

#include "client/drill/play_lines.h"
#include "client/drill/scenario_check.h"
#include "client/drill/scripted_player.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

constexpr char kHead[] = R"(
title = "A drill"
sides = ["north", "south"]
seed = 3
[[player]]
name = "ann"
side = "north"
role = "operator"
)";
constexpr char kPeople[] = R"(
[[player]]
name = "sam"
side = "south"
role = "operator"
)";
constexpr char kScripted[] = R"(
[[player]]
name = "sam"
side = "south"
role = "operator"
scripted = true
acknowledge = "40s"
disseminate = "2min"
audience = "air-defence"
)";
constexpr char kWarning[] = R"(
[[inject]]
name = "warning"
kind = "message"
from = "north"
at = "5min"
message = { template = "airspace-crossing", precedence = "flash", set = { where = "54.90N 020.10E" } }
)";

std::string expect(const std::string& name, const std::string& rest) {
  return "[[expect]]\nname = \"" + name + "\"\nof = \"warning\"\n" + rest + "\n";
}

// "00:05:40 south acknowledged warning", a line for each event.
std::string told(const std::string& toml) {
  const UtcMs now = at("2026-11-28T14:00:00Z");
  auto reading = parse_scenario("drill.toml", toml, now);
  if (!reading) return reading.error().reason;
  const auto checked = check_scenario(*std::move(reading), default_policy(), now);
  std::string lines;
  for (const Mistake& one : checked.mistakes.in_order()) lines += one.what + ": " + one.why + "\n";
  if (!checked.play) return lines;
  static const char* const kWords[] = {"inject", "over",    "acknowledged", "declined",
                                       "told",   "replied", "escalated",    "conflict",
                                       "met",    "missed",  "to judge"};
  for (const PlayedEvent& event : checked.play->events) {
    lines += exercise_time(event.at_ms) + " " + checked.scenario.sides[event.side] + " " +
             kWords[static_cast<size_t>(event.what) - 1] + " " +
             (event.expectation ? checked.scenario.expectations[*event.expectation].name
                                : checked.scenario.injects[*event.inject].name) +
             (event.rung.empty() ? "" : " " + event.rung) +
             (event.read_back_wrongly ? " wrongly" : "") + "\n";
  }
  return lines;
}

TEST(Play, AScriptedPlayerDoesAsTheFileSays) {
  EXPECT_EQ(told(std::string(kHead) + kScripted + kWarning +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"3min\"") +
                 expect("told",
                        "kind = \"disseminated\"\naudience = \"air-defence\"\nwithin = "
                        "\"10min\"")),
            "00:05:00 north inject warning\n"
            "00:05:40 south acknowledged warning\n"
            "00:05:40 south met read\n"
            "00:07:00 south told warning\n"
            "00:07:00 south met told\n");
}

TEST(Play, PeopleDoWhatIsExpectedWhenItIsDue) {
  EXPECT_EQ(told(std::string(kHead) + kPeople + kWarning +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"4min\"") +
                 expect("climbs",
                        "kind = \"escalated\"\nrung = \"supervisor\"\nwithin = "
                        "\"4min\"")),
            "00:05:00 north inject warning\n"
            "00:08:00 north escalated warning supervisor\n"
            "00:08:00 south escalated warning supervisor\n"
            "00:08:00 south met climbs\n"
            "00:09:00 south acknowledged warning\n"
            "00:09:00 south met read\n");
}

TEST(Play, WhatIsMissedOnPurposeIsMissedAndLeadsOn) {
  const std::string slip = "[[player.slip]]\nabout = \"warning\"\nkind = \"never-acknowledges\"\n";
  EXPECT_EQ(
      told(std::string(kHead) + kScripted + slip + kWarning +
           expect("read", "kind = \"acknowledged\"\nwithin = \"2min\"") +
           "[[inject]]\nname = \"call\"\nkind = \"note\"\nfrom = \"south\"\ntext = \"Call.\"\n"
           "after_missed = \"read\"\nwait = \"30s\"\n" +
           "[[inject]]\nname = \"thanks\"\nkind = \"note\"\nfrom = \"south\"\ntext = "
           "\"Thanks.\"\nafter_met = \"read\"\n"),
      "00:05:00 north inject warning\n"
      "00:07:00 south missed read\n"
      "00:07:00 south told warning\n"
      "00:07:30 south inject call\n");
}

TEST(Play, AMisreadPositionIsAcknowledgedAndNotReadBack) {
  const std::string slip =
      "[[player.slip]]\nabout = \"warning\"\nkind = \"misreads-position\"\nby = \"9km\"\n";
  EXPECT_EQ(told(std::string(kHead) + kScripted + slip + kWarning +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"2min\"") +
                 expect("back", "kind = \"read-back\"\nwithin = \"2min\"")),
            "00:05:00 north inject warning\n"
            "00:05:40 south acknowledged warning wrongly\n"
            "00:05:40 south met read\n"
            "00:07:00 south missed back\n");
}

TEST(Play, AMessageWaitsForTheLink) {
  const std::string cut =
      "[[inject]]\nname = \"cut\"\nkind = \"link-cut\"\nfrom = \"south\"\nat = \"4min\"\nfor = "
      "\"2min\"\n";
  EXPECT_EQ(told(std::string(kHead) + kScripted + cut + kWarning +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"3min\"")),
            "00:04:00 south inject cut\n"
            "00:05:00 north inject warning\n"
            "00:06:00 south over cut\n"
            "00:06:40 south acknowledged warning\n"
            "00:06:40 south met read\n");
}

TEST(Play, OneWayStopsTheMessagesOfOneSideAlone) {
  const std::string cut =
      "[[inject]]\nname = \"cut\"\nkind = \"link-cut\"\nhow = \"one-way\"\nfrom = \"south\"\nat = "
      "\"4min\"\n";
  EXPECT_EQ(told(std::string(kHead) + kScripted + cut + kWarning +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"3min\"")),
            "00:04:00 south inject cut\n"
            "00:05:00 north inject warning\n"
            "00:05:40 south acknowledged warning\n"
            "00:05:40 south met read\n");
}

TEST(Play, APlayerWhoIsAwayActsWhenBack) {
  const std::string away =
      "[[inject]]\nname = \"away\"\nkind = \"player-absent\"\nplayer = \"sam\"\nfrom = "
      "\"south\"\nat = \"5min\"\nfor = \"2min\"\n";
  EXPECT_EQ(told(std::string(kHead) + kScripted + kWarning + away +
                 expect("read", "kind = \"acknowledged\"\nwithin = \"3min\"")),
            "00:05:00 north inject warning\n"
            "00:05:00 south inject away\n"
            "00:07:00 south over away\n"
            "00:07:00 south acknowledged warning\n"
            "00:07:00 south met read\n");
}

TEST(Play, ADisabledInjectAndWhatWaitsForItKeepNoDrillOpen) {
  const std::string storm =
      "[[inject]]\nname = \"storm\"\nkind = \"note\"\nenabled = false\nfrom = \"north\"\nat = "
      "\"2h\"\ntext = \"Storm.\"\n"
      "[[inject]]\nname = \"rain\"\nkind = \"note\"\nfrom = \"north\"\nafter = \"storm\"\ntext = "
      "\"Rain.\"\n"
      "[[inject]]\nname = \"press\"\nkind = \"note\"\nfrom = \"north\"\nby_hand = true\ntext = "
      "\"Press.\"\n"
      "[[expect]]\nname = \"dry\"\nkind = \"judgement\"\nof = \"rain\"\nwithin = \"1h\"\ncomment = "
      "\"Dry?\"\n";
  const UtcMs now = at("2026-11-28T14:00:00Z");
  const auto checked = check_scenario(
      *parse_scenario("drill.toml", std::string(kHead) + kPeople + kWarning + storm, now),
      default_policy(), now);
  ASSERT_EQ(checked.mistakes.count(), 0u);
  EXPECT_EQ(checked.play->ends_ms, 5 * 60'000);
  using Kind = InjectFate::Kind;
  EXPECT_EQ(checked.play->injects[0].kind, Kind::played);
  EXPECT_EQ(checked.play->injects[1].kind, Kind::off);
  EXPECT_EQ(checked.play->injects[2].kind, Kind::off);
  EXPECT_EQ(checked.play->injects[3].kind, Kind::by_hand);
  EXPECT_EQ(checked.play->expectations[0].kind, Outcome::Kind::off);
}

TEST(Play, TheSameSeedPlaysTheSameAndAnotherDoesNot) {
  const std::string toml = std::string(kHead) + kScripted + "vary = \"1min\"\n" + kWarning +
                           expect("read", "kind = \"acknowledged\"\nwithin = \"3min\"");
  std::string other = toml;
  other.replace(other.find("seed = 3"), 8, "seed = 4");
  EXPECT_EQ(told(toml), told(toml));
  EXPECT_NE(told(toml), told(other));
}

TEST(Play, AnInjectMoreChangesNoOtherReaction) {
  const std::string toml = std::string(kHead) + kScripted + "vary = \"1min\"\n" + kWarning;
  const std::string more = std::string(kHead) + kScripted + "vary = \"1min\"\n" +
                           "[[inject]]\nname = \"brief\"\nkind = \"note\"\nfrom = \"north\"\nat = "
                           "\"0s\"\ntext = \"On.\"\n" +
                           kWarning;
  const auto few = parse_scenario("drill.toml", toml, 0);
  const auto many = parse_scenario("drill.toml", more, 0);
  ASSERT_TRUE(few && many);
  EXPECT_EQ(reaction_of(few->scenario, 1, 0).acknowledge_ms,
            reaction_of(many->scenario, 1, 1).acknowledge_ms);
}

TEST(Play, AChanceOfHalfSlipsInSomeSeedsOnly) {
  const std::string toml =
      std::string(kHead) + kScripted +
      "[[player.slip]]\nabout = \"warning\"\nkind = \"declines\"\nchance = 50\n" + kWarning;
  auto reading = parse_scenario("drill.toml", toml, 0);
  ASSERT_TRUE(reading);
  size_t declined = 0;
  for (reading->scenario.seed = 1; reading->scenario.seed <= 100; ++reading->scenario.seed) {
    declined += reaction_of(reading->scenario, 1, 0).declines;
  }
  EXPECT_GT(declined, 30u);
  EXPECT_LT(declined, 70u);
}

}  // namespace
}  // namespace hotline::client
