#include "protocol/channel/handover.h"

#include <algorithm>
#include <set>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"

namespace hotline {
namespace {

constexpr const char* kHandoverHint = "hotline handover show";

void append_number(Bytes& bytes, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<uint8_t>(number >> shift));
}

void append_words(Bytes& bytes, const std::string& words) {
  append_number(bytes, words.size());
  bytes.insert(bytes.end(), words.begin(), words.end());
}

size_t size_of(const std::vector<HandoverItem>& items, const std::string& note) {
  size_t size = note.size();
  for (const HandoverItem& item : items) {
    size += item.subject.size() + item.text.size() + limits::kHandoverItemCost;
  }
  return size;
}

// As people call it beside its number.
std::string label_of(const HandoverItem& item) {
  return item.subject.empty() ? handover_code_name(item.code) : item.subject;
}

SignedHandover signed_of(uint64_t journal_index, const wire::HandoverStarted& started, UtcMs at) {
  SignedHandover kept{journal_index, to_hash(*started.hash()), at, {}, {}};
  if (started.submitter() != nullptr) kept.person = to_hash(*started.submitter());
  for (const HandoverItem& item : items_of(started)) kept.items.push_back(label_of(item));
  return kept;
}

Error may_not_hand_over(const Actor& actor) {
  return make_error(ErrorCode::not_allowed,
                    actor.name + " has no role here that may hand over a watch",
                    "ask an operator or a supervisor of this watch");
}

}  // namespace

