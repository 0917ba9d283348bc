#include "client/show/journal_line.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/agreement.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/ladder.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr const char* kEntryIdentifier = "HLJE";

std::string speaks_of(const std::string& id) {
  return id.empty() ? "" : " of " + id;
}

std::string step_words(const wire::Step& step) {
  switch (static_cast<StepKind>(step.kind())) {
    case StepKind::undelivered:
      return "UNDELIVERED";
    case StepKind::rung:
      return "ESCALATED to " + text(step.rung());
    case StepKind::alarm_again:
      return "alarm again";
    case StepKind::first_answer_due:
      return "first answer due";
    case StepKind::full_answer_due:
      return "full answer due";
    case StepKind::dissemination_due:
      return "own people not told in time";
  }
  return "step " + std::to_string(step.kind());
}

std::string clock_words(const wire::ExerciseClockSet& set) {
  // Nobody's: by a word of both directors, or after the other side's clock.
  if (set.role() == 0 && set.change() == wire::ExerciseClockChange::jump && !set.agreed()) {
    return "the clock of the exercise goes after the other side's, to " +
           format_rfc3339(set.until());
  }
  const std::string role = set.agreed() ? "both directors" : role_name(set.role());
  switch (set.change()) {
    case wire::ExerciseClockChange::speed:
      if (set.speed_permille() == 1000) {
        return "the clock of the exercise goes as fast as real time, by " + role;
      }
      return "the clock of the exercise goes " + format_speed(set.speed_permille()) +
             " times as fast, by " + role;
    case wire::ExerciseClockChange::paused:
      return "the clock of the exercise is paused, by " + role;
    case wire::ExerciseClockChange::resumed:
      return "the clock of the exercise goes on, by " + role;
    case wire::ExerciseClockChange::jump:
      return "the clock of the exercise jumps to " + format_rfc3339(set.until()) + ", by " + role;
    case wire::ExerciseClockChange::arrived:
      return "the clock of the exercise has jumped";
    case wire::ExerciseClockChange::stopped:
      return "the clock of the exercise is real time again: it was stopped";
    case wire::ExerciseClockChange::unset:
      break;
  }
  return "the clock of the exercise was set";
}

size_t failed_count(const wire::NotifiersTried& trial) {
  return static_cast<size_t>(std::count_if(
      trial.tried()->begin(), trial.tried()->end(),
      [](const wire::TriedNotifier* one) { return one->outcome() != wire::Outcome::done; }));
}

std::string trial_words(const wire::NotifiersTried& trial) {
  std::string failed;
  for (const wire::TriedNotifier* one : *trial.tried()) {
    if (one->outcome() == wire::Outcome::done) continue;
    failed += (failed.empty() ? "" : " ") + text(one->name());
  }
  const std::string count = std::to_string(trial.tried()->size());
  return "notifiers tried by " + role_name(trial.role()) + ": " + count +
         (failed.empty() ? "" : ", not reached: " + failed);
}

std::string guarantor_words(const wire::GuarantorNoted& noted) {
  const std::string guarantor = text(noted.guarantor()), thread = text(noted.thread());
  const std::string role = role_name(noted.role());
  const std::string reason = text(noted.reason()).empty() ? "" : ": " + text(noted.reason());
  switch (noted.standing()) {
    case wire::GuarantorStanding::asked:
      return "guarantor " + guarantor + " asked about " + thread + ", by " + role + reason;
    case wire::GuarantorStanding::answered:
      return "guarantor " + guarantor + " answered about " + thread + ", noted by " + role + reason;
    case wire::GuarantorStanding::silent:
      return "guarantor " + guarantor + " silent about " + thread + ", noted by " + role + reason;
    case wire::GuarantorStanding::unset:
      break;
  }
  return "a note about guarantor " + guarantor + " that cannot be read";
}

std::string outcome_words(wire::Outcome outcome) {
  switch (outcome) {
    case wire::Outcome::done:
      return "told";
    case wire::Outcome::failed:
      return "failed";
    case wire::Outcome::timed_out:
      return "took too long";
    case wire::Outcome::not_started:
      return "could not start";
    case wire::Outcome::stopped:
      return "stopped";
    case wire::Outcome::impossible:
      return "cannot start";
    case wire::Outcome::unset:
      break;
  }
  return "unknown outcome";
}

