#include "protocol/channel/conflict_digests.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

bool bears_on_conflicts(uint8_t type) {
  const Kind& kind = kind_of(type);
  return kind.is_notice() || kind.changes_another() || kind.effect == TargetEffect::answers;
}

}  // namespace

void ConflictDigests::apply_durable(const wire::Entry& entry) {
  durable_changes_ += Corrections::is_change(entry);
  if (const wire::Released* own = entry.fact_as_Released()) {
    own_ += bears_on_conflicts(own->type());
  } else if (const wire::Received* peers = entry.fact_as_Received()) {
    peers_ += bears_on_conflicts(peers->type());
  }
}

// A line for each, of the party with the lesser id first: serial, last correction, volume, and
// whether it accepts; the same of the other; then how near they come and when.
Hash ConflictDigests::digest(UtcMs from) const {
  const bool own_first = config_.party < config_.peer;
  const auto side = [](uint64_t serial, uint64_t version, uint32_t volume, bool accepts) {
    return std::array{serial, version, uint64_t{volume}, uint64_t{accepts}};
  };
  std::map<std::array<uint64_t, 8>, Nearness> lines;
  for (const auto& [pair, known] : conflicts_.known()) {
    const auto standing = conflicts_.standing(pair, from);
    if (!standing) continue;
    const Conflict& one = *standing;
    auto first = side(one.own.number, one.own_version, one.own_volume, one.accepted_by_us);
    auto second = side(one.peers_serial, one.peers_version, one.peers_volume, one.accepted_by_peer);
    if (!own_first) std::swap(first, second);
    std::array<uint64_t, 8> line{};
    std::copy(first.begin(), first.end(), line.begin());
    std::copy(second.begin(), second.end(), line.begin() + first.size());
    lines.emplace(line, one.nearness);
  }
  std::string text = "hotline conflicts v1\n";
  for (const auto& [line, near] : lines) {
    for (const uint64_t number : line) text += std::to_string(number) + " ";
    text += std::to_string(near.horizontal_m) + " " + std::to_string(near.vertical_m) + " " +
            std::to_string(near.time_s) + " " + std::to_string(near.from) + " " +
            std::to_string(near.until) + "\n";
  }
  return sha256({as_bytes(text)});
}

void ConflictDigests::begin(Now now, LinkId adopted) {
  told_.reset();
  check(now, adopted);
}

void ConflictDigests::check(Now now, std::optional<LinkId> adopted) {
  next_check_ = now.boot + config_.policy.link.channel_check_interval_ms;
  is_to_tell_ = true;
  if (adopted) tell(now, *adopted);
}

void ConflictDigests::committed(Now now, std::optional<LinkId> adopted) {
  if (adopted && is_to_tell_) tell(now, *adopted);
  // Where both had messages on the way, each told of fewer than the other has by now.
  if (adopted && told_of_ != own_ + peers_) {
    next_check_ = std::min(next_check_, now.boot + kSoon_ms);
  }
  compare(now);
}

// While a message waits, others may overtake it, and a number says nothing of which they are.
void ConflictDigests::tell(Now now, LinkId adopted) {
  if (recorder_.own().has_waiting() || !is_settled() || conflicts_.overflowed()) return;
  is_to_tell_ = false;
  told_of_ = own_ + peers_;
  const UtcMs from = now.utc + limits::kConflictsCompared_ms;
  const wire::Digest sum = to_digest(digest(from));
  const wire::Digest agreement = to_digest(agreements_.digest());
  recorder_.say(SendFrame{adopted, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateConflictsDigest(b, own_, peers_, from, &sum,
                                                               &agreement);
                          })});
}

void ConflictDigests::tick(Now now, std::optional<LinkId> adopted) {
  if (next_check_ <= now.boot) check(now, adopted);
}

void ConflictDigests::on_told(Now now, const wire::ConflictsDigest& frame) {
  told_ = Told{frame.senders(), frame.receivers(), frame.from(), to_hash(*frame.digest()),
               to_hash(*frame.agreement())};
  compare(now);
}

// With another number of messages there is nothing to compare, and after `from` what is over was
// forgotten here. The next channel check tells anew.
void ConflictDigests::compare(Now now) {
  if (!told_ || told_->senders != peers_ || told_->receivers != own_ || !is_settled()) return;
  const Told told = *std::exchange(told_, std::nullopt);
  if (now.utc > told.from || conflicts_.overflowed()) return;
  if (told.agreement != agreements_.digest()) return;  // Told of by a condition of its own.
  const bool same = digest(told.from) == told.digest;
  if (same) {
    conditions_.clear(now, ConditionCode::conflicts_differ, config_.peer);
  } else {
    conditions_.raise(now, ConditionCode::conflicts_differ, config_.peer,
                      "the peer finds other conflicts than we do in the same notices: compare the "
                      "lists of conflicts by voice");
  }
  at_ = now.utc;
  same_ = same;
  of_own_ = own_;
  of_peers_ = peers_;
  under_agreement_ = told.agreement;
}

}  // namespace hotline
