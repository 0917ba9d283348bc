// The client API as calls: one request, one answer; and the stream of journal entries.
//
// protocol/api/client.fbs says what each request means. Failures that the daemon answers come
// back as errors with its code, reason and hint.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/connect/context.h"
#include "client/connect/frame_stream.h"
#include "protocol/api/client_generated.h"
#include "protocol/base/bytes.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/geometry/position.h"
#include "protocol/message/roles.h"

namespace hotline::client {

// An answer of the daemon, verified, with the bytes that it reads from.
class Reply {
 public:
  static Result<Reply> open(Bytes bytes);

  uint32_t id() const { return response_->id(); }
  // Null when the answer is of another kind.
  template <class Body>
  const Body* as() const {
    return response_->body_as<Body>();
  }

 private:
  Reply(std::unique_ptr<Bytes> bytes, Opened<wire::Response> response)
      : bytes_(std::move(bytes)), response_(std::move(response)) {}

  std::unique_ptr<Bytes> bytes_;
  Opened<wire::Response> response_;
};

// An answer of one kind.
template <class Body>
class Answer {
 public:
  explicit Answer(Reply reply) : reply_(std::move(reply)) {}

  const Body& operator*() const { return *reply_.as<Body>(); }
  const Body* operator->() const { return reply_.as<Body>(); }

 private:
  Reply reply_;
};

// A string of a buffer; an absent one is empty.
inline std::string text(const flatbuffers::String* string) {
  return string == nullptr ? std::string() : string->str();
}

// Its strings; an absent list is empty.
inline std::vector<std::string> texts(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* strings) {
  std::vector<std::string> values;
  if (strings == nullptr) return values;
  for (const flatbuffers::String* string : *strings) values.push_back(text(string));
  return values;
}

// Its tables; an absent list is empty. Borrowed from the buffer.
template <class Table>
std::vector<const Table*> tables(const flatbuffers::Vector<flatbuffers::Offset<Table>>* rows) {
  if (rows == nullptr) return {};
  return {rows->begin(), rows->end()};
}

inline ByteView bytes(const flatbuffers::Vector<uint8_t>* vector) {
  return vector == nullptr ? ByteView() : ByteView(vector->data(), vector->size());
}

struct Submission {
  std::string id;
  uint64_t journal_index = 0;
  UtcMs committed_at = 0;
};

// Which messages a list has, and from where on (protocol/api/client.fbs, List).
struct ListWish {
  wire::Box box = wire::Box::all;
  uint64_t limit = limits::kListRowsMax;
  uint64_t before_journal_index = 0;
  std::string after = {};
  wire::Precedence precedence = wire::Precedence::unset;  // Unset: all.
  std::string words = {};
  wire::MessageType type = wire::MessageType::unset;  // Likewise.
  std::string code = {};
  std::string incident = {};
  std::optional<UtcMs> since = {};
  std::optional<UtcMs> until = {};
  bool impatient = false;  // Takes what the search index has now.
};

// Which notices a list has (protocol/api/client.fbs, Notices).
struct NoticesWish {
  wire::MessageType type = wire::MessageType::unset;  // Unset: all that announce something.
  wire::NoticeSide side = wire::NoticeSide::both;
  std::optional<UtcMs> at = {};
  std::optional<Position> near = {};
  uint32_t within_m = 0;
  uint64_t limit = limits::kListRowsMax;
  std::string after = {};  // Where the page before ended; empty: the first.
  bool volumes = false;    // In the order of their messages, after `after_number`.
  bool after_incoming = false;
  uint64_t after_number = 0;
};

// Which incidents a list has (protocol/api/client.fbs, Incidents).
struct IncidentsWish {
  std::string id = {};
  bool closed = false;
  uint64_t limit = limits::kListRowsMax;
  uint64_t skip = 0;
};

// How to reach the daemon, and how to wait before trying again.
struct Reach {
  Context context;
  Connector connect;
  std::function<void(int64_t pause_ms)> pause;
};

class Connection {
 public:
  // Connects and says hello.
  static Result<std::unique_ptr<Connection>> open(Reach reach);

  const wire::ServerHello& server() const { return *hello_->as<wire::ServerHello>(); }
  // One of this person's roles has the right. The daemon decides; a client asks before it offers
  // what would be refused.
  bool may(Right right, wire::MessageType kind = wire::MessageType::unset) const;
  std::string party() const { return text(server().party()); }
  std::string peer() const { return text(server().peer()); }
  const std::string& language() const { return reach_.context.language; }
  // This time, or the daemon's where this one is ahead of it: as its clock stood at the hello and
  // has gone on since.
  UtcMs by_daemons_clock(UtcMs now) const;

