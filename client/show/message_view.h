// A message in full, as `hotline show` and `hotline audit check` print it: its coded fields in the
// reader's language, its texts as they were written.
#pragma once

#include <string>

#include "protocol/base/bytes.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Subject, content and texts, then what the envelope says. Bytes that cannot be read are shown as
// such, never hidden.
void print_message(Output& output, ByteView envelope, ByteView body, const std::string& language);

// What the envelope says, alone.
void print_envelope(Output& output, ByteView envelope, const std::string& language);

// The same as members, with the exact bytes in base64; what cannot be read is null.
void add_message(JsonValue& document, ByteView envelope, ByteView body,
                 const std::string& language);

}  // namespace hotline::client
