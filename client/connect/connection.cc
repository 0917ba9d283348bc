#include "client/connect/connection.h"

#include <algorithm>
#include <utility>

#include "protocol/api/client_api.h"
#include "protocol/api/signed_requests.h"
#include "protocol/base/text_offset.h"
#include "protocol/message/envelope.h"

namespace hotline::client {
namespace {

// Every command of every rung, some at a time, each ten seconds at most.
constexpr int64_t kTrialDeadline_ms = 5 * 60'000;
constexpr int64_t kFirstPause_ms = 100;  // Before a daemon that cut us is asked again; then twice,
constexpr int64_t kPauseMax_ms = 1'600;  // up to this.

Result<Answer<wire::CaseRows>> has_one_case(Result<Answer<wire::CaseRows>> reply) {
  const auto rows = reply ? tables((*reply)->rows()) : std::vector<const wire::CaseRow*>{};
  if (!reply || (rows.size() == 1 && rows.front()->first() != nullptr)) return reply;
  return make_error(ErrorCode::failed, "the daemon's answer has no case in it",
                    "is it a hotlined of the same release?");
}

}  // namespace

Error Connection::to_error(const wire::Failure& failure) {
  const uint16_t code = failure.code();
  const bool known = code >= static_cast<uint16_t>(ErrorCode::failed) &&
                     code <= static_cast<uint16_t>(ErrorCode::store_failed);
  return make_error(known ? static_cast<ErrorCode>(code) : ErrorCode::failed,
                    text(failure.reason()), text(failure.hint()));
}

Result<Reply> Reply::open(Bytes bytes) {
  auto owned = std::make_unique<Bytes>(std::move(bytes));
  auto response = open_flatbuffer<wire::Response>(*owned, client_api::kResponseIdentifier);
  if (!response) return response.error();
  return Reply(std::move(owned), std::move(*response));
}

Result<std::unique_ptr<Connection>> Connection::open(Reach reach) {
  std::unique_ptr<Connection> connection(new Connection(std::move(reach)));
  if (auto status = connection->connect(); !status) return status.error();
  return connection;
}

// A daemon to which many connect at once cuts some of them, and places are free again in a moment.
// Nothing was asked yet, so it is tried again for as long as one attempt may take.
Status Connection::connect() {
  int64_t pause_ms = kFirstPause_ms;
  for (int64_t paused_ms = 0;; paused_ms += std::exchange(pause_ms, pause_ms * 2)) {
    bool has_place = true;
    Status status = connect_once(has_place);
    pause_ms = std::min(pause_ms, kPauseMax_ms);
    if (has_place || paused_ms + pause_ms > limits::kHandshakeDeadline_ms) return status;
    reach_.pause(pause_ms);
  }
}

Status Connection::connect_once(bool& has_place) {
  stream_.reset();
  watch_request_ = 0;
  watched_.clear();
  auto stream = reach_.connect(reach_.context);
  if (!stream) {
    // A daemon that takes too long is one that cannot be reached: nothing was asked of it yet.
    Error error = stream.error();
    if (error.code == ErrorCode::timed_out) error.code = ErrorCode::unreachable;
    return error;
  }
  stream_ = std::move(*stream);
  const auto id = send(wire::RequestBody::ClientHello, [](auto& builder) {
    return wire::CreateClientHello(builder, client_api::kVersion, builder.CreateString("hotline"))
        .Union();
  });
  auto hello =
      id ? answer_to<wire::ServerHello>(*id, kAnswerDeadline_ms) : Result<Reply>(id.error());
  if (!hello) {
    stream_.reset();
    has_place = hello.error().code != ErrorCode::unreachable;
    return has_place ? told_late(hello.error(), kAnswerDeadline_ms) : hello.error();
  }
  const uint16_t version = hello->as<wire::ServerHello>()->version();
  if (version != client_api::kVersion) {
    return make_error(ErrorCode::failed,
                      "the daemon speaks version " + std::to_string(version) +
                          " of the client API, this program version " +
                          std::to_string(client_api::kVersion),
                      "install hotline and hotlined of the same release");
  }
  hello_ = std::make_unique<Reply>(std::move(*hello));
  greeted_at_ = std::chrono::steady_clock::now();
  return ok();
}

UtcMs Connection::by_daemons_clock(UtcMs now) const {
  // The clock of an exercise may stand still.
  if (server().exercise_ahead_ms() != 0) return std::min(now, server().clock());
  const auto gone_on = std::chrono::steady_clock::now() - greeted_at_;
  const UtcMs daemons =
      server().clock() + std::chrono::duration_cast<std::chrono::milliseconds>(gone_on).count();
  return std::min(now, daemons);
}

std::string Connection::daemon_name() const {
  const Context& context = reach_.context;
  if (!context.unix_path.empty()) return context.unix_path;
  return context.host + ":" + context.port;
}

Result<uint32_t> Connection::send(wire::RequestBody type, const BuildBody& build) {
  if (stream_ == nullptr) {
    return make_error(ErrorCode::unreachable, "there is no connection to " + daemon_name());
  }
  flatbuffers::FlatBufferBuilder builder;
  const auto body = build(builder);
  const uint32_t id = ++last_request_;
  // The hello says whom it addresses, and is not signed itself.
  const Addressed addressed =
      hello_ ? Addressed{party(), peer(), server().exercise()} : Addressed{};
  if (auto status =
          client_api::finish_request(builder, id, type, body, addressed, stream_->signer());
      !status) {
    return status.error();
  }
  const ByteView frame(builder.GetBufferPointer(), builder.GetSize());
  if (auto status = stream_->send(frame); !status) return status.error();
  return id;
}

Result<Reply> Connection::receive_any(int64_t timeout_ms) {
  auto frame = stream_->receive(timeout_ms);
  if (!frame) return frame.error();
  auto reply = Reply::open(std::move(*frame));
  if (reply) return reply;
  return make_error(ErrorCode::failed,
                    daemon_name() + " sent what is no answer: " + reply.error().reason,
                    "is it a hotlined of the same release?");
}

Result<Reply> Connection::receive_for(uint32_t id, int64_t timeout_ms) {
  while (true) {
    auto reply = receive_any(timeout_ms);
    if (!reply) return reply.error();
    // An answer to no request is about the connection itself, which ends then.
    if (reply->id() == id || reply->id() == client_api::kNoRequest) {
      if (const auto* failure = reply->as<wire::Failure>()) return to_error(*failure);
      return reply;
    }
    // Answers to requests that were given up are of no use to anybody.
    if (watch_request_ != 0 && reply->id() == watch_request_) watched_.push_back(std::move(*reply));
  }
}

template <class Body>
Result<Reply> Connection::answer_to(uint32_t id, int64_t timeout_ms) {
  auto reply = receive_for(id, timeout_ms);
  if (reply && reply->as<Body>() == nullptr) {
    return make_error(ErrorCode::failed, daemon_name() + " gave an answer of another kind",
                      "is it a hotlined of the same release?");
  }
  return reply;
}

template <class Body>
Result<Answer<Body>> Connection::ask(wire::RequestBody type, const BuildBody& build,
                                     int64_t timeout_ms) {
  const auto id = send(type, build);
  if (!id) return id.error();
  auto reply = answer_to<Body>(*id, timeout_ms);
  if (!reply) return told_late(reply.error(), timeout_ms);
  return Answer<Body>(*std::move(reply));
}

Error Connection::told_late(const Error& error, int64_t timeout_ms) const {
  if (error.code != ErrorCode::timed_out) return error;
  return make_error(ErrorCode::unreachable,
                    daemon_name() + " took the request and did not answer in " +
                        std::to_string(timeout_ms / 1000) + " s",
                    "look at the daemon: its log says what it waits for (journalctl -u hotlined)");
}

Result<Answer<wire::Rows>> Connection::list(const ListWish& wish) {
  return ask<wire::Rows>(wire::RequestBody::List, [&](auto& builder) {
    const auto after = text_offset(builder, wish.after);
    const auto words = text_offset(builder, wish.words);
    const auto code = text_offset(builder, wish.code);
    const auto incident = text_offset(builder, wish.incident);
    return wire::CreateList(builder, wish.box, static_cast<uint32_t>(wish.limit),
                            wish.before_journal_index, after, static_cast<uint8_t>(wish.precedence),
                            words, static_cast<uint8_t>(wish.type), code, incident,
                            wish.since.value_or(0), wish.until.value_or(0), wish.impatient)
        .Union();
  });
}

Status Connection::list_each(ListWish wish,
                             const std::function<bool(const wire::MessageRow&)>& visit) {
  while (true) {
    const auto reply = list(wish);
    if (!reply) return reply.error();
    const wire::Rows& page = **reply;
    const auto rows = tables(page.rows());
    for (const wire::MessageRow* row : rows) {
      if (!visit(*row)) return ok();
    }
    if (rows.empty() || !page.more()) return ok();
    // A list of what waits names its next place; a list by age goes on from its last message.
    wish.after = text(page.next());
    if (wish.after.empty()) wish.before_journal_index = rows.back()->journal_index();
    wish.limit = limits::kListRowsMax;
  }
}

Result<Answer<wire::Detail>> Connection::show(const std::string& id) {
  auto detail = ask<wire::Detail>(wire::RequestBody::Show, [&](auto& builder) {
    return wire::CreateShow(builder, builder.CreateString(id)).Union();
  });
  if (!detail || (*detail)->row() != nullptr) return detail;
  return make_error(ErrorCode::failed, "the daemon's answer has no message in it",
                    "is it a hotlined of the same release?");
}

Result<Answer<wire::StatusReply>> Connection::status() {
  return ask<wire::StatusReply>(wire::RequestBody::Status,
                                [](auto& builder) { return wire::CreateStatus(builder).Union(); });
}

Result<Answer<wire::StatusReply>> Connection::confirm_recovery(uint64_t epoch) {
  return ask<wire::StatusReply>(wire::RequestBody::ConfirmRecovery, [epoch](auto& builder) {
    return wire::CreateConfirmRecovery(builder, epoch).Union();
  });
}

Result<Answer<wire::StatusReply>> Connection::resolve_fork(bool journal) {
  return ask<wire::StatusReply>(wire::RequestBody::ResolveFork, [journal](auto& builder) {
    return wire::CreateResolveFork(builder, journal).Union();
  });
}

Result<Answer<wire::EscalationRows>> Connection::escalations(const std::string& id, uint64_t limit,
                                                             const std::string& after) {
  return ask<wire::EscalationRows>(wire::RequestBody::Escalations, [&](auto& builder) {
    const auto name = builder.CreateString(id);
    const auto place = after.empty() ? 0 : builder.CreateString(after);
    return wire::CreateEscalations(builder, name, static_cast<uint32_t>(limit), place).Union();
  });
}

Result<Answer<wire::EscalationRows>> Connection::pause_escalation(const std::string& id,
                                                                  UtcMs until,
                                                                  const std::string& reason) {
  return ask<wire::EscalationRows>(wire::RequestBody::PauseEscalation, [&](auto& builder) {
    const auto name = builder.CreateString(id);
    const auto because = reason.empty() ? 0 : builder.CreateString(reason);
    return wire::CreatePauseEscalation(builder, name, until, because).Union();
  });
}

Result<Answer<wire::ExerciseClockReply>> Connection::exercise_clock() {
  return ask<wire::ExerciseClockReply>(wire::RequestBody::ShowExerciseClock, [](auto& builder) {
    return wire::CreateShowExerciseClock(builder).Union();
  });
}

Result<Answer<wire::ExerciseClockReply>> Connection::set_exercise_clock(
    wire::ExerciseClockChange change, uint32_t speed_permille, int64_t by_ms, UtcMs until) {
  return ask<wire::ExerciseClockReply>(wire::RequestBody::SetExerciseClock, [&](auto& builder) {
    return wire::CreateSetExerciseClock(builder, static_cast<uint8_t>(change), speed_permille,
                                        by_ms, until)
        .Union();
  });
}

Result<Answer<wire::EscalationRows>> Connection::raise_escalation(const std::string& id,
                                                                  const std::string& reason) {
  return ask<wire::EscalationRows>(wire::RequestBody::RaiseEscalation, [&](auto& builder) {
    const auto name = builder.CreateString(id);
    const auto because = reason.empty() ? 0 : builder.CreateString(reason);
    return wire::CreateRaiseEscalation(builder, name, because).Union();
  });
}

Result<Answer<wire::NotifierTrials>> Connection::try_notifiers() {
  return ask<wire::NotifierTrials>(
      wire::RequestBody::TryNotifiers,
      [](auto& builder) { return wire::CreateTryNotifiers(builder).Union(); }, kTrialDeadline_ms);
}

Result<Answer<wire::AgreementRows>> Connection::agreements() {
  return ask<wire::AgreementRows>(wire::RequestBody::Agreements, [](auto& builder) {
    return wire::CreateAgreements(builder).Union();
  });
}

Result<Answer<wire::HandoverLines>> Connection::list_handover() {
  return ask<wire::HandoverLines>(wire::RequestBody::ListHandover, [](auto& builder) {
    return wire::CreateListHandover(builder).Union();
  });
}

Result<Answer<wire::HandoverReply>> Connection::start_handover(const std::string& note,
                                                               const Hash& list) {
  return ask<wire::HandoverReply>(wire::RequestBody::StartHandover, [&](auto& builder) {
    const auto words = note.empty() ? 0 : builder.CreateString(note);
    const wire::Digest digest = to_digest(list);
    return wire::CreateStartHandover(builder, words, &digest).Union();
  });
}

Result<Answer<wire::HandoverReply>> Connection::show_handover() {
  return ask<wire::HandoverReply>(wire::RequestBody::ShowHandover, [](auto& builder) {
    return wire::CreateShowHandover(builder).Union();
  });
}

Result<Answer<wire::HandoverReply>> Connection::accept_handover(
    uint64_t started, const Hash& hash, const std::vector<uint32_t>& ticks) {
  return ask<wire::HandoverReply>(wire::RequestBody::AcceptHandover, [&](auto& builder) {
    const wire::Digest digest = to_digest(hash);
    const auto ticked = builder.CreateVector(ticks);
    return wire::CreateAcceptHandover(builder, started, &digest, ticked).Union();
  });
}

Result<Answer<wire::ChannelStateReply>> Connection::channel_state() {
  return ask<wire::ChannelStateReply>(wire::RequestBody::ChannelStates, [](auto& builder) {
    return wire::CreateChannelStates(builder).Union();
  });
}

Result<Answer<wire::CaseRows>> Connection::cases(bool all, uint64_t limit, uint64_t skip) {
  return ask<wire::CaseRows>(wire::RequestBody::Cases, [&](auto& builder) {
    return wire::CreateCases(builder, 0, all, static_cast<uint32_t>(limit),
                             static_cast<uint32_t>(skip))
        .Union();
  });
}

Result<Answer<wire::CaseRows>> Connection::show_case(const std::string& id) {
  auto reply = ask<wire::CaseRows>(wire::RequestBody::Cases, [&](auto& builder) {
    return wire::CreateCases(builder, builder.CreateString(id)).Union();
  });
  return has_one_case(std::move(reply));
}

Result<Answer<wire::CaseRows>> Connection::note_guarantor(const std::string& id,
                                                          const std::string& guarantor,
                                                          wire::GuarantorStanding standing,
                                                          const std::string& reason) {
  auto reply = ask<wire::CaseRows>(wire::RequestBody::NoteGuarantor, [&](auto& builder) {
    const auto name = builder.CreateString(id);
    const auto who = builder.CreateString(guarantor);
    const auto why = reason.empty() ? 0 : builder.CreateString(reason);
    return wire::CreateNoteGuarantor(builder, name, who, static_cast<uint8_t>(standing), why)
        .Union();
  });
  return has_one_case(std::move(reply));
}

Result<Answer<wire::ConflictRows>> Connection::conflicts(const std::string& id, uint64_t limit,
                                                         const std::string& after, bool all) {
  return ask<wire::ConflictRows>(wire::RequestBody::Conflicts, [&](auto& builder) {
    const auto name = id.empty() ? 0 : builder.CreateString(id);
    const auto place = after.empty() ? 0 : builder.CreateString(after);
    return wire::CreateConflicts(builder, name, static_cast<uint32_t>(limit), place, all).Union();
  });
}

Result<Answer<wire::ConflictRows>> Connection::check_notice(ByteView draft) {
  return ask<wire::ConflictRows>(wire::RequestBody::CheckNotice, [&](auto& builder) {
    const auto bytes_of_draft = builder.CreateVector(draft.data(), draft.size());
    return wire::CreateCheckNotice(builder, bytes_of_draft).Union();
  });
}

Status Connection::check_draft(ByteView draft) {
  const auto reply = ask<wire::DraftChecked>(wire::RequestBody::CheckDraft, [&](auto& builder) {
    return wire::CreateCheckDraft(builder, builder.CreateVector(draft.data(), draft.size()))
        .Union();
  });
  if (!reply) return reply.error();
  if ((*reply)->refusal() == nullptr) return ok();
  return make_error(ErrorCode::refused, text((*reply)->refusal()), text((*reply)->hint()));
}

bool Connection::may(Right right, wire::MessageType kind) const {
  const auto* roles = server().roles();
  return roles != nullptr && hotline::may({roles->data(), roles->size()}, right, kind);
}

Result<Answer<wire::DraftChanged>> Connection::save_draft(uint64_t number,
                                                          const std::optional<Hash>& expected,
                                                          ByteView draft) {
  return ask<wire::DraftChanged>(wire::RequestBody::SaveDraft, [&](auto& builder) {
    const auto bytes_of_draft = builder.CreateVector(draft.data(), draft.size());
    const wire::Digest replaced = to_digest(expected.value_or(Hash{}));
    return wire::CreateSaveDraft(builder, number, expected ? &replaced : nullptr, bytes_of_draft)
        .Union();
  });
}

Result<Answer<wire::DraftChanged>> Connection::discard_draft(uint64_t number) {
  return ask<wire::DraftChanged>(wire::RequestBody::DiscardDraft, [&](auto& builder) {
    return wire::CreateDiscardDraft(builder, number).Union();
  });
}

Result<Answer<wire::DraftChanged>> Connection::submit_draft(uint64_t number, const Hash& hash) {
  return ask<wire::DraftChanged>(wire::RequestBody::SubmitDraft, [&](auto& builder) {
    const wire::Digest version = to_digest(hash);
    return wire::CreateSubmitDraft(builder, number, &version).Union();
  });
}

Result<Answer<wire::DraftChanged>> Connection::return_draft(uint64_t number, const Hash& hash,
                                                            const std::string& reason) {
  return ask<wire::DraftChanged>(wire::RequestBody::ReturnDraft, [&](auto& builder) {
    const auto because = reason.empty() ? 0 : builder.CreateString(reason);
    const wire::Digest version = to_digest(hash);
    return wire::CreateReturnDraft(builder, number, &version, because).Union();
  });
}

Result<Answer<wire::DraftRows>> Connection::drafts(uint64_t limit, uint64_t after) {
  return ask<wire::DraftRows>(wire::RequestBody::Drafts, [&](auto& builder) {
    return wire::CreateDrafts(builder, static_cast<uint32_t>(limit), after).Union();
  });
}

Result<Answer<wire::DraftDetail>> Connection::show_draft(uint64_t number) {
  return ask<wire::DraftDetail>(wire::RequestBody::ShowDraft, [&](auto& builder) {
    return wire::CreateShowDraft(builder, number).Union();
  });
}

Result<Answer<wire::NoticeRows>> Connection::notices(const NoticesWish& wish) {
  return ask<wire::NoticeRows>(wire::RequestBody::Notices, [&](auto& builder) {
    wire::Position near;
    if (wish.near) near = {wish.near->latitude_e5, wish.near->longitude_e5};
    const auto place = wish.after.empty() ? 0 : builder.CreateString(wish.after);
    return wire::CreateNotices(builder, static_cast<uint8_t>(wish.type), wish.side,
                               wish.at.value_or(0), wish.near ? &near : nullptr, wish.within_m,
                               static_cast<uint32_t>(wish.limit), place, wish.volumes,
                               wish.after_incoming, wish.after_number)
        .Union();
  });
}

Result<Answer<wire::IncidentRows>> Connection::incidents(const IncidentsWish& wish) {
  return ask<wire::IncidentRows>(wire::RequestBody::Incidents, [&](auto& builder) {
    auto id = wish.id.empty() ? 0 : builder.CreateString(wish.id);
    return wire::CreateIncidents(builder, id, wish.closed, static_cast<uint32_t>(wish.limit),
                                 static_cast<uint32_t>(wish.skip))
        .Union();
  });
}

Result<bool> Connection::notices_each(const std::function<void(const wire::NoticeRow&)>& visit) {
  const Error not_ours = make_error(ErrorCode::failed, "the daemon's answer is no page of notices",
                                    "is it a hotlined of the same release?");
  NoticesWish wish;
  wish.volumes = true;
  bool incomplete = false;
  while (true) {
    const auto reply = notices(wish);
    if (!reply) return reply.error();
    const wire::NoticeRows& page = **reply;
    incomplete = incomplete || page.incomplete();
    for (const wire::NoticeRow* row : tables(page.rows())) {
      if (row->row() == nullptr) return not_ours;
      const bool goes_on = std::pair(row->row()->incoming(), row->row()->number()) >
                           std::pair(wish.after_incoming, wish.after_number);
      if (!goes_on) return not_ours;  // It would never end.
      wish.after_incoming = row->row()->incoming();
      wish.after_number = row->row()->number();
      visit(*row);
    }
    if (!page.more()) return incomplete;
    if (tables(page.rows()).empty()) return not_ours;
  }
}

Result<Answer<wire::ExportHeadReply>> Connection::export_head() {
  return ask<wire::ExportHeadReply>(wire::RequestBody::ExportHead, [](auto& builder) {
    return wire::CreateExportHead(builder).Union();
  });
}

Result<Answer<wire::ExportPage>> Connection::export_entries(wire::ExportLog log, uint64_t from,
                                                            uint64_t to) {
  return ask<wire::ExportPage>(wire::RequestBody::ExportEntries, [&](auto& builder) {
    return wire::CreateExportEntries(builder, log, from, to).Union();
  });
}

Result<Answer<wire::ExportNotePage>> Connection::export_notes(wire::ExportLog log,
                                                              uint64_t after_size,
                                                              uint64_t journal_size) {
  return ask<wire::ExportNotePage>(wire::RequestBody::ExportNotes, [&](auto& builder) {
    return wire::CreateExportNotes(builder, log, after_size, journal_size).Union();
  });
}

Result<Answer<wire::Submitted>> Connection::submit_once(ByteView draft, uint64_t counter,
                                                        const std::string& key,
                                                        uint64_t draft_number) {
  return ask<wire::Submitted>(wire::RequestBody::Submit, [&](auto& builder) {
    const auto bytes_of_draft = builder.CreateVector(draft.data(), draft.size());
    const auto own_key = key.empty() ? 0 : builder.CreateString(key);
    return wire::CreateSubmit(builder, counter, bytes_of_draft, own_key, draft_number).Union();
  });
}

Status Connection::watch(uint64_t from_journal_index, const std::vector<wire::Fact>& kinds) {
  auto id = send(wire::RequestBody::Watch, [&](auto& builder) {
    flatbuffers::Offset<flatbuffers::Vector<uint8_t>> wanted;
    if (!kinds.empty()) {
      wanted = builder.template CreateVector<uint8_t>(
          kinds.size(), [&](size_t i) { return static_cast<uint8_t>(kinds[i]); });
    }
    return wire::CreateWatch(builder, from_journal_index, wanted).Union();
  });
  if (!id) return id.error();
  watch_request_ = *id;
  return ok();
}

Result<Reply> Connection::next_watched(int64_t timeout_ms) {
  if (!watched_.empty()) {
    Reply next = std::move(watched_.front());
    watched_.pop_front();
    if (const auto* failure = next.as<wire::Failure>()) return to_error(*failure);
    return next;
  }
  return receive_for(watch_request_, timeout_ms);
}

}  // namespace hotline::client