std::string link_words(wire::LinkChange change) {
  switch (change) {
    case wire::LinkChange::up:
      return "up";
    case wire::LinkChange::down:
      return "DOWN";
    case wire::LinkChange::agreement_differs:
      return "the agreements differ";
    case wire::LinkChange::skew_warning:
      return "clocks differ";
    case wire::LinkChange::skew_alarm:
      return "CLOCKS DIFFER MUCH";
    case wire::LinkChange::unset:
      break;
  }
  return "changed";
}

// Entries that a lost store and a fork leave in the journal. False: it is of neither.
bool describe_recovery(const wire::Entry& entry, JournalDescriber::Description& to) {
  if (const auto* began = entry.fact_as_EpochBegan()) {
    to.kind = "epoch";
    to.urgent = !began->taken_back();
    to.text = std::string(began->incoming() ? "the peer's" : "our") + " record goes on in epoch " +
              std::to_string(began->number()) + " from leaf " + std::to_string(began->first());
  } else if (const auto* confirmed = entry.fact_as_RecoveryConfirmed()) {
    to.kind = "recovery";
    to.text = "the recovery that began epoch " + std::to_string(confirmed->epoch()) +
              " was confirmed by " + role_name(confirmed->role());
  } else if (const auto* resolved = entry.fact_as_ForkResolved()) {
    to.kind = "fork";
    to.text = std::string(resolved->kind() == wire::EvidenceKind::fork_of_peer_journal
                              ? "the fork of the peer's journal"
                              : "the fork of the peer") +
              " was resolved by " + role_name(resolved->role());
  } else if (entry.fact_as_StoreRestored() != nullptr) {
    to.kind = "restored";
    to.urgent = true;
    to.text = "this store is a backup, or was made anew";
  } else {
    return false;
  }
  return true;
}

std::string evidence_words(wire::EvidenceKind kind) {
  switch (kind) {
    case wire::EvidenceKind::fork_of_peer:
      return "the peer signed two different transcripts";
    case wire::EvidenceKind::fork_of_own:
      return "two different transcripts bear our signature";
    case wire::EvidenceKind::own_store_old:
      return "our store is older than what we signed";
    case wire::EvidenceKind::peer_store_old:
      return "the peer's store is older than what it signed";
    case wire::EvidenceKind::fork_of_peer_journal:
      return "the peer signed two different journals";
    case wire::EvidenceKind::unset:
      break;
  }
  return "evidence";
}

std::string end_words(wire::ConflictEnd why) {
  switch (why) {
    case wire::ConflictEnd::changed:
      return "ended, a notice was changed";
    case wire::ConflictEnd::cancelled:
      return "ended, a notice was cancelled";
    case wire::ConflictEnd::accepted:
      return "accepted by both parties";
    case wire::ConflictEnd::unset:
      break;
  }
  return "ended";
}

std::string missed_call_words(const wire::TestCallMissed& missed, const std::string& whose) {
  return "MISSED by " + whose + " in the hour from " + format_rfc3339(hour_of(missed)) + ", " +
         std::to_string(missed.in_a_row()) + " in a row";
}

// "version 2 saved by operator, FLASH incident".
std::string draft_words(const wire::DraftSaved& saved) {
  std::string words =
      "version " + std::to_string(saved.version()) + " saved by " + role_name(saved.role());
  const auto draft = open_flatbuffer<wire::Draft>(bytes(saved.draft()), kDraftIdentifier);
  if (!draft) return words + ", which cannot be read";
  words += ", ";
  if ((*draft)->precedence() != 0) words += precedence_label((*draft)->precedence()) + " ";
  return words + type_name((*draft)->type());
}

std::string with(const std::string& words, const std::string& detail) {
  if (words.empty()) return detail;
  return detail.empty() ? words : words + ": " + detail;
}

std::string messages_text(uint64_t count) {
  return std::to_string(count) + (count == 1 ? " message" : " messages");
}