  Result<Answer<wire::Rows>> list(const ListWish& wish);
  Result<Answer<wire::Rows>> list(wire::Box box, uint32_t limit) {
    return list({.box = box, .limit = limit});
  }
  // Visits every message of a list, page by page, until `visit` returns false. The first page has
  // `wish.limit` messages, the others as many as they can.
  Status list_each(ListWish wish, const std::function<bool(const wire::MessageRow&)>& visit);
  Result<Answer<wire::Detail>> show(const std::string& id);  // Has a row.
  Result<Answer<wire::StatusReply>> status();
  // Confirms the recovery of the store that began this epoch.
  Result<Answer<wire::StatusReply>> confirm_recovery(uint64_t epoch);
  // Resolves a fork of the peer's transcript, or of its journal.
  Result<Answer<wire::StatusReply>> resolve_fork(bool journal);
  // One message's, or for an empty id those of all that wait, from a place on.
  Result<Answer<wire::EscalationRows>> escalations(const std::string& id, uint64_t limit = 0,
                                                   const std::string& after = {});

  // The clock of the exercise; and what a director makes of it. A jump without both of the last two
  // goes to the next thing that is due.
  Result<Answer<wire::ExerciseClockReply>> exercise_clock();
  Result<Answer<wire::ExerciseClockReply>> set_exercise_clock(wire::ExerciseClockChange change,
                                                              uint32_t speed_permille = 0,
                                                              int64_t by_ms = 0, UtcMs until = 0);
  // Pauses the ladder of a message until then, or ends a pause: 0.
  Result<Answer<wire::EscalationRows>> pause_escalation(const std::string& id, UtcMs until,
                                                        const std::string& reason);

  // Escalates a message by hand.
  Result<Answer<wire::EscalationRows>> raise_escalation(const std::string& id,
                                                        const std::string& reason);
  // Has a trial notice sent through each command of a rung, and waits until all have ended.
  Result<Answer<wire::NotifierTrials>> try_notifiers();

  Result<Answer<wire::AgreementRows>> agreements();

  // The hand-over of the watch: the list as it would be signed now; signs the one with this hash,
  // of its items and the note, which is refused where it is another by then; shows the newest, or
  // accepts the one that the journal's entry `started` has, with these items ticked.
  Result<Answer<wire::HandoverLines>> list_handover();
  Result<Answer<wire::HandoverReply>> start_handover(const std::string& note, const Hash& list);
  Result<Answer<wire::HandoverReply>> show_handover();
  Result<Answer<wire::HandoverReply>> accept_handover(uint64_t started, const Hash& hash,
                                                      const std::vector<uint32_t>& ticks);
  Result<Answer<wire::ChannelStateReply>> channel_state();
  // Cases of violations: those that are open, or `all`; or the one to which a name leads. A person
  // notes how a guarantor stands to one.
  Result<Answer<wire::CaseRows>> cases(bool all, uint64_t limit, uint64_t skip);
  Result<Answer<wire::CaseRows>> show_case(const std::string& id);
  Result<Answer<wire::CaseRows>> note_guarantor(const std::string& id, const std::string& guarantor,
                                                wire::GuarantorStanding standing,
                                                const std::string& reason);
  // Open conflicts of notices, and with `all` those that both parties accepted; for an id those of
  // this notice alone. `after`: where the page before ended.
  Result<Answer<wire::ConflictRows>> conflicts(const std::string& id, uint64_t limit,
                                               const std::string& after = {}, bool all = false);
  // Those that a notice would have, of a Draft that keeps the rules. Nothing is sent to the peer.
  Result<Answer<wire::ConflictRows>> check_notice(ByteView draft);
  Result<Answer<wire::NoticeRows>> notices(const NoticesWish& wish);
  // Incidents, or the one of this thread with what belongs to it.
  Result<Answer<wire::IncidentRows>> incidents(const IncidentsWish& wish);
  // Visits all that are active, with their volumes. True: the daemon knows of more than it can
  // compare, so that these are not all.
  Result<bool> notices_each(const std::function<void(const wire::NoticeRow&)>& visit);

