// A scenario as people write it: a TOML file (docs/exercises.md, docs/scenarios/example.toml).
//
// The file alone is read here: its keys, its values, and the names by which its parts speak of each
// other. client/drill/scenario_check.h asks whether it can be played.
#pragma once

#include <string>

#include "client/drill/mistakes.h"
#include "client/drill/scenario.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

struct ScenarioReading {
  Scenario scenario;  // As far as it could be read: whatever has a mistake is left out.
  Mistakes mistakes;
};

// `now`: for times that are said by it ("+2h"), which are taken as if the drill began then.
// Errors: not_found where there is no such file, configuration where it is no TOML or too large.
Result<ScenarioReading> read_scenario_file(const std::string& path, UtcMs now);
// The same of a text; `name` is how mistakes call it.
Result<ScenarioReading> parse_scenario(const std::string& name, const std::string& content,
                                       UtcMs now);

}  // namespace hotline::client
