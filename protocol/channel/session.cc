#include "protocol/channel/session.h"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"

namespace hotline {
namespace {

// The next attempt will end in the same way, until somebody mends it.
bool is_lasting(wire::CloseReason reason) {
  return reason == wire::CloseReason::identity || reason == wire::CloseReason::version ||
         reason == wire::CloseReason::claim || reason == wire::CloseReason::protocol;
}

std::string skew_words(int64_t size_ms) {
  return "the peer's clock and ours differ by " + std::to_string(size_ms / 1000) +
         " s: trust the order of messages, not their times";
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// frames

void Session::frame_received(Now now, LinkId id, ByteView bytes) {
  auto found = links_.find(id);
  if (found == links_.end()) return;  // Bytes of a closed link are ignored.
  Link& link = found->second;
  link.heard_at = now.boot;
  link.probes_unanswered = 0;
  auto frame = open_frame(bytes);
  if (!frame) {
    return close(now, id,
                 {wire::CloseReason::protocol, "malformed frame: " + frame.error().reason});
  }
  if (const wire::Close* said = (*frame)->body_as_Close()) return on_close(now, id, *said);
  if (auto refusal = on_frame(now, id, link, **frame, bytes)) close(now, id, *refusal);
}

Session::Refused Session::on_frame(Now now, LinkId id, Link& link, const wire::Frame& frame,
                                   ByteView bytes) {
  if (const wire::Hello* hello = frame.body_as_Hello()) return on_hello(now, id, link, *hello);
  if (link.stage == Stage::greeting) {
    return Refusal{wire::CloseReason::protocol, "the first frame was not a hello"};
  }
  switch (frame.body_type()) {
    case wire::FrameBody::Adopt:
      if (config_.party < config_.peer || adopted_ == id) {
        return Refusal{wire::CloseReason::protocol, "an ADOPT that is not the peer's to send"};
      }
      adopt(now, id, link);
      return std::nullopt;
    case wire::FrameBody::Probe:
      on_probe(now, id, *frame.body_as_Probe());
      return std::nullopt;
    case wire::FrameBody::ProbeReply:
      on_probe_reply(now, link, *frame.body_as_ProbeReply());
      return std::nullopt;
    default:
      break;
  }
  if (adopted_ != id) {
    return Refusal{wire::CloseReason::protocol, "messages on a link that was not adopted"};
  }
  return on_channel_frame(now, id, link, frame, bytes);
}

Session::Refused Session::on_channel_frame(Now now, LinkId id, Link& link, const wire::Frame& frame,
                                           ByteView bytes) {
  switch (frame.body_type()) {
    case wire::FrameBody::Messages:
      return on_messages(now, id, link, *frame.body_as_Messages(), bytes);
    case wire::FrameBody::Receipt:
      return outbox_.on_receipt(now, id, link.lane, *frame.body_as_Receipt());
    case wire::FrameBody::JournalOffer:
      return witness_.on_offer(now, id, *frame.body_as_JournalOffer());
    case wire::FrameBody::JournalCosigned:
      return witness_.on_cosigned(now, *frame.body_as_JournalCosigned());
    case wire::FrameBody::JournalConflict:
      witness_.on_conflict(now, id, frame.body_as_JournalConflict()->size());
      return std::nullopt;
    case wire::FrameBody::ConflictsDigest:
      // Notices are lacking here.
      if (recovery_.is_under_way()) return std::nullopt;
      conflict_digests_.on_told(now, *frame.body_as_ConflictsDigest());
      return std::nullopt;
    case wire::FrameBody::TakeBack:
      recovery_.on_take_back(id, *frame.body_as_TakeBack());
      return std::nullopt;
    case wire::FrameBody::TakenBack:
      return recovery_.on_taken_back(now, id, *frame.body_as_TakenBack());
    default:
      return Refusal{wire::CloseReason::protocol, "a frame of an unknown kind"};
  }
}

Session::Refused Session::on_messages(Now now, LinkId id, Link& link,
                                      const wire::Messages& messages, ByteView bytes) {
  // A recovery asks for what it lacks; the rest comes again on the next link.
  if (link.stage == Stage::leaving || recovery_.is_under_way()) return std::nullopt;
  if (link.barrier > recorder_.last_committed()) {
    link.stash_bytes += bytes.size();
    if (link.stash_bytes > limits::kStashBytesMax) {
      return Refusal{wire::CloseReason::protocol, "more messages than the window allows"};
    }
    link.stash.push_back(to_bytes(bytes));
    return std::nullopt;
  }
  Inbox::Outcome outcome = inbox_.on_messages(now, messages);
  switch (outcome.verdict) {
    case Inbox::Outcome::Verdict::kept:
      break;
    case Inbox::Outcome::Verdict::held_before:
      send_receipt(id, link);
      break;
    case Inbox::Outcome::Verdict::no_room:
      link.stage = Stage::leaving;
      noise_.alarm(
          now, NoiseKind::no_room, {},
          "the peer's messages are not taken, nor receipted, until the disk has room: free space "
          "on the disk of the store, and ask the peer by voice");
      break;
    case Inbox::Outcome::Verdict::refused:
      return std::move(outcome.refusal);
  }
  return std::nullopt;
}

void Session::unstash(Now now, LinkId id) {
  auto found = links_.find(id);
  if (found == links_.end() || found->second.barrier > recorder_.last_committed()) return;
  std::deque<Bytes> stash = std::exchange(found->second.stash, {});
  found->second.stash_bytes = 0;
  for (const Bytes& bytes : stash) frame_received(now, id, bytes);
}

void Session::committed(Now now, bool receipt_is_new) {
  // Our hello on every link there is, also on one that still shakes hands, told of the store
  // before.
  if (recovery_.committed(now) && !links_.empty()) {
    outbox_.committed();
    while (!links_.empty()) {
      close(now, links_.begin()->first,
            {wire::CloseReason::send_again, "this store was recovered"});
    }
    return;
  }
  if (receipt_is_new) send_receipt();
  pump(now);
  outbox_.committed();
  if (adopted_) unstash(now, *adopted_);
}

void Session::pump(Now now) {
  if (adopted_) outbox_.pump(now, *adopted_, links_.at(*adopted_).lane);
}

void Session::send_receipt() {
  if (adopted_) send_receipt(*adopted_, links_.at(*adopted_));
}

// A peer whose store is old learnt from our hello what it lacks. A receipt for more than it sent,
// it would have to close the link for; and that link carries what we have to say.
void Session::send_receipt(LinkId id, const Link& link) {
  const std::string& receipt = recorder_.durable().peer_receipt;
  if (receipt.empty() || link.shown.peer_is_old) return;
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateReceipt(b, b.CreateString(receipt));
                          })});
}

