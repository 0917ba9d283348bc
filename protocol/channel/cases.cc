#include "protocol/channel/cases.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"
#include "protocol/message/serial.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

// The name by which it says to which thread it belongs; empty where it begins one.
std::string thread_named_by(const MessageRecord& record) {
  const auto envelope = open_envelope(record.envelope);
  if (!envelope) return "";
  if (std::string named = text_of((*envelope)->incident()); !named.empty()) return named;
  const auto* references = (*envelope)->references();
  return references == nullptr || references->size() == 0 ? "" : text_of(references->Get(0)->id());
}

// In its one form, where it names a message.
std::string written(std::string name) {
  const auto serial = parse_serial(name);
  return serial ? format_serial(*serial) : std::move(name);
}

template <typename Messages>
auto find_by_key(Messages& messages, MessageKey key) {
  return std::find_if(messages.begin(), messages.end(),
                      [key](const auto& one) { return one.key == key; });
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// rules

bool Cases::is_by_named_role(const wire::Envelope& envelope, wire::Role decided_by) const {
  const wire::Role named = config_.policy.case_clock.decided_by;
  return decided_by == named &&
         (envelope.releaser_role() == named || envelope.drafter_role() == named);
}

Status Cases::check(const wire::Envelope& envelope, const wire::Body& body) {
  const wire::Decision* decision = body.content_as_decision();
  if (decision == nullptr || !find_rung(text_of(decision->rung()))) return ok();
  if (find(text_of(decision->incident())) == nullptr) return ok();
  if (is_by_named_role(envelope, decision->decided_by())) return ok();
  const std::string named = word(config_.policy.case_clock.decided_by, Language::en);
  return make_error(ErrorCode::not_allowed,
                    "this rung is decided by the role that the agreement names: " + named,
                    "ask whoever has it on this watch");
}

// ----------------------------------------------------------------------------------------------
// guarantors

void Cases::note_guarantor(Now now, uint64_t token, const Actor& actor, const std::string& name,
                           const GuarantorNote& note) {
  const Status status = try_note(now, token, actor, name, note);
  if (status) return;
  noise_.record_refusal(now, actor, status.error(),
                        printable_line(shortened(name, limits::kPeerWordsSizeMax)));
  recorder_.say(AnswerCase{token, "", status.error()});
}

Status Cases::try_note(Now now, uint64_t token, const Actor& actor, const std::string& name,
                       const GuarantorNote& note) {
  const auto role = acting_role(actor.roles, 0, Right::keep_case);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      actor.name + " has no role here that may keep the record of a case",
                      "ask an operator or a supervisor of this watch");
  }
  const Case* one = find(name);
  if (one == nullptr) {
    return make_error(ErrorCode::not_found,
                      printable_line(shortened(name, limits::kPeerWordsSizeMax)) +
                          " belongs to no case: no violation was reported there",
                      "hotline case list --all");
  }
  if (Status fits = check_note(note); !fits) return fits;
  const Signatory by = persons_.sign(now, actor);
  apply(recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        const auto thread = b.CreateString(one->thread);
        const auto guarantor = b.CreateString(note.guarantor);
        const auto reason = note.reason.empty() ? 0 : b.CreateString(note.reason);
        return wire::CreateGuarantorNoted(b, thread, guarantor, note.standing, reason,
                                          &by.submitter, &by.name_hash,
                                          static_cast<uint8_t>(*role));
      },
      by.part));
  recorder_.say_once_durable(AnswerCase{token, one->thread});
  return ok();
}

Status Cases::check_note(const GuarantorNote& note) const {
  using Standing = wire::GuarantorStanding;
  if (note.standing < Standing::asked || note.standing > Standing::silent) {
    return make_error(ErrorCode::usage, "it does not say how the guarantor stands",
                      "--asked    or --answered    or --silent");
  }
  const std::vector<std::string>& all = config_.policy.case_clock.guarantors;
  if (all.empty()) {
    return make_error(ErrorCode::refused, "the agreement names no guarantors",
                      "hotline agreement show    has what both sides agreed on");
  }
  if (!std::binary_search(all.begin(), all.end(), note.guarantor)) {
    std::string names;
    for (const std::string& one : all) names += (names.empty() ? "" : ", ") + one;
    return make_error(ErrorCode::refused,
                      "the agreement names no guarantor " +
                          printable_line(shortened(note.guarantor, limits::kRungNameSizeMax)),
                      "one of: " + names);
  }
  if (note.reason.size() > limits::kCaseReasonSizeMax || !is_plain_text(note.reason)) {
    return make_error(
        ErrorCode::refused, "the reason is too long, or no plain text",
        "--reason \"...\", " + std::to_string(limits::kCaseReasonSizeMax) + " bytes at most");
  }
  return ok();
}

// ----------------------------------------------------------------------------------------------
// folded

