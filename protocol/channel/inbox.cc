#include "protocol/channel/inbox.h"

#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/channel/misreading.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/epochs.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

// The frontier of an earlier size, from the stored hashes of its maximal subtrees.
Frontier frontier_at(const HashSource& source, uint64_t size) {
  std::vector<Hash> hashes;
  uint64_t start = 0;
  for (int level = 63; level >= 0; --level) {
    uint64_t leaves = uint64_t{1} << level;
    if ((size & leaves) == 0) continue;
    hashes.push_back(source.subtree(static_cast<uint8_t>(level), start >> level));
    start += leaves;
  }
  auto frontier = Frontier::from_hashes(size, std::move(hashes));
  HOTLINE_CHECK(frontier);
  return *std::move(frontier);
}

Inbox::Outcome refused(Refusal refusal) {
  return {Inbox::Outcome::Verdict::refused, std::move(refusal)};
}

Inbox::Outcome refused(const std::string& text) {
  return refused(Refusal{wire::CloseReason::protocol, text});
}

}  // namespace

Inbox::Outcome Inbox::on_messages(Now now, const wire::Messages& frame) {
  if (auto refusal = check_place(frame)) return refused(*std::move(refusal));
  const std::string_view note = frame.checkpoint()->string_view();
  auto checkpoint = open_checkpoint(note, trust_.peer_origin(trust_.epoch_of_peers(note)),
                                    config_.peer_keys.log, *config_.peer_keys.log_verifier);
  if (!checkpoint) return refused("the checkpoint of messages: " + checkpoint.error().reason);
  const size_t count = frame.messages()->size();
  std::vector<ByteView> envelopes;
  envelopes.reserve(count);
  size_t bytes = 0;
  for (const wire::Message* message : *frame.messages()) {
    if (message->envelope()->size() > limits::kEnvelopeSizeMax ||
        (message->body() && message->body()->size() > limits::kBodySizeMax)) {
      return refused("a message over the size limit");
    }
    envelopes.emplace_back(message->envelope()->data(), message->envelope()->size());
    bytes += message->envelope()->size() + (message->body() ? message->body()->size() : 0);
  }
  if (bytes + gathering_bytes_ + sealed_bytes_ > limits::kUncommittedMax) {
    return refused("more messages than the window allows");
  }
  if (!has_room_for(bytes, count)) return {Outcome::Verdict::no_room};
  std::vector<Hash> leaves(count);
  leaf_hashes(envelopes, leaves);
  if (auto refusal = check_leaves(now, frame, *checkpoint, leaves)) {
    return refused(*std::move(refusal));
  }
  return keep(now, frame, leaves);
}

std::optional<Refusal> Inbox::check_place(const wire::Messages& frame) const {
  const uint64_t count = frame.messages()->size();
  const uint64_t held = recorder_.peer().frontier().size();
  if (count == 0 || count > limits::kMessagesPerFrameMax || frame.first() > held) {
    return Refusal{wire::CloseReason::protocol, "messages from index " +
                                                    std::to_string(frame.first()) + " where " +
                                                    std::to_string(held) + " comes next"};
  }
  if (frame.first() < held && held != recorder_.durable().peer_size) {
    return Refusal{wire::CloseReason::protocol, "messages were sent twice on one link"};
  }
  return std::nullopt;
}

bool Inbox::has_room_for(uint64_t bytes, uint64_t count) const {
  return disk_.has_room_for(
      bytes + gathering_bytes_ + sealed_bytes_,
      count + recorder_.peer().frontier().size() - recorder_.durable().peer_size);
}

std::optional<Refusal> Inbox::check_leaves(Now now, const wire::Messages& frame,
                                           const Checkpoint& checkpoint,
                                           const std::vector<Hash>& leaves) {
  const uint64_t first = frame.first();
  const uint64_t count = leaves.size();
  const uint64_t held = recorder_.peer().frontier().size();
  Frontier frontier = first == held
                          ? recorder_.peer().frontier()
                          : frontier_at(recorder_.records().hashes(LogId::peer_transcript), first);
  for (const Hash& leaf : leaves) frontier.append(leaf);
  if (checkpoint.size != first + count || checkpoint.root != frontier.root()) {
    return Refusal{wire::CloseReason::protocol,
                   "the checkpoint does not cover the messages it came with"};
  }
  // The signature covers these leaves. If we hold others at the same places, the peer has signed
  // both.
  for (uint64_t i = first; i < std::min(held, first + count); ++i) {
    if (recorder_.records().hashes(LogId::peer_transcript).subtree(0, i) != leaves[i - first]) {
      evidence_.keep(now, wire::EvidenceKind::fork_of_peer, frame.checkpoint()->str(),
                     recorder_.durable().peer_receipt,
                     "the peer signed two different messages for place " + std::to_string(i));
      return Refusal{wire::CloseReason::claim, "two different messages for one place"};
    }
  }
  return std::nullopt;
}

