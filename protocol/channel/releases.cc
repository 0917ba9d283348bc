#include "protocol/channel/releases.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

namespace hotline {
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
    case TargetEffect::disseminates:
      return FactKind::disseminated;
  }
  return std::nullopt;
}

// An acceptance is said of a conflict, and a correction takes it back: the notice that it names is
// not answered by it.
bool accepts_conflict_of(Recorder& recorder, MessageKey target, const wire::Body& body) {
  if (!accepts_conflict(body)) return false;
  const auto notice = recorder.message(target);
  return notice && kind_of(notice->type).is_notice();
}

// A role in which this draft can be released, as far as its content says.
wire::Role fitting_role(const wire::Draft& draft, const wire::Body& body) {
  if (const wire::Decision* decision = body.content_as_decision()) return decision->decided_by();
  return right_about_exercise(draft) ? wire::Role::director : wire::Role::supervisor;
}

std::vector<std::string> names_of(const Release& release) {
  std::vector<std::string> names;
  for (const NamedMessage& one : release.references) names.push_back(one.id);
  return names;
}

}  // namespace

Result<Release> Releases::of_draft(Now now, const wire::Draft& draft, wire::Role role) {
  Release release;
  if (draft.references()) {
    for (const flatbuffers::String* id : *draft.references()) {
      auto named = resolve(id->str());
      if (!named) return named.error();
      release.references.push_back(*std::move(named));
    }
  }
  const Kind& kind = kind_of(draft.type());
  if (kind.speaks_of_another() && release.references.empty()) {
    return make_error(ErrorCode::usage,
                      "this type of message speaks of another one, and names none",
                      "name the message, for example N-000123");
  }
  EnvelopeFields& fields = release.envelope;
  fields = envelope_fields_of(draft, config_.channel.exercise, now.utc);
  if (kind.takes_precedence) {
    // Else two watches might acknowledge each other's acknowledgements without end.
    const NamedMessage& about = release.references.front();
    const auto record = recorder_.message(about.key);
    const Kind* spoken_of = record ? &kind_of(record->type) : nullptr;
    if (spoken_of != nullptr && spoken_of->takes_precedence) {
      return make_error(ErrorCode::refused,
                        about.id + " is of type " + word(spoken_of->type, Language::en) +
                            ", and nothing is due on it",
                        "hotline show " + about.id);
    }
    fields.precedence = static_cast<wire::Precedence>(about.precedence);
  }
  fields.drafter_role = fields.releaser_role = role;
  return release;
}

Status Releases::check_draft(Now now, ByteView draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft, kDraftIdentifier);
  if (!opened) return opened.error();
  const auto* said = (*opened)->body();
  const Bytes bytes(said->begin(), said->end());
  const auto body = open_body(bytes);
  if (!body) return body.error();
  auto release = of_draft(now, **opened, fitting_role(**opened, **body));
  if (!release) return release.error();
  complete(now, *release);
  release->envelope.person_hash = Hash{};
  release->envelope.parts.push_back(
      {wire::PartKind::body, static_cast<uint32_t>(bytes.size()), Hash{}});
  release->body = bytes;
  return check(*release, build_envelope(release->envelope), body);
}

void Releases::complete(Now now, Release& release) const {
  release.serial = std::max(release.serial, recorder_.own().last_serial() + 1);
  EnvelopeFields& fields = release.envelope;
  fields.id = format_serial(config_.prefix, release.serial);
  fields.from = config_.party;
  fields.to = config_.peer;
  fields.released_at = now.utc;
  fields.peer_transcript_size = recorder_.durable().peer_size;
  for (const NamedMessage& named : release.references) {
    fields.references.push_back({named.id, named.leaf_hash});
  }
}

Result<const wire::Entry*> Releases::release(Now now, Release release) {
  complete(now, release);
  const uint64_t serial = release.serial;
  EnvelopeFields& fields = release.envelope;
  const Hash body_salt = random_.salt();
  const Hashes hashes = hash(release, body_salt);
  if (release.name) fields.person_hash = hashes.name;
  fields.parts.push_back(
      {wire::PartKind::body, static_cast<uint32_t>(release.body.size()), hashes.body});
  Bytes envelope = build_envelope(fields);
  const Bytes bytes = release.body;
  auto body = open_body(bytes);
  if (Status sendable = check(release, envelope, body); !sendable) return sendable.error();
  return &keep(now, std::move(release), serial, std::move(envelope), body_salt, hashes,
               body->get());
}

