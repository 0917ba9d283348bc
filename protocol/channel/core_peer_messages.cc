// The peer's messages: a frame of them is taken whole or not at all, each is judged by the rules
// and kept whatever they say, and all are receipted together.
#include <algorithm>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"
#include "protocol/base/text.h"
#include "protocol/channel/core.h"
#include "protocol/channel/wire_frames.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/geo.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/serial.h"

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

}  // namespace

void Core::on_messages(Now now, LinkId id, const wire::Messages& frame) {
  uint64_t first = frame.first();
  uint64_t count = frame.messages()->size();
  uint64_t held = recorder_.peer().frontier().size();
  if (count == 0 || count > limits::kMessagesPerFrameMax || first > held) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "messages from index " + std::to_string(first) + " where " +
                           std::to_string(held) + " comes next");
  }
  if (first < held && held != recorder_.durable().peer_size) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "messages were sent twice on one link");
  }
  auto checkpoint = open_checkpoint(frame.checkpoint()->string_view(), trust_.peer_origin,
                                    config_.peer_keys.log, *config_.peer_keys.log_verifier);
  if (!checkpoint) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "the checkpoint of messages: " + checkpoint.error().reason);
  }
  std::vector<ByteView> envelopes;
  envelopes.reserve(count);
  size_t bytes = 0;
  Frontier frontier = first == held
                          ? recorder_.peer().frontier()
                          : frontier_at(recorder_.records().hashes(LogId::peer_transcript), first);
  for (const wire::Message* message : *frame.messages()) {
    if (message->envelope()->size() > limits::kEnvelopeSizeMax ||
        (message->body() && message->body()->size() > limits::kBodySizeMax)) {
      return refuse_link(now, id, wire::CloseReason::protocol, "a message over the size limit");
    }
    envelopes.emplace_back(message->envelope()->data(), message->envelope()->size());
    bytes += message->envelope()->size() + (message->body() ? message->body()->size() : 0);
  }
  if (bytes + gathering_peer_bytes_ + sealed_peer_bytes_ > limits::kUncommittedMax) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "more messages than the window allows");
  }
  if (!has_room_for(bytes, count)) return leave_messages(now, links_.at(id));
  std::vector<Hash> leaves(count);
  leaf_hashes(envelopes, leaves);
  for (const Hash& leaf : leaves) frontier.append(leaf);
  if (checkpoint->size != first + count || checkpoint->root != frontier.root()) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "the checkpoint does not cover the messages it came with");
  }
  // The signature covers these leaves. If we hold others at the same places, the peer has signed
  // both.
  for (uint64_t i = first; i < std::min(held, first + count); ++i) {
    if (recorder_.records().hashes(LogId::peer_transcript).subtree(0, i) != leaves[i - first]) {
      evidence_.keep(now, wire::EvidenceKind::fork_of_peer, frame.checkpoint()->str(),
                     recorder_.durable().peer_receipt,
                     "the peer signed two different messages for place " + std::to_string(i));
      return refuse_link(now, id, wire::CloseReason::claim, "two different messages for one place");
    }
  }
  // All of them are looked at before one is kept: the checkpoint covers all or nothing.
  std::vector<Arrival> arrivals;
  for (uint64_t i = std::max(first, held); i < first + count; ++i) {
    arrivals.push_back(open_arrival(
        *frame.messages()->Get(static_cast<flatbuffers::uoffset_t>(i - first)), leaves[i - first]));
  }
  const uint64_t first_new = first + count - arrivals.size();
  if (const size_t missing = first_without_body(arrivals); missing < arrivals.size()) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "message " + std::to_string(first_new + missing) +
                           " came without the body that its envelope names");
  }
  for (size_t i = 0; i < arrivals.size(); ++i) receive(now, first_new + i, arrivals[i]);
  if (!arrivals.empty()) {
    peer_checkpoint_ = *keep_signature(frame.checkpoint()->string_view(), config_.peer_keys.log);
  } else {
    send_receipt(id);  // All of it was held: the receipt was lost.
  }
}

void Core::sign_receipt(Now now) {
  uint64_t size = recorder_.peer().frontier().size();
  if (size == recorder_.peer().receipted_size()) return;
  uint64_t time_s = utc_seconds(now);
  std::string_view text =
      std::string_view(peer_checkpoint_).substr(0, peer_checkpoint_.find("\n\n") + 1);
  std::string note = append_signature_line(
      peer_checkpoint_, cosign(text, time_s, config_.own_keys.receipt, *config_.receipt_signer));
  uint64_t index = record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateReceiptGiven(b, size, b.CreateString(note));
  });
  recorder_.gathering().receipts.push_back(
      {LogId::peer_transcript, size, now.utc, time_s, index, note});
}

// A peer whose store is old learnt from our hello what it lacks. A receipt for more than it sent,
// it would have to close the link for; and that link carries what we have to say.
void Core::send_receipt(LinkId id) {
  if (recorder_.durable().peer_receipt.empty() || links_.at(id).peer_is_old) return;
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateReceipt(
                                b, b.CreateString(recorder_.durable().peer_receipt));
                          })});
}

