// The messages of a scenario, made as they would be sent at a moment, and held against the rules of
// their kinds by the same code that sends them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/compose/draft.h"
#include "client/drill/mistakes.h"
#include "client/drill/scenario.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

// The serial of an inject's message, "XN-000012".
using SerialOf = std::function<std::string(size_t inject)>;

// As that side would send it now, with the marks of an exercise to be added when it is handed in.
// `asked` is the REQUEST that a reply answers. Errors: those of make_draft and finish_draft.
Result<DraftFields> draft_of(const Scenario& scenario, const ScenarioMessage& message,
                             SideIndex side, const ScenarioMessage* asked, UtcMs now,
                             const SerialOf& serial_of);

// All of them, in the places of the scenario; nothing where there is no message, or a wrong one.
struct ScenarioDrafts {
  std::vector<std::optional<DraftFields>> injects;
  std::vector<std::vector<std::optional<DraftFields>>> replies;  // Of each player.
};

// Messages that break a rule, or say a time that is another on another day, are mistakes.
ScenarioDrafts make_drafts(const Scenario& scenario, UtcMs now, Mistakes& mistakes);

}  // namespace hotline::client
