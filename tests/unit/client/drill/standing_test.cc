// How a drill over daemons stands, as its record tells: orders, and what they change.
#include "client/drill/standing.h"

#include <gtest/gtest.h>

#include "client/drill/judge.h"
#include "client/drill/scenario_file.h"
#include "client/drill/standing_lines.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

using Do = DrillOrder::Kind;

constexpr char kScenario[] = R"(
title = "A drill"
sides = ["north", "south"]
[[player]]
name = "sam"
side = "south"
role = "operator"
[[inject]]
name = "first"
kind = "note"
from = "north"
at = "5min"
text = "It begins."
[[inject]]
name = "second"
kind = "note"
from = "north"
after = "first"
wait = "5min"
text = "It goes on."
[[inject]]
name = "surprise"
kind = "note"
from = "south"
by_hand = true
text = "A shot."
[[inject]]
name = "later"
kind = "note"
from = "north"
at = "1h"
enabled = false
text = "Never."
[[expect]]
name = "calm"
kind = "judgement"
of = "first"
side = "south"
within = "10min"
points = 4
comment = "Did they stay calm?"
)";

struct DrillStandingTest : testing::Test {
  DrillStandingTest() : reading(*parse_scenario("drill.toml", kScenario, 0)) {
    EXPECT_EQ(reading.mistakes.count(), 0u);
    standing = before_drill(scenario());
    take(R"({"what":"begun","begin":1000000,"seed":1,"jumps":0,"speed_permille":60000})");
  }

  const Scenario& scenario() const { return reading.scenario; }
  void take(const std::string& line) {
    take_line(scenario(), standing, *parse_json("drill.jsonl", line, 8));
  }
  // "refused: …", or how it was taken.
  std::string order(DrillOrder order, int64_t at_ms = 60'000) {
    order.number = standing.orders + 1;
    standing.now_ms = at_ms;
    const Status possible = check_order(scenario(), standing, order);
    if (!possible) {
      return std::string(error_code_name(possible.error().code)) + ": " + possible.error().reason;
    }
    take(to_json(record_line(order, at_ms)));
    return "taken";
  }
  void happen(const std::string& inject, int64_t at_ms) {
    take(to_json(JsonValue().add("what", "inject").add("inject", inject).add("at_ms", at_ms)));
  }

  ScenarioReading reading;
  DrillStanding standing;
};

TEST_F(DrillStandingTest, an_order_is_the_same_after_it_was_written) {
  const DrillOrder orders[] = {
      {.kind = Do::inject, .number = 1, .who = "ann", .name = "first"},
      {.kind = Do::note, .number = 2, .who = "eve \"x\"\n", .text = "Said \\ so."},
      {.kind = Do::judge, .number = 3, .name = "calm", .text = "why", .is_met = true},
      {.kind = Do::speed, .number = 4, .speed_permille = 500},
      {.kind = Do::jump, .number = 5, .by_ms = 7, .until = 8, .until_ms = 9},
      {.kind = Do::jump, .number = 6, .goes_to_next = true},
      {.kind = Do::stop, .number = 7}};
  for (const DrillOrder& written : orders) {
    JsonValue line;
    add_order(line, written);
    const auto read = read_order(*parse_json("orders.jsonl", to_json(line), 4));
    ASSERT_TRUE(read);
    JsonValue again;
    add_order(again, *read);
    EXPECT_EQ(to_json(again), to_json(line));
    EXPECT_EQ(read->text, written.text);
    EXPECT_EQ(read->who, written.who);
  }
  EXPECT_FALSE(read_order(*parse_json("x", R"({"order":1,"do":"dance"})", 4)));
  EXPECT_FALSE(read_order(*parse_json("x", R"({"order":-1,"do":"stop"})", 4)));
}

