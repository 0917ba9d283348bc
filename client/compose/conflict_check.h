// A notice held against what the other side announced, before it goes.
#pragma once

#include <optional>

#include "client/compose/draft.h"
#include "client/connect/connection.h"
#include "client/show/told_back.h"
#include "protocol/base/result.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// The conflicts that the draft would have. Errors: refused where it announces no volumes or breaks
// a rule, and those of the connection.
Result<Answer<wire::ConflictRows>> conflicts_of(Connection& connection, const DraftFields& draft,
                                                UtcMs now);

// The acceptances of its conflicts that a correction of this notice of ours ends, whatever it
// changes: they were said of it as it stands.
std::vector<ToldConflict> acceptances_that_end(Connection& connection, const std::string& notice);

// In these, `draft`: the bytes of a wire.Draft.

// It says where something will be, or changes a message that does, or accepts a conflict of one.
bool is_about_volumes(Connection& connection, ByteView draft);

// Why the daemon would refuse the draft for a rule, were it released now; empty where it would not.
std::string why_refused(Connection& connection, ByteView draft);

// Refuses a draft that the daemon would refuse for its conflicts, and names each with its
// distances; else tells those that it has all the same. Other rules are the daemon's to judge, and
// whether a conflict is accepted as it stands.
Status check_conflicts(Connection& connection, ByteView draft, ToldBack& told_back);

// The conflicts that a draft has which waits for somebody, in any state, and how much is known:
// what its writer saw, and its releaser must see. False: it would be refused for them.
bool say_conflicts_of(Output& output, Connection& connection, ByteView draft);
JsonValue& add_conflicts_of(JsonValue& document, Connection& connection, ByteView draft);

}  // namespace hotline::client
