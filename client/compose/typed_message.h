// A message as people type it: the options that send and draft have in common, and a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/compose/message_request.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline::client {

// For times that are said by the moment at which they are typed ("13:41Z", "-5m"): under an
// idempotency key they would be others when the message is sent again, and are refused.
std::optional<UtcMs> typed_at(const Invocation& invocation);

// All but those of its texts (typed_text.h).
std::vector<OptionSpec> message_options();
// Those that change a message which was written before: its template cannot be changed.
std::vector<OptionSpec> changing_options();

// The message as it was typed, with the file that is named; options go before the file.
// Messages are named as both parties know them. The precedence is the template's where none was
// typed. Errors: usage, and those of the file and of finding a message.
Result<MessageRequest> read_typed_message(const Invocation& invocation, Connection& connection);

// A change of a message of this kind as it was typed; its text is in `language` where no other was
// typed. Errors: likewise.
Result<MessageRequest> read_typed_changes(const Invocation& invocation, Connection& connection,
                                          const Kind& kind, const std::string& language);

}  // namespace hotline::client