Inbox::Outcome Inbox::keep(Now now, const wire::Messages& frame, const std::vector<Hash>& leaves) {
  const uint64_t first = frame.first();
  const uint64_t end = first + leaves.size();
  // All of them are looked at before one is kept: the checkpoint covers all or nothing.
  std::vector<Arrival> arrivals;
  for (uint64_t i = std::max(first, recorder_.peer().frontier().size()); i < end; ++i) {
    arrivals.push_back(open_arrival(
        *frame.messages()->Get(static_cast<flatbuffers::uoffset_t>(i - first)), leaves[i - first]));
  }
  const uint64_t first_new = end - arrivals.size();
  const uint64_t epoch =
      arrivals.empty() ? recorder_.peer().epochs().of(end) : note_epochs(arrivals, first_new);
  if (epoch != trust_.epoch_of_peers(frame.checkpoint()->string_view())) {
    return refused(Refusal{wire::CloseReason::claim,
                           "a checkpoint of another epoch than the messages that it covers"});
  }
  if (arrivals.empty()) return {Outcome::Verdict::held_before};
  if (const size_t missing = first_without_body(arrivals); missing < arrivals.size()) {
    return refused("message " + std::to_string(first_new + missing) +
                   " came without the body that its envelope names");
  }
  for (size_t i = 0; i < arrivals.size(); ++i) receive(now, first_new + i, arrivals[i]);
  checkpoint_ = *keep_signature(frame.checkpoint()->string_view(), config_.peer_keys.log);
  checkpoint_size_ = end;
  return {};
}

uint64_t Inbox::note_epochs(std::vector<Arrival>& arrivals, uint64_t first) const {
  uint64_t epoch = recorder_.peer().epochs().newest();
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const wire::Envelope* envelope = arrivals[i].known();
    if (envelope == nullptr || envelope->epoch() == nullptr) continue;
    Frontier before = recorder_.peer().frontier();
    for (size_t j = 0; j < i; ++j) before.append(arrivals[j].leaf);
    arrivals[i].begins_epoch = begins_epoch(*envelope, epoch + 1, first + i, before.root());
    if (arrivals[i].begins_epoch) ++epoch;
  }
  return epoch;
}

void Inbox::take_back(Now now, const TakenBack& message) {
  std::vector<Arrival> one;
  one.push_back({message.leaf_hash, message.envelope, message.body, message.body_salt,
                 open_envelope(ByteView(message.envelope))});
  const uint64_t index = recorder_.peer().frontier().size();
  note_epochs(one, index);
  receive(now, index, one.front());
}

void Inbox::hold_checkpoint(const std::string& note) {
  checkpoint_ = *keep_signature(note, config_.peer_keys.log);
  checkpoint_size_ = recorder_.peer().frontier().size();
}

// Its store was recovered: what it recorded by itself since its backup is lost.
void Inbox::begin_epoch(Now now, uint64_t index, const Arrival& arrival) {
  witness_.apply(recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateEpochBegan(b, true, arrival.known()->epoch()->number(), index, false);
  }));
  recorder_.alarm(now, {true, index},
                  "the peer's store was recovered: its messages go on, and what it had recorded of "
                  "its own people may be lost; ask its watch by voice what it still knows");
}

Inbox::Arrival Inbox::open_arrival(const wire::Message& message, const Hash& leaf) {
  const auto view = [](const flatbuffers::Vector<uint8_t>* bytes) {
    return bytes ? ByteView(bytes->data(), bytes->size()) : ByteView();
  };
  const ByteView envelope = view(message.envelope());
  return {leaf, envelope, view(message.body()),
          message.body_salt() ? to_hash(*message.body_salt()) : Hash{}, open_envelope(envelope)};
}

// A receipt covers envelope and body, so what the envelope names must be here. An envelope that
// cannot be read, or has no parts, names nothing, so that none can be missing: closing the link
// would close it for ever.
size_t Inbox::first_without_body(const std::vector<Arrival>& arrivals) {
  std::vector<const wire::Part*> named(arrivals.size());
  std::vector<TwoPieces> bodies(arrivals.size());  // Hashed together, which costs half as much.
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const Arrival& arrival = arrivals[i];
    if (!arrival.opened || (*arrival.opened)->parts()->size() == 0) continue;
    named[i] = (*arrival.opened)->parts()->Get(0);
    bodies[i] = {arrival.salt, arrival.body};
  }
  std::vector<Hash> hashes(arrivals.size());
  sha256_each(bodies, hashes);
  for (size_t i = 0; i < arrivals.size(); ++i) {
    if (named[i] == nullptr) continue;
    if (named[i]->size() != arrivals[i].body.size() || to_hash(*named[i]->hash()) != hashes[i]) {
      return i;
    }
  }
  return arrivals.size();
}

