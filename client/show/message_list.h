// A list of messages, the newest first or those that wait: as a table, and as JSON.
#pragma once

#include <optional>
#include <string>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Where --after goes on. The daemon names the next place in a list of what waits. A list by age
// goes on from the last message's place in the journal.
std::string next_place(const wire::Rows& rows);

// Prints the rows, and says where some of what was asked for could not be looked at. `conflicts`:
// for programs, a member beside the messages.
void show_messages(Output& output, const Connection& connection, const wire::Rows& rows,
                   std::optional<JsonValue> conflicts = std::nullopt);

}  // namespace hotline::client
