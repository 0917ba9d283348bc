// One line of `hotline escalation` as JSON.
#pragma once

#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

JsonValue json_escalation(const wire::EscalationRow& row);

}  // namespace hotline::client
