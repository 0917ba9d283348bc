// A drill of which one side is seen: what is left of it, for what it stays open, and which
// scenarios two directors cannot play.
#include "client/drill/one_side.h"

#include <gtest/gtest.h>

#include "client/drill/scenario_file.h"
#include "client/drill/standing.h"
#include "client/drill/standing_lines.h"
#include "protocol/terminal/json_input.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {
namespace {

constexpr char kTwoDirectors[] = R"(
title = "A drill"
sides = ["north", "south"]
[[player]]
name = "sam"
side = "south"
role = "operator"
[[inject]]
name = "crossing"
kind = "message"
from = "north"
at = "5min"
message = { template = "text", precedence = "flash", texts = { en = "A crossing." } }
[[inject]]
name = "again"
kind = "message"
from = "north"
after_missed = "read"
message = { template = "text", precedence = "flash", texts = { en = "Once more." } }
[[inject]]
name = "answer"
kind = "message"
from = "south"
after = "crossing"
wait = "1min"
message = { template = "text", precedence = "flash", texts = { en = "Seen." } }
[[inject]]
name = "whisper"
kind = "note"
from = "south"
by_hand = true
text = "A shot."
[[expect]]
name = "read"
kind = "acknowledged"
of = "crossing"
within = "3min"
points = 4
[[expect]]
name = "read-again"
kind = "acknowledged"
of = "again"
within = "3min"
[[expect]]
name = "thanked"
kind = "answered"
of = "answer"
within = "10min"
)";

ScenarioReading read_two(const std::string& more = {}) {
  auto reading = parse_scenario("drill.toml", kTwoDirectors + more, 0);
  EXPECT_EQ(reading->mistakes.count(), 0u);
  return *std::move(reading);
}

struct OneSideTest : testing::Test {
  OneSideTest() : reading(read_two()), standing(before_drill(reading.scenario)) {}

  void take(const std::string& line) {
    lines.push_back(*parse_json("drill.jsonl", line, 8));
    take_line(reading.scenario, standing, lines.back());
  }
  void begin(const std::string& side) {
    take(
        R"({"what":"begun","begin":60000,"seed":1,"jumps":0,"speed_permille":1000,"start":"XS-000002","side":")" +
        side + "\"}");
  }
  void came(const std::string& inject) {
    take(R"({"what":"came","at_ms":300000,"id":"XN-000007","inject":")" + inject + "\"}");
  }
  void settled(const std::string& expectation, const std::string& outcome) {
    take(R"({"what":"outcome","at_ms":400000,"expectation":")" + expectation + R"(","outcome":")" +
         outcome + "\"}");
  }

  ScenarioReading reading;
  DrillStanding standing;
  std::vector<JsonInput> lines;
};

