// Messages as a hostile peer writes them: any number of one kind, honest but for what the plan
// says.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/bytes.h"
#include "protocol/message/envelope.h"
#include "tests/hostile/words.h"

namespace hotline::hostile {

struct WrittenMessage {
  Bytes envelope;
  Bytes body;
  Hash salt{};
};

// A message of the victim's, to be spoken of.
struct Known {
  std::string id;
  Hash leaf{};
};

struct MessagePlan {
  wire::MessageType type = wire::MessageType::text;
  wire::Precedence precedence = wire::Precedence::routine;
  bool any_precedence = false;  // Each message another one, wrong numbers among them.
  size_t subject_size = 0;      // 0: a short honest one.
  size_t text_size = 0;
  bool malformed = false;    // Half of an envelope.
  bool salted = false;       // With a salt; without, it is of zeros.
  bool same_serial = false;  // Each under the serial of the first one ever sent.
  std::string forged;  // The field that carries a line feed and what looks like a line of a log.
};

// kind=text|acknowledgement|decline|answer|request|correction|cancellation
// precedence=flash|immediate|priority|routine|any subject=BYTES  text=BYTES  malformed=yes
// salted=yes  same-serial=yes  forge=from|to|language|reference|reason|subject
MessagePlan read_plan(const Words& words);

// Writes the messages of one plan; what they share is built once.
class MessageWriter {
 public:
  // `about` is spoken of by kinds that speak of another message.
  MessageWriter(const MessagePlan& plan, std::string from, std::string to, const Known& about);

  WrittenMessage write(const std::string& id, int64_t released_at);

 private:
  const MessagePlan plan_;
  EnvelopeFields envelope_;
  Bytes body_;
  Hash salt_{};
  uint64_t written_ = 0;
};

// A forged field says this: a second line that could pass for one of the daemon's log.
extern const char* const kForgedWords;

}  // namespace hotline::hostile
