// Fields of a message or an entry on the screen and as JSON. The words for coded fields are
// protocol/message/describe.h's.
#pragma once

#include <string>

#include "protocol/message/describe.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

// Fields as lines with their values under each other. Ends with a line feed.
std::string render_lines(const Description& fields, size_t width);

JsonValue json_fields(const Description& fields);

}  // namespace hotline::client