void Cases::apply(const wire::Entry& entry) {
  if (const auto* noted = entry.fact_as_GuarantorNoted()) return take_note(*noted, entry.at());
  const auto spoken = message_in(entry);
  if (!spoken) return;
  const Kind& kind = kind_of(spoken->type);
  if (kind.type == wire::MessageType::violation) {
    add_violation(spoken->key);
  } else if (kind.type == wire::MessageType::decision) {
    add_decision(spoken->key);
  } else if (kind.changes_another() && spoken->target) {
    change(*spoken->target);
  }
}

void Cases::add_violation(MessageKey key) {
  const auto record = recorder_.message(key);
  if (!record) return;
  std::string named = thread_named_by(*record);
  if (named.empty()) named = recorder_.name_of(config_, key);
  const std::string thread = thread_of(std::move(named));
  Case& one = cases_[thread];
  one.thread = thread;
  one.violations.push_back({key, record->committed_at, record->journal_index,
                            kind_of_violation(*record), corrections_.is_cancelled(key)});
  times_.add(one.violations.back());
  threads_[key] = thread;
  std::deque<MessageKey>& by_age = by_age_[key.incoming];
  by_age.push_back(key);
  if (by_age.size() > limits::kCaseViolationsKept) {
    forget_violation(by_age.front());
    by_age.pop_front();
  }
  changed_ = true;
}

void Cases::forget_violation(MessageKey key) {
  const auto thread = threads_.find(key);
  const auto found = thread == threads_.end() ? cases_.end() : cases_.find(thread->second);
  if (found == cases_.end()) return;
  Case& one = found->second;
  const auto violation = find_by_key(one.violations, key);
  if (violation != one.violations.end()) {
    times_.remove(*violation);
    one.violations.erase(violation);
  }
  threads_.erase(thread);
  if (!one.violations.empty()) return;
  for (const CaseDecision& decision : one.decisions) threads_.erase(decision.key);
  cases_.erase(found);
}

ViolationKind Cases::kind_of_violation(const MessageRecord& record) {
  const bool is_changed = !corrections_.of(record.key).empty();
  const auto newest = is_changed ? corrections_.newest(record.key) : std::nullopt;
  const auto body = open_body(newest ? newest->body : record.body);
  const wire::Violation* said = body ? (*body)->content_as_violation() : nullptr;
  if (said == nullptr) return {record.key.incoming};
  return {record.key.incoming, said->event(), said->attribution()};
}

std::optional<Cases::Said> Cases::decision_in(const MessageRecord& record) {
  const bool is_changed = !corrections_.of(record.key).empty();
  const auto newest = is_changed ? corrections_.newest(record.key) : std::nullopt;
  const auto body = open_body(newest ? newest->body : record.body);
  const wire::Decision* said = body ? (*body)->content_as_decision() : nullptr;
  if (said == nullptr) return std::nullopt;
  return Said{text_of(said->incident()), text_of(said->rung()), said->decided_by()};
}

void Cases::add_decision(MessageKey key) {
  const auto record = recorder_.message(key);
  const auto said = record ? decision_in(*record) : std::nullopt;
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  if (!said || !envelope) return;
  const auto found = cases_.find(thread_of(said->incident));
  if (found == cases_.end()) return;
  CaseDecision made{.key = key,
                    .at = record->committed_at,
                    .journal_index = record->journal_index,
                    .role = static_cast<uint8_t>((*envelope)->releaser_role())};
  if (!key.incoming && is_by_named_role(**envelope, said->decided_by)) {
    made.answers = find_rung(said->rung);
  }
  made.is_cancelled = corrections_.is_cancelled(key);
  std::vector<CaseDecision>& decisions = found->second.decisions;
  const auto is_later = [&](const CaseDecision& one) {
    return one.journal_index > made.journal_index;
  };
  decisions.insert(std::find_if(decisions.begin(), decisions.end(), is_later), made);
  threads_[key] = found->first;
  const auto is_peers = [](const CaseDecision& one) { return one.key.incoming; };
  const auto peers = std::count_if(decisions.begin(), decisions.end(), is_peers);
  if (static_cast<size_t>(peers) > limits::kCaseDecisionsKept) {
    forget_decision(std::find_if(decisions.begin(), decisions.end(), is_peers)->key);
  }
  changed_ = true;
}

void Cases::tell_decided_anew(Now now, MessageKey key) {
  const auto thread = threads_.find(key);
  const auto found = thread == threads_.end() ? cases_.end() : cases_.find(thread->second);
  if (found == cases_.end()) return;
  const auto made = find_by_key(found->second.decisions, key);
  if (made == found->second.decisions.end()) return;
  const CaseDecision* before = replaced_by(found->second, *made);
  if (before == nullptr) return;
  recorder_.alarm(now, key,
                  recorder_.name_of(config_, key) + " takes the place of " +
                      recorder_.name_of(config_, before->key) + ", by which " +
                      role_name(before->role) + " decided " + rung_name(*made->answers) + " of " +
                      printable_line(found->first) + " at " + format_rfc3339(before->at) +
                      ": hotline case show " + printable_line(found->first));
}

void Cases::forget_decision(MessageKey key) {
  const auto thread = threads_.find(key);
  const auto found = thread == threads_.end() ? cases_.end() : cases_.find(thread->second);
  if (found == cases_.end()) return;
  std::erase_if(found->second.decisions, [key](const CaseDecision& one) { return one.key == key; });
  threads_.erase(thread);
}