void Inbox::receive(Now now, uint64_t index, const Arrival& arrival) {
  Judgement judgement = judge(arrival);
  const bool says_so = arrival.known() != nullptr && arrival.known()->epoch() != nullptr;
  if (says_so && !arrival.begins_epoch && judgement.code == wire::DeclineCode::unset) {
    judgement.code = wire::DeclineCode::rule_broken;
    judgement.reason = "epoch: it does not continue this transcript";
  }
  tell_if_not_open(now, index, arrival, judgement);
  record_received(now, index, arrival, judgement);
  if (arrival.begins_epoch) begin_epoch(now, index, arrival);
  if (judgement.code != wire::DeclineCode::unset) return decline(now, index, arrival, judgement);
  if (judgement.refers_to) tell_of_target(now, arrival, judgement);
  conclude_what_was_agreed(now);
}

void Inbox::record_received(Now now, uint64_t index, const Arrival& arrival,
                            const Judgement& judgement) {
  const wire::Envelope* known = arrival.known();
  const size_t size = arrival.envelope.size() + arrival.body.size();
  MessageRecord message;
  message.key = {true, index};
  message.serial = judgement.serial;
  message.committed_at = now.utc;
  message.type = known ? static_cast<uint8_t>(known->type()) : 0;
  message.precedence = known ? static_cast<uint8_t>(known->precedence()) : 0;
  message.leaf_hash = arrival.leaf;
  message.body_salt = arrival.salt;
  message.envelope = to_bytes(arrival.envelope);
  message.body = to_bytes(arrival.body);
  gathering_bytes_ += size;
  const wire::Entry& entry = recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    wire::Digest leaf_digest = to_digest(arrival.leaf);
    wire::MessageKey target = to_wire(judgement.refers_to.value_or(MessageKey{}));
    return wire::CreateReceived(b, index, &leaf_digest, static_cast<uint32_t>(size),
                                judgement.serial, message.type, message.precedence,
                                judgement.refers_to ? &target : nullptr,
                                static_cast<uint16_t>(judgement.code),
                                known ? static_cast<uint8_t>(known->releaser_role()) : uint8_t{0},
                                judgement.answer_due, judgement.mismatch.has_value());
  });
  if (judgement.acknowledges) {
    read_backs_.note_fact(now, *judgement.refers_to, judgement.mismatch.has_value());
  }
  corrections_.apply(entry);
  read_backs_.apply(entry);
  message.journal_index = recorder_.last_index();
  recorder_.gathering().leaves.push_back({LogId::peer_transcript, index, arrival.leaf, index});
  recorder_.gathering().messages.push_back(std::move(message));
  answers_.apply(entry);
  exercise_.apply_message(entry);
  agreements_.apply(entry);
  channel_state_.apply(entry);
  cases_.apply(entry);
  if (judgement.serial != 0) {
    gathering_serials_.insert(judgement.serial, PendingLeaf{index, arrival.leaf});
  }
}

void Inbox::tell_if_not_open(Now now, uint64_t index, const Arrival& arrival,
                             const Judgement& judgement) {
  if (!arrival.known() ||
      !channel_state_.is_sent_all_the_same(*arrival.known(), judgement.serial)) {
    return;
  }
  noise_.alarm(now, NoiseKind::not_open, {true, index},
               "the peer sent " + releases_.name_of({true, index}, judgement.serial) +
                   " although the channel is not open: it is taken all the same");
}

// A message that stands, about one of ours or of the peer's.
void Inbox::tell_of_target(Now now, const Arrival& arrival, const Judgement& judgement) {
  const wire::Envelope& envelope = *arrival.known();
  const MessageKey target = *judgement.refers_to;
  auto body = open_body(arrival.body);
  note_effect_on(recorder_, answers_, now, target, **body, envelope.releaser_role());
  if (judgement.mismatch) {
    noise_.alarm_about_own(now, NoiseKind::mismatch, target,
                           "MISMATCH: the peer read back " + releases_.name_of(target, 0) + " " +
                               std::to_string(judgement.mismatch->metres) + " m and " +
                               std::to_string(judgement.mismatch->seconds) +
                               " s off: speak to them now" +
                               misreading_words(corrections_, target, **body));
  }
  if (kind_of(envelope.type()).effect == TargetEffect::declines) {
    const bool by_machine = envelope.releaser_role() == wire::Role::machine;
    noise_.alarm_about_own(
        now, by_machine ? NoiseKind::machine_declined : NoiseKind::peer_declined, target,
        std::string(by_machine ? "the peer's machine" : "the peer") + " declined " +
            releases_.name_of(target, 0) + ": " +
            shortened(text_of((*body)->content_as_decline()->reason()), limits::kPeerWordsSizeMax));
  }
}

