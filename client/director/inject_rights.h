// Injects that a director's own daemon would refuse, found before a drill with the other side
// begins: a scenario that cannot be played as it is written is better not begun.
#pragma once

#include "client/connect/connection.h"
#include "client/drill/scenario.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Each message of that side's injects may be sent by the person of this connection alone. Error:
// not_allowed, where their roles do not suffice; configuration, where two people release it.
Status check_inject_rights(Connection& daemon, const Scenario& scenario, SideIndex side, UtcMs now);

}  // namespace hotline::client