std::string handover_code_name(wire::HandoverCode code) {
  std::string name = wire::EnumNameHandoverCode(code);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Hash handover_hash(const std::vector<HandoverItem>& items, const std::string& note) {
  Bytes bytes;
  append_words(bytes, note);
  append_number(bytes, items.size());
  for (const HandoverItem& item : items) {
    append_number(bytes, static_cast<uint64_t>(item.code));
    append_words(bytes, item.subject);
    append_number(bytes, item.precedence);
    append_number(bytes, static_cast<uint64_t>(item.since));
    append_words(bytes, item.text);
    append_number(bytes, item.more);
  }
  return sha256({bytes});
}

std::vector<HandoverItem> items_of(const wire::HandoverStarted& started) {
  std::vector<HandoverItem> items;
  for (const wire::HandoverItem* item : *started.items()) {
    items.push_back({item->code(), text_of(item->subject()), item->precedence(), item->since(),
                     text_of(item->text()), item->more()});
  }
  return items;
}

// ----------------------------------------------------------------------------------------------
// as the journal tells of it

const char* Handover::fault_in(const wire::Entry& entry) const {
  if (const auto* started = entry.fact_as_HandoverStarted()) {
    const Hash hash = handover_hash(items_of(*started), text_of(started->note()));
    if (hash != to_hash(*started->hash())) return "its hash is not that of its list";
  } else if (const auto* accepted = entry.fact_as_HandoverAccepted()) {
    const bool is_newest = started_ && started_->journal_index == accepted->started() &&
                           started_->hash == to_hash(*accepted->hash());
    if (!is_newest || is_over()) return "it accepts no hand-over that waits";
    if (accepted->ticked() != started_->items.size()) return "it does not tick every item";
  }
  return nullptr;
}

void Handover::apply(const wire::Entry& entry) {
  if (const auto* started = entry.fact_as_HandoverStarted()) {
    started_ = signed_of(recorder_.last_index(), *started, entry.at());
  } else if (const auto* accepted = entry.fact_as_HandoverAccepted()) {
    accepted_ = {recorder_.last_index(), accepted->started(), entry.at(), {}};
    if (accepted->submitter() != nullptr) accepted_->person = to_hash(*accepted->submitter());
    watch_since_ = entry.at();
  }
}

void Handover::apply_durable(const wire::Entry& entry) {
  switch (entry.fact_type()) {
    case wire::Fact::Started:
      if (watch_since_ == 0) watch_since_ = entry.at();
      break;
    case wire::Fact::Received: {
      const wire::Received& fact = *entry.fact_as_Received();
      if (fact.decline_code() == 0 && kind_of(fact.type()).asks_for_dissemination) {
        undisseminated_[known_precedence(fact.precedence())].insert(fact.index());
      }
      note_spoken_of(fact.type(), fact.refers_to());
      break;
    }
    case wire::Fact::Released: {
      const wire::Released& fact = *entry.fact_as_Released();
      note_spoken_of(fact.type(), fact.refers_to());
      break;
    }
    case wire::Fact::StepsDecided:
      note_rungs(*entry.fact_as_StepsDecided(), entry.at());
      break;
    case wire::Fact::HandoverStarted:
      rungs_since_list_.clear();
      break;
    case wire::Fact::HandoverAccepted:
      rungs_ = std::exchange(rungs_since_list_, {});
      break;
    default:
      break;
  }
}

// Nobody need be told any more of a message that was declined or taken back.
void Handover::note_spoken_of(uint8_t type, const wire::MessageKey* refers_to) {
  if (refers_to == nullptr || !refers_to->incoming()) return;
  const TargetEffect effect = kind_of(type).effect;
  const bool ends = effect == TargetEffect::disseminates || effect == TargetEffect::declines ||
                    effect == TargetEffect::cancels;
  if (!ends) return;
  for (auto& [precedence, messages] : undisseminated_) messages.erase(refers_to->number());
}

void Handover::note_rungs(const wire::StepsDecided& fact, UtcMs at) {
  for (const wire::Step* step : *fact.steps()) {
    const std::string rung = text_of(step->rung());
    if (rung.empty()) continue;
    for (auto* climbed : {&rungs_, &rungs_since_list_}) {
      Climbs& climbs = (*climbed)[{fact.incoming(), fact.precedence(), rung}];
      ++climbs.count;
      climbs.last_at = at;
    }
  }
}

UtcMs Handover::due(UtcMs now) const {
  const UtcMs too_long_at = watch_since_ + limits::kWatchMax_ms;
  return watch_since_ != 0 && too_long_at > now ? too_long_at : INT64_MAX;
}

void Handover::tick(Now now) {
  if (watch_since_ == 0) return;
  if (now.utc - watch_since_ < limits::kWatchMax_ms) {
    return conditions_.clear(now, ConditionCode::no_handover, config_.party);
  }
  if (conditions_.is_open(ConditionCode::no_handover, config_.party)) return;
  conditions_.raise(now, ConditionCode::no_handover, config_.party,
                    "nobody took over this watch since " + format_rfc3339(watch_since_) +
                        ": hotline handover start",
                    watch_since_ + limits::kWatchMax_ms);
}

// ----------------------------------------------------------------------------------------------
// signed by people

void Handover::start(Now now, uint64_t token, const Actor& actor,
                     const std::vector<HandoverItem>& items, const std::string& note) {
  const Status status = try_start(now, token, actor, items, note);
  if (!status) refuse(now, token, actor, status.error());
}

void Handover::accept(Now now, uint64_t token, const Actor& actor, uint64_t started,
                      const Hash& hash, const std::vector<uint32_t>& ticks) {
  const Status status = try_accept(now, token, actor, started, hash, ticks);
  if (!status) refuse(now, token, actor, status.error());
}

void Handover::refuse(Now now, uint64_t token, const Actor& actor, const Error& error) {
  noise_.record_refusal(now, actor, error);
  recorder_.say(AnswerHandover{token, error});
}

Status Handover::try_start(Now now, uint64_t token, const Actor& actor,
                           const std::vector<HandoverItem>& items, const std::string& note) {
  const auto role = acting_role(actor.roles, 0, Right::hand_over);
  if (!role) return may_not_hand_over(actor);
  if (note.size() > limits::kHandoverNoteSizeMax || !is_plain_text(note)) {
    return make_error(
        ErrorCode::refused, "the note is too long, or no plain text",
        "--note \"...\", " + std::to_string(limits::kHandoverNoteSizeMax) + " bytes at most");
  }
  HOTLINE_CHECK(size_of(items, note) <= limits::kHandoverSizeMax);  // Whoever made it bounds it.
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        std::vector<flatbuffers::Offset<wire::HandoverItem>> rows;
        for (const HandoverItem& item : items) {
          const auto subject = b.CreateString(item.subject);
          const auto text = b.CreateString(item.text);
          rows.push_back(wire::CreateHandoverItem(b, item.code, subject, item.precedence,
                                                  item.since, text, item.more));
        }
        const auto list = b.CreateVector(rows);
        const auto note_text = note.empty() ? 0 : b.CreateString(note);
        const wire::Digest hash = to_digest(handover_hash(items, note));
        return wire::CreateHandoverStarted(b, list, &hash, note_text, &by.submitter, &by.name_hash,
                                           static_cast<uint8_t>(*role));
      },
      by.part));
  recorder_.say_once_durable(AnswerHandover{token});
  return ok();
}