const wire::Entry& Releases::keep(Now now, Release release, uint64_t serial, Bytes envelope,
                                  const Hash& body_salt, const Hashes& hashes,
                                  const wire::Body* body) {
  const EnvelopeFields& fields = release.envelope;
  const bool refers = !release.references.empty();
  const bool acknowledges = refers && kind_of(fields.type).effect == TargetEffect::acknowledges;
  const MessageKey target = refers ? release.references.front().key : MessageKey{};
  const bool differs =
      acknowledges && body && corrections_.read_back_difference(target, *body).has_value();
  MessageRecord message;
  message.leaf_hash = leaf_hash(envelope);
  const wire::Entry& entry = record(now, release, serial, message.leaf_hash, hashes,
                                    envelope.size() + release.body.size(), differs);
  if (acknowledges) read_backs_.note_fact(now, target, differs);
  corrections_.apply(entry);
  read_backs_.apply(entry);
  message.key = {false, serial};
  message.serial = serial;
  message.journal_index = recorder_.last_index();
  message.committed_at = now.utc;
  message.type = static_cast<uint8_t>(fields.type);
  message.precedence = static_cast<uint8_t>(fields.precedence);
  message.body_salt = body_salt;
  message.envelope = std::move(envelope);
  message.body = std::move(release.body);
  message.submitter = release.submitter;
  message.counter = release.counter;
  if (release.name) message.request_hash = hashes.request;
  gathering_.insert(serial, recorder_.gathering().messages.size());
  recorder_.gathering().messages.push_back(std::move(message));
  answers_.apply(entry);
  exercise_.apply_message(entry);
  agreements_.apply(entry);
  channel_state_.apply(entry);
  cases_.apply(entry);
  if (refers && body) {
    note_effect_on(recorder_, answers_, now, target, *body, fields.releaser_role);
  }
  return entry;
}

Release Releases::by_machine(Now now, wire::MessageType type, uint8_t precedence) const {
  Release release;
  release.envelope.type = type;
  release.envelope.precedence = static_cast<wire::Precedence>(known_precedence(precedence));
  release.envelope.mode = config_.channel.exercise ? wire::Mode::exercise : wire::Mode::live;
  release.envelope.drafted_at = now.utc;
  release.envelope.drafter_role = release.envelope.releaser_role = wire::Role::machine;
  release.envelope.language = "en";
  return release;
}

void Releases::take_back(Now now, uint64_t serial, TakenBack message) {
  const auto opened = open_envelope(message.envelope);
  const wire::Envelope& envelope = **opened;
  Release release;
  release.taken_back = true;
  release.envelope.type = envelope.type();
  release.envelope.precedence = envelope.precedence();
  release.envelope.releaser_role = envelope.releaser_role();
  if (envelope.references() && envelope.references()->size() > 0) {
    auto named = resolve(envelope.references()->Get(0)->id()->str());
    if (named) release.references.push_back(*std::move(named));
  }
  const Bytes bytes = message.body;
  const auto body = open_body(bytes);
  release.body = std::move(message.body);
  keep(now, std::move(release), serial, std::move(message.envelope), message.body_salt, {},
       body ? body->get() : nullptr);
}

// Body, name and request are hashed together, which costs half as much; a machine has no more than
// a body.
Releases::Hashes Releases::hash(const Release& release, const Hash& body_salt) {
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
  return {hashes[0], hashes[1], hashes[2]};
}

