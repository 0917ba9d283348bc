// Cases of violations, as the core folds them.
#include <algorithm>

#include "daemon/api/api.h"
#include "daemon/api/waiting_pages.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"

namespace hotline {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

Offset<wire::CaseViolationRow> build_violation(FlatBufferBuilder& b, Core& core,
                                               const CaseViolation& violation) {
  const auto id = b.CreateString(core.name_of(violation.key));
  return wire::CreateCaseViolationRow(
      b, id, violation.key.incoming, static_cast<uint8_t>(violation.kind.event),
      static_cast<uint8_t>(violation.kind.attribution), violation.at, violation.is_cancelled);
}

Offset<wire::CaseRungRow> build_rung(FlatBufferBuilder& b, Core& core, const RungStanding& rung) {
  const auto decision =
      rung.decision == nullptr ? 0 : b.CreateString(core.name_of(rung.decision->key));
  const bool repeats = rung.repeating != nullptr;
  const auto repeating = repeats ? b.CreateString(core.name_of(rung.repeating->key)) : 0;
  const auto repeated = repeats ? b.CreateString(core.name_of(rung.repeated)) : 0;
  return wire::CreateCaseRungRow(
      b, static_cast<uint8_t>(rung.rung), static_cast<uint8_t>(rung.state), rung.due_at, decision,
      rung.decision == nullptr ? 0 : rung.decision->at, repeating, repeated);
}

Offset<wire::CaseRow> build_case(FlatBufferBuilder& b, Core& core, const Case& one, UtcMs now) {
  const CaseStanding stands = core.cases().standing(one, now);
  const CaseViolation& first = stands.first == nullptr ? one.violations.front() : *stands.first;
  const auto standing = std::count_if(one.violations.begin(), one.violations.end(),
                                      [](const CaseViolation& each) { return !each.is_cancelled; });
  std::vector<Offset<wire::CaseRungRow>> rungs;
  for (const RungStanding& rung : stands.rungs) rungs.push_back(build_rung(b, core, rung));
  const auto id = b.CreateString(one.thread);
  const auto first_row = build_violation(b, core, first);
  const auto rung_rows = b.CreateVector(rungs);
  std::vector<std::string> of_its_kind;
  for (const MessageKey key : core.cases().newest_of_its_kind(one)) {
    of_its_kind.push_back(core.name_of(key));
  }
  const auto kind_ids = b.CreateVectorOfStrings(of_its_kind);
  return wire::CreateCaseRow(b, id, first_row, first.at, static_cast<uint32_t>(standing),
                             static_cast<uint32_t>(core.cases().of_its_kind(one)), stands.is_open(),
                             stands.first == nullptr, rung_rows, kind_ids);
}

// The later decision of this party that replaced it; null: none did.
const CaseDecision* replacing(const Case& one, const CaseDecision& made) {
  const auto later =
      std::find_if(one.decisions.begin(), one.decisions.end(),
                   [&](const CaseDecision& each) { return replaced_by(one, each) == &made; });
  return later == one.decisions.end() ? nullptr : &*later;
}

// Nothing where the message cannot be read any more.
Offset<wire::CaseDecisionRow> build_decision(FlatBufferBuilder& b, Core& core, const Case& one,
                                             const CaseDecision& made) {
  const auto newest = core.corrections().newest(made.key);
  const auto body = newest ? open_body(newest->body) : Error{};
  const wire::Decision* said = body ? (*body)->content_as_decision() : nullptr;
  if (said == nullptr) return 0;
  const auto text = [&b](const flatbuffers::String* words) {
    return b.CreateString(shortened(text_of(words), limits::kCaseTextShown));
  };
  const auto id = b.CreateString(core.name_of(made.key));
  const auto rung = text(said->rung());
  const auto decision = text(said->decision());
  const auto reason = text(said->reason());
  const auto person = b.CreateString(made.key.incoming ? "" : core.person_at(made.journal_index));
  const CaseDecision* later = replacing(one, made);
  const auto replaced_by = later == nullptr ? 0 : b.CreateString(core.name_of(later->key));
  return wire::CreateCaseDecisionRow(b, id, made.key.incoming, rung, decision, reason,
                                     static_cast<uint8_t>(said->decided_by()), made.role,
                                     said->at(), made.at, made.is_cancelled, person, replaced_by);
}

std::vector<Offset<wire::GuarantorRow>> build_guarantors(FlatBufferBuilder& b, Core& core,
                                                         const Case& one) {
  std::vector<const GuarantorNote*> notes;
  for (const auto& [key, note] : one.notes) notes.push_back(&note);
  std::sort(notes.begin(), notes.end(), [](const GuarantorNote* a, const GuarantorNote* other) {
    return a->journal_index < other->journal_index;
  });
  std::vector<Offset<wire::GuarantorRow>> rows;
  for (const GuarantorNote* note : notes) {
    const auto name = b.CreateString(note->guarantor);
    const auto person = b.CreateString(core.person_at(note->journal_index));
    const auto reason = b.CreateString(note->reason);
    rows.push_back(wire::CreateGuarantorRow(b, name, static_cast<uint8_t>(note->standing), note->at,
                                            note->role, person, reason));
  }
  for (const std::string& guarantor : core.config().policy.case_clock.guarantors) {
    const bool is_noted = std::any_of(notes.begin(), notes.end(), [&](const GuarantorNote* note) {
      return note->guarantor == guarantor;
    });
    if (!is_noted) rows.push_back(wire::CreateGuarantorRow(b, b.CreateString(guarantor)));
  }
  return rows;
}

// The newest, oldest first.
template <typename Message>
std::vector<Message> newest_of(const std::vector<Message>& all) {
  return {all.end() - static_cast<ptrdiff_t>(std::min(all.size(), limits::kCaseMessagesShown)),
          all.end()};
}

}  // namespace

