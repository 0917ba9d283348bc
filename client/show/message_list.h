// A list of messages, the newest first or those that wait: as a table, and as JSON.
#pragma once

#include <string>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Where --after goes on. The daemon names the next place in a list of what waits. A list by age
// goes on from the last message's place in the journal.
std::string next_place(const wire::Rows& rows);

// Prints the rows as they are `now`, and says where some of what was asked for could not be looked
// at.
void show_messages(Output& output, const Connection& connection, const wire::Rows& rows, UtcMs now);

}  // namespace hotline::client
