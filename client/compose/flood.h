// The draft of an ACKNOWLEDGEMENT, and a flood taken as one: a supervisor acknowledges all that
// waits of the peer, or all of one precedence, each message by an ACKNOWLEDGEMENT of its own.
#pragma once

#include "client/command_line/command_line.h"
#include "client/compose/draft.h"
#include "protocol/base/result.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

// An acknowledgement of one message or of one among many. `understood` is what is read back: where
// and when the event was.
DraftFields acknowledgement_draft(const std::string& id, wire::Precedence precedence,
                                  const EventPoint& understood, wire::Role role, UtcMs at);

// --all, --precedence and --confirm of `ack`.
std::vector<OptionSpec> flood_options();
// Error: usage, where these are given without --all.
Status check_flood_options(const Arguments& arguments);

// Says how many wait, and the words that confirm these; given them, acknowledges those that still
// wait and none that came later. The exit code: 8 where more wait than the number says, else that
// of the first failure.
int acknowledge_all(Invocation& invocation);

}  // namespace hotline::client
