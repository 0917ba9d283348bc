// A play on the screen, and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/drill/drill_order.h"
#include "client/drill/scenario_check.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// "00:05:00", "72:00:00": since the beginning of the drill.
std::string exercise_time(int64_t at_ms);

// "jump 72:00:00": names and numbers, which are the same in every language.
std::string order_words(const DrillOrder& order);
// For programs: "played", "met".
const char* fate_key(InjectFate::Kind kind);
const char* outcome_key(Outcome::Kind kind);
// That it is so, as an event.
PlayedEvent::What outcome_event(Outcome::Kind kind);
// Nothing: no outcome has that key.
std::optional<Outcome::Kind> outcome_called(const std::string& key);

// An event as people are told of it: what it is, of which part of the scenario, and the rest.
std::string event_words(const Scenario& scenario, const PlayedEvent& event);
std::string event_name(const Scenario& scenario, const PlayedEvent& event);
// Names and numbers alone, which are the same in every language.
std::string event_detail(const Scenario& scenario, const PlayedEvent& event);
JsonValue json_event(const Scenario& scenario, const PlayedEvent& event);

void print_time_line(Output& output, const Scenario& scenario, const Play& play);

// The line of one event, as it happens; as JSON an object.
void tell_event(Output& output, const Scenario& scenario, const PlayedEvent& event);

// Beneath it: how much of the scenario was played, and with which result.
void say_result(Output& output, const Scenario& scenario, const Play& play);

// Which expectations of a drill were met until now, and what is left to the director.
void say_score(Output& output, const Scenario& scenario, const Play& play, bool is_over = true);

// Whoever judged something, and that they are a player where they are one.
std::string judge_words(const Scenario& scenario, const std::string& who);
bool is_a_player(const Scenario& scenario, const std::string& who);
// "from 00:05:02 at the earliest".
std::string unplayed_words(const Unplayed& gap);
JsonValue json_unplayed(const std::vector<Unplayed>& unplayed);
// The members "points" and "points_max".
JsonValue& add_points(JsonValue& document, const Scenario& scenario, const Play& play);

// The members "time_line", "injects", "expectations" and their sums.
JsonValue& add_play(JsonValue& document, const Scenario& scenario, const Play& play);

// Each with its line and column in the file; nothing under --json.
void say_mistakes(Output& output, const std::string& file, const Mistakes& mistakes);

JsonValue json_mistakes(const std::vector<Mistake>& mistakes);

}  // namespace hotline::client