Core::Arrival Core::open_arrival(const wire::Message& message, const Hash& leaf) {
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
size_t Core::first_without_body(const std::vector<Arrival>& arrivals) {
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

// The machine tells the peer that a message cannot stand, and the own watch that it did. What
// speaks of other messages is never declined, so that two machines cannot answer each other for
// ever.
void Core::decline(Now now, uint64_t index, const Hash& leaf, const wire::Envelope* envelope,
                   const Judgement& judgement) {
  const std::string id = releases_.name_of({true, index}, judgement.serial);
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
  release.references.push_back({{true, index}, id, leaf, 0});
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

void Core::receive(Now now, uint64_t index, const Arrival& arrival) {
  const ByteView envelope_bytes = arrival.envelope;
  const ByteView body_bytes = arrival.body;
  const Hash& leaf = arrival.leaf;
  const auto& envelope = arrival.opened;
  Judgement judgement;
  if (!envelope) {
    judgement.code = wire::DeclineCode::malformed;
    judgement.reason = envelope.error().reason;
  } else if ((*envelope)->parts()->size() == 0) {
    judgement = judge(**envelope, leaf, {});
    if (judgement.code == wire::DeclineCode::malformed)
      judgement.reason = "parts: the envelope names no body";
  } else {
    judgement = judge(**envelope, leaf, body_bytes);
  }
  const wire::Envelope* known = envelope ? envelope->get() : nullptr;

  MessageRecord message;
  message.key = {true, index};
  message.serial = judgement.serial;
  message.committed_at = now.utc;
  message.type = known ? static_cast<uint8_t>(known->type()) : 0;
  message.precedence = known ? static_cast<uint8_t>(known->precedence()) : 0;
  message.leaf_hash = leaf;
  message.body_salt = arrival.salt;
  message.envelope = to_bytes(envelope_bytes);
  message.body = to_bytes(body_bytes);
  gathering_peer_bytes_ += envelope_bytes.size() + body_bytes.size();
  message.journal_index = record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    wire::Digest leaf_digest = to_digest(leaf);
    wire::MessageKey target = judgement.refers_to ? wire::MessageKey(judgement.refers_to->incoming,
                                                                     judgement.refers_to->number)
                                                  : wire::MessageKey();
    return wire::CreateReceived(
        b, index, &leaf_digest, static_cast<uint32_t>(envelope_bytes.size() + body_bytes.size()),
        judgement.serial, message.type, message.precedence, judgement.refers_to ? &target : nullptr,
        static_cast<uint16_t>(judgement.code),
        known ? static_cast<uint8_t>(known->releaser_role()) : uint8_t{0}, judgement.answer_due,
        judgement.mismatch.has_value());
  });
  uint64_t journal_index = message.journal_index;
  recorder_.gathering().leaves.push_back({LogId::peer_transcript, index, leaf, index});
  recorder_.gathering().messages.push_back(std::move(message));
  if (judgement.serial != 0)
    gathering_peer_serials_.insert(judgement.serial, PeerLeaf{index, leaf});

  if (judgement.code != wire::DeclineCode::unset) {
    decline(now, index, leaf, known, judgement);
  } else if (judgement.refers_to) {
    auto body = open_body(body_bytes);
    const auto own_name = [&] { return releases_.name_of(*judgement.refers_to, 0); };
    note_effect_on(recorder_, now, *judgement.refers_to, **body, known->releaser_role());
    if (judgement.mismatch) {
      recorder_.gathering().facts.push_back(
          {*judgement.refers_to, FactKind::mismatch, now.utc, journal_index, 0, ""});
      noise_.alarm_about_own(now, NoiseKind::mismatch, *judgement.refers_to,
                             "MISMATCH: the peer read back " + own_name() + " " +
                                 std::to_string(judgement.mismatch->metres) + " m and " +
                                 std::to_string(judgement.mismatch->seconds) +
                                 " s off: speak to them now");
    }
    if (kind_of(known->type()).effect == TargetEffect::declines) {
      const bool by_machine = known->releaser_role() == wire::Role::machine;
      noise_.alarm_about_own(now,
                             by_machine ? NoiseKind::machine_declined : NoiseKind::peer_declined,
                             *judgement.refers_to,
                             std::string(by_machine ? "the peer's machine" : "the peer") +
                                 " declined " + own_name() + ": " +
                                 shortened(text_of((*body)->content_as_decline()->reason()),
                                           limits::kPeerWordsSizeMax));
    }
  }
}

// The rules, applied to what the peer sent. Whatever they say, the message keeps its place and gets
// its receipt.
Core::Judgement Core::judge(const wire::Envelope& envelope, const Hash& leaf, ByteView body_bytes) {
  Judgement judgement;
  auto fail = [&](wire::DeclineCode code, const std::string& reason) {
    judgement.code = code;
    judgement.reason = shortened(reason, limits::kPeerWordsSizeMax);
    return judgement;
  };
  auto serial = parse_written_serial(envelope.id()->str());
  if (!serial || serial->prefix != config_.peer_prefix || serial->number == 0) {
    return fail(wire::DeclineCode::rule_broken, "id: not a serial of this channel's other party");
  }
  if (const auto before = known_peer_leaf(serial->number)) {
    // The same message again keeps its name. Another one has none of its own, and must be read.
    if (*before == leaf) judgement.serial = serial->number;
    return fail(wire::DeclineCode::serial_reused,
                "id: " + envelope.id()->str() + " was used before");
  }
  judgement.serial = serial->number;
  auto body = open_body(body_bytes);
  if (!body) return fail(wire::DeclineCode::malformed, body.error().reason);
  RulesContext context{config_.peer, config_.peer_prefix, config_.party, config_.prefix,
                       config_.channel.exercise};
  std::vector<Problem> problems = check_message(envelope, **body, context);
  if (!problems.empty()) {
    return fail(problems.front().code, decline_reason(problems));
  }
  const Kind& kind = kind_of(envelope.type());
  judgement.answer_due = kind.awaits == Awaits::answer;
  const bool must_refer = kind.speaks_of_another();
  if (!envelope.references() || envelope.references()->size() == 0) {
    return must_refer ? fail(wire::DeclineCode::unknown_reference, "references: names no message")
                      : judgement;
  }
  const wire::Reference& named = *envelope.references()->Get(0);
  auto target = known_reference(named);
  if (!target) {
    if (!must_refer) return judgement;
    return fail(wire::DeclineCode::unknown_reference,
                "references: there is no such message " + named.id()->str());
  }
  const bool by_originator = kind.speaks_of == SpeaksOf::own;
  if (by_originator != target->incoming && must_refer) {
    return fail(wire::DeclineCode::not_originator, "references: " + named.id()->str() +
                                                       " is not its to " +
                                                       (by_originator ? "change" : "answer"));
  }
  judgement.refers_to = target;
  if (kind.effect == TargetEffect::acknowledges) {
    judgement.mismatch = read_back_mismatch(*target, **body);
  }
  return judgement;
}

// The leaf that the peer sent under this serial before, durable or not.
std::optional<Hash> Core::known_peer_leaf(uint64_t serial) {
  for (const auto* serials : {&gathering_peer_serials_, &sealed_peer_serials_}) {
    if (const PeerLeaf* found = serials->find(serial)) return found->leaf_hash;
  }
  // Serials mostly rise, so that most need no look into the store.
  if (serial > recorder_.peer().highest_serial()) return std::nullopt;
  auto key = recorder_.records().find_incoming(serial);
  if (!key) return std::nullopt;
  return recorder_.records().message(*key)->leaf_hash;
}

// Which message a received reference names; the hash must be that message's.
std::optional<MessageKey> Core::known_reference(const wire::Reference& named) {
  const Hash leaf = to_hash(*named.hash());
  if (const auto place = parse_written_place(named.id()->string_view())) {
    const auto key = key_at(*place);
    const auto record = key ? recorder_.records().message(*key) : std::nullopt;
    return record && record->leaf_hash == leaf ? key : std::nullopt;
  }
  auto serial = parse_written_serial(named.id()->str());
  if (!serial) return std::nullopt;
  if (serial->prefix == config_.prefix) {
    MessageKey key{false, serial->number};
    auto record = recorder_.records().message(key);
    return record && record->leaf_hash == leaf ? std::optional(key) : std::nullopt;
  }
  if (serial->prefix != config_.peer_prefix) return std::nullopt;
  for (const auto* serials : {&gathering_peer_serials_, &sealed_peer_serials_}) {
    const PeerLeaf* found = serials->find(serial->number);
    if (found != nullptr && found->leaf_hash == leaf) return MessageKey{true, found->index};
  }
  auto key = recorder_.records().find_incoming(serial->number);
  if (!key || recorder_.records().message(*key)->leaf_hash != leaf) return std::nullopt;
  return key;
}

std::optional<MessageKey> Core::key_at(const Serial& place) {
  if (place.prefix == config_.peer_prefix) return MessageKey{true, place.number};
  if (place.prefix != config_.prefix) return std::nullopt;
  const auto serial = recorder_.records().serial_at(place.number);
  return serial ? std::optional(MessageKey{false, *serial}) : std::nullopt;
}

// What the acknowledgement reads back against what our message said.
std::optional<ReadBackDifference> Core::read_back_mismatch(MessageKey own,
                                                           const wire::Body& acknowledgement) {
  const wire::Acknowledgement* read_back = acknowledgement.content_as_acknowledgement();
  auto record = recorder_.records().message(own);
  auto said = open_body(record->body);
  if (!said) return std::nullopt;
  ReadBackDifference difference = compare_read_back(event_point(**said), *read_back);
  return difference.mismatch ? std::optional(difference) : std::nullopt;
}

}  // namespace hotline
