#include "tests/unit/client/fake_daemon.h"

#include <algorithm>

#include "protocol/api/client_api.h"
#include "protocol/base/sha256.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/channel_state.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"

namespace hotline::client {

using flatbuffers::FlatBufferBuilder;

class FakeDaemon::Stream : public FrameStream {
 public:
  explicit Stream(FakeDaemon& daemon) : daemon_(daemon) {}

  Status send(ByteView frame) override {
    if (broken_) return make_error(ErrorCode::unreachable, "the connection is gone");
    const auto request = open_flatbuffer<wire::Request>(frame, client_api::kRequestIdentifier);
    if (!request) return request.error();
    answer(**request);
    return ok();
  }

  Result<Bytes> receive(int64_t timeout_ms) override {
    if (answers_.empty() && !broken_) {
      daemon_.on_silence(timeout_ms);
      serve_watch();
    }
    if (!answers_.empty()) {
      Bytes next = std::move(answers_.front());
      answers_.pop_front();
      return next;
    }
    if (broken_) return make_error(ErrorCode::unreachable, "north.sock: the connection was cut");
    return make_error(ErrorCode::timed_out, "nothing came");
  }

 private:
  template <class Build>
  void respond(uint32_t request, Build build) {
    FlatBufferBuilder builder;
    const auto body = build(builder);
    const auto type = []<class Table>(flatbuffers::Offset<Table>) {
      return wire::ResponseBodyTraits<Table>::enum_value;
    }(body);
    builder.Finish(wire::CreateResponse(builder, request, type, body.Union()),
                   client_api::kResponseIdentifier);
    answers_.emplace_back(builder.GetBufferPointer(),
                          builder.GetBufferPointer() + builder.GetSize());
  }

  void fail(uint32_t request, const Error& error) {
    respond(request, [&](FlatBufferBuilder& b) {
      return wire::CreateFailureDirect(b, static_cast<uint16_t>(error.code), error.reason.c_str(),
                                       error.hint.c_str());
    });
  }

  void answer(const wire::Request& request) {
    const uint32_t id = request.id();
    daemon_.on_request(request.body_type());
    if (request.body_as_ClientHello() != nullptr) return hello(id);
    if (const auto* submit = request.body_as_Submit()) return take(id, *submit);
    if (const auto* list = request.body_as_List()) return rows(id, *list);
    if (const auto* show = request.body_as_Show()) return detail(id, show->id()->str());
    if (request.body_as_Status() != nullptr) return status(id);
    if (const auto* asked_for = request.body_as_Escalations()) {
      return climb(id, asked_for->id() == nullptr ? "" : asked_for->id()->str());
    }
    if (const auto* wanted = request.body_as_Conflicts()) return conflict_rows(id, *wanted);
    if (const auto* wanted = request.body_as_CheckNotice()) {
      daemon_.checked.emplace_back(wanted->draft()->begin(), wanted->draft()->end());
      return conflict_rows(id, daemon_.conflicts_of_drafts, 0, 1000, daemon_.refusal_of_drafts);
    }
    if (request.body_as_CheckDraft() != nullptr) {
      return respond(id, [&](FlatBufferBuilder& b) {
        const std::string& why = daemon_.refusal_of_drafts;
        return wire::CreateDraftCheckedDirect(b, why.empty() ? nullptr : why.c_str());
      });
    }
    if (request.body_as_Incidents() != nullptr) {
      return respond(id, [](FlatBufferBuilder& b) { return wire::CreateIncidentRows(b); });
    }
    if (const auto* wanted = request.body_as_Notices()) return notice_rows(id, *wanted);
    if (request.body_as_ExportHead() != nullptr) return export_head(id);
    if (const auto* wanted = request.body_as_ExportEntries()) return export_entries(id, *wanted);
    if (const auto* wanted = request.body_as_ExportNotes()) return export_notes(id, *wanted);
    if (const auto* wanted = request.body_as_SaveDraft()) return save_draft(id, *wanted);
    if (const auto* wanted = request.body_as_DiscardDraft()) return discard_draft(id, *wanted);
    if (const auto* wanted = request.body_as_Drafts()) return draft_rows(id, *wanted);
    if (const auto* wanted = request.body_as_ShowDraft()) return draft_detail(id, *wanted);
    if (request.body_as_ShowHandover() != nullptr) return handover(id);
    if (request.body_as_ListHandover() != nullptr) return handover_lines(id);
    if (const auto* rung = request.body_as_RaiseEscalation()) {
      daemon_.raised.push_back(rung->id()->str() + " " + text_of(rung->reason()));
      return climb(id, rung->id()->str());
    }
    if (request.body_as_TryNotifiers() != nullptr) return trials(id);
    if (request.body_as_ChannelStates() != nullptr) {
      if (daemon_.channel_state) return respond(id, daemon_.channel_state);
      return respond(id, [](FlatBufferBuilder& b) {
        wire::ChannelStateReplyBuilder state(b);
        state.add_mode(static_cast<uint8_t>(ChannelMode::open));
        return state.Finish();
      });
    }
    if (const auto* started = request.body_as_StartHandover()) {
      daemon_.handover_notes.push_back(started->note() == nullptr ? "" : started->note()->str());
      daemon_.handover_lists.push_back(to_hash(*started->list()));
      return handover(id);
    }
    if (const auto* accepted = request.body_as_AcceptHandover()) {
      daemon_.ticked.emplace_back(accepted->ticks()->begin(), accepted->ticks()->end());
      return handover(id);
    }
    if (const auto* wanted = request.body_as_Cases()) {
      daemon_.cases_asked.push_back(text_of(wanted->id()));
      return respond(id, daemon_.case_rows);
    }
    if (const auto* noted = request.body_as_NoteGuarantor()) {
      daemon_.guarantor_notes.push_back(text_of(noted->id()) + " " + text_of(noted->guarantor()) +
                                        " " + std::to_string(noted->standing()) + " " +
                                        text_of(noted->reason()));
      return respond(id, daemon_.case_rows);
    }
    if (const auto* watch = request.body_as_Watch()) {
      daemon_.watched_from.push_back(watch->from());
      watch_request_ = id;
      watch_next_ = watch->from();
      serve_watch();
    }
  }