// A command at the end is printed for whoever may give it; under --json it stands as it is
// recorded.
std::string offered_english(const Output& output, const std::string& text) {
  constexpr std::string_view kCommand = ": hotline ";
  const size_t at = text.find(kCommand);
  const bool is_offered =
      at == std::string::npos || output.may_give(text.substr(at + kCommand.size()));
  return is_offered ? text : text.substr(0, at);
}

}  // namespace

UtcMs hour_of(const wire::TestCallMissed& missed) {
  constexpr int64_t kHour_ms = 3'600'000;
  // An hour that no clock can show would overflow as milliseconds.
  return std::clamp<int64_t>(missed.hour(), 0, limits::kTimeMax_ms / kHour_ms) * kHour_ms;
}

Result<std::unique_ptr<JournalSource>> open_journal(Invocation& invocation, HearAlarm hear) {
  if (const auto directory = invocation.arguments.get("--export"))
    return journal_of_export(*directory);
  auto connection = invocation.connect();
  if (!connection) return connection.error();
  return journal_of(*std::move(connection), std::move(hear));
}

std::string JournalDescriber::name_of(const wire::MessageKey* key) const {
  if (key == nullptr || (key->number() == 0 && !key->incoming())) return "";
  if (!key->incoming()) return format_serial(names_.prefix, key->number());
  const auto known = incoming_.find(key->number());
  if (known != incoming_.end()) return known->second;
  if (source_ != nullptr) {
    if (std::string name = source_->incoming_name(key->number()); !name.empty()) return name;
  }
  return upper_case(names_.peer) + " leaf " + std::to_string(key->number());
}

std::string JournalDescriber::learnt_id(const wire::Received& received) {
  std::string id = format_peers_name(names_.peer_prefix, received.serial(), received.index());
  incoming_[received.index()] = id;
  return id;
}

void JournalDescriber::learn(const wire::Entry& entry) {
  if (const auto* received = entry.fact_as_Received()) learnt_id(*received);
}

void JournalDescriber::describe_message(const wire::Entry& entry, Description& to) {
  const auto what = [](uint8_t precedence, uint8_t type) {
    return precedence_label(precedence) + " " + type_name(type);
  };
  if (const auto* released = entry.fact_as_Released()) {
    to.kind = "released";
    to.id = format_serial(names_.prefix, released->serial());
    to.text =
        what(released->precedence(), released->type()) + speaks_of(name_of(released->refers_to()));
    if (released->draft() != 0) to.text += ", was " + format_draft_name(released->draft());
    if (released->taken_back()) to.text += ", taken back from the peer";
  } else if (const auto* received = entry.fact_as_Received()) {
    to.kind = "received";
    to.id = learnt_id(*received);
    to.text =
        what(received->precedence(), received->type()) + speaks_of(name_of(received->refers_to()));
    if (received->decline_code() != 0) {
      to.text += ", DECLINED by rule: " + decline_name(received->decline_code());
    }
    if (received->mismatch()) to.text += ", MISMATCH in the read-back";
    to.urgent = received->decline_code() != 0 || received->mismatch() ||
                received->precedence() == static_cast<uint8_t>(wire::Precedence::flash);
  } else if (const auto* numbered = entry.fact_as_Numbered()) {
    to.kind = "numbered";
    const size_t count = numbered->serials()->size();
    to.text = messages_text(count) + " from leaf " + std::to_string(numbered->first());
    if (count == 1) to.id = format_serial(names_.prefix, numbered->serials()->Get(0));
  } else if (const auto* held = entry.fact_as_ReceiptHeld()) {
    to.kind = "delivered";
    to.text = upper_case(names_.peer) + " signed for " + messages_text(held->size());
  } else if (const auto* given = entry.fact_as_ReceiptGiven()) {
    to.kind = "receipted";
    to.text = "we signed for " + messages_text(given->size());
  }
}

// The one message is the entry's id; of many there are words.
std::string JournalDescriber::concerned(bool incoming, const flatbuffers::Vector<uint64_t>* blocks,
                                        Description& to) {
  const KeySet messages = from_blocks(blocks);
  if (messages.empty()) return {};
  const wire::MessageKey oldest(incoming, messages.first());
  const wire::MessageKey newest(incoming, messages.last());
  if (messages.size() == 1) {
    to.id = name_of(&oldest);
    return {};
  }
  return messages_text(messages.size()) + " from " + name_of(&oldest) + " to " + name_of(&newest);
}