// The machine tells the peer that a message cannot stand, and the own watch that it did. A message
// that speaks of others is never declined, so that two machines cannot answer each other for ever.
void Inbox::decline(Now now, uint64_t index, const Arrival& arrival, const Judgement& judgement) {
  const wire::Envelope* envelope = arrival.known();
  const std::string id = releases_.name_of({true, index}, judgement.serial);
  const bool is_flash = envelope && envelope->precedence() == wire::Precedence::flash;
  noise_.alarm(now, is_flash ? NoiseKind::broken_flash : NoiseKind::broken_rule, {true, index},
               "the peer's message " + id + " breaks the rules (" + judgement.reason +
                   "): read it all the same, and tell the peer");
  if (envelope == nullptr || kind_of(envelope->type()).takes_precedence) return;
  if (!evidence_.numbering_stopped().empty() || !noise_.admit(now, NoiseKind::decline)) return;
  Release release = releases_.by_machine(now, wire::MessageType::decline,
                                         static_cast<uint8_t>(envelope->precedence()));
  release.references.push_back({{true, index}, id, arrival.leaf, 0});
  BodyFields body;
  body.subject = "Declined: " + id;
  body.content = DeclineFields{judgement.code, judgement.reason};
  release.body = build_body(body);
  auto released = releases_.release(now, std::move(release));
  if (!released) {
    noise_.alarm(now, NoiseKind::broken_rule, {true, index},
                 "no DECLINE could be sent: " + released.error().reason);
  }
}

void Inbox::conclude_what_was_agreed(Now now) {
  if (const auto proposal = agreements_.to_conclude(now.utc)) {
    conclude(now, *proposal, wire::ServiceAction::agreement_concluded, kPrecedencePriority,
             "Agreement concluded: " + releases_.name_of(*proposal, 0));
  }
  if (const auto proposal = exercise_.joint().to_conclude()) {
    conclude(now, *proposal, wire::ServiceAction::exercise_clock_concluded, kPrecedenceFirst,
             "Change of the clock concluded: " + releases_.name_of(*proposal, 0));
  }
}

void Inbox::conclude(Now now, MessageKey proposal, wire::ServiceAction action, uint8_t precedence,
                     const std::string& subject) {
  const auto record = recorder_.message(proposal);
  if (!record || !evidence_.numbering_stopped().empty()) return;
  const std::string id = releases_.name_of(proposal, 0);
  Release release = releases_.by_machine(now, wire::MessageType::service, precedence);
  release.references.push_back({proposal, id, record->leaf_hash, 0});
  BodyFields body;
  body.subject = subject;
  body.content = ServiceFields{action, "", "", ""};
  if (config_.channel.exercise) {
    body.texts.push_back({"en", mark_exercise(body.subject), true, ""});
  }
  release.body = build_body(body);
  const auto released = releases_.release(now, std::move(release));
  if (!released) {
    recorder_.alarm(
        now, proposal,
        "the peer signed " + id + ", and it could not be concluded: " + released.error().reason);
  }
}

// ----------------------------------------------------------------------------------------------
// receipts

void Inbox::sign_receipt(Now now) {
  if (!owes_receipt()) return;
  const uint64_t size = recorder_.peer().frontier().size();
  uint64_t time_s = utc_seconds(now);
  std::string_view text = std::string_view(checkpoint_).substr(0, checkpoint_.find("\n\n") + 1);
  std::string note = append_signature_line(
      checkpoint_, cosign(text, time_s, config_.own_keys.receipt, *config_.receipt_signer));
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateReceiptGiven(b, size, b.CreateString(note));
  });
  recorder_.gathering().receipts.push_back(
      {LogId::peer_transcript, size, now.utc, time_s, recorder_.last_index(), note});
}

void Inbox::seal() {
  sealed_bytes_ = std::exchange(gathering_bytes_, 0);
  sealed_serials_ = std::exchange(gathering_serials_, {});
}

}  // namespace hotline
