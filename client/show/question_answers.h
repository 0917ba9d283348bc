// The questions of a REQUEST, each with its newest answer, and which are still open.
#pragma once

#include "client/connect/connection.h"
#include "protocol/message/message_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// `body`: of the message as it stands; null where it cannot be read. Prints nothing, and adds
// nulls, where it asks nothing.
void print_answers(Output& output, const Connection& connection, const wire::Detail& detail,
                   const wire::Body* body);
void add_answers_to(JsonValue& document, const Connection& connection, const wire::Detail& detail,
                    const wire::Body* body);

}  // namespace hotline::client
