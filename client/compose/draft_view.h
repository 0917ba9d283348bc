// A saved draft as the message would read, for who is to release it and for who goes on with it.
#pragma once

#include <vector>

#include "client/compose/saved_draft.h"
#include "client/connect/connection.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// The daemon is asked for the conflicts that an open one would have. False: it would be refused for
// them.
bool print_draft(Output& output, Connection& connection, const SavedDraft& saved);
// With the rules that it breaks, as members of one document.
JsonValue json_saved(Connection& connection, const SavedDraft& saved,
                     const std::vector<Problem>& problems);

}  // namespace hotline::client
