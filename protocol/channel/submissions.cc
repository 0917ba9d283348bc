#include "protocol/channel/submissions.h"

#include <algorithm>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/channel/exercise.h"
#include "protocol/channel/misreading.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"
#include "protocol/message/serial.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

// Corrects what a body claims and the daemon knows. An acknowledgement of the future was given now,
// by the clock that counts, unless somebody signed it as it is; and the role that it names is the
// one in which it is sent: returns it, or else `draft_role`.
Result<uint8_t> correct_claims(Bytes& bytes, uint8_t draft_role, bool is_signed, Now now) {
  auto body = open_body(bytes);
  const wire::Acknowledgement* said = body ? (*body)->content_as_acknowledgement() : nullptr;
  if (said == nullptr) return draft_role;
  if (said->at() > now.utc && is_signed) {
    return make_error(ErrorCode::refused,
                      "the time of this acknowledgement is ahead of the daemon's clock",
                      "acknowledge again; the program takes the daemon's time by itself");
  }
  if (said->at() > now.utc) {
    // It lies within `bytes`, which are ours; the field is there, for its value is not the default.
    auto* table = reinterpret_cast<flatbuffers::Table*>(const_cast<wire::Acknowledgement*>(said));
    table->SetField<int64_t>(wire::Acknowledgement::VT_AT, now.utc, 0);
  }
  return static_cast<uint8_t>(said->role());
}

// The role that a DECISION names: whoever has it decides in it, also one with several.
uint8_t role_of_decision(const Bytes& bytes) {
  const auto body = open_body(bytes);
  const wire::Decision* said = body ? (*body)->content_as_decision() : nullptr;
  return said == nullptr ? 0 : static_cast<uint8_t>(said->decided_by());
}

// "FLASH text", "PRIORITY service S-000005": what was to be sent, and of which message it speaks.
std::string object_of(ByteView bytes) {
  const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  if (!draft) return "";
  const std::string object =
      std::string(precedence_label((*draft)->precedence())) + " " + type_name((*draft)->type());
  const auto* references = (*draft)->references();
  if (references == nullptr || references->size() == 0) return object;
  const std::string named = text_of(references->Get(0));
  return object + " " + printable_line(shortened(named, limits::kPeerWordsSizeMax));
}

}  // namespace

void Submissions::submit(Now now, uint64_t token, const Actor& actor, uint64_t counter,
                         ByteView draft, std::string_view key, uint64_t draft_number) {
  Status status = try_submit(now, token, actor, counter, draft, key, draft_number);
  if (status) return;
  noise_.record_refusal(now, actor, status.error(),
                        draft_number == 0 ? object_of(draft) : format_draft_name(draft_number));
  drafts_.say_of(draft_number, AnswerSubmission{token, status.error()});
}

Status Submissions::try_submit(Now now, uint64_t token, const Actor& actor, uint64_t counter,
                               ByteView bytes, std::string_view key, uint64_t draft_number) {
  auto opened = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  if (!opened) return opened.error();
  const wire::Draft& draft = **opened;
  auto name = name_submission(actor, counter, key);
  if (!name) return name.error();
  auto repeated = answer_repeated(token, *name, bytes);
  if (!repeated) return repeated.error();
  if (*repeated) return ok();

  auto type = static_cast<wire::MessageType>(draft.type());
  if (auto sendable = evidence_.check_numbering(type); !sendable) return sendable;
  if (auto room = disk_.check_release(type, draft.precedence()); !room) return room;
  Bytes body(draft.body()->begin(), draft.body()->end());
  const bool acknowledges = kind_of(type).effect == TargetEffect::acknowledges;
  const bool is_signed = !actor.signed_part.empty();
  const Result<uint8_t> wanted = acknowledges ? correct_claims(body, draft.role(), is_signed, now)
                                              : Result<uint8_t>(draft.role());
  if (!wanted) return wanted.error();
  const uint8_t decided_by = *wanted == 0 ? role_of_decision(body) : 0;
  const bool decides =
      decided_by != 0 && acting_role(actor.roles, decided_by, Right::send, type).has_value();
  std::optional<KeptDraft> kept;
  if (draft_number != 0) {
    auto found = drafts_.find_submitted(draft_number, bytes);
    if (!found) return found.error();
    kept = *std::move(found);
  }
  const auto role = sending_role(actor, decides ? decided_by : *wanted, draft, kept);
  if (!role) return role.error();
  const Status goes = kept ? drafts_.check_goes(now.utc, *kept)
                           : channel_state_.check_release(now.utc, draft.type(), draft.precedence(),
                                                          draft.danger_to_life());
  if (!goes) return goes;
  auto release = releases_.of_draft(now, draft, *role);
  if (!release) return kept ? drafts_.with_way_out(release.error(), *kept) : release.error();
  if (kept) {
    release->draft = draft_number;
    release->envelope.drafted_at = std::min(kept->saved_at, now.utc);
    release->envelope.drafter_role = static_cast<wire::Role>(kept->role);
  }
  release->body = std::move(body);
  release->name = persons_.part(now, actor);
  release->submitter = actor.certificate;
  release->counter = name->counter;
  release->key = name->key;
  release->request = bytes;
  auto entry = releases_.release(now, *std::move(release));
  if (!entry) return kept ? drafts_.with_way_out(entry.error(), *kept) : entry.error();
  apply(**entry);
  drafts_.apply(**entry);
  Submission submission;
  submission.serial = (*entry)->fact_as_Released()->serial();
  submission.journal_index = recorder_.last_index();
  submission.committed_at = now.utc;
  recorder_.say_once_durable(AnswerSubmission{token, submission});
  if (kept) drafts_.tell_waiting(now);
  const bool by_two = kept && kept->submitted.at != 0 && drafts_.check_release(*kept, actor);
  tell_of_release(now, draft, *(*entry)->fact_as_Released(), by_two);
  return ok();
}

