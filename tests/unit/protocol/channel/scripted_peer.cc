#include "tests/unit/protocol/channel/scripted_peer.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/message/draft.h"
#include "protocol/message/serial.h"

namespace hotline {
namespace {

using flatbuffers::FlatBufferBuilder;

PartyKeys keys_of(const TestKey& log, const TestKey& receipt, const TestKey& witness) {
  PartyKeys keys;
  keys.log = log.key;
  keys.receipt = receipt.key;
  keys.witness = witness.key;
  keys.log_verifier = &log.verifier;
  keys.receipt_verifier = &receipt.verifier;
  keys.witness_verifier = &witness.verifier;
  return keys;
}

}  // namespace

void ScriptedTranscript::append(WrittenMessage message) {
  messages_.push_back(std::move(message));
}

Hash ScriptedTranscript::root_at(uint64_t size) const {
  Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.append(leaf_hash(messages_.at(i).envelope));
  return frontier.root();
}

ScriptedPeer::ScriptedPeer(CoreIs core_is)
    : core_party_(core_is == CoreIs::north ? "north" : "south"),
      peer_party_(core_is == CoreIs::north ? "south" : "north"),
      core_prefix_(core_is == CoreIs::north ? "N" : "S"),
      peer_prefix_(core_is == CoreIs::north ? "S" : "N"),
      core_log_(log_key_name(channel_, core_party_), kNoteTypeEd25519),
      core_receipt_key_(receipt_key_name(channel_, core_party_), kNoteTypeCosignatureV1),
      core_witness_key_(witness_key_name(channel_, core_party_), kNoteTypeCosignatureV1),
      peer_log_(log_key_name(channel_, peer_party_), kNoteTypeEd25519),
      peer_receipt_key_(receipt_key_name(channel_, peer_party_), kNoteTypeCosignatureV1),
      peer_witness_key_(witness_key_name(channel_, peer_party_), kNoteTypeCosignatureV1) {
  config_.party = core_party_;
  config_.peer = peer_party_;
  config_.prefix = core_prefix_;
  config_.peer_prefix = peer_prefix_;
  config_.channel = channel_;
  config_.own_keys = keys_of(core_log_, core_receipt_key_, core_witness_key_);
  config_.peer_keys = keys_of(peer_log_, peer_receipt_key_, peer_witness_key_);
  config_.log_signer = &core_log_.signer;
  config_.receipt_signer = &core_receipt_key_.signer;
  config_.witness_signer = &core_witness_key_.signer;
  config_.policy = default_policy();
  config_.version = "scripted";
}

// ----------------------------------------------------------------------------------------------
// the core's life

Status ScriptedPeer::start() {
  crash();
  return replay(disk_.journal());
}

Status ScriptedPeer::replay(const std::vector<Bytes>& journal) {
  core_ = std::make_unique<Core>(config_, disk_, random_, now_);
  for (uint64_t i = 0; i < journal.size(); ++i) {
    if (Status status = core_->replay(i, journal[i]); !status) {
      core_.reset();
      return status;
    }
  }
  if (Status status = core_->start(now_, disk_.journal_root()); !status) {
    core_.reset();
    return status;
  }
  settle();
  return ok();
}

void ScriptedPeer::crash() {
  core_.reset();
  pending_.reset();
  for (auto& [id, line] : links_) line.closed = true;
}

void ScriptedPeer::commit() {
  HOTLINE_CHECK(pending_);
  disk_.persist(*pending_);
  pending_.reset();
  core_->committed(now_);
  settle();
}

void ScriptedPeer::settle() {
  for (;;) {
    std::vector<Effect> effects = core_->take_effects();
    for (Effect& effect : effects) perform(effect);
    if (!pending_ && core_->wants_commit()) pending_ = core_->seal(now_);
    if (pending_ && !hold_commits) {
      disk_.persist(*pending_);
      pending_.reset();
      core_->committed(now_);
    } else if (effects.empty()) {
      return;
    }
  }
}

void ScriptedPeer::perform(Effect& effect) {
  if (auto* send = std::get_if<SendFrame>(&effect)) {
    note_said(send->frame);
    links_.at(send->link).said.push_back(std::move(send->frame));
  } else if (auto* close = std::get_if<CloseLink>(&effect)) {
    links_.at(close->link).closed = true;
  } else if (auto* told = std::get_if<AnswerSubmission>(&effect)) {
    answers_.insert_or_assign(told->token, told->outcome);
  } else if (auto* sound = std::get_if<SoundStep>(&effect)) {
    sounded.push_back(*sound);
  } else if (auto* start = std::get_if<StartAttempt>(&effect)) {
    attempts.push_back(start->attempt);
  } else if (auto* stop = std::get_if<StopAttempt>(&effect)) {
    stopped.push_back(stop->id);
  } else if (auto* alarm = std::get_if<Alarm>(&effect)) {
    alarms.push_back(alarm->text);
  }
}

// What the peer learns from the core's frames.
void ScriptedPeer::note_said(const Bytes& bytes) {
  auto opened = open_frame(bytes);
  HOTLINE_CHECK(opened);
  if (const wire::Messages* messages = (*opened)->body_as_Messages()) {
    sent_checkpoints_[messages->first() + messages->messages()->size()] =
        messages->checkpoint()->str();
  }
  if (const wire::Receipt* receipt = (*opened)->body_as_Receipt()) {
    core_receipt_ = receipt->note()->str();
  }
}

void ScriptedPeer::end_attempt(const Attempt& attempt, wire::Outcome outcome) {
  core_->attempt_ended(now_, attempt.name, outcome, "as the test says");
  settle();
}

void ScriptedPeer::pass(int64_t ms) {
  BootMs end = now_.boot + ms;
  while (now_.boot < end) {
    BootMs next = std::min(end, std::max(now_.boot + 1, core_->wake_at()));
    next = std::min(next, now_.boot + 500);
    now_.utc += next - now_.boot;
    now_.boot = next;
    core_->tick(now_);
    settle();
  }
}

// ----------------------------------------------------------------------------------------------
// links

LinkId ScriptedPeer::open() {
  LinkId id = ++last_link_;
  links_[id];
  core_->link_opened(now_, id, peer_party_);
  settle();
  return id;
}

LinkId ScriptedPeer::link_up(const HelloFields& hello) {
  LinkId id = open();
  say(id, frame(hello));
  if (peer_party_ < core_party_ && !is_closed(id)) say(id, adopt_frame());
  return id;
}

void ScriptedPeer::say(LinkId link, const Bytes& frame) {
  core_->frame_received(now_, link, frame);
  settle();
}

void ScriptedPeer::lose(LinkId link) {
  links_.at(link).closed = true;
  core_->link_closed(now_, link, "connection lost");
  settle();
}

wire::CloseReason ScriptedPeer::close_reason(LinkId link) const {
  auto closes = said_as<wire::Close>(link);
  return closes.empty() ? wire::CloseReason::unset : closes.back()->reason();
}

size_t ScriptedPeer::links_open() const {
  return static_cast<size_t>(std::count_if(links_.begin(), links_.end(),
                                           [](const auto& one) { return !one.second.closed; }));
}

// ----------------------------------------------------------------------------------------------
// frames

HelloFields ScriptedPeer::hello() const {
  HelloFields fields;
  fields.channel = channel_.id;
  fields.from = peer_party_;
  fields.to = core_party_;
  fields.agreement = digest(config_.policy);
  fields.clock = now_.utc;
  fields.own_checkpoint = checkpoint();
  fields.own_receipt = core_receipt_;
  fields.peer_receipt = peer_receipt_;
  fields.prefix = peer_prefix_;
  fields.peer_prefix = core_prefix_;
  return fields;
}

Bytes ScriptedPeer::frame(const HelloFields& fields) {
  return make_frame([&](FlatBufferBuilder& b) {
    auto note = [&b](const std::string& text) {
      return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(text);
    };
    wire::ChannelId channel = to_wire(fields.channel);
    wire::Digest agreement = to_digest(fields.agreement);
    auto from = b.CreateString(fields.from);
    auto to = b.CreateString(fields.to);
    auto own_checkpoint = note(fields.own_checkpoint);
    auto own_receipt = note(fields.own_receipt);
    auto peer_receipt = note(fields.peer_receipt);
    auto prefix = b.CreateString(fields.prefix);
    auto peer_prefix = b.CreateString(fields.peer_prefix);
    return wire::CreateHello(b, fields.version_min, fields.version_max, &channel, fields.exercise,
                             from, to, &agreement, fields.clock, own_checkpoint, own_receipt,
                             peer_receipt, false, false, prefix, peer_prefix);
  });
}

Bytes ScriptedPeer::adopt_frame() {
  return make_frame([](FlatBufferBuilder& b) { return wire::CreateAdopt(b); });
}

Bytes ScriptedPeer::probe_frame(uint64_t sequence, int64_t clock, bool flash_only) {
  return make_frame(
      [&](FlatBufferBuilder& b) { return wire::CreateProbe(b, sequence, clock, flash_only); });
}

Bytes ScriptedPeer::probe_reply_frame(uint64_t sequence, int64_t clock) {
  return make_frame(
      [&](FlatBufferBuilder& b) { return wire::CreateProbeReply(b, sequence, clock); });
}

Bytes ScriptedPeer::receipt_frame(const std::string& note) {
  return make_frame(
      [&](FlatBufferBuilder& b) { return wire::CreateReceipt(b, b.CreateString(note)); });
}

Bytes ScriptedPeer::messages_frame(const ScriptedTranscript& transcript, uint64_t first,
                                   uint64_t end) const {
  std::vector<TravellingMessage> messages;
  for (uint64_t i = first; i < end; ++i) {
    const WrittenMessage& one = transcript.at(i);
    messages.push_back({one.envelope, one.body, one.salt});
  }
  return make_messages_frame(first, messages, checkpoint(transcript, end));
}

// ----------------------------------------------------------------------------------------------
// the peer's transcript and notes

EnvelopeFields ScriptedPeer::envelope(wire::MessageType type) const {
  EnvelopeFields fields;
  fields.id = format_serial(peer_prefix_, last_serial + 1);
  fields.type = type;
  fields.precedence = wire::Precedence::routine;
  fields.mode = wire::Mode::live;
  fields.from = peer_party_;
  fields.to = core_party_;
  fields.drafted_at = fields.released_at = now_.utc;
  fields.drafter_role = fields.releaser_role = wire::Role::operator_;
  fields.person_hash = sha256({as_bytes("Ben")});
  fields.language = "en";
  return fields;
}

BodyFields ScriptedPeer::text_body(const std::string& text) {
  BodyFields body;
  body.subject = "Observation";
  body.texts.push_back({"en", text, true, ""});
  body.content = TextContentFields{};
  return body;
}

WrittenMessage ScriptedPeer::write(EnvelopeFields envelope, const BodyFields& body) {
  WrittenMessage message;
  message.body = build_body(body);
  message.salt = sha256({as_bytes("salt of "), as_bytes(envelope.id)});
  envelope.parts = {describe_part(wire::PartKind::body, message.salt, message.body)};
  message.envelope = build_envelope(envelope);
  return message;
}

WrittenMessage ScriptedPeer::text(const std::string& text) {
  WrittenMessage message = write(envelope(wire::MessageType::text), text_body(text));
  ++last_serial;
  return message;
}

WrittenMessage ScriptedPeer::answering(wire::MessageType type, const ContentFields& content,
                                       const std::string& id, const Hash& leaf, wire::Role role) {
  EnvelopeFields fields = envelope(type);
  fields.drafter_role = fields.releaser_role = role;
  fields.references.push_back({id, leaf});
  BodyFields body;
  body.subject = "About " + id;
  body.content = content;
  ++last_serial;
  return write(std::move(fields), body);
}

std::string ScriptedPeer::checkpoint(const ScriptedTranscript& transcript, uint64_t size) const {
  Ed25519Signer signer = test_signer(peer_log_.key.name);
  return sign_checkpoint(
      {transcript_origin(channel_, peer_party_, 0), size, transcript.root_at(size)}, peer_log_.key,
      signer);
}

std::string ScriptedPeer::receipt(uint64_t size) {
  peer_receipt_ = receipt_on(sent_checkpoints_.at(size));
  return peer_receipt_;
}

std::string ScriptedPeer::receipt_on(const std::string& checkpoint_note) const {
  Ed25519Signer signer = test_signer(peer_receipt_key_.key.name);
  std::string text = checkpoint_note.substr(0, checkpoint_note.find("\n\n") + 1);
  return append_signature_line(checkpoint_note, cosign(text, static_cast<uint64_t>(now_.utc) / 1000,
                                                       peer_receipt_key_.key, signer));
}

std::string ScriptedPeer::journal_checkpoint(const MemoryHashSource& log, uint64_t size) const {
  Ed25519Signer signer = test_signer(peer_log_.key.name);
  return sign_checkpoint(
      {journal_origin(channel_, peer_party_, 0), size, hotline::root_at(log, size)}, peer_log_.key,
      signer);
}

Bytes ScriptedPeer::journal_offer_frame(const std::string& checkpoint_note, uint64_t old_size,
                                        const std::vector<Hash>& proof) {
  return make_frame([&](FlatBufferBuilder& b) {
    std::vector<wire::Digest> hashes;
    for (const Hash& hash : proof) hashes.push_back(to_digest(hash));
    auto note = b.CreateString(checkpoint_note);
    return wire::CreateJournalOffer(b, note, old_size, b.CreateVectorOfStructs(hashes));
  });
}

Bytes ScriptedPeer::journal_cosigned_frame(const std::string& offered_note) const {
  Ed25519Signer signer = test_signer(peer_witness_key_.key.name);
  std::string text = offered_note.substr(0, offered_note.find("\n\n") + 1);
  std::string cosigned = append_signature_line(
      offered_note,
      cosign(text, static_cast<uint64_t>(now_.utc) / 1000, peer_witness_key_.key, signer));
  return make_frame([&](FlatBufferBuilder& b) {
    return wire::CreateJournalCosigned(b, b.CreateString(cosigned));
  });
}

// ----------------------------------------------------------------------------------------------
// the core's own people

uint64_t ScriptedPeer::submit(wire::MessageType type, wire::Precedence precedence,
                              const BodyFields& body, const std::vector<std::string>& references) {
  FlatBufferBuilder b;
  auto language = b.CreateString("en");
  auto ids = b.CreateVectorOfStrings(references);
  auto bytes = b.CreateVector(build_body(body));
  wire::DraftBuilder draft(b);
  draft.add_type(static_cast<uint8_t>(type));
  draft.add_precedence(static_cast<uint8_t>(precedence));
  draft.add_language(language);
  draft.add_references(ids);
  draft.add_body(bytes);
  b.Finish(draft.Finish(), kDraftIdentifier);
  uint64_t token = ++last_token_;
  Actor ann{"Ann", sha256({as_bytes("Ann")}), {static_cast<uint8_t>(wire::Role::operator_)}};
  core_->submit(now_, token, ann, token, {b.GetBufferPointer(), b.GetSize()});
  settle();
  return token;
}

uint64_t ScriptedPeer::submit_text(const std::string& text, wire::Precedence precedence) {
  return submit(wire::MessageType::text, precedence, text_body(text));
}

std::optional<Result<Submission>> ScriptedPeer::answer(uint64_t token) const {
  auto found = answers_.find(token);
  if (found == answers_.end()) return std::nullopt;
  return found->second;
}

size_t ScriptedPeer::alarms_with(const std::string& words) const {
  return static_cast<size_t>(std::count_if(
      alarms.begin(), alarms.end(),
      [&](const std::string& alarm) { return alarm.find(words) != std::string::npos; }));
}

}  // namespace hotline
