// A message on the screen and as JSON. The words for coded fields are
// protocol/message/describe.h's; texts are shown as they were written.
#pragma once

#include <string>

#include "protocol/message/describe.h"
#include "protocol/message/message_generated.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

// Fields as lines with their values under each other. Ends with a line feed.
std::string render_lines(const Description& fields, size_t width);

// Each text under its language and standing: "ru, translation by south, not authoritative".
std::string render_texts(const wire::Body& body, size_t width);

JsonValue json_fields(const Description& fields);
JsonValue json_texts(const wire::Body& body);

}  // namespace hotline::client
