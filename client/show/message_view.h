// A message in full, as `hotline show` and `hotline audit check` print it: its coded fields in the
// reader's language, its texts as they were written.
#pragma once

#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/message/describe.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

struct ShownText {
  std::string language;
  bool original = false;
  std::string translated_by;  // May be empty.
  std::string text;
};

// The content of a message, read from its bytes. Bytes that cannot be read are shown as such, never
// hidden: their fault says why.
struct ShownContent {
  Bytes envelope_bytes;
  std::string envelope_fault;
  Description envelope;
  Bytes body_bytes;
  std::string body_fault;
  std::string subject;
  Description content;
  std::vector<ShownText> texts;
};

ShownContent shown_content(ByteView envelope, ByteView body, const std::string& language);

// Subject, content and texts, then what the envelope says.
void print_content(Output& output, const ShownContent& content);
// The envelope alone.
void print_envelope(Output& output, const ShownContent& content);

// The same as members, with the exact bytes in base64; what cannot be read is null.
void add_content(JsonValue& document, const ShownContent& content);

}  // namespace hotline::client