void JournalDescriber::describe_ladder(const wire::Entry& entry, Description& to) {
  if (const auto* decided = entry.fact_as_StepsDecided()) {
    to.kind = "escalation";
    to.urgent = true;
    std::string steps;
    for (const wire::Step* step : *decided->steps()) {
      steps += (steps.empty() ? "" : ", ") + step_words(*step);
    }
    to.text = with(concerned(decided->incoming(), decided->messages(), to), steps);
    // The alarm of all that wait.
    if (decided->messages() == nullptr || decided->messages()->size() == 0) {
      const wire::MessageKey oldest(decided->incoming(), decided->oldest());
      if (decided->waiting() == 1) to.id = name_of(&oldest);
      if (decided->waiting() > 1) {
        to.text += ", " + std::to_string(decided->waiting()) + " " +
                   precedence_label(decided->precedence()) + " wait, the oldest " +
                   name_of(&oldest);
      }
    }
    if (decided->missed() > 0) to.text += " (" + std::to_string(decided->missed()) + " missed)";
    if (decided->late_ms() >= 1000) to.text += ", " + format_duration(decided->late_ms()) + " late";
  } else if (const auto* attempt = entry.fact_as_AttemptEnded()) {
    to.kind = "attempt";
    to.text = concerned(attempt->incoming(), attempt->messages(), to);
    to.text = with((to.text.empty() ? "" : to.text + ": ") + text(attempt->rung()) + ", command " +
                       std::to_string(attempt->command() + 1) + ", attempt " +
                       std::to_string(attempt->number()) + " " + outcome_words(attempt->outcome()),
                   text(attempt->detail()));
    to.urgent =
        attempt->outcome() != wire::Outcome::done && attempt->outcome() != wire::Outcome::stopped;
  } else if (const auto* alarm = entry.fact_as_AlarmRaised()) {
    to.kind = "alarm";
    to.urgent = true;
    to.id = name_of(alarm->key());
    to.text = text(alarm->text());
  }
}

void JournalDescriber::describe_link(const wire::Entry& entry, Description& to) {
  if (const auto* change = entry.fact_as_LinkChanged()) {
    to.kind = "link";
    to.text = with(link_words(change->change()), text(change->detail()));
    to.urgent = change->change() != wire::LinkChange::up;
  } else if (const auto* refused = entry.fact_as_LinkRefused()) {
    to.kind = "refused";
    to.text = with(text(refused->remote()), text(refused->reason()));
    to.urgent = true;
  } else if (const auto* evidence = entry.fact_as_EvidenceKept()) {
    to.kind = "EVIDENCE";
    to.text = evidence_words(evidence->kind());
    to.urgent = true;
  }
}

void JournalDescriber::describe_condition(const wire::Entry& entry, Description& to) {
  const auto name = [&to](uint8_t code, const flatbuffers::String* subject) {
    const ConditionKind* kind = find_condition_kind(code);
    to.kind = "condition";
    to.code = kind == nullptr ? "unknown" : kind->name;
    to.subject = text(subject);
    return kind;
  };
  if (const auto* began = entry.fact_as_ConditionBegan()) {
    const ConditionKind* kind = name(began->code(), began->subject());
    to.urgent = kind == nullptr || kind->is_critical;
    to.text = text(began->text());
  } else if (const auto* ended = entry.fact_as_ConditionEnded()) {
    name(ended->code(), ended->subject());
    to.is_over = true;
    // The channel's own states stand under the peer's name, whoever declared them.
    to.text = "over: " + to.code + (to.code.starts_with("channel-") ? "" : ", " + to.subject);
  }
}

