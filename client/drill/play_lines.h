// A play on the screen, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "client/drill/scenario_check.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// "00:05:00", "72:00:00": since the beginning of the drill.
std::string exercise_time(int64_t at_ms);

void print_time_line(Output& output, const Scenario& scenario, const Play& play);

// Beneath it: how much of the scenario was played, and with which result.
void say_result(Output& output, const Scenario& scenario, const Play& play);

// The members "time_line", "injects", "expectations" and their sums.
JsonValue& add_play(JsonValue& document, const Scenario& scenario, const Play& play);

JsonValue json_mistakes(const std::vector<Mistake>& mistakes);

}  // namespace hotline::client