Status Releases::check(const Release& release, const Bytes& envelope_bytes,
                       const Result<Opened<wire::Body>>& body) const {
  if (envelope_bytes.size() > limits::kEnvelopeSizeMax ||
      release.body.size() > limits::kBodySizeMax) {
    return make_error(ErrorCode::refused,
                      "the message is too large (" + std::to_string(release.body.size()) +
                          " of at most " + std::to_string(limits::kBodySizeMax) + " bytes)",
                      "shorten the text");
  }
  if (!body) return body.error();
  // Built here, of a draft that was verified; so it needs no verifying, unlike the body, which came
  // as it is.
  const auto& envelope = *flatbuffers::GetRoot<wire::Envelope>(envelope_bytes.data());
  RulesContext context{config_.party, config_.prefix, config_.peer, config_.peer_prefix,
                       config_.channel.exercise};
  std::vector<Problem> problems = check_message(envelope, **body, context);
  if (problems.empty()) problems = check_expiry(envelope, **body);
  if (problems.empty()) {
    if (Status apart = conflicts_.check_reason(**body); !apart) return apart;
    const bool refers = !release.references.empty();
    const MessageKey target = refers ? release.references.front().key : MessageKey{};
    const auto named = refers ? std::optional(target) : std::nullopt;
    Status agreed = agreements_.check(false, envelope, **body, named);
    if (agreed) agreed = exercise_.check_message(false, envelope, **body, named);
    if (agreed) agreed = channel_state_.check(false, envelope, **body);
    if (agreed) agreed = cases_.check(envelope, **body);
    if (!agreed || !refers) return agreed;
    Status fits = corrections_.check(target, envelope, **body);
    if (fits) fits = answers_.check(target, **body);
    if (fits) fits = conflicts_.check_meant(**body, names_of(release));
    return fits ? conflicts_.check_moved(target, **body, envelope.released_at()) : fits;
  }
  const Problem& first = problems.front();
  return make_error(ErrorCode::refused, to_string(first),
                    first.hint.empty()
                        ? "change " + first.field + " and send again; nothing was sent"
                        : first.hint);
}

const wire::Entry& Releases::record(Now now, const Release& release, uint64_t serial,
                                    const Hash& leaf, const Hashes& hashes, size_t size,
                                    bool read_back_differs) {
  const EnvelopeFields& fields = release.envelope;
  const bool by_person = release.name.has_value();
  const bool refers = !release.references.empty();
  return recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        wire::Digest leaf_digest = to_digest(leaf);
        wire::Digest submitter = to_digest(release.submitter);
        wire::Digest request = to_digest(hashes.request);
        wire::Digest name = to_digest(hashes.name);
        wire::Digest key = release.key ? to_digest(*release.key) : wire::Digest();
        wire::MessageKey target =
            refers ? to_wire(release.references.front().key) : wire::MessageKey();
        return wire::CreateReleased(
            b, serial, static_cast<uint8_t>(fields.type), static_cast<uint8_t>(fields.precedence),
            &leaf_digest, static_cast<uint32_t>(size), refers ? &target : nullptr,
            by_person ? &submitter : nullptr, release.counter, by_person ? &request : nullptr,
            by_person ? &name : nullptr, static_cast<uint8_t>(fields.releaser_role),
            kind_of(fields.type).awaits == Awaits::answer, release.key ? &key : nullptr,
            release.draft, read_back_differs, release.taken_back);
      },
      release.name);
}

const MessageRecord* Releases::gathering(uint64_t serial) const {
  const size_t* place = gathering_.find(serial);
  return place == nullptr ? nullptr : &std::as_const(recorder_).gathering().messages[*place];
}

std::string Releases::name_of(MessageKey key, uint64_t serial) const {
  if (!key.incoming) return format_serial(config_.prefix, key.number);
  return format_peers_name(config_.peer_prefix, serial, key.number);
}

Result<NamedMessage> Releases::resolve(const std::string& id) {
  auto not_found = make_error(ErrorCode::not_found, "there is no message " + id, "hotline list");
  auto key = recorder_.find_named(config_, id);
  auto record = key ? recorder_.records().message(*key) : std::nullopt;
  if (!record) return not_found;
  if (key->incoming && record->serial != 0) key = recorder_.records().find_incoming(record->serial);
  return NamedMessage{*key, name_of(*key, record->serial), record->leaf_hash,
                      known_precedence(record->precedence)};
}

void note_effect_on(Recorder& recorder, const Answers& answers, Now now, MessageKey target,
                    const wire::Body& body, wire::Role role) {
  auto kind = fact_of(kind_of(static_cast<uint8_t>(body.content_type())).effect);
  if (!kind || accepts_conflict_of(recorder, target, body)) return;
  if (kind == FactKind::answered && !answers.is_answered(target)) {
    kind = FactKind::answered_in_part;
  }
  FactRecord fact{target, *kind, now.utc, recorder.last_index(), static_cast<uint16_t>(role), ""};
  if (const wire::Decline* decline = body.content_as_decline()) {
    fact.code = static_cast<uint16_t>(decline->code());
    fact.detail = text_of(decline->reason());
  } else if (const wire::Dissemination* told = body.content_as_dissemination()) {
    fact.code = static_cast<uint16_t>(told->audience());
    fact.at = std::min(told->at(), now.utc);
  }
  recorder.gathering().facts.push_back(std::move(fact));
}

}  // namespace hotline
