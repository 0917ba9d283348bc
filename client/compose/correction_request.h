// A CORRECTION or a CANCELLATION of an own message, as typed: `hotline send --corrects` and
// `--cancels`.
#pragma once

#include "client/command_line/command.h"
#include "client/compose/draft.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

std::vector<OptionSpec> correction_options();

// Whether the arguments ask for one.
bool is_correction(const Arguments& arguments);

// The precedence is the message's, unless another was typed. Errors: usage, and those of finding
// the message.
Result<DraftFields> read_correction(const Invocation& invocation, Connection& connection);

}  // namespace hotline::client