TEST_F(DrillStandingTest, an_inject_by_hand_keeps_the_drill_open_until_it_happens_or_is_skipped) {
  order({.kind = Do::skip, .name = "first"});
  EXPECT_FALSE(comes_at_ms(scenario(), standing, 1)) << "it waits for what never happens";
  EXPECT_FALSE(is_over(scenario(), standing));
  EXPECT_EQ(waits_for_director(scenario(), standing), std::vector<size_t>{2});
  standing.pace.jumps = true;
  EXPECT_TRUE(is_over(scenario(), standing)) << "a drill that jumps would wait for ever";
  standing.pace.jumps = false;
  EXPECT_EQ(order({.kind = Do::inject, .name = "surprise"}, 70'000), "taken");
  EXPECT_EQ(comes_at_ms(scenario(), standing, 2), 70'000);
  happen("surprise", 70'000);
  EXPECT_TRUE(is_over(scenario(), standing));
}

TEST_F(DrillStandingTest, an_inject_happens_once_and_only_where_it_can) {
  EXPECT_EQ(order({.kind = Do::inject, .name = "later"}),
            "refused: later is disabled in the scenario, or waits for one that is");
  EXPECT_EQ(order({.kind = Do::inject, .name = "surprize"}),
            "not_found: the inject surprize is not in this drill");
  EXPECT_EQ(order({.kind = Do::inject, .name = "second"}), "taken");
  EXPECT_EQ(order({.kind = Do::inject, .name = "second"}), "refused: second was ordered already");
  EXPECT_EQ(order({.kind = Do::skip, .name = "second"}), "refused: second was ordered already");
  happen("second", 60'000);
  EXPECT_EQ(order({.kind = Do::skip, .name = "second"}),
            "refused: second happened already, at 00:01:00");
  EXPECT_FALSE(comes_at_ms(scenario(), standing, 1));
  EXPECT_EQ(order({.kind = Do::skip, .name = "first"}), "taken");
  EXPECT_EQ(order({.kind = Do::inject, .name = "first"}),
            "refused: first was skipped, at 00:01:00");
  EXPECT_EQ(standing.play.expectations[0].kind, Outcome::Kind::off);
}

TEST_F(DrillStandingTest, a_judgement_counts_and_a_later_one_replaces_it) {
  EXPECT_EQ(order({.kind = Do::judge, .name = "calm", .is_met = true}),
            "refused: first has not happened, and calm is expected of it");
  happen("first", 300'000);
  take(R"({"what":"outcome","expectation":"calm","outcome":"to-judge","at_ms":900000})");
  EXPECT_EQ(order({.kind = Do::judge, .name = "calm", .is_met = true}, 950'000), "taken");
  EXPECT_EQ(standing.play.points(scenario()), 4);
  EXPECT_EQ(standing.play.expectations[0].at_ms, 900'000) << "as whatever waits for it took it";
  EXPECT_EQ(order({.kind = Do::judge, .name = "calm", .text = "Shouted."}, 960'000), "taken");
  EXPECT_EQ(standing.play.expectations[0].kind, Outcome::Kind::missed);
  EXPECT_EQ(standing.play.expectations[0].at_ms, 960'000);
  EXPECT_EQ(standing.comments[0], "Shouted.");
}

TEST_F(DrillStandingTest, a_pause_holds_and_breaks_a_jump_off) {
  EXPECT_TRUE(standing.clocks_go());
  EXPECT_EQ(order({.kind = Do::resume}), "refused: it is not paused");
  EXPECT_EQ(order({.kind = Do::jump, .until_ms = 60'000}),
            "refused: a jump goes ahead, and nothing is due there");
  EXPECT_EQ(order({.kind = Do::jump, .until_ms = 600'000}), "taken");
  EXPECT_TRUE(standing.walks());
  EXPECT_FALSE(standing.clocks_go());
  EXPECT_EQ(order({.kind = Do::pause}, 200'000), "taken");
  EXPECT_FALSE(standing.walks());
  EXPECT_FALSE(standing.clocks_go());
  EXPECT_EQ(order({.kind = Do::pause}, 200'000), "refused: it is paused already");
  EXPECT_EQ(order({.kind = Do::resume}, 200'000), "taken");
  EXPECT_TRUE(standing.clocks_go());
  EXPECT_EQ(order({.kind = Do::jump, .until_ms = 600'000}, 200'000), "taken");
  standing.now_ms = 600'000;
  EXPECT_TRUE(standing.clocks_go()) << "it has arrived";
}

TEST_F(DrillStandingTest, a_speed_that_no_clock_has_is_refused) {
  for (const uint32_t permille : {0u, 99u, 60'001u, 100'000u}) {
    EXPECT_EQ(order({.kind = Do::speed, .speed_permille = permille}),
              "refused: the clock goes from 0.1 to 60 times as fast");
  }
  EXPECT_EQ(standing.pace.speed_permille, 60'000u);
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 100}), "taken");
}

// Its error would count so many times over, and people are judged by it.
TEST_F(DrillStandingTest, a_wrong_clock_is_played_in_real_time_alone) {
  reading.scenario.injects[0].content = ClockWrong{600'000, 300'000};
  const std::string refused =
      "refused: first: a wrong clock cannot be judged at another speed than 1";
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 10'000}), refused) << "it is to come";
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 1'000}), "taken");
  happen("first", 300'000);
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 500}, 400'000), refused) << "under way";
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 500}, 600'000), "taken") << "it is over";
  standing.play.injects[0].kind = InjectFate::Kind::skipped;
  EXPECT_EQ(order({.kind = Do::speed, .speed_permille = 500}, 400'000), "taken");
}

TEST_F(DrillStandingTest, nothing_is_expected_of_an_inject_that_could_not_go) {
  happen("first", 300'000);
  take(
      R"({"what":"passed-over","inject":"first","at_ms":300000,"reason":"the channel is suspended"})");
  EXPECT_EQ(standing.play.injects[0].kind, InjectFate::Kind::refused) << "nobody skipped it";
  EXPECT_EQ(standing.play.expectations[0].kind, Outcome::Kind::off);
  EXPECT_FALSE(comes_at_ms(scenario(), standing, 1)) << "it comes after what did not happen";
}

TEST_F(DrillStandingTest, what_came_due_while_nobody_played_is_not_judged) {
  happen("first", 300'000);
  take(R"({"what":"resumed","from_ms":301000,"at_ms":2000000})");
  Scenario by_machine = scenario();
  by_machine.expectations[0].by_director = false;
  EXPECT_EQ(at_deadline(by_machine, standing.play, 0), Outcome::Kind::not_judged);
  EXPECT_EQ(at_deadline(scenario(), standing.play, 0), Outcome::Kind::to_judge)
      << "the director may judge it all the same";
  by_machine.expectations[0].within_ms = 1'700'001;
  EXPECT_EQ(at_deadline(by_machine, standing.play, 0), Outcome::Kind::missed)
      << "it was over later";
  take(
      R"({"what":"outcome","expectation":"calm","outcome":"not-judged","at_ms":900000,"message":null})");
  EXPECT_EQ(standing.play.expectations[0].kind, Outcome::Kind::not_judged);
  EXPECT_FALSE(is_running(scenario(), standing.play, 0));
}

// The other side went on playing: its messages are there, with their times.
TEST_F(DrillStandingTest, what_came_due_while_one_program_of_two_was_gone_is_judged) {
  standing = before_drill(scenario());
  take(
      R"({"what":"begun","begin":1000000,"seed":1,"jumps":0,"speed_permille":1000,"side":"south"})");
  happen("first", 300'000);
  take(R"({"what":"resumed","from_ms":301000,"at_ms":2000000})");
  Scenario by_machine = scenario();
  by_machine.expectations[0].by_director = false;
  EXPECT_EQ(at_deadline(by_machine, standing.play, 0), Outcome::Kind::missed);
  EXPECT_EQ(standing.play.unplayed.size(), 1u);
}

TEST_F(DrillStandingTest, why_it_broke_off_is_known_until_it_goes_on) {
  take(R"({"what":"broken-off","at_ms":300000,"reason":"a daemon does not start"})");
  EXPECT_EQ(standing.broken_off, "a daemon does not start");
  happen("first", 300'000);
  EXPECT_EQ(standing.broken_off, "");
}

TEST_F(DrillStandingTest, a_restarted_daemon_changes_nothing_but_the_time) {
  take(R"({"what":"restarted","side":"south","at_ms":300000})");
  EXPECT_EQ(standing.now_ms, 300'000);
  EXPECT_FALSE(is_over(scenario(), standing));
}

TEST_F(DrillStandingTest, a_stop_that_a_player_said_waits_for_no_answer) {
  take(to_json(record_line({.kind = Do::stop, .who = "XS-000004", .text = "A fire."}, 60'000)));
  EXPECT_TRUE(standing.is_stopped);
  EXPECT_TRUE(standing.waiting.empty());
}

TEST_F(DrillStandingTest, after_its_end_it_is_noted_and_judged_alone) {
  take(R"({"what":"ended","at_ms":900000,"stopped":false})");
  EXPECT_EQ(order({.kind = Do::note, .text = "Well done."}), "taken");
  for (const Do kind :
       {Do::inject, Do::skip, Do::pause, Do::resume, Do::speed, Do::jump, Do::stop}) {
    EXPECT_EQ(order({.kind = kind, .name = "first", .speed_permille = 1000}),
              "refused: this drill is over");
  }
}

TEST_F(DrillStandingTest, an_order_waits_until_it_is_answered) {
  order({.kind = Do::note, .text = "x"});
  EXPECT_EQ(standing.waiting.size(), 1u);
  take(R"({"what":"answered","order":1,"at_ms":60000})");
  EXPECT_TRUE(standing.waiting.empty());
  take(R"({"what":"answered","order":2,"at_ms":60000,"code":8,"reason":"no"})");
  EXPECT_EQ(standing.orders, 2u) << "one that was refused is not taken again";
}

TEST_F(DrillStandingTest, the_view_has_serials_and_notes) {
  std::vector<JsonInput> lines;
  for (const char* line :
       {R"({"what":"begun","begin":1000000,"seed":1,"jumps":0,"speed_permille":1000})",
        R"({"what":"inject","inject":"first","at_ms":1,"draft":"aa"})",
        R"({"what":"reaction","player":"sam","inject":"first","at_ms":2,"draft":"bb"})",
        R"({"what":"committed","message":0,"id":"XN-000001"})",
        R"({"what":"committed","message":1,"id":"XS-000001"})",
        R"({"what":"note","order":1,"do":"note","who":"eve","text":"Good.","at_ms":3})"}) {
    lines.push_back(*parse_json("drill.jsonl", line, 8));
  }
  const DrillView view = view_of(scenario(), lines);
  EXPECT_EQ(view.serials.at(0), "XN-000001");
  ASSERT_EQ(view.notes.size(), 1u);
  EXPECT_EQ(view.notes[0].who + ": " + view.notes[0].text, "eve: Good.");
}

}  // namespace
}  // namespace hotline::client