  void handover_lines(uint32_t id) {
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::HandoverLine>> lines;
      for (const HandoverItem& item : daemon_.handover_items) {
        lines.push_back(wire::CreateHandoverLineDirect(b, static_cast<uint8_t>(item.code),
                                                       item.subject.c_str(), item.precedence,
                                                       item.since, item.text.c_str(), item.more));
      }
      return wire::CreateHandoverLinesDirect(b, &lines);
    });
  }

  void trials(uint32_t id) {
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::NotifierTrial>> rows;
      for (const Trial& one : daemon_.trials) {
        rows.push_back(wire::CreateNotifierTrialDirect(
            b, one.name.c_str(), static_cast<uint8_t>(one.outcome), one.detail.c_str()));
      }
      return wire::CreateNotifierTrialsDirect(b, &rows);
    });
  }

  void handover(uint32_t id) {
    respond(id, [&](FlatBufferBuilder& b) {
      const auto row = [&b](uint64_t index, const Bytes& entry, const char* person) {
        return entry.empty() ? flatbuffers::Offset<wire::JournalRow>()
                             : wire::CreateJournalRowDirect(b, index, &entry, person);
      };
      const auto started = row(1042, daemon_.handover_started, daemon_.handover_signer.c_str());
      const auto accepted = row(1043, daemon_.handover_accepted, "bob");
      return wire::CreateHandoverReply(b, started, accepted, daemon_.watch_since,
                                       daemon_.watch_since + 13 * 3'600'000);
    });
  }

  void hello(uint32_t id) {
    if (!daemon_.answers_hello) return;
    if (daemon_.without_a_place > 0) {
      --daemon_.without_a_place;
      if (daemon_.tells_that_it_is_full) {
        fail(id, make_error(ErrorCode::unreachable, "ann has 64 connections already"));
      }
      broken_ = true;
      return;
    }
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<uint8_t> role_codes;
      for (const auto role : daemon_.roles) role_codes.push_back(static_cast<uint8_t>(role));
      return wire::CreateServerHelloDirect(
          b, daemon_.version, "hotlined test", "north", "south", daemon_.exercise ? "XN" : "N",
          daemon_.exercise ? "XS" : "S", daemon_.exercise, daemon_.dev_pki, "ann", &role_codes,
          daemon_.last_counter, daemon_.journal_before + daemon_.journal.size(), daemon_.clock);
    });
  }

  void take(uint32_t id, const wire::Submit& submit) {
    Submitted submission{submit.counter(), Bytes(submit.draft()->begin(), submit.draft()->end()),
                         submit.key() == nullptr ? "" : submit.key()->str(), submit.draft_number()};
    daemon_.submitted.push_back(submission);
    bool repeated = false;
    for (const Submitted& known : daemon_.committed) {
      if (known.key != submission.key) continue;
      if (known.key.empty() && known.counter != submission.counter) continue;
      if (known.draft != submission.draft) {
        return fail(id, make_error(ErrorCode::conflict, "the counter was used for other bytes"));
      }
      repeated = true;
    }
    if (!daemon_.mishaps.empty()) {
      const Mishap mishap = daemon_.mishaps.front();
      daemon_.mishaps.pop_front();
      if (mishap == Mishap::refuse) return fail(id, daemon_.refusal);
      if (mishap == Mishap::conflict && !repeated) {
        daemon_.committed.push_back({submission.counter, Bytes{1}, ""});
        daemon_.last_counter = submission.counter;
        return fail(id, make_error(ErrorCode::conflict, "the counter was used for other bytes"));
      }
      if (mishap == Mishap::none || mishap == Mishap::conflict) {
        if (!repeated) commit(submission);
        return submitted(id, repeated);
      }
      if (mishap == Mishap::break_after_commit && !repeated) commit(submission);
      broken_ = true;
      return;
    }
    if (!repeated) commit(submission);
    submitted(id, repeated);
  }

  void submitted(uint32_t id, bool repeated) {
    respond(id, [&](FlatBufferBuilder& b) {
      return wire::CreateSubmittedDirect(b, daemon_.submitted_id.c_str(),
                                         daemon_.submitted_journal_index, daemon_.committed_at,
                                         repeated);
    });
  }

  void commit(const Submitted& submission) {
    daemon_.committed.push_back(submission);
    daemon_.last_counter = std::max(daemon_.last_counter, submission.counter);
    const auto draft = open_flatbuffer<wire::Draft>(submission.draft, kDraftIdentifier);
    if (!daemon_.acknowledging_ends_waits || !draft || !(*draft)->references()) return;
    for (FakeMessage& message : daemon_.messages) {
      if (message.id == (*draft)->references()->Get(0)->str()) message.waits = false;
    }
  }

  flatbuffers::Offset<wire::MessageRow> row(FlatBufferBuilder& b, const FakeMessage& m) {
    const auto id = b.CreateString(m.id);
    const auto subject = b.CreateString(m.subject);
    const auto rung = b.CreateString(m.rung);
    const auto language = b.CreateString("en");
    wire::MessageRowBuilder row(b);
    row.add_id(id);
    row.add_incoming(m.incoming);
    row.add_number(m.number);
    row.add_type(static_cast<uint8_t>(m.type));
    row.add_precedence(static_cast<uint8_t>(m.precedence));
    row.add_subject(subject);
    row.add_released_at(m.released_at);
    row.add_committed_at(m.committed_at);
    row.add_journal_index(m.journal_index);
    row.add_numbered(m.numbered);
    row.add_delivered_at(m.delivered_at);
    row.add_acknowledged_at(m.acknowledged_at);
    row.add_acknowledged_role(static_cast<uint8_t>(m.acknowledged_role));
    row.add_answered_in_part_at(m.answered_in_part_at);
    row.add_reply_by(m.reply_by);
    row.add_expires_at(m.expires_at);
    row.add_expired(m.expired || (m.expires_at != 0 && m.expires_at < daemon_.clock));
    row.add_answer_due_at(m.answer_due_at);
    row.add_declined_at(m.declined_at);
    row.add_decline_code(static_cast<uint16_t>(m.decline_code));
    row.add_waits(m.waits);
    row.add_due_in_ms(m.due_in_ms);
    row.add_rung(rung);
    row.add_language(language);
    row.add_cut(m.cut);
    row.add_mismatch(m.mismatch);
    row.add_rung_tells_nobody(m.rung_tells_nobody);
    row.add_paused_until(m.paused_until);
    return row.Finish();
  }

  static bool is_in(const FakeMessage& message, wire::Box box) {
    switch (box) {
      case wire::Box::all:
        return true;
      case wire::Box::waiting:
        return message.waits;
      case wire::Box::waiting_in:
        return message.waits && message.incoming;
      case wire::Box::incoming:
        return message.incoming;
      case wire::Box::outgoing:
        return !message.incoming;
      case wire::Box::open_requests:
        return message.answer_due_at != 0;
    }
    return false;
  }

  // For rows that wait, `after` is the number of rows before; the test puts them in their order.
  void rows(uint32_t id, const wire::List& list) {
    daemon_.lists.push_back(text_of(list.words()) + "|" + std::to_string(list.type()) + "|" +
                            text_of(list.code()) + "|" + text_of(list.incident()) + "|" +
                            std::to_string(list.since()) + "|" + std::to_string(list.until()) +
                            "|" + std::to_string(list.precedence()));
    std::vector<const FakeMessage*> all;
    uint32_t to_do = 0;
    uint32_t flash = 0;
    uint32_t open = 0;
    for (const FakeMessage& message : daemon_.messages) {
      const bool is_flash = message.precedence == wire::Precedence::flash;
      open += message.answer_due_at != 0 ? 1u : 0u;
      if (message.incoming && message.waits) ++to_do, flash += is_flash ? 1u : 0u;
      const auto precedence = static_cast<uint8_t>(message.precedence);
      if (list.precedence() != 0 && list.precedence() != precedence) continue;
      if (is_in(message, list.box())) all.push_back(&message);
    }
    size_t next = list.after() == nullptr ? 0 : std::stoul(list.after()->str());
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::MessageRow>> rows;
      for (; next < all.size() && rows.size() < list.limit(); ++next) {
        const uint64_t before = list.before_journal_index();
        if (before == 0 || all[next]->journal_index < before) rows.push_back(row(b, *all[next]));
      }
      const bool more = next < all.size();
      const bool by_place = list.box() == wire::Box::waiting ||
                            list.box() == wire::Box::waiting_in ||
                            list.box() == wire::Box::open_requests;
      return wire::CreateRowsDirect(b, &rows, to_do, more, all.size(), flash,
                                    by_place ? std::to_string(next).c_str() : nullptr,
                                    daemon_.not_searched, open,
                                    static_cast<uint32_t>(open_drafts()));
    });
  }

  void detail(uint32_t id, const std::string& name) {
    daemon_.shown.push_back(name);
    for (const FakeMessage& message : daemon_.messages) {
      if (message.id != name && message.place != name) continue;
      return respond(id, [&](FlatBufferBuilder& b) {
        const auto one = row(b, message);
        const auto envelope = b.CreateVector(message.envelope);
        const auto body = b.CreateVector(message.body);
        const auto newest = message.newest_body.empty() ? 0 : b.CreateVector(message.newest_body);
        const auto corrections = b.CreateVectorOfStrings(message.corrections);
        std::vector<flatbuffers::Offset<wire::QuestionRow>> rows;
        for (const FakeMessage::Question& said : message.questions) {
          rows.push_back(wire::CreateQuestionRowDirect(
              b, static_cast<uint8_t>(said.outcome), said.text.c_str(), said.later_at,
              said.id.c_str(), said.incoming, static_cast<uint8_t>(said.role), said.at));
        }
        const auto questions = rows.empty() ? 0 : b.CreateVector(rows);
        std::vector<flatbuffers::Offset<wire::JournalRow>> facts;
        for (const FakeMessage::Fact& fact : message.facts) {
          facts.push_back(wire::CreateJournalRowDirect(b, message.journal_index + facts.size() + 1,
                                                       &fact.entry, fact.person.c_str()));
        }
        const auto by = message.cancelled ? b.CreateString("N-000011") : 0;
        const auto because = message.cancelled ? b.CreateString("sent twice") : 0;
        return wire::CreateDetail(b, one, envelope, body, b.CreateVector(facts), facts.size(),
                                  false, false, newest, corrections, message.cancelled,
                                  message.expired, questions, by, because);
      });
    }
    fail(id, make_error(ErrorCode::not_found, "there is no message " + name, "hotline list"));
  }

  void conflict_rows(uint32_t id, const wire::Conflicts& wanted) {
    const std::string name = wanted.id() == nullptr ? "" : wanted.id()->str();
    std::vector<FakeConflict> all;
    for (const FakeConflict& one : daemon_.conflicts) {
      const bool is_open = !one.accepted_by_us || !one.accepted_by_peer;
      if (!wanted.all() && !is_open) continue;
      if (name.empty() || one.own == name || one.peers == name) all.push_back(one);
    }
    conflict_rows(id, all, place_in(wanted.after()), wanted.limit());
  }

  // Here a place is how many rows stand before it.
  static size_t place_in(const flatbuffers::String* after) {
    return after == nullptr ? 0 : std::stoul(after->str());
  }

  void conflict_rows(uint32_t id, const std::vector<FakeConflict>& all, size_t skip, size_t limit,
                     const std::string& why_not = {}) {
    const auto or_null = [](const std::string& one) { return one.empty() ? nullptr : one.c_str(); };
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::ConflictRow>> rows;
      for (size_t i = skip; i < all.size() && rows.size() < limit; ++i) {
        const FakeConflict& one = all[i];
        std::vector<flatbuffers::Offset<wire::VolumePairRow>> others;
        for (uint32_t other = 1; other < one.pairs; ++other) {
          others.push_back(wire::CreateVolumePairRow(b, 1 + other, 2, one.horizontal_m + other, 0,
                                                     0, one.from, one.until));
        }
        rows.push_back(wire::CreateConflictRowDirect(
            b, one.own.empty() ? nullptr : one.own.c_str(), one.peers.c_str(), 1, 2,
            one.horizontal_m, one.vertical_m, one.time_s, one.from, one.until, one.accepted_by_us,
            one.accepted_by_peer, nullptr, nullptr, or_null(one.own_acceptance),
            or_null(one.peers_acceptance),
            one.before_m ? wire::CreateDistances(b, *one.before_m, 0, 0) : 0, 0, one.pairs,
            others.empty() ? nullptr : &others));
      }
      const size_t end = skip + rows.size();
      const std::string next = end < all.size() ? std::to_string(end) : "";
      return wire::CreateConflictRowsDirect(b, &rows, all.size(), daemon_.incomplete,
                                            daemon_.compared_at, daemon_.differ,
                                            daemon_.compared_all, or_null(why_not), or_null(next));
    });
  }

  size_t open_drafts() const {
    return static_cast<size_t>(
        std::count_if(daemon_.drafts.begin(), daemon_.drafts.end(),
                      [](const FakeDraft& one) { return one.state == wire::DraftState::open; }));
  }

  FakeDraft* draft_of(uint64_t number) {
    return number == 0 || number > daemon_.drafts.size() ? nullptr : &daemon_.drafts[number - 1];
  }

  void no_draft(uint32_t id) {
    fail(id, make_error(ErrorCode::not_found, "there is no such draft", "hotline draft list"));
  }

  void draft_changed(uint32_t id, uint64_t number) {
    respond(id, [&](FlatBufferBuilder& b) {
      const FakeDraft& draft = *draft_of(number);
      const wire::Digest hash = to_digest(sha256({draft.bytes}));
      return wire::CreateDraftChanged(b, number, draft.version, 7, daemon_.committed_at, &hash);
    });
  }

  void save_draft(uint32_t id, const wire::SaveDraft& wanted) {
    const Bytes bytes(wanted.draft()->begin(), wanted.draft()->end());
    uint64_t number = wanted.number();
    if (number == 0) {
      daemon_.drafts.push_back({bytes});
      number = daemon_.drafts.size();
    } else {
      FakeDraft* draft = draft_of(number);
      if (draft == nullptr) return no_draft(id);
      if (to_hash(*wanted.expected()) != sha256({draft->bytes})) {
        return fail(id, make_error(ErrorCode::refused, "D-1 is not as it was read"));
      }
      draft->bytes = bytes;
      ++draft->version;
    }
    draft_of(number)->saved_at = daemon_.committed_at;
    draft_changed(id, number);
  }

  void discard_draft(uint32_t id, const wire::DiscardDraft& wanted) {
    FakeDraft* draft = draft_of(wanted.number());
    if (draft == nullptr) return no_draft(id);
    draft->state = wire::DraftState::discarded;
    draft_changed(id, wanted.number());
  }

  flatbuffers::Offset<wire::DraftRow> draft_row(FlatBufferBuilder& b, uint64_t number) {
    const FakeDraft& one = *draft_of(number);
    const auto draft = open_flatbuffer<wire::Draft>(one.bytes, kDraftIdentifier);
    const Bytes body_bytes((*draft)->body()->begin(), (*draft)->body()->end());
    const auto body = open_body(body_bytes);
    const wire::Digest hash = to_digest(sha256({one.bytes}));
    return wire::CreateDraftRowDirect(b, number, one.version, (*draft)->type(),
                                      (*draft)->precedence(), (*body)->subject()->c_str(),
                                      one.saved_at, static_cast<uint8_t>(one.role),
                                      one.person.c_str(), &hash, 7);
  }

  void draft_rows(uint32_t id, const wire::Drafts& wanted) {
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::DraftRow>> rows;
      bool more = false;
      for (uint64_t number = wanted.after() + 1; number <= daemon_.drafts.size(); ++number) {
        if (draft_of(number)->state != wire::DraftState::open) continue;
        more = rows.size() == wanted.limit();
        if (more) break;
        rows.push_back(draft_row(b, number));
      }
      return wire::CreateDraftRowsDirect(b, &rows, open_drafts(), more);
    });
  }

  void draft_detail(uint32_t id, const wire::ShowDraft& wanted) {
    const FakeDraft* draft = draft_of(wanted.number());
    if (draft == nullptr) return no_draft(id);
    respond(id, [&](FlatBufferBuilder& b) {
      const auto row = draft_row(b, wanted.number());
      const bool ended = draft->state != wire::DraftState::open;
      return wire::CreateDraftDetailDirect(
          b, row, &draft->bytes, draft->state, ended ? daemon_.committed_at : 0,
          ended ? static_cast<uint8_t>(wire::Role::operator_) : uint8_t{0}, ended ? "bob" : nullptr,
          draft->sent_as.empty() ? nullptr : draft->sent_as.c_str());
    });
  }

  void notice_rows(uint32_t id, const wire::Notices& wanted) {
    std::string asked = std::to_string(wanted.type()) + " " +
                        wire::EnumNameNoticeSide(wanted.side()) + " " + std::to_string(wanted.at());
    if (const wire::Position* near = wanted.near()) {
      asked += " " + std::to_string(near->latitude()) + " " + std::to_string(near->longitude()) +
               " " + std::to_string(wanted.within_m());
    }
    daemon_.notices_asked.push_back(asked);
    // With volumes they come in the order of their messages; the test puts them in it.
    size_t first = place_in(wanted.after());
    size_t limit = wanted.limit();
    if (wanted.volumes()) {
      const auto after = std::pair(wanted.after_incoming(), wanted.after_number());
      const auto place = [](const FakeMessage& one) { return std::pair(one.incoming, one.number); };
      const auto is_later = [&](const FakeNotice& one) { return place(message_of(one)) > after; };
      first = static_cast<size_t>(
          std::find_if(daemon_.notices.begin(), daemon_.notices.end(), is_later) -
          daemon_.notices.begin());
      limit = std::min(limit, daemon_.notice_page);
    }
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::NoticeRow>> rows;
      size_t i = first;
      for (; i < daemon_.notices.size() && rows.size() < limit; ++i) {
        const FakeNotice& one = daemon_.notices[i];
        const FakeMessage& message = message_of(one);
        const wire::Position where(one.latitude_e5, one.longitude_e5);
        const auto message_row = row(b, message);
        const auto subject = b.CreateString(message.subject);
        std::vector<flatbuffers::Offset<wire::Volume>> volumes;
        for (const Volume& volume : one.volumes) volumes.push_back(build_volume(b, volume));
        const auto all_volumes = wanted.volumes() ? b.CreateVector(volumes) : 0;
        rows.push_back(wire::CreateNoticeRow(b, message_row, subject, one.start, one.end, &where,
                                             one.conflicts, all_volumes));
      }
      const bool more = i < daemon_.notices.size();
      const std::string next = more && !wanted.volumes() ? std::to_string(i) : "";
      return wire::CreateNoticeRowsDirect(b, &rows, daemon_.notices.size(), daemon_.incomplete,
                                          more, next.empty() ? nullptr : next.c_str());
    });
  }

  const FakeMessage& message_of(const FakeNotice& notice) const {
    return *std::find_if(daemon_.messages.begin(), daemon_.messages.end(),
                         [&](const FakeMessage& known) { return known.id == notice.id; });
  }

  void status(uint32_t id) {
    respond(id, [&](FlatBufferBuilder& b) {
      const auto remote = b.CreateString("192.0.2.7:4711");
      const auto refused = b.CreateString(daemon_.last_refusal);
      std::vector<flatbuffers::Offset<wire::ConditionRow>> condition_rows;
      for (const Condition& one : daemon_.conditions) {
        condition_rows.push_back(wire::CreateConditionRowDirect(
            b, one.code.c_str(), one.subject.c_str(),
            one.is_critical ? wire::Severity::critical : wire::Severity::warning, one.since,
            one.text.c_str()));
      }
      const auto standing = b.CreateVector(condition_rows);
      const auto queued = b.CreateVector(std::vector<uint32_t>{1, 0, 0, 19});
      const auto note = b.CreateString("hotline/test\n123\n");
      std::vector<flatbuffers::Offset<wire::WaitingSummary>> summaries;
      for (const Waiting& one : daemon_.waiting) {
        summaries.push_back(wire::CreateWaitingSummaryDirect(
            b, one.incoming, static_cast<uint8_t>(one.precedence), one.count, one.oldest_ms,
            one.rung.c_str(), one.tells_nobody, one.paused));
      }
      const auto by_precedence = b.CreateVector(summaries);
      Hash hash{};
      hash[0] = 0x7B, hash[1] = 0xE1;
      const wire::Digest root = to_digest(hash);
      wire::StatusReplyBuilder reply(b);
      reply.add_link(daemon_.link);
      reply.add_link_since(daemon_.link_since);
      reply.add_remote(remote);
      reply.add_last_refusal(refused);
      reply.add_round_trip_ms(12);
      reply.add_clock_skew_ms(-40);
      reply.add_clock(daemon_.clock);
      reply.add_journal_size(1042);
      reply.add_own_size(123);
      reply.add_own_receipted(122);
      reply.add_own_root(&root);
      reply.add_peer_size(87);
      reply.add_peer_root(&root);
      reply.add_queued(queued);
      reply.add_unreceipted(1);
      reply.add_waiting(by_precedence);
      reply.add_agreement_matches(true);
      reply.add_agreement(2);
      reply.add_conditions(standing);
      reply.add_own_checkpoint(note);
      return reply.Finish();
    });
  }

  void climb(uint32_t id, const std::string& name) {
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::EscalationRow>> rows;
      for (const FakeEscalation& one : daemon_.escalations) {
        if (!name.empty() && one.id != name) continue;
        const auto attempts = b.CreateVectorOfStrings(one.attempts);
        const std::vector<flatbuffers::Offset<wire::ToldRung>> told = {
            wire::CreateToldRungDirect(b, one.decided_at, one.rung.c_str())};
        rows.push_back(wire::CreateEscalationRow(
            b, b.CreateString(one.id), true, static_cast<uint8_t>(wire::Precedence::flash),
            b.CreateString(one.rung), one.decided_at, b.CreateString(one.next), one.due_in_ms,
            attempts, b.CreateVector(told), one.rung_tells_nobody));
      }
      const bool more = daemon_.escalations_total > rows.size();
      return wire::CreateEscalationRowsDirect(b, &rows, daemon_.escalations_total, more,
                                              more ? "1.7.i1" : nullptr);
    });
  }

  void export_head(uint32_t id) {
    if (std::find(daemon_.roles.begin(), daemon_.roles.end(), wire::Role::auditor) ==
        daemon_.roles.end()) {
      return fail(id, make_error(ErrorCode::not_allowed, "ann is not an auditor on this channel",
                                 "ask an auditor"));
    }
    respond(id, [&](FlatBufferBuilder& b) {
      const auto size = [&](int log) {
        return daemon_.exported[log].entries.size() + daemon_.claimed_size_more;
      };
      const auto note = [&](int log) { return b.CreateString(daemon_.exported[log].checkpoint); };
      std::vector<flatbuffers::Offset<wire::CertificateFile>> files;
      for (const auto& [name, der] : daemon_.certificates) {
        files.push_back(wire::CreateCertificateFileDirect(b, name.c_str(), &der));
      }
      const auto journal_note = note(0);
      const auto sent = note(1);
      const auto received = note(2);
      return wire::CreateExportHeadReply(b, size(0), size(1), size(2), journal_note, sent, received,
                                         b.CreateVector(files));
    });
  }

  void export_entries(uint32_t id, const wire::ExportEntries& wanted) {
    const FakeLog& log = daemon_.exported[static_cast<int>(wanted.log())];
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::ExportEntry>> rows;
      for (uint64_t i = wanted.from(); i < log.entries.size() && i < wanted.to(); ++i) {
        if (rows.size() == daemon_.export_page) break;
        const FakeLog::Entry& entry = log.entries[i];
        const wire::Digest hash = to_digest(entry.leaf_hash);
        const wire::Digest salt = to_digest(entry.salt.value_or(Hash{}));
        const auto bytes = b.CreateVector(entry.bytes);
        const auto part = entry.salt ? b.CreateVector(entry.part) : 0;
        rows.push_back(
            wire::CreateExportEntry(b, bytes, &hash, entry.salt ? &salt : nullptr, part));
      }
      return wire::CreateExportPageDirect(b, wanted.from(), &rows);
    });
  }

  void export_notes(uint32_t id, const wire::ExportNotes& wanted) {
    const FakeLog& log = daemon_.exported[static_cast<int>(wanted.log())];
    respond(id, [&](FlatBufferBuilder& b) {
      std::vector<std::string> notes;
      uint64_t last = wanted.after_size();
      bool more = false;
      for (const FakeLog::CosignedNote& note : log.notes) {
        if (note.size <= wanted.after_size()) continue;
        more = notes.size() == daemon_.export_page;
        if (more) break;
        notes.push_back(note.note);
        last = note.size;
      }
      return wire::CreateExportNotePage(b, b.CreateVectorOfStrings(notes), last, more);
    });
  }

  void serve_watch() {
    if (watch_request_ == 0 || watch_next_ >= daemon_.journal.size()) return;
    respond(watch_request_, [&](FlatBufferBuilder& b) {
      std::vector<flatbuffers::Offset<wire::JournalRow>> rows;
      for (; watch_next_ < daemon_.journal.size(); ++watch_next_) {
        rows.push_back(
            wire::CreateJournalRowDirect(b, watch_next_, &daemon_.journal[watch_next_], "Ann Lee"));
      }
      return wire::CreateJournalRowsDirect(b, &rows);
    });
  }

  FakeDaemon& daemon_;
  std::deque<Bytes> answers_;
  bool broken_ = false;
  uint32_t watch_request_ = 0;
  uint64_t watch_next_ = 0;
};

Connector FakeDaemon::connector() {
  return [this](const Context&) -> Result<std::unique_ptr<FrameStream>> {
    ++connections;
    if (!reachable) {
      return make_error(ErrorCode::unreachable, "north.sock: no such file",
                        "is hotlined running? (systemctl status hotlined)");
    }
    return std::unique_ptr<FrameStream>(std::make_unique<Stream>(*this));
  };
}

}  // namespace hotline::client
