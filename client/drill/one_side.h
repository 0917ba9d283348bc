// A drill of which one side is seen: the other side's director plays theirs. Both judge by what
// they see, and messages are all that either sees of the other. Pure.
#pragma once

#include <cstddef>

#include "client/drill/play.h"
#include "client/drill/scenario.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Refuses a scenario that two directors could not play alike: one with faults that need cables of
// the drill's own, or one where a side waits for what it does not see. The same at both.
Status check_playable_with_peer(const Scenario& scenario);

// Leaves out what the other side is expected to do, but for what an inject of `side` waits for.
void see_one_side(const Scenario& scenario, SideIndex side, Play& play);

// The part of the own side, done and to come, and nothing of the other's but what came.
Play own_part(const Scenario& scenario, SideIndex side, Play play);

// An inject of the other side, of which nobody knows here that it does not come.
bool may_come(const Scenario& scenario, const Play& play, size_t inject);

// Something of `side` that is still open hangs on it.
bool matters(const Scenario& scenario, SideIndex side, const Play& play, size_t inject);

}  // namespace hotline::client
