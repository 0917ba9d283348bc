// A CORRECTION or a CANCELLATION of an own message, as people type it.
#pragma once

#include <vector>

#include "client/command_line/command_line.h"
#include "client/compose/draft.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

// --corrects with --change and a reason; and with --cancels beside it.
std::vector<OptionSpec> correction_options();
std::vector<OptionSpec> change_options();
bool is_correction(const Arguments& arguments);

// An old value that was not typed, and the seconds of a time that was typed without, are those of
// the message as it stands. The precedence is the message's, unless another was typed. Errors:
// usage, and those of finding the message.
Result<DraftFields> read_correction(const Invocation& invocation, Connection& connection);

}  // namespace hotline::client