void JournalDescriber::describe_rest(const wire::Entry& entry, Description& to) {
  if (const auto* began = entry.fact_as_AgreementBegan()) {
    to.kind = "agreement";
    const auto agreement = parse_agreement(text(began->text()));
    to.text = agreement
                  ? "agreement " + std::to_string(agreement->number) +
                        " is in force: hotline agreement show " + std::to_string(agreement->number)
                  : "an agreement that cannot be read is in force";
    return;
  }
  if (const auto* handed = entry.fact_as_HandoverStarted()) {
    to.kind = "handover";
    to.text = "list signed by " + role_name(handed->role()) +
              ", items: " + std::to_string(handed->items()->size());
    return;
  }
  if (const auto* taken = entry.fact_as_HandoverAccepted()) {
    to.kind = "handover";
    to.text = "watch taken over by " + role_name(taken->role()) +
              ", items ticked: " + std::to_string(taken->ticked());
    return;
  }
  if (const auto* paused = entry.fact_as_LadderPaused()) {
    to.kind = "pause";
    to.id = name_of(paused->message());
    to.text = paused->until() == 0
                  ? "the ladder goes on, by " + role_name(paused->role())
                  : "the ladder is paused until " + format_rfc3339(paused->until()) + " by " +
                        role_name(paused->role()) + ": " + text(paused->reason());
    return;
  }
  if (const auto* set = entry.fact_as_ExerciseClockSet()) {
    to.kind = "exercise-clock";
    to.text = clock_words(*set);
    return;
  }
  if (const auto* raised = entry.fact_as_LadderRaised()) {
    to.kind = "escalation";
    to.urgent = true;
    to.id = name_of(raised->message());
    to.text = "escalated by " + role_name(raised->role()) + ": " + text(raised->reason());
    return;
  }
  if (const auto* trial = entry.fact_as_NotifiersTried()) {
    to.kind = "trial";
    to.text = trial_words(*trial);
    to.urgent = failed_count(*trial) != 0;
    return;
  }
  if (const auto* noted = entry.fact_as_GuarantorNoted()) {
    to.kind = "case";
    to.text = guarantor_words(*noted);
    return;
  }
  if (describe_recovery(entry, to)) return;
  if (const auto* created = entry.fact_as_StoreCreated()) {
    to.kind = "created";
    to.text = "store of " + upper_case(text(created->party())) + " for the channel with " +
              upper_case(text(created->peer())) + (created->exercise() ? ", EXERCISE" : ", live");
  } else if (const auto* started = entry.fact_as_Started()) {
    to.kind = "started";
    to.text = "hotlined " + text(started->version());
  } else if (entry.fact_as_Stopped() != nullptr) {
    to.kind = "stopped";
  } else if (const auto* stepped = entry.fact_as_ClockStepped()) {
    to.kind = "clock";
    to.text = "our clock stepped from " + format_rfc3339(stepped->from()) + " to " +
              format_rfc3339(stepped->to());
    to.urgent = true;
  } else if (const auto* refused = entry.fact_as_RequestRefused()) {
    to.kind = "refused";
    to.text = text(refused->reason());
  } else if (const auto* signed_on = entry.fact_as_SignedOn()) {
    to.kind = "signed-on";
    to.text = signed_on->role() != 0
                  ? role_name(signed_on->role())
                  : "signs here for the first time; the journal keeps the certificate";
  } else if (const auto* witnessed = entry.fact_as_JournalWitnessed()) {
    to.kind = "witnessed";
    to.text = "the journal of " + upper_case(names_.peer) + " up to " +
              std::to_string(witnessed->size()) + " entries";
  } else if (entry.fact_as_Exported() != nullptr) {
    to.kind = "exported";
  } else if (const auto* missed = entry.fact_as_TestCallMissed()) {
    to.kind = "test-call";
    to.urgent = true;
    to.text = missed_call_words(*missed, upper_case(missed->ours() ? names_.party : names_.peer));
  } else if (const auto* saved = entry.fact_as_DraftSaved()) {
    to.kind = "draft";
    to.id = format_draft_name(saved->number());
    to.text = draft_words(*saved);
  } else if (const auto* discarded = entry.fact_as_DraftDiscarded()) {
    to.kind = "draft";
    to.id = format_draft_name(discarded->number());
    to.text = "discarded by " + role_name(discarded->role());
  } else if (const auto* submitted = entry.fact_as_DraftSubmitted()) {
    to.kind = "draft";
    to.id = format_draft_name(submitted->number());
    to.text = "version " + std::to_string(submitted->version()) + ", handed in for release by " +
              role_name(submitted->role());
  } else if (const auto* returned = entry.fact_as_DraftReturned()) {
    to.kind = "draft";
    to.id = format_draft_name(returned->number());
    to.text = returned->withdrawn() ? "withdrawn from release by " + role_name(returned->role())
                                    : "given back by " + role_name(returned->role()) + ": " +
                                          text(returned->reason());
  } else if (const auto* found = entry.fact_as_ConflictFound()) {
    to.kind = "CONFLICT";
    to.urgent = true;
    to.text = name_of(found->own()) + " volume " + std::to_string(found->own_volume()) + " and " +
              name_of(found->peers()) + " volume " + std::to_string(found->peers_volume()) + ": " +
              format_count(found->horizontal_m()) + " m, " + format_count(found->vertical_m()) +
              " m in height, " + format_count(found->time_s()) + " s apart";
    if (found->pairs() > 1) {
      to.text =
          to.text + ", the nearest of " + format_count(found->pairs()) + " pairs of their volumes";
    }
    std::string lapsed;
    for (const wire::MessageKey* answer : {found->own_lapsed(), found->peers_lapsed()}) {
      if (answer != nullptr) lapsed += (lapsed.empty() ? "" : ", ") + name_of(answer);
    }
    if (!lapsed.empty()) {
      to.text = to.text + ". Accepted no more, since a notice was changed: " + lapsed;
    }
  } else if (const auto* ended = entry.fact_as_ConflictEnded()) {
    to.kind = "conflict";
    to.text =
        name_of(ended->own()) + " and " + name_of(ended->peers()) + ": " + end_words(ended->why());
  }
}