// ----------------------------------------------------------------------------------------------
// time

void Session::on_probe(Now now, LinkId id, const wire::Probe& probe) {
  if (adopted_ == id) {
    disk_.set_peer(now, probe.flash_only(), probe.takes_nothing());
    if (probe.agreement()) agreements_.peer_follows(now, to_hash(*probe.agreement()));
    exercise_.peer_stands(now, probe.exercise_at(), probe.exercise_change(),
                          probe.exercise_jumps());
  }
  const uint64_t sequence = probe.sequence();
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateProbeReply(b, sequence, now.machine_utc());
                          })});
}

void Session::on_probe_reply(Now now, Link& link, const wire::ProbeReply& reply) {
  if (reply.sequence() != link.probe_sequence || link.probe_answered) return;
  link.probe_answered = true;
  on_clock(now, reply.clock(), now.boot - link.probe_sent_at);
}

void Session::send_probe(Now now, LinkId id, Link& link) {
  ++link.probes_unanswered;
  ++link.probe_sequence;
  link.probe_answered = false;
  link.probe_sent_at = now.boot;
  const wire::Digest agreement = to_digest(agreements_.digest());
  recorder_.say(SendFrame{id, make_frame([&](flatbuffers::FlatBufferBuilder& b) {
                            return wire::CreateProbe(b, link.probe_sequence, now.machine_utc(),
                                                     disk_.own() != DiskLevel::plenty,
                                                     disk_.own() == DiskLevel::own_only, &agreement,
                                                     now.utc, exercise_.followed(),
                                                     exercise_.clock().jumping_to().has_value());
                          })});
}

