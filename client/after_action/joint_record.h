// A drill with the other side's director, as the journals of both sides have it: what each
// program's own record does not know of the other side, so that either report says the same. Pure.
#pragma once

#include "client/after_action/drill_log.h"
#include "client/after_action/judged_drill.h"
#include "client/drill/scenario.h"

namespace hotline::client {

// Adds messages of the other side's injects that the program did not see come, as it had ended.
void add_injects_of_peer(const Scenario& scenario, const SideRecords& records, DrillLog& log);

// Each program ends when nothing is open at its own side. Both were over when a player stopped the
// exercise, or else when the last expectation was settled that hangs on a message.
void take_joint_end(const Scenario& scenario, const SideRecords& records, DrillLog& log);

}  // namespace hotline::client
