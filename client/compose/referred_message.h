// Which message a person means (N-000123, N-123, @last, @flash), and that message opened and ready
// to be read.
#pragma once

#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

enum class NameUse {
  any,             // To look at: @last is the newest message of either direction.
  to_answer,       // @last is the newest of the peer that is no mere answer to one of ours.
  to_acknowledge,  // @last is the newest of the peer that waits for an acknowledgement.
};

// The id as the daemon wants it. Errors: usage for a name that is none, not_found.
Result<std::string> resolve_name(Connection& connection, const std::string& typed, NameUse use);

// As templates call a field that names a message.
inline constexpr char kMessageName[] = "message";

// The thread of messages that a person named: by any name of a message, the thread that this one
// belongs to or else begins; or by a word, as it stands. Errors: those of finding the message.
Result<std::string> resolve_thread(Connection& connection, const std::string& typed);
// The same for a message that is going to belong to it. A word that no message has yet begins a
// thread; one that may be a slip of another is refused, unless it is `meant` as it stands. Where it
// is not known soon, it is taken as meant: no message waits for that. `before`: what is typed
// before the word, for the hint.
Result<std::string> resolve_thread_to_join(Connection& connection, const std::string& typed,
                                           bool meant, const std::string& before = "--incident ");
// --new-thread, for the commands that take --incident.
OptionSpec new_thread_option();

// The message that another one is going to speak of.
class ReferredMessage {
 public:
  // Finds the message that a person named. Errors: those of resolve_name(), and the daemon's.
  static Result<ReferredMessage> find(Connection& connection, const std::string& typed,
                                      NameUse use);

  const wire::MessageRow& row() const { return *detail_->row(); }
  std::string id() const { return text(row().id()); }
  wire::Precedence precedence() const { return static_cast<wire::Precedence>(row().precedence()); }
  // Null when its body cannot be read.
  const wire::Body* body() const { return body_ ? body_->get() : nullptr; }
  bool is_expired() const { return detail_->expired(); }
  // After its corrections.
  const wire::Body* newest() const { return newest_ ? newest_->get() : body(); }

  // The bytes of that body.
  ByteView newest_bytes() const {
    return newest_ ? bytes(detail_->newest_body()) : bytes(detail_->body());
  }

  // The message that it speaks of first; empty where it speaks of none.
  std::string spoken_of() const;

  // A request that somebody answered has them, in its order; borrowed.
  std::vector<const wire::QuestionRow*> questions() const { return tables(detail_->questions()); }

  // "S-000087  FLASH  incident  Unintended airspace crossing", to be sure that it is the right one.
  std::string heading(const Output& output) const;
  // The same as talk, and below it that it was cancelled.
  void say_heading(Output& output) const;

 private:
  explicit ReferredMessage(Answer<wire::Detail> detail)
      : detail_(std::move(detail)),
        body_(open_body(bytes(detail_->body()))),
        newest_(open_body(bytes(detail_->newest_body()))) {}

  Answer<wire::Detail> detail_;
  Result<Opened<wire::Body>> body_;
  Result<Opened<wire::Body>> newest_;  // An error where nothing was corrected.
};

}  // namespace hotline::client
