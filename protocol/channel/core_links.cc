// The core's links: hello and its five cases, adoption, frames, probes, ends.
#include <algorithm>
#include <cstdlib>

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/core.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

// ----------------------------------------------------------------------------------------------
// hello and adoption

void Core::link_opened(Now now, LinkId id, std::string remote) {
  make_room_for_link(now);
  Link& link = links_[id];
  link.remote = std::move(remote);
  link.opened_at = link.heard_at = now.boot;
  link.own_receipted_before = recorder_.own().receipted_size();
  link.peer_size_before = recorder_.durable().peer_size;
  recorder_.say(SendFrame{id, hello_frame(now)});
}

Bytes Core::hello_frame(Now now) const {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    auto note = [&b](const std::string& text) {
      return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(text);
    };
    wire::ChannelId channel = to_wire(config_.channel.id);
    wire::Digest agreement = to_digest(digest(config_.policy));
    auto from = b.CreateString(config_.party);
    auto to = b.CreateString(config_.peer);
    auto own_checkpoint = note(recorder_.durable().own_checkpoint);
    auto own_receipt = note(recorder_.own().receipt());
    auto peer_receipt = note(recorder_.durable().peer_receipt);
    auto prefix = b.CreateString(config_.prefix);
    auto peer_prefix = b.CreateString(config_.peer_prefix);
    return wire::CreateHello(b, kWireVersion, kWireVersion, &channel, config_.channel.exercise,
                             from, to, &agreement, now.utc, own_checkpoint, own_receipt,
                             peer_receipt, disk_.own() != DiskLevel::plenty,
                             disk_.own() == DiskLevel::own_only, prefix, peer_prefix);
  });
}

void Core::on_hello(Now now, LinkId id, Link& link, const wire::Hello& hello) {
  if (link.hello_received) {
    return refuse_link(now, id, wire::CloseReason::protocol, "a second hello on one link");
  }
  if (hello.version_min() > kWireVersion || hello.version_max() < kWireVersion) {
    return refuse_link(now, id, wire::CloseReason::version,
                       "the peer speaks versions " + std::to_string(hello.version_min()) + " to " +
                           std::to_string(hello.version_max()) + ", we speak " +
                           std::to_string(kWireVersion));
  }
  if (hello.from()->str() != config_.peer || hello.to()->str() != config_.party) {
    return refuse_link(now, id, wire::CloseReason::identity,
                       "hello from " +
                           shortened(hello.from()->string_view(), limits::kPartyIdSizeMax) +
                           " to " + shortened(hello.to()->string_view(), limits::kPartyIdSizeMax) +
                           "; this channel is between " + config_.peer + " and " + config_.party);
  }
  if (hello.exercise() != config_.channel.exercise) {
    return refuse_link(now, id, wire::CloseReason::identity,
                       config_.channel.exercise
                           ? "the peer's channel is live, ours is an exercise"
                           : "the peer's channel is an exercise, ours is live");
  }
  if (!std::equal(config_.channel.id.begin(), config_.channel.id.end(),
                  hello.channel()->bytes()->begin())) {
    return refuse_link(now, id, wire::CloseReason::identity, "the peer means another channel");
  }
  if (Status agreed = compare_prefixes(hello); !agreed) {
    return refuse_link(now, id, wire::CloseReason::identity, agreed.error().reason);
  }
  if (auto claims = judge_claims(now, link, hello); !claims) {
    return refuse_link(now, id, wire::CloseReason::claim, claims.error().reason);
  }
  bool agreement_matches = to_hash(*hello.agreement()) == digest(config_.policy);
  if (!agreement_matches && agreement_matches_) {
    noise_.alarm(
        now, NoiseKind::agreement, {},
        "the peer follows another agreement than we do: compare deadlines and ladders by voice");
  }
  agreement_matches_ = agreement_matches;
  link.hello_received = true;
  disk_.set_peer(now, hello.flash_only(), hello.takes_nothing());
  on_clock(now, hello.clock(), -1);
  if (config_.party < config_.peer) {
    recorder_.say(SendFrame{
        id, make_frame([](flatbuffers::FlatBufferBuilder& b) { return wire::CreateAdopt(b); })});
    adopt(now, id);
  }
}

