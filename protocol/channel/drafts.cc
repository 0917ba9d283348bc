#include "protocol/channel/drafts.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

Error may_not_draft(const Actor& actor) {
  return make_error(ErrorCode::not_allowed, actor.name + " has no role here that may draft",
                    "ask an operator or a supervisor of this watch");
}

Error may_not_release(const Actor& actor) {
  return make_error(ErrorCode::not_allowed, actor.name + " has no role here that may release",
                    "ask a releaser or a supervisor of this watch");
}

Error saved_again(const KeptDraft& kept) {
  const std::string name = format_draft_name(kept.number);
  return make_error(ErrorCode::refused,
                    name + " is not as it was read: version " + std::to_string(kept.version) +
                        " was saved by " + role_name(kept.role) + " at " +
                        format_rfc3339(kept.saved_at),
                    "hotline draft show " + name + "    then try again");
}

DraftChange change_of(const KeptDraft& kept) {
  return {kept.number, kept.version, kept.hash, kept.journal_index, kept.saved_at};
}

}  // namespace

void Drafts::save(Now now, uint64_t token, const Actor& actor, uint64_t number,
                  const std::optional<Hash>& expected, ByteView draft) {
  const Status status = try_save(now, token, actor, number, expected, draft);
  if (!status) refuse(now, token, actor, number, status.error());
}

void Drafts::discard(Now now, uint64_t token, const Actor& actor, uint64_t number) {
  const Status status = try_discard(now, token, actor, number);
  if (!status) refuse(now, token, actor, number, status.error());
}

void Drafts::submit(Now now, uint64_t token, const Actor& actor, uint64_t number,
                    const Hash& hash) {
  const Status status = try_submit(now, token, actor, number, hash);
  if (!status) refuse(now, token, actor, number, status.error());
}

void Drafts::give_back(Now now, uint64_t token, const Actor& actor, uint64_t number,
                       const Hash& hash, const std::string& reason) {
  const Status status = try_give_back(now, token, actor, number, hash, reason);
  if (!status) refuse(now, token, actor, number, status.error());
}

void Drafts::refuse(Now now, uint64_t token, const Actor& actor, uint64_t number,
                    const Error& error) {
  noise_.record_refusal(now, actor, error, number == 0 ? "" : format_draft_name(number));
  say_of(number, AnswerDraft{token, error});
}

void Drafts::say_of(uint64_t number, Effect effect) {
  const KeptDraft* open = current_.find(number);
  const EndedDraft* ended = current_.find_ended(number);
  if (open != nullptr) return recorder_.say_once_durable(open->last_index(), std::move(effect));
  if (ended != nullptr) return recorder_.say_once_durable(ended->journal_index, std::move(effect));
  recorder_.say(std::move(effect));
}

Status Drafts::try_save(Now now, uint64_t token, const Actor& actor, uint64_t number,
                        const std::optional<Hash>& expected, ByteView bytes) {
  const auto draft = open_to_be_kept(bytes);
  if (!draft) return draft.error();
  const auto role = acting_role(actor.roles, (*draft)->role(), Right::draft);
  if (!role) return may_not_draft(actor);
  const auto type = static_cast<wire::MessageType>((*draft)->type());
  if (Status room = disk_.check_release(type, (*draft)->precedence()); !room) return room;
  if (Status stands = conflicts_.check_accepted(accepted_by(**draft)); !stands) return stands;
  KeptDraft kept;
  if (number == 0) {
    if (Status once = check_accepted_once(**draft); !once) return once;
    if (Status place = check_place((*draft)->precedence()); !place) return place;
    kept.number = current_.last_number() + 1;
  } else {
    auto before = find(number);
    if (!before) return before.error();
    kept = *std::move(before);
    const Hash saved = sha256({bytes});
    // Asked again, because the answer was lost.
    if (saved == kept.hash && actor.certificate == kept.submitter) {
      recorder_.say_once_durable(kept.journal_index, AnswerDraft{token, change_of(kept)});
      return ok();
    }
    if (expected != kept.hash) return saved_again(kept);
  }
  const Hash previous = kept.hash;
  const Signatory by = persons_.sign(now, actor);
  const wire::Entry& entry = recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const auto content = b.CreateVector(bytes.data(), bytes.size());
        const wire::Digest replaced = to_digest(previous);
        return wire::CreateDraftSaved(b, kept.number, kept.version + 1, content,
                                      number == 0 ? nullptr : &replaced, &by.submitter,
                                      &by.name_hash, static_cast<uint8_t>(*role));
      },
      by.part);
  apply(entry);
  recorder_.say_once_durable(AnswerDraft{token, change_of(*current_.find(kept.number))});
  tell_waiting(now);
  return ok();
}