  // Refuses a draft that would be refused for a rule, were it released now by somebody who may.
  Status check_draft(ByteView draft);
  // Drafts for later: a new one for the number 0, or in place of the version with this hash.
  Result<Answer<wire::DraftChanged>> save_draft(uint64_t number,
                                                const std::optional<Hash>& expected,
                                                ByteView draft);
  Result<Answer<wire::DraftChanged>> discard_draft(uint64_t number);
  // `hash`: of the version that was read.
  Result<Answer<wire::DraftChanged>> submit_draft(uint64_t number, const Hash& hash);
  // Without a reason it is withdrawn.
  Result<Answer<wire::DraftChanged>> return_draft(uint64_t number, const Hash& hash,
                                                  const std::string& reason);
  // Those above a number that are open.
  Result<Answer<wire::DraftRows>> drafts(uint64_t limit, uint64_t after);
  Result<Answer<wire::DraftDetail>> show_draft(uint64_t number);

  // An export, page by page (protocol/api/client.fbs). Error: not_allowed without the role of an
  // auditor.
  Result<Answer<wire::ExportHeadReply>> export_head();
  Result<Answer<wire::ExportPage>> export_entries(wire::ExportLog log, uint64_t from, uint64_t to);
  Result<Answer<wire::ExportNotePage>> export_notes(wire::ExportLog log, uint64_t after_size,
                                                    uint64_t journal_size);

  // Submits a Draft (its exact bytes) under the next counter of this certificate, or under a key of
  // the caller's own. When the connection breaks before the answer, connects again and repeats the
  // same counter or key with the same bytes, which commits the message once whatever the daemon had
  // done with the first. `draft_number`: the saved draft whose bytes these are, which ends so.
  Result<Submission> submit(ByteView draft, const std::string& key = {}, uint64_t draft_number = 0);
  // After a failure of submit(): the message may have been committed all the same.
  bool is_in_doubt() const { return in_doubt_; }
  // The advice for that case.
  static std::string hint_in_doubt(const std::string& key);

  // Submits many drafts, several on their way at a time and each once, whatever breaks meanwhile.
  // `next` gives the following one, or nothing at the end; `done` is told of each, in any order,
  // and returns false to submit no more. Error: the daemon could not be reached any more.
  using NextDraft = std::function<std::optional<Bytes>()>;
  using DraftDone = std::function<bool(const Result<Submission>&)>;
  Status submit_each(const NextDraft& next, const DraftDone& done);

  // From then on next_watched() gives journal entries from this index on; of `kinds` only, unless
  // it is empty.
  Status watch(uint64_t from_journal_index, const std::vector<wire::Fact>& kinds = {});
  // Error: timed_out when nothing came; the stream goes on.
  Result<Reply> next_watched(int64_t timeout_ms);

 private:
  class Many;
  static constexpr int64_t kAnswerDeadline_ms = 15'000;

  explicit Connection(Reach reach) : reach_(std::move(reach)) {}

  using BuildBody = std::function<flatbuffers::Offset<void>(flatbuffers::FlatBufferBuilder&)>;

  Status connect();
  // `has_place`: false where the daemon cut us, or sent us away, before anything was asked of it.
  Status connect_once(bool& has_place);
  // Sends a request; its id.
  Result<uint32_t> send(wire::RequestBody type, const BuildBody& build);
  // The answer to one request, of the kind `Body`.
  template <class Body>
  Result<Reply> answer_to(uint32_t id, int64_t timeout_ms);
  template <class Body>
  Result<Answer<Body>> ask(wire::RequestBody type, const BuildBody& build,
                           int64_t timeout_ms = kAnswerDeadline_ms);
  Result<Reply> receive_for(uint32_t id, int64_t timeout_ms);
  Result<Reply> receive_any(int64_t timeout_ms);
  Result<Answer<wire::Submitted>> submit_once(ByteView draft, uint64_t counter,
                                              const std::string& key, uint64_t draft_number);
  Status connect_again(int attempt);
  Error told_late(const Error& error, int64_t timeout_ms) const;
  std::string daemon_name() const;
  static Error to_error(const wire::Failure& failure);

  Reach reach_;
  std::chrono::steady_clock::time_point greeted_at_;
  std::unique_ptr<FrameStream> stream_;
  std::unique_ptr<Reply> hello_;
  uint32_t last_request_ = 0;
  uint32_t watch_request_ = 0;
  bool in_doubt_ = false;
  std::deque<Reply> watched_;  // Came while an answer to something else was awaited.
};

}  // namespace hotline::client