void Session::on_clock(Now now, int64_t peer_clock, int64_t round_trip_ms) {
  if (round_trip_ms >= 0) round_trip_ms_ = round_trip_ms;
  // The peer may say any number.
  peer_clock = std::clamp<int64_t>(peer_clock, 0, limits::kTimeMax_ms);
  clock_skew_ms_ = peer_clock - now.machine_utc() + (round_trip_ms > 0 ? round_trip_ms / 2 : 0);
  int64_t size = std::abs(clock_skew_ms_);
  int level = size > limits::kClockSkewAlarm_ms ? 2 : (size > limits::kClockSkewWarn_ms ? 1 : 0);
  if (level > skew_level_ && noise_.admit(now, NoiseKind::clock)) {
    noise_.record_link_change(
        now, level == 2 ? wire::LinkChange::skew_alarm : wire::LinkChange::skew_warning,
        skew_words(size));
  }
  if (level == 2) {
    conditions_.raise(now, ConditionCode::clocks_differ, config_.peer, skew_words(size));
  } else if (level == 0) {  // In between it stays as it is.
    conditions_.clear(now, ConditionCode::clocks_differ, config_.peer);
  }
  skew_level_ = level;
}

BootMs Session::link_due(const Link& link) const {
  if (link.stage == Stage::greeting) return link.opened_at + limits::kHandshakeDeadline_ms;
  return std::max(link.heard_at, link.probe_sent_at) + limits::kProbeInterval_ms;
}

BootMs Session::alone_due() const {
  return adopted_ || alone_told_ ? INT64_MAX : alone_since_ + limits::kAloneTold_ms;
}

// When nothing was heard for as long as three probes take, the watch is told, once.
void Session::tell_alone(Now now) {
  if (alone_due() > now.boot) return;
  raise_link_down(now);
}

void Session::raise_link_down(Now now) {
  alone_told_ = true;
  conditions_.raise(now, ConditionCode::link_down, config_.peer,
                    (no_link_reason_.empty() ? "no link to the peer"
                                             : "no link to the peer: " + no_link_reason_) +
                        "; messages wait here, use voice for what cannot wait",
                    now.utc - now.boot + alone_since_);
}

void Session::note_no_link(Now now, const std::string& reason, bool is_refused) {
  if (adopted_) return;
  no_link_reason_ = reason;
  was_refused_ = was_refused_ || is_refused;
  if (alone_told_ || is_refused) raise_link_down(now);
}

// A link that is refused as often as it comes up is none: the next one must last for a while.
BootMs Session::trusted_due() const {
  if (!adopted_ || !was_refused_) return INT64_MAX;
  return links_.at(*adopted_).adopted_at + limits::kProbeInterval_ms;
}

void Session::note_link(Now now) {
  if (trusted_due() <= now.boot) was_refused_ = false;
  if (was_refused_) return;
  no_link_reason_.clear();
  conditions_.clear(now, ConditionCode::link_down, config_.peer);
}

void Session::note_failure(Now now, const std::string& reason) {
  note_no_link(now, reason, false);
}

void Session::tick(Now now) {
  std::vector<LinkId> ids;
  for (const auto& [id, link] : links_) ids.push_back(id);
  for (LinkId id : ids) tick_link(now, id);
  tell_alone(now);
  if (trusted_due() <= now.boot) note_link(now);
}

void Session::tick_link(Now now, LinkId id) {
  Link& link = links_.at(id);
  if (link_due(link) > now.boot) return;
  if (link.stage == Stage::greeting) {
    return close(now, id, {wire::CloseReason::silence, "no hello within 10 s"});
  }
  if (link.probes_unanswered >= limits::kProbesMissedMax) {
    return close(now, id, {wire::CloseReason::silence, "three probes were not answered"});
  }
  send_probe(now, id, link);
}

void Session::ask_for_next_path(Now now) {
  if (!adopted_) return;
  Lane& lane = links_.at(*adopted_).lane;
  if (lane.next_path_due(config_.policy) > now.boot) return;
  lane.next_path_asked(now);
  recorder_.say(TryNextPath{*adopted_});
}

