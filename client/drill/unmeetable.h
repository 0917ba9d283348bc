// Expectations that nobody can meet, whoever plays and however well: by what they ask, and by what
// happens in a play.
#pragma once

#include "client/drill/play.h"

namespace hotline::client {

// The parts of a message that an acknowledgement reads back.
struct ReadBackParts {
  bool position = false;
  bool time = false;
};
ReadBackParts read_back_parts(const DraftFields& draft);

// By what they ask: of which message, of whom, and by when.
void find_unmeetable(const Scenario& scenario, const ScenarioDrafts& drafts, const Policy& policy,
                     UtcMs now, Mistakes& mistakes);

// Those that a play missed because of the scenario itself, and not of a player's slip.
void find_unmet(const Scenario& scenario, const ScenarioDrafts& drafts, const Play& play,
                Mistakes& mistakes);

}  // namespace hotline::client