Status Drafts::try_discard(Now now, uint64_t token, const Actor& actor, uint64_t number) {
  const auto role = acting_role(actor.roles, 0, Right::draft);
  if (!role) return may_not_draft(actor);
  const auto kept = find(number);
  if (!kept) return kept.error();
  const Signatory by = persons_.sign(now, actor);
  const wire::Entry& entry = recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateDraftDiscarded(b, number, &by.submitter, &by.name_hash,
                                          static_cast<uint8_t>(*role));
      },
      by.part);
  apply(entry);
  answer_step(now, token, *kept);
  tell_waiting(now);
  return ok();
}

void Drafts::answer_step(Now now, uint64_t token, const KeptDraft& draft) {
  DraftChange change = change_of(draft);
  change.journal_index = recorder_.last_index();
  change.committed_at = now.utc;
  recorder_.say_once_durable(AnswerDraft{token, change});
}

Status Drafts::try_submit(Now now, uint64_t token, const Actor& actor, uint64_t number,
                          const Hash& hash) {
  const auto role = acting_role(actor.roles, 0, Right::draft);
  if (!role) return may_not_draft(actor);
  const auto kept = find_version(number, hash);
  if (!kept) return kept.error();
  const std::string id = format_draft_name(number);
  if (kept->submitted.at != 0) {
    return make_error(ErrorCode::refused,
                      id + " waits for its release since " + format_rfc3339(kept->submitted.at) +
                          ", handed in by " + role_name(kept->submitted.role),
                      "hotline  release " + id + "    by another person");
  }
  if (Status goes = check_goes(now.utc, *kept); !goes) return goes;
  if (Status whole = releases_.check_draft(now, kept->draft); !whole) {
    return with_way_out(whole.error(), *kept);
  }
  const Signatory by = persons_.sign(now, actor);
  const wire::Entry& entry = recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        return wire::CreateDraftSubmitted(b, number, kept->version, &by.submitter, &by.name_hash,
                                          static_cast<uint8_t>(*role));
      },
      by.part);
  apply(entry);
  answer_step(now, token, *kept);
  tell_waiting(now);
  return ok();
}

Status Drafts::try_give_back(Now now, uint64_t token, const Actor& actor, uint64_t number,
                             const Hash& hash, const std::string& reason) {
  auto kept = find(number);
  if (!kept) return kept.error();
  const std::string id = format_draft_name(number);
  // Whoever may not is refused for that, of whatever version they spoke.
  const bool withdrawn = reason.empty();
  const auto role = acting_role(actor.roles, 0, withdrawn ? Right::draft : Right::release);
  if (!role) return withdrawn ? may_not_draft(actor) : may_not_release(actor);
  if (!withdrawn && is_own(*kept, actor)) {
    return make_error(ErrorCode::not_allowed,
                      id + " was written or handed in by " + actor.name +
                          ": another person releases it or gives it back, and its writer "
                          "withdraws it",
                      "hotline draft withdraw " + id);
  }
  kept = find_version(number, hash);
  if (!kept) return kept.error();
  if (kept->submitted.at == 0) {
    return make_error(ErrorCode::refused, id + " does not wait for its release",
                      "hotline draft show " + id);
  }
  if (reason.size() > limits::kDraftReasonSizeMax || !is_plain_text(reason)) {
    return make_error(
        ErrorCode::refused, "the reason is too long, or no plain text",
        "--reason \"...\", " + std::to_string(limits::kDraftReasonSizeMax) + " bytes at most");
  }
  const Signatory by = persons_.sign(now, actor);
  const wire::Entry& entry = recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const auto because = withdrawn ? 0 : b.CreateString(reason);
        return wire::CreateDraftReturned(b, number, withdrawn, because, &by.submitter,
                                         &by.name_hash, static_cast<uint8_t>(*role));
      },
      by.part);
  apply(entry);
  answer_step(now, token, *kept);
  tell_waiting(now);
  if (!withdrawn)
    recorder_.alarm(now, {},
                    id + " was given back by " + role_name(static_cast<uint8_t>(*role)) +
                        ": hotline draft show " + id);
  return ok();
}

// One that began too often in a minute is held back, and is not in the journal that a restart
// reads.
void Drafts::note_conditions(Now now) {
  if (!std::exchange(is_told_, true)) tell_waiting(now);
}

void Drafts::tell_waiting(Now now) {
  std::map<std::string, std::string> flash, others;
  for (const auto& [number, draft] : current_.open()) {
    if (draft.submitted.at == 0) continue;
    const std::string id = format_draft_name(number);
    const bool is_flash = draft.precedence == kPrecedenceFirst;
    const std::string text = id + ", " + precedence_label(draft.precedence) + " " +
                             type_name(draft.type) +
                             ", waits for its release by another person: hotline release " + id;
    (is_flash ? flash : others)[id] = text;
    conditions_.raise(now,
                      is_flash ? ConditionCode::flash_not_released : ConditionCode::not_released,
                      id, text, draft.submitted.at);
  }
  conditions_.set(now, ConditionCode::flash_not_released, flash);
  conditions_.set(now, ConditionCode::not_released, others);
}

