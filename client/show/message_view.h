// A message in full, as `hotline show` and `hotline audit check` print it: its coded fields in the
// reader's language, its texts as they were written.
#pragma once

#include <string>

#include "protocol/base/bytes.h"
#include "protocol/message/body.h"
#include "protocol/message/describe.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Fields of a message or an entry as lines with their values under each other. Ends with a line
// feed.
std::string render_lines(const Description& fields);
JsonValue json_fields(const Description& fields);

// The content of a message, read from its bytes, which are borrowed. Bytes that cannot be read are
// shown as such, never hidden, with the reason.
class MessageContent {
 public:
  MessageContent(ByteView envelope, ByteView body, std::string language);

  // Subject, content and texts, then what the envelope says.
  void print(Output& output) const;
  // The envelope alone.
  void print_envelope(Output& output) const;
  // The same as members, with the exact bytes in base64; what cannot be read is null.
  void add_to(JsonValue& document) const;

 private:
  const ByteView envelope_bytes_;
  const ByteView body_bytes_;
  const std::string language_;
  const Result<Opened<wire::Envelope>> envelope_;
  const Result<Opened<wire::Body>> body_;
};

}  // namespace hotline::client