void ClientApi::show_case(ClientSession& session, uint32_t request, const std::string& id) {
  const Case* one = core_.cases().find(id);
  if (one == nullptr) {
    return sessions_.fail(session, request,
                          make_error(ErrorCode::not_found,
                                     printable_line(shortened(id, limits::kPeerWordsSizeMax)) +
                                         " belongs to no case: no violation was reported there",
                                     "hotline case list --all"));
  }
  const UtcMs now = clock_.now().utc;
  sessions_.answer(session, request, [&](FlatBufferBuilder& b) {
    const auto row = build_case(b, core_, *one, now);
    std::vector<Offset<wire::CaseViolationRow>> violations;
    for (const CaseViolation& each : newest_of(one->violations)) {
      violations.push_back(build_violation(b, core_, each));
    }
    std::vector<Offset<wire::CaseDecisionRow>> decisions;
    for (const CaseDecision& each : newest_of(one->decisions)) {
      const auto built = build_decision(b, core_, *one, each);
      if (!built.IsNull()) decisions.push_back(built);
    }
    const auto guarantors = b.CreateVector(build_guarantors(b, core_, *one));
    const auto rows = b.CreateVector(std::vector{row});
    const auto violation_rows = b.CreateVector(violations);
    const auto decision_rows = b.CreateVector(decisions);
    const CasePolicy& policy = core_.config().policy.case_clock;
    return wire::CreateCaseRows(b, rows, 1, violation_rows, decision_rows, guarantors,
                                static_cast<uint8_t>(policy.decided_by),
                                static_cast<uint32_t>(policy.widespread));
  });
}

void ClientApi::cases(ClientSession& session, uint32_t request, const wire::Cases& wanted) {
  if (const std::string id = text_of(wanted.id()); !id.empty()) {
    return show_case(session, request, id);
  }
  const UtcMs now = clock_.now().utc;
  const std::vector<const Case*> all = core_.cases().list(now, wanted.all());
  const size_t limit = std::min(rows_wanted(wanted.limit()), limits::kCaseRowsMax);
  const size_t from = std::min<size_t>(all.size(), wanted.skip());
  const size_t to = std::min(all.size(), from + limit);
  sessions_.answer(session, request, [&](FlatBufferBuilder& b) {
    std::vector<Offset<wire::CaseRow>> rows;
    for (size_t i = from; i < to; ++i) rows.push_back(build_case(b, core_, *all[i], now));
    const CasePolicy& policy = core_.config().policy.case_clock;
    return wire::CreateCaseRows(b, b.CreateVector(rows), all.size(), 0, 0, 0,
                                static_cast<uint8_t>(policy.decided_by),
                                static_cast<uint32_t>(policy.widespread));
  });
}

void ClientApi::note_guarantor(ClientSession& session, uint32_t request,
                               const wire::NoteGuarantor& wanted) {
  GuarantorNote note;
  note.guarantor = text_of(wanted.guarantor());
  note.standing = static_cast<wire::GuarantorStanding>(wanted.standing());
  note.reason = text_of(wanted.reason());
  const uint64_t token = sessions_.wait_for_commit(session, request, note.reason.size());
  core_.note_guarantor(clock_.now(), token, session.actor, text_of(wanted.id()), note);
  changed_();
}

void ClientApi::answer(const AnswerCase& answer) {
  auto [session, request] = sessions_.take_asker(answer.token);
  if (session == nullptr) return;
  if (!answer.outcome) return sessions_.fail(*session, request, answer.outcome.error());
  show_case(*session, request, answer.thread);
}

}  // namespace hotline