TEST_F(OneSideTest, the_other_sides_injects_never_come_by_this_program) {
  begin("south");
  const Scenario& scenario = reading.scenario;
  EXPECT_FALSE(comes_at_ms(scenario, standing, 0));
  EXPECT_FALSE(comes_at_ms(scenario, standing, 2)) << "what it waits for has not come";
  came("crossing");
  EXPECT_EQ(comes_at_ms(scenario, standing, 2), 360'000);
  EXPECT_EQ(waits_for_director(scenario, standing), std::vector<size_t>{3});
}

TEST_F(OneSideTest, it_stays_open_for_what_the_other_side_may_still_send) {
  begin("south");
  const Scenario& scenario = reading.scenario;
  EXPECT_EQ(waits_for_peer(scenario, standing), (std::vector<size_t>{0, 1}));
  came("crossing");
  EXPECT_EQ(waits_for_peer(scenario, standing), std::vector<size_t>{1});
  settled("read", "met");
  EXPECT_TRUE(waits_for_peer(scenario, standing).empty()) << "it comes only where this is missed";
  EXPECT_FALSE(is_over(scenario, standing));
  take(R"({"what":"inject","inject":"answer","at_ms":360000})");
  take(
      R"({"what":"skip","inject":"whisper","at_ms":360000,"order":1,"do":"skip","name":"whisper"})");
  EXPECT_TRUE(is_over(scenario, standing)) << "what the other side is to do is theirs";
}

TEST_F(OneSideTest, what_an_own_inject_waits_for_is_judged_here_and_does_not_count) {
  begin("north");
  EXPECT_EQ(standing.play.expectations[0].kind, Outcome::Kind::not_reached);
  EXPECT_EQ(standing.play.expectations[1].kind, Outcome::Kind::off);
  take(R"({"what":"inject","inject":"crossing","at_ms":300000})");
  settled("read", "missed");
  EXPECT_EQ(comes_at_ms(reading.scenario, standing, 1), 400'000);
  const Play seen = seen_play(reading.scenario, standing);
  EXPECT_EQ(seen.count(Outcome::Kind::missed), 0u);
  EXPECT_EQ(seen.injects[3].kind, InjectFate::Kind::off);
}

TEST_F(OneSideTest, nothing_of_the_other_side_is_shown_but_what_came) {
  begin("south");
  came("crossing");
  JsonValue document;
  add_standing(document, reading.scenario, view_of(reading.scenario, lines));
  const std::string shown = to_json(document);
  EXPECT_NE(shown.find("XN-000007"), std::string::npos) << shown;
  EXPECT_NE(shown.find(R"("hidden":{"injects":1,"expectations":1})"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("\"again\""), std::string::npos) << shown;
  EXPECT_EQ(shown.find("thanked"), std::string::npos) << shown;
}

TEST_F(OneSideTest, orders_are_for_the_own_side_and_the_clock_is_of_both) {
  begin("north");
  const auto refused = [&](const DrillOrder& order) {
    const Status possible = check_order(reading.scenario, standing, order);
    return possible ? std::string("taken") : possible.error().reason;
  };
  using Do = DrillOrder::Kind;
  EXPECT_EQ(refused({.kind = Do::inject, .name = "whisper"}),
            "whisper is the other side's, and their director gives it");
  EXPECT_EQ(refused({.kind = Do::skip, .name = "answer"}), "taken");
  for (const Do kind : {Do::pause, Do::resume, Do::speed, Do::jump}) {
    EXPECT_EQ(refused({.kind = kind}),
              "the clock of a drill with the other side is set by both directors");
  }
  EXPECT_EQ(refused({.kind = Do::stop}),
            "a drill with the other side is stopped by a word to both");
}

TEST(PlayableWithPeer, names_what_two_directors_cannot_play) {
  const auto refused = [](const std::string& more) {
    const Status playable = check_playable_with_peer(read_two(more).scenario);
    return playable ? std::string("playable") : playable.error().reason;
  };
  const auto inject = [](const std::string& keys) {
    return "[[inject]]\nname = \"last\"\nfrom = \"north\"\n" + keys;
  };
  EXPECT_EQ(refused(""), "playable");
  EXPECT_EQ(refused(inject("kind = \"daemon-killed\"\nat = \"1h\"\n")),
            "last: daemon-killed is done to cables and daemons of a drill's own, never on the path "
            "to a peer");
  EXPECT_EQ(refused(inject("kind = \"daemon-killed\"\nat = \"1h\"\nenabled = false\n")),
            "playable");
  EXPECT_EQ(refused(inject("kind = \"note\"\nafter = \"whisper\"\ntext = \"On.\"\n")),
            "last waits for whisper, which nobody at NORTH sees");
  EXPECT_EQ(refused(inject("kind = \"note\"\nafter_met = \"read\"\ntext = \"On.\"\n")), "playable");
  const std::string rung =
      "[[expect]]\nname = \"rung\"\nkind = \"escalated\"\nof = \"crossing\"\nwithin = \"1h\"\n"
      "rung = \"duty-officer\"\n";
  EXPECT_EQ(refused(rung), "playable");
  EXPECT_EQ(refused(rung + inject("kind = \"note\"\nafter_missed = \"rung\"\ntext = \"On.\"\n")),
            "last waits for rung, which nobody at NORTH sees");
  EXPECT_EQ(refused("[[expect]]\nname = \"calm\"\nkind = \"judgement\"\nof = \"whisper\"\nside = "
                    "\"north\"\nwithin = \"1h\"\ncomment = \"Calm?\"\n"),
            "calm waits for whisper, which nobody at NORTH sees");
}

}  // namespace
}  // namespace hotline::client