// A message under another prefix than the one agreed has no name here: nobody could acknowledge it.
Status Core::compare_prefixes(const wire::Hello& hello) const {
  if (hello.prefix()->str() == config_.peer_prefix && hello.peer_prefix()->str() == config_.prefix)
    return ok();
  auto said = [](const flatbuffers::String* prefix) {
    return printable(shortened(prefix->string_view(), limits::kPartyIdSizeMax));
  };
  return make_error(ErrorCode::configuration,
                    "the prefixes of serials differ: " + config_.party + " has " + config_.prefix +
                        " for itself and " + config_.peer_prefix + " for " + config_.peer + ", " +
                        config_.peer + " has " + said(hello.prefix()) + " for itself and " +
                        said(hello.peer_prefix()) + " for " + config_.party +
                        "; write the same in [party] and [peer] of both configurations");
}

// What the peer shows as held, compared with what is durable here. A claim is a whole signed note;
// one that does not verify, or that is older than what we can prove, changes nothing but is an
// alarm.
Status Core::judge_claims(Now now, Link& link, const wire::Hello& hello) {
  if (auto own = judge_own_claim(now, link, hello); !own) return own;
  return judge_peer_claim(now, link, hello);
}

// Our transcript, as the peer holds it.
Status Core::judge_own_claim(Now now, Link& link, const wire::Hello& hello) {
  if (!hello.peer_receipt()) {
    if (link.own_receipted_before > 0) {
      evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.own().receipt(), "",
                     "the peer holds nothing of what it receipted: its store was lost");
    }
    link.resend_from = 0;
    return ok();
  }
  std::string note = hello.peer_receipt()->str();
  auto receipt = open_cosigned_checkpoint(note, trust_.own_receipts);
  if (!receipt)
    return make_error(ErrorCode::verification_failed,
                      "the peer's receipt: " + receipt.error().reason);
  uint64_t size = receipt->checkpoint.size;
  if (size > recorder_.durable().own_size) {
    evidence_.keep(now, wire::EvidenceKind::own_store_old, note, recorder_.durable().own_checkpoint,
                   "the peer holds " + std::to_string(size) + " of our messages, this store only " +
                       std::to_string(recorder_.durable().own_size) + ": this store is old");
    link.resend_from = recorder_.durable().own_size;
    return ok();
  }
  if (outbox_.root_at(size) != receipt->checkpoint.root) {
    evidence_.keep(now, wire::EvidenceKind::fork_of_own, note, recorder_.durable().own_checkpoint,
                   "our key signed two different transcripts of size " + std::to_string(size));
    link.resend_from = recorder_.durable().own_size;
    return ok();
  }
  if (size < link.own_receipted_before) {
    evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.own().receipt(), note,
                   "the peer holds " + std::to_string(size) + " of our messages but receipted " +
                       std::to_string(link.own_receipted_before) + ": its store is old");
  }
  outbox_.hold_receipt(now, *receipt, note);
  link.resend_from = size;
  return ok();
}

// The peer's transcript, as the peer shows it and our receipt for it.
Status Core::judge_peer_claim(Now now, Link& link, const wire::Hello& hello) {
  if (hello.own_receipt()) {
    std::string note = hello.own_receipt()->str();
    auto receipt = open_cosigned_checkpoint(note, trust_.peer_receipts);
    if (!receipt)
      return make_error(ErrorCode::verification_failed,
                        "our receipt as the peer shows it: " + receipt.error().reason);
    uint64_t size = receipt->checkpoint.size;
    if (size > recorder_.durable().peer_size) {
      evidence_.keep(now, wire::EvidenceKind::own_store_old, note, recorder_.durable().peer_receipt,
                     "we receipted " + std::to_string(size) +
                         " of the peer's messages, this store holds only " +
                         std::to_string(recorder_.durable().peer_size) + ": this store is old");
    } else if (peer_root_at(size) != receipt->checkpoint.root) {
      evidence_.keep(now, wire::EvidenceKind::fork_of_peer, note, recorder_.durable().peer_receipt,
                     "the peer shows another transcript of size " + std::to_string(size) +
                         " under our receipt");
    }
    link.peer_holds_receipt = size;
  }
  if (!hello.own_checkpoint()) {
    if (link.peer_size_before > 0) {
      link.peer_is_old = true;
      evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.durable().peer_receipt, "",
                     "the peer's own transcript is gone: its store was lost");
    }
    return ok();
  }
  std::string note = hello.own_checkpoint()->str();
  auto checkpoint = open_checkpoint(note, trust_.peer_origin, config_.peer_keys.log,
                                    *config_.peer_keys.log_verifier);
  if (!checkpoint)
    return make_error(ErrorCode::verification_failed,
                      "the peer's checkpoint: " + checkpoint.error().reason);
  if (checkpoint->size < link.peer_size_before) {
    link.peer_is_old = true;
    evidence_.keep(now, wire::EvidenceKind::peer_store_old, recorder_.durable().peer_receipt, note,
                   "the peer's transcript shrank from " + std::to_string(link.peer_size_before) +
                       " to " + std::to_string(checkpoint->size) + ": its store is old");
  }
  if (checkpoint->size <= recorder_.durable().peer_size &&
      peer_root_at(checkpoint->size) != checkpoint->root) {
    evidence_.keep(
        now, wire::EvidenceKind::fork_of_peer, note, recorder_.durable().peer_receipt,
        "the peer signed two different transcripts of size " + std::to_string(checkpoint->size));
  }
  return ok();
}

