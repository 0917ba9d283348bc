// A draft that accepts a conflict of two notices: whoever hands it in or releases it must see what
// it accepts, as that stands now.
#pragma once

#include "client/compose/saved_draft.h"
#include "client/connect/connection.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Both notices in full, ours first, and how near they come. Prints nothing of another draft.
void print_accepted(Output& output, Connection& connection, const SavedDraft& saved);
// "accepts", an object with "own" and "peers"; null of another draft.
JsonValue& add_accepted(JsonValue& document, Connection& connection, const SavedDraft& saved);

// The command that gives up a draft which accepts a conflict that is no more, and what to do then.
std::string hint_to_accept_anew(const std::string& draft);

}  // namespace hotline::client
