// A notice held against what the other side announced, before it is sent.
#pragma once

#include "client/compose/draft.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

// The conflicts that the draft would have. Errors: refused where it announces no volumes or breaks
// a rule, and those of the connection.
Result<Answer<wire::ConflictRows>> conflicts_of(Connection& connection, const DraftFields& draft,
                                                UtcMs now);

// Refuses a draft that announces volumes and has conflicts, and names each; with a reason given it
// goes, whatever it comes near to. `draft`: the bytes of a wire.Draft that keeps the rules.
Status check_no_conflicts(Connection& connection, ByteView draft);

}  // namespace hotline::client
