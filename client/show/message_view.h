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
std::string render_lines(const Output& output, const Description& fields);
JsonValue json_fields(const Description& fields);

// The content of a message, read from its bytes, which are borrowed. Bytes that cannot be read are
// shown as such, never hidden, with the reason.
//
// Where it was corrected, `newest` is its body after that: this is shown first, then what it
// replaced.
class MessageContent {
 public:
  MessageContent(ByteView envelope, ByteView body, std::string language, ByteView newest = {});

  // As it stands; null where it cannot be read.
  const wire::Body* body() const {
    return is_corrected() ? newest_->get() : body_ ? body_->get() : nullptr;
  }

  // Subject, content and texts, then what the envelope says.
  void print(Output& output) const;
  // Without what the envelope says: that of a draft.
  void print_body(Output& output) const;
  // The envelope alone.
  void print_envelope(Output& output) const;
  void print_replaced(Output& output) const;
  // The same as members, as it was sent, with the exact bytes in base64; what cannot be read is
  // null.
  void add_to(JsonValue& document) const;
  // Those of them that come from the body.
  void add_body_to(JsonValue& document) const;
  // "newest", and "as_sent" with what it replaced; null where nothing was corrected.
  void add_newest_to(JsonValue& document) const;

 private:
  bool is_corrected() const { return newest_ && body_; }
  std::optional<UtcMs> released_at() const {
    return envelope_ ? std::optional((*envelope_)->released_at()) : std::nullopt;
  }
  // As it was sent, where that differs from the newest state.
  Description replaced() const;

  const ByteView envelope_bytes_;
  const ByteView body_bytes_;
  const ByteView newest_bytes_;
  const std::string language_;
  const Result<Opened<wire::Envelope>> envelope_;
  const Result<Opened<wire::Body>> body_;
  const Result<Opened<wire::Body>> newest_;  // An error where nothing was corrected.
};

}  // namespace hotline::client
