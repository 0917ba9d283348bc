// A draft that the daemon keeps, opened and ready to be read, edited or sent.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/base/result.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline::client {

// The argument of the commands that speak of one.
PositionalSpec draft_positional();

// "D-3". Error: usage.
Result<uint64_t> read_draft_name(const std::string& typed);

// The rules that these bytes of a draft break as they stand, on this channel.
std::vector<Problem> problems_of_draft(const Connection& connection, ByteView draft, UtcMs now);

class SavedDraft {
 public:
  // Errors: not_found, also for one that ended long ago; store_failed where the bytes are not those
  // that were saved.
  static Result<SavedDraft> find(Connection& connection, uint64_t number);

  const wire::DraftRow& row() const { return *detail_->row(); }
  wire::DraftState state() const { return detail_->state(); }
  const wire::DraftDetail& detail() const { return *detail_; }
  std::string name() const;  // "D-3".
  ByteView bytes() const { return client::bytes(detail_->draft()); }
  Hash hash() const { return hash_; }
  const wire::Draft& draft() const { return *draft_; }
  const wire::Body& body() const { return *body_; }
  const Kind& kind() const { return kind_of(draft_->type()); }

  // Fails, with what became of it, where it was sent or discarded.
  Status check_open() const;
  // The error of one that is open and not handed in, with who took it back or gave it back.
  Error waits_no_more() const;
  std::vector<Problem> problems(const Connection& connection, UtcMs now) const {
    return problems_of_draft(connection, bytes(), now);
  }

 private:
  SavedDraft(Answer<wire::DraftDetail> detail, Opened<wire::Draft> draft, Opened<wire::Body> body,
             Hash hash)
      : detail_(std::move(detail)), draft_(std::move(draft)), body_(std::move(body)), hash_(hash) {}

  Answer<wire::DraftDetail> detail_;
  Opened<wire::Draft> draft_;
  Opened<wire::Body> body_;
  Hash hash_;
};

// Fails, with how it goes all the same, while the channel takes no such message.
Status check_channel_takes(Connection& connection, const SavedDraft& saved);

// Where this error says that another version than `read` was saved, the same with who saved it.
Error with_who_saved(Connection& connection, uint64_t number, const Hash& read, Error error);

// Where this error is that somebody else let the draft go, discarded it, or gave it back since it
// was read, the same with who and when.
Error with_what_became(Connection& connection, uint64_t number, Error error);

// The daemon, which refuses it, has on record that this person wanted to release what they may not,
// or a version that nobody handed in. Nothing else happens: no version has the hash that is named.
void put_refused_release_on_record(Connection& connection, uint64_t number);

// The command that mends the first problem of the draft of this name.
std::string hint_to_edit(const std::string& name, const Problem& problem);
// The command by which a draft of this kind says why it comes so near.
std::string hint_to_say_why(const std::string& name, const Kind& kind);
// For a draft that cannot be edited field by field.
std::string hint_to_write_anew(const std::string& name);

}  // namespace hotline::client