Hash Core::peer_root_at(uint64_t size) {
  return root_at(recorder_.records().hashes(LogId::peer_transcript), size);
}

void Core::adopt(Now now, LinkId id) {
  // Older links are closed, and younger ones that are ready; one that still shakes hands may become
  // the next.
  std::vector<LinkId> replaced;
  for (const auto& [other, link] : links_) {
    if (other != id && (other < id || link.hello_received)) replaced.push_back(other);
  }
  bool was_up = adopted_.has_value();
  adopted_ = id;  // Before the others are closed: the channel was not down in between.
  for (LinkId other : replaced)
    refuse_link(now, other, wire::CloseReason::replaced, "another link was adopted");
  Link& link = links_.at(id);
  const bool skips = planted(PlantedBug::resume_off_by_one) && link.resend_from > 0;
  link.lane.begin(skips ? link.resend_from + 1 : link.resend_from);
  // Leaves that came on an earlier link may still be on their way to disk. What the peer sends
  // again is judged after.
  if (recorder_.peer().frontier().size() > recorder_.durable().peer_size) {
    const bool all_sealed = recorder_.sealed() != nullptr && recorder_.sealed_state().peer_size ==
                                                                 recorder_.peer().frontier().size();
    link.barrier = all_sealed ? recorder_.sealed()->id : recorder_.gathering().id;
  }
  if (!was_up) {
    link_since_ = now.utc;
    noise_.note_link_change(now, wire::LinkChange::up, link.remote);
  }
  if (recorder_.durable().peer_receipted > link.peer_holds_receipt) send_receipt(id);
  outbox_.pump(now, id, link.lane);
  witness_.check_channel(now, adopted_);
}

// ----------------------------------------------------------------------------------------------
// frames

void Core::frame_received(Now now, LinkId id, ByteView bytes) {
  auto found = links_.find(id);
  if (found == links_.end()) return;  // Bytes of a closed link are ignored.
  Link& link = found->second;
  link.heard_at = now.boot;
  link.probes_unanswered = 0;
  auto frame = open_frame(bytes);
  if (!frame) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "malformed frame: " + frame.error().reason);
  }
  wire::FrameBody type = (*frame)->body_type();
  if (type == wire::FrameBody::Close) {
    return on_close(now, id, link, *(*frame)->body_as_Close());
  }
  if (type == wire::FrameBody::Hello) return on_hello(now, id, link, *(*frame)->body_as_Hello());
  if (!link.hello_received) {
    return refuse_link(now, id, wire::CloseReason::protocol, "the first frame was not a hello");
  }
  switch (type) {
    case wire::FrameBody::Adopt:
      if (config_.party < config_.peer || adopted_ == id) {
        return refuse_link(now, id, wire::CloseReason::protocol,
                           "an ADOPT that is not the peer's to send");
      }
      return adopt(now, id);
    case wire::FrameBody::Probe: {
      const wire::Probe& probe = *(*frame)->body_as_Probe();
      if (adopted_ == id) disk_.set_peer(now, probe.flash_only(), probe.takes_nothing());
      uint64_t sequence = probe.sequence();
      recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                                return wire::CreateProbeReply(b, sequence, now.utc);
                              })});
      return;
    }
    case wire::FrameBody::ProbeReply: {
      const wire::ProbeReply& reply = *(*frame)->body_as_ProbeReply();
      if (reply.sequence() == link.probe_sequence && !link.probe_answered) {
        link.probe_answered = true;
        on_clock(now, reply.clock(), now.boot - link.probe_sent_at);
      }
      return;
    }
    default:
      break;
  }
  if (adopted_ != id) {
    return refuse_link(now, id, wire::CloseReason::protocol,
                       "messages on a link that was not adopted");
  }
  if (type == wire::FrameBody::JournalOffer) {
    if (auto refusal = witness_.on_offer(now, id, *(*frame)->body_as_JournalOffer())) {
      refuse_link(now, id, refusal->reason, refusal->text);
    }
    return;
  }
  if (type == wire::FrameBody::JournalCosigned) {
    if (auto refusal = witness_.on_cosigned(now, *(*frame)->body_as_JournalCosigned())) {
      refuse_link(now, id, refusal->reason, refusal->text);
    }
    return;
  }
  if (type == wire::FrameBody::JournalConflict) {
    return witness_.on_conflict(now, id, (*frame)->body_as_JournalConflict()->size());
  }
  if (type == wire::FrameBody::Receipt) {
    if (auto refusal = outbox_.on_receipt(now, id, link.lane, *(*frame)->body_as_Receipt())) {
      refuse_link(now, id, refusal->reason, refusal->text);
    }
    return;
  }
  if (type != wire::FrameBody::Messages) {
    return refuse_link(now, id, wire::CloseReason::protocol, "a frame of an unknown kind");
  }
  if (link.leaves_messages) return;
  if (link.barrier > recorder_.last_committed()) {
    link.stash_bytes += bytes.size();
    if (link.stash_bytes > limits::kStashBytesMax) {
      return refuse_link(now, id, wire::CloseReason::protocol,
                         "more messages than the window allows");
    }
    link.stash.push_back(to_bytes(bytes));
    return;
  }
  on_messages(now, id, *(*frame)->body_as_Messages());
}

