#include "tests/unit/protocol/channel/scripted_peer.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/channel/policy_text.h"
#include "protocol/message/serial.h"
#include "tests/made_draft.h"

namespace hotline {
using flatbuffers::FlatBufferBuilder;

void ScriptedTranscript::append(WrittenMessage message) {
  messages_.push_back(std::move(message));
}

Hash ScriptedTranscript::root_at(uint64_t size) const {
  Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.append(leaf_hash(messages_.at(i).envelope));
  return frontier.root();
}

ScriptedPeer::ScriptedPeer(CoreIs core_is)
    : DrivenCore(random_),
      core_keys_(channel_, core_is == CoreIs::north ? "north" : "south"),
      peer_keys_(channel_, core_is == CoreIs::north ? "south" : "north"),
      config_(test_core_config(channel_, core_keys_, peer_keys_)) {
  config_.version = "scripted";  // As the golden conversation has it.
}

// ----------------------------------------------------------------------------------------------
// the core's life

Status ScriptedPeer::start() {
  crash();
  return replay(disk().journal());
}

Status ScriptedPeer::replay(const std::vector<Bytes>& journal) {
  return DrivenCore::start(config_, journal);
}

void ScriptedPeer::crash() {
  DrivenCore::crash();
  for (auto& [id, line] : links_) line.closed = true;
}

void ScriptedPeer::perform(SendFrame& send) {
  note_said(send.frame);
  links_.at(send.link).said.push_back(std::move(send.frame));
}

// The peer learns from the core's frames.
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
  core().attempt_ended(now_, attempt.name, outcome, "as the test says");
  settle();
}

void ScriptedPeer::pass(int64_t ms) {
  BootMs end = now_.boot + ms;
  while (now_.boot < end) {
    BootMs next = std::min(end, std::max(now_.boot + 1, core().wake_at()));
    next = std::min(next, now_.boot + 500);
    advance(next - now_.boot);
    tick();
    settle();
  }
}

// ----------------------------------------------------------------------------------------------
// links

LinkId ScriptedPeer::open() {
  LinkId id = ++last_link_;
  links_[id];
  core().link_opened(now_, id, peer_keys_.party);
  settle();
  return id;
}

LinkId ScriptedPeer::link_up(const HelloFields& hello) {
  LinkId id = open();
  say(id, frame(hello));
  if (peer_keys_.party < core_keys_.party && !is_closed(id)) say(id, adopt_frame());
  return id;
}

void ScriptedPeer::say(LinkId link, const Bytes& frame) {
  core().frame_received(now_, link, frame);
  settle();
}

void ScriptedPeer::lose(LinkId link) {
  links_.at(link).closed = true;
  core().link_closed(now_, link, "connection lost");
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
  fields.from = peer_keys_.party;
  fields.to = core_keys_.party;
  fields.agreement = digest(config_.policy);
  fields.clock = now_.utc;
  fields.own_checkpoint = checkpoint();
  fields.own_receipt = core_receipt_;
  fields.peer_receipt = peer_receipt_;
  fields.prefix = config_.peer_prefix;
  fields.peer_prefix = config_.prefix;
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
  fields.id = format_serial(config_.peer_prefix, last_serial + 1);
  fields.type = type;
  fields.precedence = wire::Precedence::routine;
  fields.mode = wire::Mode::live;
  fields.from = peer_keys_.party;
  fields.to = core_keys_.party;
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
  Ed25519Signer signer = test_signer(peer_keys_.log.key.name);
  return sign_checkpoint(
      {transcript_origin(channel_, peer_keys_.party, 0), size, transcript.root_at(size)},
      peer_keys_.log.key, signer);
}

std::string ScriptedPeer::receipt(uint64_t size) {
  peer_receipt_ = receipt_on(sent_checkpoints_.at(size));
  return peer_receipt_;
}

std::string ScriptedPeer::receipt_on(const std::string& checkpoint_note) const {
  Ed25519Signer signer = test_signer(peer_keys_.receipt.key.name);
  std::string text = checkpoint_note.substr(0, checkpoint_note.find("\n\n") + 1);
  return append_signature_line(checkpoint_note, cosign(text, static_cast<uint64_t>(now_.utc) / 1000,
                                                       peer_keys_.receipt.key, signer));
}

std::string ScriptedPeer::journal_checkpoint(const MemoryHashSource& log, uint64_t size) const {
  Ed25519Signer signer = test_signer(peer_keys_.log.key.name);
  return sign_checkpoint(
      {journal_origin(channel_, peer_keys_.party, 0), size, hotline::root_at(log, size)},
      peer_keys_.log.key, signer);
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
  Ed25519Signer signer = test_signer(peer_keys_.witness.key.name);
  std::string text = offered_note.substr(0, offered_note.find("\n\n") + 1);
  std::string cosigned = append_signature_line(
      offered_note,
      cosign(text, static_cast<uint64_t>(now_.utc) / 1000, peer_keys_.witness.key, signer));
  return make_frame([&](FlatBufferBuilder& b) {
    return wire::CreateJournalCosigned(b, b.CreateString(cosigned));
  });
}

// ----------------------------------------------------------------------------------------------
// the core's own people

uint64_t ScriptedPeer::submit(wire::MessageType type, wire::Precedence precedence,
                              const BodyFields& body, const std::vector<std::string>& references) {
  const Bytes draft =
      made_draft(type, static_cast<uint8_t>(precedence), build_body(body), references);
  uint64_t token = ++last_token_;
  Actor ann{"Ann", sha256({as_bytes("Ann")}), {static_cast<uint8_t>(wire::Role::operator_)}};
  core().submit(now_, token, ann, token, draft);
  settle();
  return token;
}

uint64_t ScriptedPeer::submit_text(const std::string& text, wire::Precedence precedence) {
  return submit(wire::MessageType::text, precedence, text_body(text));
}

std::optional<Result<Submission>> ScriptedPeer::answer(uint64_t token) const {
  auto found = answers.find(token);
  if (found == answers.end()) return std::nullopt;
  return found->second;
}

size_t ScriptedPeer::alarms_with(const std::string& words) const {
  return static_cast<size_t>(std::count_if(
      alarms.begin(), alarms.end(),
      [&](const std::string& alarm) { return alarm.find(words) != std::string::npos; }));
}

}  // namespace hotline
