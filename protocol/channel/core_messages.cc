// The own messages: a person's submission becomes a released message, or the machine declines.
#include <algorithm>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/channel/core.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"
#include "protocol/message/geo.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"
#include "protocol/message/words.h"

namespace hotline {

struct Core::Release {
  EnvelopeFields envelope;  // All but id, released_at, references, parts, peer_transcript_size.
  Bytes body;
  std::vector<Reference> references;
  std::optional<SaltedText> name;
  Hash submitter{};  // Zero: the machine speaks.
  uint64_t counter = 0;
  ByteView request;         // A person's submission, as it came. Borrowed.
  std::optional<Hash> key;  // The caller's own.
};

namespace {

std::optional<FactKind> fact_of(TargetEffect effect) {
  switch (effect) {
    case TargetEffect::none:
      return std::nullopt;
    case TargetEffect::acknowledges:
      return FactKind::acknowledged;
    case TargetEffect::answers:
      return FactKind::answered;
    case TargetEffect::declines:
      return FactKind::declined;
    case TargetEffect::corrects:
      return FactKind::corrected;
    case TargetEffect::cancels:
      return FactKind::cancelled;
  }
  return std::nullopt;
}

// The roles that may send each type. Until two-person release exists, who may send also releases.
bool role_may_send(wire::Role role, wire::MessageType) {
  return role == wire::Role::operator_ || role == wire::Role::supervisor;
}

// Corrects what a body claims and the daemon knows. An acknowledgement of the future was given now,
// by the clock that counts; and the role that it names is the one in which it is sent: returns it,
// or else `draft_role`.
uint8_t correct_claims(Bytes& bytes, uint8_t draft_role, Now now) {
  auto body = open_body(bytes);
  const wire::Acknowledgement* said = body ? (*body)->content_as_acknowledgement() : nullptr;
  if (said == nullptr) return draft_role;
  if (said->at() > now.utc) {
    // It lies within `bytes`, which are ours; the field is there, for its value is not the default.
    auto* table = reinterpret_cast<flatbuffers::Table*>(const_cast<wire::Acknowledgement*>(said));
    table->SetField<int64_t>(wire::Acknowledgement::VT_AT, now.utc, 0);
  }
  return static_cast<uint8_t>(said->role());
}

std::optional<wire::Role> sending_role(const Actor& actor, uint8_t wanted, wire::MessageType type) {
  for (uint8_t role : actor.roles) {
    if ((wanted == 0 || wanted == role) && role_may_send(static_cast<wire::Role>(role), type)) {
      return static_cast<wire::Role>(role);
    }
  }
  return std::nullopt;
}

}  // namespace

void Core::submit(Now now, uint64_t token, const Actor& actor, uint64_t counter, ByteView draft,
                  std::string_view key) {
  Status status = try_submit(now, token, actor, counter, draft, key);
  if (status) return;
  noise_.record_refusal(now, actor, status.error());
  recorder_.say(AnswerSubmission{token, status.error()});
}

Status Core::try_submit(Now now, uint64_t token, const Actor& actor, uint64_t counter,
                        ByteView bytes, std::string_view key) {
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
  Bytes body_bytes(draft.body()->begin(), draft.body()->end());
  const Kind& kind = kind_of(type);
  const uint8_t wanted = kind.effect == TargetEffect::acknowledges
                             ? correct_claims(body_bytes, draft.role(), now)
                             : draft.role();
  auto role = sending_role(actor, wanted, type);
  if (!role) {
    return make_error(ErrorCode::not_allowed,
                      wanted == 0 ? actor.name + " has no role here that may send this message"
                                  : actor.name + " may not send this message as " +
                                        word(static_cast<wire::Role>(wanted), Language::en),
                      "ask an operator or a supervisor of this watch");
  }
  Release release;
  EnvelopeFields& fields = release.envelope;
  if (draft.references()) {
    for (const flatbuffers::String* id : *draft.references()) {
      auto reference = resolve(id->str());
      if (!reference) return reference.error();
      release.references.push_back(*std::move(reference));
    }
  }
  if (kind.speaks_of_another() && release.references.empty()) {
    return make_error(ErrorCode::usage,
                      "this type of message speaks of another one, and names none",
                      "name the message, for example N-000123");
  }
  fields.type = type;
  fields.precedence = static_cast<wire::Precedence>(
      kind.takes_precedence ? release.references.front().precedence : draft.precedence());
  fields.mode = draft.test_mode() ? wire::Mode::test : kind.mode(config_.channel.exercise);
  // The daemon's time counts: a workstation whose clock is fast drafted it now.
  fields.drafted_at = draft.drafted_at() != 0 ? std::min(draft.drafted_at(), now.utc) : now.utc;
  fields.drafter_role = fields.releaser_role = *role;
  fields.language = text_of(draft.language());
  fields.correction_of = text_of(draft.correction_of());
  fields.incident = text_of(draft.incident());
  if (draft.reply_by() != 0) fields.reply_by = draft.reply_by();
  if (draft.expires_at() != 0) fields.expires_at = draft.expires_at();
  if (draft.handling()) fields.handling = HandlingFields{draft.handling()->str(), std::nullopt};
  release.body = std::move(body_bytes);
  release.name = SaltedText{random_.salt(), actor.name};
  release.submitter = actor.certificate;
  release.counter = name->counter;
  release.key = name->key;
  release.request = bytes;
  auto released = this->release(now, std::move(release));
  if (!released) return released.error();
  Submission submission;
  submission.serial = *released;
  submission.journal_index = recorder_.size() - 1;
  submission.committed_at = now.utc;
  recorder_.say_once_durable(AnswerSubmission{token, submission});
  return ok();
}

Result<Core::SubmissionName> Core::name_submission(const Actor& actor, uint64_t counter,
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
    return SubmissionName{actor, last + 1, sha256({sha256({as_bytes(actor.name)}), as_bytes(key)})};
  if (counter == 0) return make_error(ErrorCode::usage, "a submission needs a counter above 0");
  if (counter > last && counter - last > limits::kCounterStepMax) {
    return make_error(ErrorCode::usage,
                      "submission " + std::to_string(counter) + " leaves out more than " +
                          std::to_string(limits::kCounterStepMax) + " after the last one, " +
                          std::to_string(last),
                      "count on from the last one");
  }
  return SubmissionName{actor, counter, std::nullopt};
}

// The same submission again: the same answer for the same bytes, a refusal for others. True: it was
// answered.
Result<bool> Core::answer_repeated(uint64_t token, const SubmissionName& name, ByteView request) {
  const std::optional<uint64_t> serial = known_submission(name);
  const bool passed_over = !name.key && name.counter <= last_counter(name.actor.certificate);
  if (!serial && !passed_over) return false;
  if (!serial) {
    return make_error(
        ErrorCode::conflict,
        "submission " + std::to_string(name.counter) + " is older than the last one of this person",
        "submit again; the client takes the next number by itself");
  }
  const MessageRecord record = own_submission(*serial);
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

// The serial of what was submitted under this name.
std::optional<uint64_t> Core::known_submission(const SubmissionName& name) {
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

// An own message, wherever it is on its way to the disk.
MessageRecord Core::own_submission(uint64_t serial) {
  if (const MessageRecord* record = gathering_own(serial)) return *record;
  if (const Batch* sealed = recorder_.sealed()) {
    for (const MessageRecord& record : sealed->messages) {
      if (!record.key.incoming && record.serial == serial) return record;
    }
  }
  auto record = recorder_.records().message({false, serial});
  if (!record) throw RecordsError("own message " + std::to_string(serial) + " is missing");
  return *std::move(record);
}

Result<Core::Reference> Core::resolve(const std::string& id) {
  auto not_found = make_error(ErrorCode::not_found, "there is no message " + id, "hotline list");
  std::optional<MessageKey> key;
  if (const auto place = parse_place(id)) {
    if (place->prefix == config_.peer_prefix) key = MessageKey{true, place->number};
  } else if (const auto serial = parse_serial(id)) {
    if (serial->prefix == config_.prefix) key = MessageKey{false, serial->number};
    if (serial->prefix == config_.peer_prefix)
      key = recorder_.records().find_incoming(serial->number);
  }
  auto record = key ? recorder_.records().message(*key) : std::nullopt;
  if (!record) return not_found;
  if (key->incoming && record->serial != 0) key = recorder_.records().find_incoming(record->serial);
  return Reference{*key, name_of(*key, record->serial), record->leaf_hash,
                   known_precedence(record->precedence), record->type};
}

// A message by its serial, or where it has none of its own by its place.
std::string Core::name_of(MessageKey key, uint64_t serial) const {
  if (!key.incoming) return format_serial(config_.prefix, key.number);
  return serial != 0 ? format_serial(config_.peer_prefix, serial)
                     : format_place(config_.peer_prefix, key.number);
}

// Gives a message its serial and records it. It is on its way: from the commit on it will be sent.
Result<uint64_t> Core::release(Now now, Release release) {
  uint64_t serial = recorder_.own().last_serial() + 1;
  EnvelopeFields& fields = release.envelope;
  fields.id = format_serial(config_.prefix, serial);
  fields.from = config_.party;
  fields.to = config_.peer;
  fields.released_at = now.utc;
  fields.peer_transcript_size = recorder_.durable().peer_size;
  for (const Reference& reference : release.references) {
    fields.references.push_back({reference.id, reference.leaf_hash});
  }
  const Hash body_salt = random_.salt();
  // Body, name and request are hashed together, which costs half as much; a machine has no more
  // than a body.
  const bool by_person = release.name.has_value();
  std::array<TwoPieces, 3> pieces;
  pieces[0] = {body_salt, release.body};
  if (by_person) {
    pieces[1] = {release.name->salt, as_bytes(release.name->text)};
    pieces[2] = {release.request, {}};
  }
  std::array<Hash, 3> hashes{};
  sha256_each(std::span<const TwoPieces>(pieces).first(by_person ? 3 : 1),
              std::span(hashes).first(by_person ? 3 : 1));
  const Hash& body_hash = hashes[0];
  const Hash& name_hash = hashes[1];
  const Hash& request_hash = hashes[2];
  if (by_person) fields.person_hash = name_hash;
  fields.parts.push_back(
      {wire::PartKind::body, static_cast<uint32_t>(release.body.size()), body_hash});
  Bytes bytes = build_envelope(fields);
  if (bytes.size() > limits::kEnvelopeSizeMax || release.body.size() > limits::kBodySizeMax) {
    return make_error(ErrorCode::refused,
                      "the message is too large (" + std::to_string(release.body.size()) +
                          " of at most " + std::to_string(limits::kBodySizeMax) + " bytes)",
                      "shorten the text");
  }
  // Built here, of a draft that was verified; so it needs no verifying, unlike the body, which came
  // as it is.
  const auto& envelope = *flatbuffers::GetRoot<wire::Envelope>(bytes.data());
  auto body = open_body(release.body);
  if (!body) return body.error();
  RulesContext context{config_.party, config_.prefix, config_.peer, config_.peer_prefix,
                       config_.channel.exercise};
  std::vector<Problem> problems = check_message(envelope, **body, context);
  if (!problems.empty()) {
    const Problem& first = problems.front();
    return make_error(ErrorCode::refused, to_string(first),
                      first.hint.empty()
                          ? "change " + first.field + " and send again; nothing was sent"
                          : first.hint);
  }

  Hash leaf = leaf_hash(bytes);
  std::optional<MessageKey> refers_to;
  if (!release.references.empty()) refers_to = release.references.front().key;
  uint64_t index = record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        wire::Digest leaf_digest = to_digest(leaf);
        wire::Digest submitter = to_digest(release.submitter);
        wire::Digest request = to_digest(request_hash);
        wire::Digest name = to_digest(name_hash);
        wire::Digest key = release.key ? to_digest(*release.key) : wire::Digest();
        wire::MessageKey target = refers_to
                                      ? wire::MessageKey(refers_to->incoming, refers_to->number)
                                      : wire::MessageKey();
        return wire::CreateReleased(
            b, serial, static_cast<uint8_t>(fields.type), static_cast<uint8_t>(fields.precedence),
            &leaf_digest, static_cast<uint32_t>(bytes.size() + release.body.size()),
            refers_to ? &target : nullptr, by_person ? &submitter : nullptr, release.counter,
            by_person ? &request : nullptr, by_person ? &name : nullptr,
            static_cast<uint8_t>(fields.releaser_role),
            kind_of(fields.type).awaits == Awaits::answer, release.key ? &key : nullptr);
      },
      release.name);
  if (refers_to) note_effect_on(now, *refers_to, **body, fields.releaser_role, index);

  MessageRecord message;
  message.key = {false, serial};
  message.serial = serial;
  message.journal_index = index;
  message.committed_at = now.utc;
  message.type = static_cast<uint8_t>(fields.type);
  message.precedence = static_cast<uint8_t>(fields.precedence);
  message.leaf_hash = leaf;
  message.body_salt = body_salt;
  message.envelope = std::move(bytes);
  message.body = std::move(release.body);
  message.submitter = release.submitter;
  message.counter = release.counter;
  if (by_person) message.request_hash = request_hash;
  gathering_own_.insert(serial, recorder_.gathering().messages.size());
  recorder_.gathering().messages.push_back(std::move(message));
  return serial;
}

const MessageRecord* Core::gathering_own(uint64_t serial) const {
  const size_t* place = gathering_own_.find(serial);
  return place == nullptr ? nullptr : &recorder_.gathering().messages[*place];
}

// What lists show of a message because another one speaks of it.
void Core::note_effect_on(Now now, MessageKey target, const wire::Body& body, wire::Role role,
                          uint64_t journal_index) {
  const auto kind = fact_of(kind_of(static_cast<uint8_t>(body.content_type())).effect);
  if (!kind) return;
  FactRecord fact{target, *kind, now.utc, journal_index, static_cast<uint16_t>(role), ""};
  if (const wire::Decline* decline = body.content_as_decline()) {
    fact.code = static_cast<uint16_t>(decline->code());
    fact.detail = text_of(decline->reason());
  }
  recorder_.gathering().facts.push_back(std::move(fact));
}

// The machine tells the peer that a message cannot stand, and the own watch that it did. What
// speaks of other messages is never declined, so that two machines cannot answer each other for
// ever.
void Core::decline(Now now, uint64_t index, const Hash& leaf, const wire::Envelope* envelope,
                   const Judgement& judgement) {
  const std::string id = name_of({true, index}, judgement.serial);
  const bool is_flash = envelope && envelope->precedence() == wire::Precedence::flash;
  noise_.alarm(now, is_flash ? NoiseKind::broken_flash : NoiseKind::broken_rule, {true, index},
               "the peer's message " + id + " breaks the rules (" + judgement.reason +
                   "): read it all the same, and tell the peer");
  if (envelope == nullptr || kind_of(envelope->type()).takes_precedence) return;
  if (!evidence_.numbering_stopped().empty() || !noise_.admit(now, NoiseKind::decline)) return;
  Release release;
  release.envelope.type = wire::MessageType::decline;
  release.envelope.precedence =
      static_cast<wire::Precedence>(known_precedence(static_cast<uint8_t>(envelope->precedence())));
  release.envelope.mode = config_.channel.exercise ? wire::Mode::exercise : wire::Mode::live;
  release.envelope.drafted_at = now.utc;
  release.envelope.drafter_role = release.envelope.releaser_role = wire::Role::machine;
  release.envelope.language = "en";
  release.references.push_back({{true, index}, id, leaf, 0, 0});
  BodyFields body;
  body.subject = "Declined: " + id;
  body.content = DeclineFields{judgement.code, judgement.reason};
  release.body = build_body(body);
  auto released = this->release(now, std::move(release));
  if (!released) {
    noise_.alarm(now, NoiseKind::broken_rule, {true, index},
                 "no DECLINE could be sent: " + released.error().reason);
  }
}

}  // namespace hotline