// A link that ends before it was adopted was refused, and this side keeps a record of it too: the
// remedy may lie here.
void Core::on_close(Now now, LinkId id, const Link& link, const wire::Close& close) {
  const std::string words =
      "closed by the peer: " + shortened(text_of(close.text()), limits::kPeerWordsSizeMax);
  const bool in_order = close.reason() == wire::CloseReason::shutting_down ||
                        close.reason() == wire::CloseReason::replaced;
  if (adopted_ != id && !in_order)
    noise_.note_refusal_of_link(now, NoiseKind::refusal, link.remote, words);
  drop_link(now, id, words);
}

void Core::unstash(Now now, LinkId id) {
  auto found = links_.find(id);
  if (found == links_.end() || found->second.barrier > recorder_.last_committed()) return;
  std::deque<Bytes> stash = std::exchange(found->second.stash, {});
  found->second.stash_bytes = 0;
  for (const Bytes& bytes : stash) {
    if (!links_.contains(id)) return;
    frame_received(now, id, bytes);
  }
}

// ----------------------------------------------------------------------------------------------
// time

void Core::on_clock(Now now, int64_t peer_clock, int64_t round_trip_ms) {
  if (round_trip_ms >= 0) round_trip_ms_ = round_trip_ms;
  // The peer may say any number.
  peer_clock = std::clamp<int64_t>(peer_clock, 0, limits::kTimeMax_ms);
  clock_skew_ms_ = peer_clock - now.utc + (round_trip_ms > 0 ? round_trip_ms / 2 : 0);
  int64_t size = std::abs(clock_skew_ms_);
  int level = size > limits::kClockSkewAlarm_ms ? 2 : (size > limits::kClockSkewWarn_ms ? 1 : 0);
  if (level > skew_level_ && noise_.admit(now, NoiseKind::clock)) {
    std::string text = "the peer's clock and ours differ by " + std::to_string(size / 1000) +
                       " s: trust the order of messages, not their times";
    noise_.record_link_change(
        now, level == 2 ? wire::LinkChange::skew_alarm : wire::LinkChange::skew_warning, text);
    if (level == 2) recorder_.alarm(now, {}, text);
  }
  skew_level_ = level;
}

BootMs Core::link_due(const Link& link) const {
  if (!link.hello_received) return link.opened_at + limits::kHandshakeDeadline_ms;
  return std::max(link.heard_at, link.probe_sent_at) + limits::kProbeInterval_ms;
}

BootMs Core::alone_due() const {
  return adopted_ || alone_told_ ? INT64_MAX : alone_since_ + limits::kAloneTold_ms;
}

