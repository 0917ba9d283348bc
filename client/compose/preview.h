// A message as it would go, looked at before it does: nothing is sent, saved or recorded.
#pragma once

#include "client/command_line/command_line.h"
#include "client/compose/submitting.h"
#include "client/connect/connection.h"

namespace hotline::client {

// --dry-run.
OptionSpec preview_option();

// Prints the message as the other side would read it, how what was typed was understood, and
// whether it would go. Returns the exit code: 8 where a rule would refuse it,
// 4 where the person has no role that may send it.
int show_preview(Invocation& invocation, Connection& connection, const FinishedDraft& draft);

}  // namespace hotline::client