void Submissions::tell_of_release(Now now, const wire::Draft& draft, const wire::Released& released,
                                  bool by_two) {
  const MessageKey key{false, released.serial()};
  if (!by_two && asks_two(draft, false) && !asks_two(draft, draft.danger_to_life())) {
    recorder_.alarm(now, key,
                    format_serial(config_.prefix, key.number) +
                        " was released by one person, because lives depend on it: a supervisor "
                        "must look at it now");
  }
  releases_.tell_decided_anew(now, key);
  if (channel_state_.goes_all_the_same(now.utc, draft)) {
    recorder_.alarm(now, key,
                    format_serial(config_.prefix, key.number) +
                        " goes although the channel is suspended, because lives depend on it");
  }
  if (released.refers_to() == nullptr || !released.mismatch()) return;
  const MessageKey target = from_wire(released.refers_to());
  const auto body = open_body(ByteView(draft.body()->data(), draft.body()->size()));
  const auto difference = body ? corrections_.read_back_difference(target, **body) : std::nullopt;
  if (!difference) return;
  // The watch that sent it is alarmed too, once the acknowledgement is there.
  recorder_.alarm(now, target,
                  "MISMATCH: " + corrections_.name_of(target) + " was read back " +
                      std::to_string(difference->metres) + " m and " +
                      std::to_string(difference->seconds) +
                      " s off: read it again, and acknowledge it anew" +
                      misreading_words(corrections_, target, **body));
}

bool Submissions::asks_two(const wire::Draft& draft, bool danger_to_life) const {
  if (right_about_exercise(draft)) return false;  // A stop waits for nobody.
  const TwoPersonRule& rule = config_.policy.two_person;
  const Kind& kind = kind_of(draft.type());
  if (rule.asks_two(kind, draft.precedence(), danger_to_life)) return true;
  const auto serial = parse_written_serial(released_like(draft));
  if (!serial || serial->prefix != config_.prefix) return false;
  const auto changed = recorder_.message({false, serial->number});
  return changed && rule.asks_two(kind_of(changed->type), changed->precedence, danger_to_life);
}

Result<wire::Role> Submissions::sending_role(const Actor& actor, uint8_t wanted,
                                             const wire::Draft& draft,
                                             const std::optional<KeptDraft>& kept) const {
  if (asks_two(draft, draft.danger_to_life())) {
    if (kept) return drafts_.check_release(*kept, actor);
    return make_error(ErrorCode::refused,
                      "such a message is released by another person than the one who wrote it",
                      "hotline draft save ...    then hotline draft submit");
  }
  const auto type = static_cast<wire::MessageType>(draft.type());
  const Right right = is_about_agreements(draft) ? Right::agree
                      : type == wire::MessageType::status
                          ? Right::declare
                          : right_about_exercise(draft).value_or(Right::send);
  if (const auto role = acting_role(actor.roles, wanted, right, type)) return *role;
  if (kept && kept->submitted.at != 0) return drafts_.check_release(*kept, actor);
  return make_error(ErrorCode::not_allowed,
                    wanted == 0 || !acting_role(actor.roles, 0, right, type)
                        ? actor.name + " has no role here that may send this message"
                        : actor.name + " may not send this message as " +
                              word(static_cast<wire::Role>(wanted), Language::en),
                    right == Right::send     ? "ask an operator or a supervisor of this watch"
                    : right == Right::direct ? "ask a director of this exercise"
                    : right == Right::stop_exercise ? "ask a player of this watch, or a director"
                                                    : "ask a supervisor of this watch");
}

