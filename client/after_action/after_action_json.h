// The report on a drill for programs, with the same values as the page.
#pragma once

#include "client/after_action/after_action.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

JsonValue after_action_json(const AfterAction& report);

}  // namespace hotline::client