// A correction or a cancellation was taken: the message is read again, as it stands now.
void Cases::change(MessageKey target) {
  const auto record = recorder_.message(target);
  if (!record) return;
  const wire::MessageType type = kind_of(record->type).type;
  if (type == wire::MessageType::decision) {
    forget_decision(target);
    add_decision(target);
    changed_ = true;
  }
  const auto thread = threads_.find(target);
  if (type != wire::MessageType::violation || thread == threads_.end()) return;
  std::vector<CaseViolation>& violations = cases_.at(thread->second).violations;
  const auto violation = find_by_key(violations, target);
  if (violation == violations.end()) return;
  times_.remove(*violation);
  violation->kind = kind_of_violation(*record);
  violation->is_cancelled = corrections_.is_cancelled(target);
  times_.add(*violation);
  changed_ = true;
}

void Cases::take_note(const wire::GuarantorNoted& fact, UtcMs at) {
  const auto found = cases_.find(text_of(fact.thread()));
  if (found == cases_.end()) return;
  GuarantorNote note{text_of(fact.guarantor()), fact.standing(), text_of(fact.reason()), at,
                     recorder_.last_index(),    fact.role()};
  found->second.notes[{note.guarantor, note.standing}] = std::move(note);
}

// ----------------------------------------------------------------------------------------------
// names

const Case* Cases::find(const std::string& name) {
  const auto found = cases_.find(thread_of(name));
  return found == cases_.end() ? nullptr : &found->second;
}

// Only what was recorded up to the newest entry counts: a journal that is read back leads to the
// same threads, though the store has later messages too.
std::string Cases::thread_of(std::string name) {
  name = written(std::move(name));
  for (size_t hops = 0; hops < limits::kThreadHopsMax && !cases_.contains(name); ++hops) {
    const auto key = recorder_.find_named(config_, name);
    const auto record = key ? recorder_.message(*key) : std::nullopt;
    if (!record || record->journal_index > recorder_.last_index()) break;
    std::string next = thread_named_by(*record);
    if (next.empty()) break;
    name = written(std::move(next));
  }
  return name;
}

// ----------------------------------------------------------------------------------------------
// how they stand

std::vector<const Case*> Cases::list(UtcMs now, bool all) const {
  struct Place {
    UtcMs due_at = INT64_MAX;
    UtcMs began_at = 0;
    const Case* of = nullptr;
  };
  std::vector<Place> places;
  for (const auto& [thread, one] : cases_) {
    const CaseStanding stands = standing(one, now);
    if (!all && !stands.is_open()) continue;
    Place place{INT64_MAX, one.violations.front().at, &one};
    for (const RungStanding& rung : stands.rungs) {
      if (rung.state == RungState::due) place.due_at = std::min(place.due_at, rung.due_at);
    }
    places.push_back(place);
  }
  std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tuple(a.due_at, b.began_at) < std::tuple(b.due_at, a.began_at);
  });
  std::vector<const Case*> listed;
  for (const Place& place : places) listed.push_back(place.of);
  return listed;
}

void Cases::tick(Now now) {
  if (!changed_ && judged_at_ <= now.utc && now.utc < next_at_) return;
  changed_ = false;
  judged_at_ = now.utc;
  next_at_ = INT64_MAX;
  std::vector<Due> due;
  for (const auto& [thread, one] : cases_) {
    const CaseStanding stands = standing(one, now.utc);
    next_at_ = std::min(next_at_, stands.next_at);
    for (const RungStanding& rung : stands.rungs) {
      if (rung.state == RungState::due) due.push_back({&one, rung});
    }
  }
  conditions_.set(now, ConditionCode::decision_due, texts(std::move(due)));
}

// Those that wait longest by their names, and the others as one.
std::map<std::string, std::string> Cases::texts(std::vector<Due> due) const {
  std::stable_sort(due.begin(), due.end(),
                   [](const Due& a, const Due& b) { return a.rung.due_at < b.rung.due_at; });
  std::map<std::string, std::string> texts;
  for (const Due& one : due) {
    if (texts.size() == limits::kDecisionsDueNamed) {
      texts[config_.party] = "decisions are due on more cases of violations: hotline case list";
      break;
    }
    const std::string name = one.of->thread;
    const std::string since = format_rfc3339(one.rung.due_at);
    std::string& text = texts[one.subject()];
    switch (one.rung.rung) {
      case CaseRung::first_response:
        text = "a decision on the first response to the violation " + name + " is due since " +
               since + ": hotline case show " + name;
        break;
      case CaseRung::consultation:
        text = "a violation of its kind was repeated in " + name +
               ": a decision on consulting the guarantors is due since " + since +
               ": hotline case show " + name;
        break;
      case CaseRung::joint_response:
        text = "the violations of " + name +
               " are widespread: a decision on a joint response is due since " + since +
               ": hotline case show " + name;
        break;
    }
  }
  return texts;
}

}  // namespace hotline