Status Handover::try_accept(Now now, uint64_t token, const Actor& actor, uint64_t started,
                            const Hash& hash, const std::vector<uint32_t>& ticks) {
  const auto role = acting_role(actor.roles, 0, Right::hand_over);
  if (!role) return may_not_hand_over(actor);
  if (!started_) {
    return make_error(ErrorCode::not_found, "nobody started a hand-over",
                      "hotline  handover start    by the watch that goes");
  }
  if (started_->journal_index != started || started_->hash != hash) {
    return make_error(
        ErrorCode::refused,
        "this is not the newest list: it was signed at " + format_rfc3339(started_->at),
        kHandoverHint);
  }
  if (is_over()) {
    // Asked again, because the answer was lost.
    if (accepted_->person == actor.certificate) {
      recorder_.say_once_durable(accepted_->journal_index, AnswerHandover{token});
      return ok();
    }
    return make_error(ErrorCode::refused,
                      "this hand-over was accepted at " + format_rfc3339(accepted_->at),
                      kHandoverHint);
  }
  if (Status other = check_other_person(actor); !other) return other;
  if (Status all = check_ticks(ticks); !all) return all;
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const wire::Digest signed_hash = to_digest(hash);
        return wire::CreateHandoverAccepted(
            b, started, &signed_hash, static_cast<uint32_t>(started_->items.size()), &by.submitter,
            &by.name_hash, static_cast<uint8_t>(*role));
      },
      by.part));
  recorder_.say_once_durable(AnswerHandover{token});
  tick(now);
  return ok();
}

// By whatever certificate, as far as names can tell.
Status Handover::check_other_person(const Actor& actor) const {
  const std::string name = recorder_.person_at(started_->journal_index);
  if (started_->person == actor.certificate || name == actor.name) {
    return make_error(ErrorCode::not_allowed,
                      "this list was signed by " + actor.name + ": another person takes over",
                      "hotline  handover accept    by whoever comes");
  }
  if (name.empty()) {
    return make_error(
        ErrorCode::not_allowed,
        "the record does not say any more who signed this list: it may be " + actor.name,
        "hotline handover start    signs it anew");
  }
  return ok();
}

Status Handover::check_ticks(const std::vector<uint32_t>& ticks) const {
  const std::set<uint32_t> ticked(ticks.begin(), ticks.end());
  const size_t count = started_->items.size();
  if (!ticked.empty() && (*ticked.begin() == 0 || *ticked.rbegin() > count)) {
    const uint32_t stranger = *ticked.begin() == 0 ? 0 : *ticked.rbegin();
    return make_error(
        ErrorCode::refused,
        "the list has no item " + std::to_string(stranger) + ": it has " + std::to_string(count),
        kHandoverHint);
  }
  std::string missing;
  for (uint32_t number = 1; number <= count; ++number) {
    if (ticked.contains(number)) continue;
    missing +=
        (missing.empty() ? "" : ", ") + std::to_string(number) + " " + started_->items[number - 1];
  }
  if (missing.empty()) return ok();
  return make_error(ErrorCode::refused,
                    "not ticked: " + shortened(missing, limits::kConditionTextSizeMax),
                    kHandoverHint);
}

}  // namespace hotline
