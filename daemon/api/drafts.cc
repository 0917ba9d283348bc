// Drafts kept for later: saved and discarded by the core, read from the journal.
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
#include "protocol/message/draft.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

// A draft, and who saved it, handed it in, and gave it back; each name stands beside its entry, and
// may have been erased.
struct NamedDraft {
  KeptDraft draft;
  std::string person;
  std::string submitted_by;
  std::string returned_by;
};

NamedDraft name_people(StoreReader& reader, const KeptDraft& draft) {
  const auto name = [&reader](const DraftStep& step) {
    return step.at == 0 ? "" : reader.person_at(step.journal_index);
  };
  return {draft, reader.person_at(draft.journal_index), name(draft.submitted),
          name(draft.returned)};
}

struct DraftPage {
  std::vector<NamedDraft> rows;
  uint64_t total = 0;
  bool more = false;
};

flatbuffers::Offset<wire::DraftRow> build_draft_row(flatbuffers::FlatBufferBuilder& b,
                                                    const NamedDraft& named) {
  const KeptDraft& draft = named.draft;
  const auto subject = b.CreateString(draft.subject);
  const auto person = b.CreateString(named.person);
  const wire::Digest hash = to_digest(draft.hash);
  const auto submitted_by = b.CreateString(named.submitted_by);
  const auto returned_by = b.CreateString(named.returned_by);
  const auto because = b.CreateString(draft.returned_because);
  return wire::CreateDraftRow(b, draft.number, draft.version, draft.type, draft.precedence, subject,
                              draft.saved_at, draft.role, person, &hash, draft.journal_index,
                              draft.submitted.at, draft.submitted.role, submitted_by,
                              draft.returned.at, draft.returned.role, returned_by, because);
}

// A draft with its bytes, and its end.
struct WholeDraft {
  NamedDraft last;
  Bytes bytes;
  std::optional<EndedDraft> ended;
  std::string ended_by;
};

WholeDraft read_whole(StoreReader& reader, const KeptDraft& draft,
                      const std::optional<EndedDraft>& ended) {
  WholeDraft whole;
  const auto entry = reader.journal_entry(draft.journal_index);
  whole.last = name_people(reader, draft);
  const auto opened =
      entry ? open_flatbuffer<wire::Entry>(entry->entry, kJournalEntryIdentifier) : Error{};
  const wire::DraftSaved* saved = opened ? (*opened)->fact_as_DraftSaved() : nullptr;
  if (saved != nullptr) whole.bytes.assign(saved->draft()->begin(), saved->draft()->end());
  whole.ended = ended;
  if (ended) whole.ended_by = reader.person_at(ended->journal_index);
  return whole;
}

wire::DraftState state_of(const WholeDraft& whole) {
  if (!whole.ended) return wire::DraftState::open;
  return whole.ended->serial == 0 ? wire::DraftState::discarded : wire::DraftState::sent;
}

}  // namespace

void ClientApi::save_draft(ClientSession& session, uint32_t request,
                           const wire::SaveDraft& wanted) {
  const Bytes draft(wanted.draft()->begin(), wanted.draft()->end());
  const auto expected =
      wanted.expected() ? std::optional(to_hash(*wanted.expected())) : std::nullopt;
  const uint64_t token = sessions_.wait_for_commit(session, request, draft.size());
  core_.save_draft(clock_.now(), token, session.actor, wanted.number(), expected, draft);
  changed_();
}

void ClientApi::discard_draft(ClientSession& session, uint32_t request,
                              const wire::DiscardDraft& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.discard_draft(clock_.now(), token, session.actor, wanted.number());
  changed_();
}

void ClientApi::submit_draft(ClientSession& session, uint32_t request,
                             const wire::SubmitDraft& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.submit_draft(clock_.now(), token, session.actor, wanted.number(), to_hash(*wanted.hash()));
  changed_();
}