// When nothing was heard for as long as three probes take, the watch is told, once.
void Core::tell_alone(Now now) {
  if (alone_due() > now.boot) return;
  alone_told_ = true;
  recorder_.alarm(now, {},
                  "no link to the peer since " + format_rfc3339(now.utc - now.boot + alone_since_) +
                      ": messages wait here; use voice for what cannot wait");
}

void Core::tick_links(Now now) {
  witness_.tick(now, adopted_);
  std::vector<LinkId> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  for (LinkId id : ids) {
    Link& link = links_.at(id);
    if (link_due(link) > now.boot) continue;
    if (!link.hello_received) {
      refuse_link(now, id, wire::CloseReason::silence, "no hello within 10 s");
      continue;
    }
    if (link.probes_unanswered >= limits::kProbesMissedMax) {
      refuse_link(now, id, wire::CloseReason::silence, "three probes were not answered");
      continue;
    }
    send_probe(now, id);
  }
  tell_alone(now);
}

void Core::send_probe(Now now, LinkId id) {
  Link& link = links_.at(id);
  ++link.probes_unanswered;
  ++link.probe_sequence;
  link.probe_answered = false;
  link.probe_sent_at = now.boot;
  uint64_t sequence = link.probe_sequence;
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateProbe(b, sequence, now.utc,
                                                     disk_.own() != DiskLevel::plenty,
                                                     disk_.own() == DiskLevel::own_only);
                          })});
}

// ----------------------------------------------------------------------------------------------
// ends

void Core::link_closed(Now now, LinkId id, const std::string& reason) {
  drop_link(now, id, reason);
}

void Core::drop_link(Now now, LinkId id, const std::string& reason) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  const BootMs heard_at = found->second.heard_at;
  links_.erase(found);
  recorder_.say(CloseLink{id, reason});
  if (adopted_ != id) return;
  adopted_.reset();
  alone_since_ = heard_at;
  alone_told_ = false;
  link_since_ = now.utc;
  outbox_.link_lost();
  noise_.note_link_change(now, wire::LinkChange::down, reason);
}

// Tells the peer why, closes, and keeps a record: what was refused must be explainable.
void Core::refuse_link(Now now, LinkId id, wire::CloseReason reason, const std::string& text) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  recorder_.say(SendFrame{id, make_close_frame(reason, text)});
  if (reason != wire::CloseReason::shutting_down && reason != wire::CloseReason::replaced &&
      reason != wire::CloseReason::send_again) {
    noise_.note_refusal_of_link(now, NoiseKind::refusal, found->second.remote, text);
  }
  drop_link(now, id, text);
}

void Core::link_refused(Now now, const std::string& remote, const std::string& reason) {
  noise_.note_refusal_of_link(now, NoiseKind::stranger, remote, reason);
}

// Who opens links without end loses the oldest that is not in use: the newest may be the one that
// works.
void Core::make_room_for_link(Now now) {
  while (links_.size() >= limits::kLinksMax) {
    auto oldest = links_.begin();
    if (adopted_ == oldest->first) ++oldest;
    refuse_link(now, oldest->first, wire::CloseReason::protocol,
                "more than " + std::to_string(limits::kLinksMax) + " links at once");
  }
}

// Beside what is not on the disk yet.
bool Core::has_room_for(uint64_t bytes, uint64_t count) const {
  return disk_.has_room_for(
      bytes + gathering_peer_bytes_ + sealed_peer_bytes_,
      count + recorder_.peer().frontier().size() - recorder_.durable().peer_size);
}

void Core::leave_messages(Now now, Link& link) {
  if (std::exchange(link.leaves_messages, true)) return;
  noise_.alarm(
      now, NoiseKind::flash_only, {},
      "the peer's messages are not taken, nor receipted, until the disk has room: free space "
      "on the disk of the store, and ask the peer by voice");
}

// A link on which messages were left has lost its place: the next one begins at what we receipted.
void Core::ask_for_what_was_left(Now now) {
  if (!adopted_ || !links_.at(*adopted_).leaves_messages) return;
  if (!has_room_for(limits::kUrgentWindowCap, limits::kMessagesPerFrameMax)) return;
  refuse_link(now, *adopted_, wire::CloseReason::send_again,
              "the disk has room again: what was not taken is to be sent again");
}

void Core::ask_for_next_path(Now now) {
  if (!adopted_) return;
  Link& link = links_.at(*adopted_);
  if (link.lane.next_path_due(config_.policy) > now.boot) return;
  link.lane.next_path_asked(now);
  recorder_.say(TryNextPath{*adopted_});
}

}  // namespace hotline