Result<Submissions::Name> Submissions::name_submission(const Actor& actor, uint64_t counter,
                                                       std::string_view key) const {
  const uint64_t last = last_counter(actor.certificate);
  if (key.size() > limits::kIdempotencyKeySizeMax) {
    return make_error(ErrorCode::usage,
                      "the idempotency key has more than " +
                          std::to_string(limits::kIdempotencyKeySizeMax) + " bytes",
                      "take a shorter one, such as a UUID");
  }
  if (!key.empty())
    // The person's, by whatever certificate or socket they come.
    return Name{actor, last + 1, sha256({sha256({as_bytes(actor.name)}), as_bytes(key)})};
  if (counter == 0) return make_error(ErrorCode::usage, "a submission needs a counter above 0");
  if (counter > last && counter - last > limits::kCounterStepMax) {
    return make_error(ErrorCode::usage,
                      "submission " + std::to_string(counter) + " leaves out more than " +
                          std::to_string(limits::kCounterStepMax) + " after the last one, " +
                          std::to_string(last),
                      "count on from the last one");
  }
  return Name{actor, counter, std::nullopt};
}

Result<bool> Submissions::answer_repeated(uint64_t token, const Name& name, ByteView request) {
  const std::optional<uint64_t> serial = known_submission(name);
  const bool passed_over = !name.key && name.counter <= last_counter(name.actor.certificate);
  if (!serial && !passed_over) return false;
  if (!serial) {
    return make_error(
        ErrorCode::conflict,
        "submission " + std::to_string(name.counter) + " is older than the last one of this person",
        "submit again; the client takes the next number by itself");
  }
  const MessageRecord record = own_message(*serial);
  if (record.request_hash != sha256({request})) {
    if (name.key) {
      return make_error(ErrorCode::refused,
                        "the idempotency key was used before, for " +
                            format_serial(config_.prefix, *serial) + ", which says something else",
                        "give every message a key of its own");
    }
    return make_error(
        ErrorCode::conflict,
        "submission " + std::to_string(name.counter) + " was used before for another message",
        "submit again; the client takes the next number by itself");
  }
  recorder_.say_once_durable(record.journal_index,
                             AnswerSubmission{token, Submission{record.serial, record.journal_index,
                                                                record.committed_at, true}});
  return true;
}

std::optional<uint64_t> Submissions::known_submission(const Name& name) {
  if (name.key) {
    const uint64_t* serial = keyed_.find(shorten(*name.key));
    return serial == nullptr ? std::nullopt : std::optional(*serial);
  }
  if (name.counter > last_counter(name.actor.certificate)) return std::nullopt;
  for (const Batch* batch : {&std::as_const(recorder_).gathering(), recorder_.sealed()}) {
    if (batch == nullptr) continue;
    for (const MessageRecord& record : batch->messages) {
      if (!record.key.incoming && record.counter == name.counter &&
          record.submitter == name.actor.certificate) {
        return record.serial;
      }
    }
  }
  const auto key = recorder_.records().find_submission(name.actor.certificate, name.counter);
  return key ? std::optional(key->number) : std::nullopt;
}

MessageRecord Submissions::own_message(uint64_t serial) {
  if (const MessageRecord* record = releases_.gathering(serial)) return *record;
  if (const Batch* sealed = recorder_.sealed()) {
    for (const MessageRecord& record : sealed->messages) {
      if (!record.key.incoming && record.serial == serial) return record;
    }
  }
  auto record = recorder_.records().message({false, serial});
  if (!record) throw RecordsError("own message " + std::to_string(serial) + " is missing");
  return *std::move(record);
}

uint64_t Submissions::last_counter(const Hash& certificate) const {
  auto found = last_counter_.find(certificate);
  return found == last_counter_.end() ? 0 : found->second;
}

Submissions::ShortHash Submissions::shorten(const Hash& hash) {
  ShortHash half{};
  std::copy_n(hash.begin(), half.size(), half.begin());
  return half;
}

void Submissions::apply(const wire::Entry& entry) {
  const wire::Released* fact = entry.fact_as_Released();
  if (fact == nullptr) return;
  if (fact->submitter()) {
    uint64_t& last = last_counter_[to_hash(*fact->submitter())];
    last = std::max(last, fact->counter());
  }
  if (fact->key_hash()) keyed_.insert(shorten(to_hash(*fact->key_hash())), fact->serial());
}

}  // namespace hotline