BootMs Session::due() const {
  BootMs next = std::min(alone_due(), trusted_due());
  for (const auto& [id, link] : links_) {
    next = std::min({next, link_due(link), link.lane.next_path_due(config_.policy)});
  }
  return next;
}

// ----------------------------------------------------------------------------------------------
// a disk that is nearly full

void Session::tell_disk_room(Now now) {
  if (adopted_) send_probe(now, *adopted_, links_.at(*adopted_));
}

// A probe has its digest too.
void Session::tell_agreement(Now now) {
  tell_disk_room(now);
}

// A link on which messages were left has lost its place: the next one begins at what we receipted.
void Session::ask_for_what_was_left(Now now) {
  if (!adopted_ || links_.at(*adopted_).stage != Stage::leaving) return;
  if (!inbox_.has_room_for(limits::kUrgentWindowCap, limits::kMessagesPerFrameMax)) return;
  close(now, *adopted_,
        {wire::CloseReason::send_again,
         "the disk has room again: what was not taken is to be sent again"});
}

// ----------------------------------------------------------------------------------------------
// ends

// A link that ends before it was adopted was refused, and this side keeps a record of it too: the
// remedy may lie here.
void Session::on_close(Now now, LinkId id, const wire::Close& close) {
  const std::string words =
      "closed by the peer: " + shortened(text_of(close.text()), limits::kPeerWordsSizeMax);
  const bool in_order = close.reason() == wire::CloseReason::shutting_down ||
                        close.reason() == wire::CloseReason::replaced;
  if (adopted_ != id && !in_order) {
    noise_.note_refusal_of_link(now, NoiseKind::refusal, links_.at(id).remote, words);
  }
  drop(now, id, words);
  note_no_link(now, words, is_lasting(close.reason()));
}

void Session::close(Now now, LinkId id, const Refusal& refusal) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  recorder_.say(SendFrame{id, make_close_frame(refusal.reason, refusal.text)});
  if (refusal.reason != wire::CloseReason::shutting_down &&
      refusal.reason != wire::CloseReason::replaced &&
      refusal.reason != wire::CloseReason::send_again) {
    noise_.note_refusal_of_link(now, NoiseKind::refusal, found->second.remote, refusal.text);
  }
  drop(now, id, refusal.text);
  note_no_link(now, refusal.text, is_lasting(refusal.reason));
}

void Session::drop(Now now, LinkId id, const std::string& reason) {
  auto found = links_.find(id);
  if (found == links_.end()) return;
  // A link that fell silent was lost when it was last heard; one that was closed, now.
  const bool was_silent = found->second.probes_unanswered > 0;
  const BootMs lost_at = was_silent ? found->second.heard_at : now.boot;
  links_.erase(found);
  recorder_.say(CloseLink{id, reason});
  if (adopted_ != id) return note_no_link(now, reason, false);
  adopted_.reset();
  alone_since_ = lost_at;
  alone_told_ = false;
  link_since_ = now.utc - now.boot + lost_at;
  outbox_.link_lost();
  recovery_.link_lost();
  noise_.note_link_change(now, wire::LinkChange::down, reason);
  note_no_link(now, reason, false);
}

void Session::close_all(Now now) {
  while (!links_.empty()) {
    close(now, links_.begin()->first, {wire::CloseReason::shutting_down, "the daemon is stopping"});
  }
}

// A daemon that crashed wrote down no end of its link: the last word of the peer counts then.
void Session::apply(const wire::Entry& entry) {
  const wire::LinkChanged* link = entry.fact_as_LinkChanged();
  const bool is_link = link != nullptr && (link->change() == wire::LinkChange::up ||
                                           link->change() == wire::LinkChange::down);
  if (is_link || entry.fact_as_Received() || entry.fact_as_ReceiptHeld()) link_since_ = entry.at();
}

LinkStatus Session::status() const {
  return {.link = adopted_         ? wire::LinkState::up
                  : links_.empty() ? wire::LinkState::down
                                   : wire::LinkState::handshaking,
          .link_since = link_since_,
          .remote = adopted_ ? links_.at(*adopted_).remote : "",
          .round_trip_ms = round_trip_ms_,
          .clock_skew_ms = clock_skew_ms_,
          .agreement_matches = agreements_.matches_peer()};
}

}  // namespace hotline