Result<JournalDescriber::Description> JournalDescriber::describe(const wire::JournalRow& row) {
  return describe(row.index(), bytes(row.entry()), text(row.name()));
}

Result<JournalDescriber::Description> JournalDescriber::describe(uint64_t index, ByteView bytes,
                                                                 const std::string& person) {
  auto entry = open_flatbuffer<wire::Entry>(bytes, kEntryIdentifier);
  if (!entry) return entry.error();
  Description description;
  description.index = index;
  description.at = (*entry)->at();
  description.ahead_ms = (*entry)->ahead_ms();
  description.person = person;
  describe_message(**entry, description);
  describe_ladder(**entry, description);
  describe_link(**entry, description);
  describe_condition(**entry, description);
  describe_rest(**entry, description);
  if (description.kind.empty()) description.kind = "unknown";
  return description;
}

std::string JournalDescriber::line(const Output& output, const Description& description) {
  return line_at(output, description, output.time_of_day(description.at));
}

std::string JournalDescriber::dated_line(const Output& output, const Description& description) {
  return line_at(output, description, output.date_and_time(description.at));
}

std::string JournalDescriber::line_at(const Output& output, const Description& description,
                                      const std::string& time) {
  // Piped, programs read it: it stays English.
  const auto words = [&](const std::string& english) {
    return output.terminal() ? output.words(english) : english;
  };
  std::string kind = words(description.kind);
  const size_t width = column_count(kind);
  if (output.terminal() && width < 10) kind += std::string(10 - width, ' ');
  std::string line = std::to_string(description.index);
  const auto add = [&](const std::string& word) {
    if (!output.terminal()) {
      line += "\t" + word;
    } else if (!word.empty()) {
      line += "  " + word;
    }
  };
  add(time);
  add(kind);
  add(printable_line(description.id));
  const std::string said = offered_english(output, description.text);
  add(printable_line(words(said)));
  add(printable_line(description.person));
  return description.urgent ? output.styled(Style::red, line) : line;
}

JsonValue JournalDescriber::json(const Description& description) {
  JsonValue document = json_document()
                           .add("journal_index", description.index)
                           .add("at", json_time(description.at))
                           .add("kind", description.kind)
                           .add("id", json_text(description.id))
                           .add("text", description.text)
                           .add("person", json_text(description.person))
                           .add("urgent", description.urgent);
  if (description.ahead_ms != 0) document.add("ahead_ms", description.ahead_ms);
  if (!description.code.empty()) {
    document.add("code", description.code)
        .add("subject", description.subject)
        .add("over", description.is_over);
  }
  return document;
}

}  // namespace hotline::client