void ClientApi::return_draft(ClientSession& session, uint32_t request,
                             const wire::ReturnDraft& wanted) {
  const uint64_t token = sessions_.wait_for_commit(session, request, 0);
  core_.return_draft(clock_.now(), token, session.actor, wanted.number(), to_hash(*wanted.hash()),
                     text_of(wanted.reason()));
  changed_();
}

void ClientApi::check_draft(ClientSession& session, uint32_t request,
                            const wire::CheckDraft& wanted) {
  const ByteView draft(wanted.draft()->data(), wanted.draft()->size());
  const Status goes = core_.check_draft(clock_.now(), draft);
  sessions_.answer(session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    const auto refusal = goes ? 0 : b.CreateString(goes.error().reason);
    const auto hint = goes ? 0 : b.CreateString(goes.error().hint);
    return wire::CreateDraftChecked(b, refusal, hint);
  });
}

void ClientApi::answer(const AnswerDraft& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  const DraftChange& change = *answer.outcome;
  sessions_.answer(*session, request, [&](flatbuffers::FlatBufferBuilder& b) {
    const wire::Digest hash = to_digest(change.hash);
    return wire::CreateDraftChanged(b, change.number, change.version, change.journal_index,
                                    change.committed_at, &hash);
  });
}

void ClientApi::drafts(ClientSession& session, uint32_t request, const wire::Drafts& wanted) {
  const std::vector<const KeptDraft*> open = core_.drafts().waiting();
  const auto last = std::find_if(open.begin(), open.end(), [&](const KeptDraft* draft) {
    return draft->number == wanted.after();
  });
  DraftPage page;
  page.total = open.size();
  auto next = last == open.end() ? open.begin() : last + 1;
  for (; next != open.end() && page.rows.size() < rows_wanted(wanted.limit()); ++next) {
    page.rows.push_back({**next, {}, {}, {}});
  }
  page.more = next != open.end();
  sessions_.read_then<DraftPage>(
      session, request,
      [page = std::move(page)](StoreReader& reader) mutable {
        for (NamedDraft& row : page.rows) row = name_people(reader, row.draft);
        return page;
      },
      [this, request](ClientSession& asker, const DraftPage& read) {
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          std::vector<flatbuffers::Offset<wire::DraftRow>> rows;
          for (const NamedDraft& row : read.rows) rows.push_back(build_draft_row(b, row));
          return wire::CreateDraftRows(b, b.CreateVector(rows), read.total, read.more);
        });
      });
}

void ClientApi::show_draft(ClientSession& session, uint32_t request,
                           const wire::ShowDraft& wanted) {
  const DraftList& drafts = core_.drafts();
  const KeptDraft* open = drafts.find(wanted.number());
  const EndedDraft* ended = drafts.find_ended(wanted.number());
  if (open == nullptr && ended == nullptr) {
    return sessions_.fail(session, request, drafts.why_not_open(wanted.number(), config_.prefix));
  }
  sessions_.read_then<WholeDraft>(
      session, request,
      [draft = open != nullptr ? *open : ended->last,
       end = open != nullptr ? std::nullopt : std::optional(*ended)](StoreReader& reader) {
        return read_whole(reader, draft, end);
      },
      [this, request](ClientSession& asker, const WholeDraft& whole) {
        sessions_.answer(asker, request, [&](flatbuffers::FlatBufferBuilder& b) {
          const auto row = build_draft_row(b, whole.last);
          const auto bytes = b.CreateVector(whole.bytes);
          const EndedDraft end = whole.ended.value_or(EndedDraft{});
          const auto by = b.CreateString(whole.ended_by);
          const auto sent_as =
              end.serial == 0 ? 0 : b.CreateString(format_serial(config_.prefix, end.serial));
          return wire::CreateDraftDetail(b, row, bytes, state_of(whole), end.at, end.role, by,
                                         sent_as);
        });
      });
}

}  // namespace hotline
