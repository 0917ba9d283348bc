// One line of `hotline escalation` as JSON.
#pragma once

#include "client/json_output.h"
#include "protocol/schema/client_generated.h"

namespace hotline::client {

JsonValue json_escalation(const wire::EscalationRow& row);

}  // namespace hotline::client
