// A scenario held against itself: whether it can be played to its end, and whether somebody can
// meet each expectation.
#pragma once

#include <optional>

#include "client/drill/play.h"
#include "client/drill/scenario_file.h"

namespace hotline::client {

struct CheckedScenario {
  Scenario scenario;
  ScenarioDrafts drafts;
  Mistakes mistakes;
  std::optional<Play> play;  // Where the file could be read without a mistake.
};

// `now` as it was read; `policy` says when rungs are climbed, and what two notices keep apart.
CheckedScenario check_scenario(ScenarioReading reading, const Policy& policy, UtcMs now);

}  // namespace hotline::client
