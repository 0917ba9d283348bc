// The rules, and what we hold already, applied to a message of the peer.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/inbox.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {

// The rules, applied to what the peer sent. Whatever they say, the message keeps its place and gets
// its receipt.
Inbox::Judgement Inbox::judge(const Arrival& arrival) {
  Judgement judgement;
  const wire::Envelope* envelope = arrival.known();
  if (envelope == nullptr) {
    judgement.code = wire::DeclineCode::malformed;
    judgement.reason = arrival.opened.error().reason;
  } else if (envelope->parts()->size() == 0) {
    judgement = judge_rules(*envelope, arrival.leaf, {});
    if (judgement.code == wire::DeclineCode::malformed)
      judgement.reason = "parts: the envelope names no body";
  } else {
    judgement = judge_rules(*envelope, arrival.leaf, arrival.body);
  }
  return judgement;
}

Inbox::Judgement Inbox::judge_rules(const wire::Envelope& envelope, const Hash& leaf,
                                    ByteView body_bytes) {
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
  if (const auto before = known_leaf(serial->number)) {
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
  const bool refers = envelope.references() && envelope.references()->size() > 0;
  if (!refers && must_refer) {
    return fail(wire::DeclineCode::unknown_reference, "references: names no message");
  }
  auto target = refers ? known_reference(*envelope.references()->Get(0)) : std::nullopt;
  Status agreed = agreements_.check(true, envelope, **body, target);
  if (agreed) agreed = channel_state_.check(true, envelope, **body);
  if (agreed) agreed = exercise_.check_message(true, envelope, **body, target);
  if (!agreed) return fail(wire::DeclineCode::rule_broken, agreed.error().reason);
  if (!target && !must_refer) return judgement;
  const wire::Reference& named = *envelope.references()->Get(0);
  if (!target) {
    return fail(wire::DeclineCode::unknown_reference,
                "references: there is no such message " + named.id()->str());
  }
  const bool by_originator = kind.speaks_of == SpeaksOf::own;
  if (by_originator != target->incoming && must_refer) {
    return fail(wire::DeclineCode::not_originator, "references: " + named.id()->str() +
                                                       " is not its to " +
                                                       (by_originator ? "change" : "answer"));
  }
  Status fits = corrections_.check(*target, envelope, **body);
  if (fits) fits = answers_.check(*target, **body);
  if (!fits) return fail(wire::DeclineCode::rule_broken, fits.error().reason);
  judgement.refers_to = target;
  if (kind.effect == TargetEffect::acknowledges) {
    judgement.acknowledges = true;
    judgement.mismatch = corrections_.read_back_difference(*target, **body);
  }
  return judgement;
}

// The leaf that the peer sent under this serial before, durable or not.
std::optional<Hash> Inbox::known_leaf(uint64_t serial) {
  for (const auto* serials : {&gathering_serials_, &sealed_serials_}) {
    if (const PendingLeaf* found = serials->find(serial)) return found->leaf_hash;
  }
  // Serials mostly rise, so that most need no look into the store.
  if (serial > recorder_.peer().highest_serial()) return std::nullopt;
  auto key = recorder_.records().find_incoming(serial);
  if (!key) return std::nullopt;
  return recorder_.records().message(*key)->leaf_hash;
}

// Which message a received reference names; the hash must be that message's.
std::optional<MessageKey> Inbox::known_reference(const wire::Reference& named) {
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
  for (const auto* serials : {&gathering_serials_, &sealed_serials_}) {
    const PendingLeaf* found = serials->find(serial->number);
    if (found != nullptr && found->leaf_hash == leaf) return MessageKey{true, found->index};
  }
  auto key = recorder_.records().find_incoming(serial->number);
  if (!key || recorder_.records().message(*key)->leaf_hash != leaf) return std::nullopt;
  return key;
}

std::optional<MessageKey> Inbox::key_at(const Serial& place) {
  if (place.prefix == config_.peer_prefix) return MessageKey{true, place.number};
  if (place.prefix != config_.prefix) return std::nullopt;
  const auto serial = recorder_.records().serial_at(place.number);
  return serial ? std::optional(MessageKey{false, *serial}) : std::nullopt;
}

}  // namespace hotline
