// The content of a message as values for programs, beside its words for people.
#pragma once

#include "protocol/message/message_generated.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

// Each field that is there, by its name in message.fbs: a number with its unit in its name, a code,
// a time in RFC 3339, a text as it was written. A position has latitude_deg_e5 and
// longitude_deg_e5. A code of a later version is its number.
JsonValue content_values(const wire::Body& body);

}  // namespace hotline::client
