// The beginning of a link: hello, with its five cases, and adoption.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/planted_bug.h"
#include "protocol/channel/session.h"

namespace hotline {

void Session::link_opened(Now now, LinkId id, std::string remote) {
  make_room_for_link(now);
  Link& link = links_[id];
  link.remote = std::move(remote);
  link.opened_at = link.heard_at = now.boot;
  link.before = claims_.before();
  recorder_.say(SendFrame{id, hello_frame(now)});
}

// Whoever opens links without end loses the oldest that is not in use: the newest may be the one
// that works.
void Session::make_room_for_link(Now now) {
  while (links_.size() >= limits::kLinksMax) {
    auto oldest = links_.begin();
    if (adopted_ == oldest->first) ++oldest;
    close(now, oldest->first,
          {wire::CloseReason::protocol,
           "more than " + std::to_string(limits::kLinksMax) + " links at once"});
  }
}

Session::Refused Session::on_hello(Now now, LinkId id, Link& link, const wire::Hello& hello) {
  if (link.stage != Stage::greeting) {
    return Refusal{wire::CloseReason::protocol, "a second hello on one link"};
  }
  if (auto refusal = check_identity(hello)) return refusal;
  auto shown = claims_.judge(now, hello, link.before);
  if (!shown) return Refusal{wire::CloseReason::claim, shown.error().reason};
  link.shown = *shown;
  agreements_.peer_follows(now, to_hash(*hello.agreement()));
  link.stage = Stage::ready;
  disk_.set_peer(now, hello.flash_only(), hello.takes_nothing());
  on_clock(now, hello.clock(), -1);
  if (config_.party < config_.peer) {
    recorder_.say(SendFrame{
        id, make_frame([](flatbuffers::FlatBufferBuilder& b) { return wire::CreateAdopt(b); })});
    adopt(now, id, link);
  }
  return std::nullopt;
}

Session::Refused Session::check_identity(const wire::Hello& hello) const {
  if (hello.version_min() > kWireVersion || hello.version_max() < kWireVersion) {
    const std::string& older = hello.version_min() > kWireVersion ? config_.party : config_.peer;
    return Refusal{wire::CloseReason::version,
                   config_.peer + " speaks versions " + std::to_string(hello.version_min()) +
                       " to " + std::to_string(hello.version_max()) + " of the protocol, " +
                       config_.party + " speaks " + std::to_string(kWireVersion) +
                       ": the hotlined of " + older + " must be updated"};
  }
  if (hello.from()->str() != config_.peer || hello.to()->str() != config_.party) {
    return Refusal{wire::CloseReason::identity,
                   "hello from " + shortened(hello.from()->string_view(), limits::kPartyIdSizeMax) +
                       " to " + shortened(hello.to()->string_view(), limits::kPartyIdSizeMax) +
                       "; this channel is between " + config_.peer + " and " + config_.party};
  }
  if (hello.exercise() != config_.channel.exercise) {
    return Refusal{wire::CloseReason::identity,
                   config_.channel.exercise ? "the peer's channel is live, ours is an exercise"
                                            : "the peer's channel is an exercise, ours is live"};
  }
  if (!std::equal(config_.channel.id.begin(), config_.channel.id.end(),
                  hello.channel()->bytes()->begin())) {
    return Refusal{wire::CloseReason::identity, "the peer means another channel"};
  }
  if (Status agreed = compare_prefixes(hello); !agreed) {
    return Refusal{wire::CloseReason::identity, agreed.error().reason};
  }
  return std::nullopt;
}

Bytes Session::hello_frame(Now now) const {
  return make_frame([&](flatbuffers::FlatBufferBuilder& b) {
    auto note = [&b](const std::string& text) {
      return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : b.CreateString(text);
    };
    wire::ChannelId channel = to_wire(config_.channel.id);
    wire::Digest agreement = to_digest(agreements_.digest());
    auto from = b.CreateString(config_.party);
    auto to = b.CreateString(config_.peer);
    auto own_checkpoint = note(recorder_.durable().own_checkpoint);
    auto own_receipt = note(recorder_.own().receipt());
    auto peer_receipt = note(recorder_.durable().peer_receipt);
    auto prefix = b.CreateString(config_.prefix);
    auto peer_prefix = b.CreateString(config_.peer_prefix);
    return wire::CreateHello(b, kWireVersion, kWireVersion, &channel, config_.channel.exercise,
                             from, to, &agreement, now.machine_utc(), own_checkpoint, own_receipt,
                             peer_receipt, disk_.own() != DiskLevel::plenty,
                             disk_.own() == DiskLevel::own_only, prefix, peer_prefix);
  });
}

// A message under another prefix than the one agreed has no name here: nobody could acknowledge it.
Status Session::compare_prefixes(const wire::Hello& hello) const {
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

void Session::adopt(Now now, LinkId id, Link& link) {
  // Older links are closed, and younger ones that are ready; one that still shakes hands may become
  // the next.
  std::vector<LinkId> replaced;
  for (const auto& [other, one] : links_) {
    if (other != id && (other < id || one.stage != Stage::greeting)) replaced.push_back(other);
  }
  bool was_up = adopted_.has_value();
  adopted_ = id;  // Before the others are closed: the channel was not down in between.
  link.stage = Stage::adopted;
  for (LinkId other : replaced) {
    close(now, other, {wire::CloseReason::replaced, "another link was adopted"});
  }
  const bool skips = planted(PlantedBug::resume_off_by_one) && link.shown.resend_from > 0;
  link.lane.begin(skips ? link.shown.resend_from + 1 : link.shown.resend_from);
  // Leaves that came on an earlier link may still be on their way to disk. Messages that the peer
  // sends again are judged after.
  if (recorder_.peer().frontier().size() > recorder_.durable().peer_size) {
    const bool all_sealed = recorder_.sealed() != nullptr && recorder_.sealed_state().peer_size ==
                                                                 recorder_.peer().frontier().size();
    link.barrier = all_sealed ? recorder_.sealed()->id : recorder_.gathering().id;
  }
  if (!was_up) {
    link_since_ = now.utc;
    noise_.note_link_change(now, wire::LinkChange::up, link.remote);
  }
  link.adopted_at = now.boot;
  note_link(now);
  if (recorder_.durable().peer_receipted > link.shown.receipt_size) send_receipt(id, link);
  recovery_.begin(id, {link.shown.holds_of_ours, link.shown.receipt_size});
  outbox_.pump(now, id, link.lane);
  witness_.check_channel(now, adopted_);
  if (!recovery_.is_under_way()) conflict_digests_.begin(now, id);
}

}  // namespace hotline