// Nobody could release what is handed in now.
Status Drafts::check_goes(UtcMs now, const KeptDraft& draft) const {
  const Status goes =
      channel_state_.check_release(now, draft.type, draft.precedence, draft.danger_to_life);
  if (goes) return check_accepted(draft);
  return refused_draft(goes.error(), format_draft_name(draft.number), draft.submitted.at != 0,
                       draft.precedence);
}

Status Drafts::check_accepted(const KeptDraft& draft) const {
  const Status stands = conflicts_.check_accepted(draft.accepts);
  if (stands) return ok();
  const std::string id = format_draft_name(draft.number);
  const bool waits = draft.submitted.at != 0;
  return make_error(
      stands.error().code, stands.error().reason,
      waits ? "hotline return " + id +
                  " --reason \"...\"    its writer looks at the conflict as it stands now, and "
                  "accepts it anew"
            : "hotline draft discard " + id +
                  "    then look at hotline conflicts as it stands now, and accept it anew");
}

// What changes or answers another message is written anew: only a template's draft can be edited.
Error Drafts::with_way_out(const Error& refusal, const KeptDraft& draft) {
  const std::string id = format_draft_name(draft.number);
  const bool waits = draft.submitted.at != 0;
  const bool is_edited = !kind_of(draft.type).speaks_of_another();
  std::string hint = "hotline draft discard " + id + "    then write it anew";
  if (is_edited && refusal.hint.starts_with("--")) {
    hint = "hotline draft edit " + id + " " + refusal.hint;
  } else if (is_edited) {
    hint = "hotline draft edit " + id + " --set FIELD=\"...\"    " + refusal.hint;
  }
  if (waits)
    hint = "hotline return " + id + " --reason \"...\"    its writer mends it or writes it anew";
  return make_error(refusal.code, refusal.reason, hint);
}

Status Drafts::check_accepted_once(const wire::Draft& draft) const {
  const std::vector<std::string> accepted = accepted_by(draft);
  if (accepted.empty()) return ok();
  for (const auto& [number, open] : current_.open()) {
    if (open.accepts != accepted) continue;
    const std::string id = format_draft_name(number);
    return make_error(ErrorCode::refused,
                      id + " accepts this conflict already" +
                          (open.submitted.at != 0 ? ", and waits for its release" : ""),
                      "hotline draft show " + id);
  }
  return ok();
}

bool Drafts::is_own(const KeptDraft& draft, const Actor& actor) const {
  const auto is_actor = [&](const Hash& certificate, uint64_t index) {
    return certificate == actor.certificate || recorder_.person_at(index) == actor.name;
  };
  return is_actor(draft.submitter, draft.journal_index) ||
         is_actor(draft.submitted.person, draft.submitted.journal_index);
}

Result<wire::Role> Drafts::check_release(const KeptDraft& draft, const Actor& actor) const {
  const std::string id = format_draft_name(draft.number);
  if (draft.submitted.at == 0) {
    return make_error(ErrorCode::refused, id + " was not handed in for its release",
                      "hotline draft submit " + id);
  }
  const auto role = acting_role(actor.roles, 0, Right::release);
  if (!role) return may_not_release(actor);
  const std::string ask =
      "ask another releaser or supervisor; or whoever else drafts saves it anew: "
      "hotline  draft edit " +
      id;
  if (is_own(draft, actor)) {
    return make_error(
        ErrorCode::not_allowed,
        id + " was written or handed in by " + actor.name + ": another person releases it", ask);
  }
  for (const uint64_t index : {draft.journal_index, draft.submitted.journal_index}) {
    if (recorder_.person_at(index).empty()) {
      return make_error(
          ErrorCode::not_allowed,
          "the record does not say any more who wrote " + id + ": it may be " + actor.name,
          "hotline draft edit " + id + "    saves it anew");
    }
  }
  return *role;
}

Result<KeptDraft> Drafts::find_submitted(uint64_t number, ByteView draft) const {
  return find_version(number, sha256({draft}));
}

Result<KeptDraft> Drafts::find_version(uint64_t number, const Hash& hash) const {
  auto kept = find(number);
  if (kept && kept->hash != hash) return saved_again(*kept);
  return kept;
}

Result<KeptDraft> Drafts::find(uint64_t number) const {
  if (const KeptDraft* kept = current_.find(number)) return *kept;
  return current_.why_not_open(number, config_.prefix);
}

Status Drafts::check_place(uint8_t precedence) const {
  const DraftList::Open& open = current_.open();
  const bool is_flash = precedence == kPrecedenceFirst;
  const size_t most = limits::kDraftsOpenMax - (is_flash ? 0 : limits::kDraftsOpenForFlash);
  if (open.size() < most) return ok();
  const auto oldest = std::min_element(open.begin(), open.end(), [](const auto& a, const auto& b) {
    return a.second.saved_at < b.second.saved_at;
  });
  return make_error(ErrorCode::refused,
                    std::to_string(open.size()) + " drafts are open, and there may be no more",
                    "hotline draft discard " + format_draft_name(oldest->first) +
                        "    it was not touched since " + format_rfc3339(oldest->second.saved_at));
}

}  // namespace hotline
