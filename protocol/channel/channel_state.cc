#include "protocol/channel/channel_state.h"

#include <algorithm>
#include <map>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

constexpr size_t kOwn = 0;
constexpr size_t kPeers = 1;

// Goes in any state: it ends a wait, or is about the channel itself.
bool goes_always(const Kind& kind) {
  return kind.ends_a_wait || kind.is_test_call || kind.effect == TargetEffect::answers ||
         kind.type == wire::MessageType::status || kind.type == wire::MessageType::service;
}

bool is_about_life(wire::Precedence precedence, bool danger_to_life) {
  return precedence == wire::Precedence::flash && danger_to_life;
}

bool is_urgent(wire::Precedence precedence) {
  return precedence == wire::Precedence::flash || precedence == wire::Precedence::immediate;
}

Error refused_state(const std::string& reason, const std::string& hint) {
  return make_error(ErrorCode::refused, reason, hint);
}

constexpr char kStatusHint[] = "hotline channel status";

// A message that a command of its own writes has no word for lives, and is kept by its fields.
std::string hint_to_keep(const Kind& kind) {
  if (kind.type != wire::MessageType::decision) return "hotline draft save ...";
  return "hotline draft save -t decision -p routine --set incident=... --set rung=... "
         "--set decision=\"...\" --set reason=\"...\" --set decided-by=...";
}

}  // namespace

// ----------------------------------------------------------------------------------------------
// rules

Status check_release_in(ChannelMode mode, uint8_t type, uint8_t precedence_number,
                        bool danger_to_life) {
  const auto precedence = static_cast<wire::Precedence>(precedence_number);
  const Kind& kind = kind_of(type);
  if (goes_always(kind) || is_about_life(precedence, danger_to_life)) return ok();
  const std::string keeps = hint_to_keep(kind) + "    keeps it until the channel is open";
  switch (mode) {
    case ChannelMode::open:
      return ok();
    case ChannelMode::restricted:
      if (is_urgent(precedence)) return ok();
      return refused_state(
          "the channel is restricted: only FLASH and IMMEDIATE go, and what ends a wait", keeps);
    case ChannelMode::suspended:
    case ChannelMode::reopening:
      break;
  }
  const char* const reason =
      "the channel is suspended: only FLASH about danger to life goes, and what ends a wait";
  if (kind.type == wire::MessageType::decision) return refused_state(reason, keeps);
  return refused_state(
      reason,
      "hotline send -p flash --danger-to-life ...    if lives depend on it; else hotline draft "
      "save "
      "...");
}

Error refused_draft(const Error& refusal, const std::string& id, bool is_handed_in,
                    uint8_t precedence_number) {
  // The writer of one that waits already decides whether lives depend on it.
  if (is_handed_in) {
    return make_error(refusal.code, refusal.reason,
                      std::string(kStatusHint) +
                          "    it goes once the channel is open; if lives depend on it its writer "
                          "says so first: hotline return " +
                          id + " --reason \"...\"");
  }
  const bool is_flash = precedence_number == static_cast<uint8_t>(wire::Precedence::flash);
  return make_error(refusal.code, refusal.reason,
                    "hotline draft edit " + id + (is_flash ? "" : " -p flash") +
                        " --danger-to-life    if lives depend on it; else it goes once the "
                        "channel is open: hotline channel status");
}

Status ChannelState::check(bool incoming, const wire::Envelope& envelope,
                           const wire::Body& body) const {
  const wire::ChannelStatus* said = body.content_as_status();
  if (said == nullptr) return ok();
  if (envelope.releaser_role() != wire::Role::supervisor) {
    return refused_state("only a supervisor declares the state of the channel",
                         "ask a supervisor of this watch");
  }
  if (envelope.precedence() != wire::Precedence::priority) {
    return refused_state("the state of the channel is declared at PRIORITY", "-p priority");
  }
  if (incoming) return ok();
  const Party& own = parties_[kOwn];
  const bool is_suspended = own.suspension || parties_[kPeers].suspension;
  if (said->state() == wire::ChannelState::restricted && is_suspended) {
    return refused_state("the channel is suspended: it is opened before it is restricted",
                         "hotline channel reopen --reason \"...\"");
  }
  const bool has_limited = own.restriction || is_suspended;
  if (said->state() == wire::ChannelState::open && !has_limited) {
    return refused_state("this side has neither restricted nor suspended the channel", kStatusHint);
  }
  return ok();
}

bool ChannelState::goes_all_the_same(UtcMs now, const wire::Draft& draft) const {
  const ChannelMode mode = standing(now).mode;
  const auto precedence = static_cast<wire::Precedence>(draft.precedence());
  return (mode == ChannelMode::suspended || mode == ChannelMode::reopening) &&
         is_about_life(precedence, draft.danger_to_life()) && !goes_always(kind_of(draft.type()));
}

bool ChannelState::is_sent_all_the_same(const wire::Envelope& envelope, uint64_t serial) const {
  if (goes_always(kind_of(envelope.type())) ||
      is_about_life(envelope.precedence(), envelope.danger_to_life())) {
    return false;
  }
  const Place place{true, serial, envelope.peer_transcript_size()};
  const auto is_known = [&](bool of_peer, const std::optional<Limit>& limit) {
    return limit && limit->from <= envelope.released_at() && is_after(place, of_peer, *limit);
  };
  for (const bool of_peer : {false, true}) {
    const Party& party = parties_[of_peer];
    if (is_known(of_peer, party.suspension)) return true;
    if (!is_urgent(envelope.precedence()) && is_known(of_peer, party.restriction)) return true;
  }
  return false;
}

// ----------------------------------------------------------------------------------------------
// folded

void ChannelState::apply(const wire::Entry& entry) {
  const auto brought = message_in(entry);
  if (!brought) return;
  const Kind& kind = kind_of(brought->type);
  if (kind.type == wire::MessageType::status) {
    if (const auto message = read(*brought)) declare(*message);
  } else if (kind.is_test_call) {
    if (const auto message = read(*brought)) calls_.push_back({brought->key, message->place});
    if (calls_.size() > limits::kTestCallsKept) calls_.pop_front();
  } else if (kind.effect == TargetEffect::acknowledges && brought->target &&
             brought->role != static_cast<uint8_t>(wire::Role::machine)) {
    note_acknowledgement(*brought->target);
  }
}

std::optional<ChannelState::Message> ChannelState::read(const EntryMessage& brought) {
  auto record = recorder_.message(brought.key);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  if (!envelope) return std::nullopt;
  const Place place{brought.key.incoming, brought.serial, (*envelope)->peer_transcript_size()};
  const UtcMs released_at = (*envelope)->released_at();
  return Message{*std::move(record), place, released_at};
}

void ChannelState::declare(const Message& message) {
  const UtcMs at = message.released_at;
  const auto body = open_body(message.record.body);
  const wire::ChannelStatus* said = body ? (*body)->content_as_status() : nullptr;
  if (said == nullptr) return;
  const Place& place = message.place;
  Party& party = parties_[place.incoming];
  const bool is_open = said->state() == wire::ChannelState::open;
  const bool is_later = !is_open && said->from() > message.released_at;
  Declaration made{message.record.key,
                   said->state(),
                   text_of(said->reason()),
                   is_later ? said->from() : 0,
                   at,
                   0};
  // One that has not begun gives way.
  if (party.next && party.next->from <= message.released_at) party.declared = party.next;
  party.next.reset();
  if (party.suspension && party.suspension->from > message.released_at) party.suspension.reset();
  party.restriction.reset();
  const bool is_renewed = party.declared && party.declared->state == made.state;
  made.first_since = is_renewed ? party.declared->first_since : made.since();

  Limit limit{place.serial, std::nullopt, made.from, at};
  if (place.incoming) limit.place = message.record.key.number;
  if (made.state == wire::ChannelState::suspended) {
    if (party.suspension) {  // It is suspended already, and only once more.
      limit.from = party.suspension->from;
      limit.at = party.suspension->at;
    }
    party.suspension = limit;
  } else if (made.state == wire::ChannelState::restricted) {
    party.restriction = limit;
  } else {
    party.opened = place;
  }
  (is_later ? party.next : party.declared) = std::move(made);
  end_suspensions_if_complete();
}

// A call that came before a suspension is known too: the two may overtake each other.
void ChannelState::note_acknowledgement(MessageKey call) {
  for (Call& one : calls_) {
    if (one.key != call) continue;
    one.is_acknowledged = true;
    end_suspensions_if_complete();
  }
}

bool ChannelState::has_answered_call() const {
  return std::any_of(calls_.begin(), calls_.end(), [this](const Call& call) {
    return call.is_acknowledged && is_after_suspensions(call.place);
  });
}

// Whoever sent it had made, or held, the message that limits the channel.
bool ChannelState::is_after(const Place& place, bool of_peer, const Limit& limit) const {
  if (place.incoming == of_peer) return place.serial > limit.serial;
  return limit.place && place.held > *limit.place;
}

bool ChannelState::is_after_suspensions(const std::optional<Place>& place) const {
  if (!place) return false;
  for (const bool of_peer : {false, true}) {
    const auto& suspension = parties_[of_peer].suspension;
    if (suspension && !is_after(*place, of_peer, *suspension)) return false;
  }
  return true;
}

void ChannelState::end_suspensions_if_complete() {
  if (!is_after_suspensions(parties_[kOwn].opened) ||
      !is_after_suspensions(parties_[kPeers].opened) || !has_answered_call()) {
    return;
  }
  for (Party& party : parties_) party.suspension.reset();
}

void ChannelState::apply_durable(const wire::Entry& entry) {
  const wire::Numbered* numbered = entry.fact_as_Numbered();
  Party& own = parties_[kOwn];
  if (numbered == nullptr || (!own.suspension && !own.restriction)) return;
  for (flatbuffers::uoffset_t i = 0; i < numbered->serials()->size(); ++i) {
    for (auto* limit : {&own.suspension, &own.restriction}) {
      if (*limit && (*limit)->serial == numbered->serials()->Get(i)) {
        (*limit)->place = numbered->first() + i;
      }
    }
  }
}

// ----------------------------------------------------------------------------------------------
// how it stands

ChannelStanding ChannelState::standing(UtcMs now) const {
  ChannelStanding standing;
  bool is_declared_still = false;
  for (const bool of_peer : {false, true}) {
    const Party& party = parties_[of_peer];
    standing.declared[of_peer] = party.holds(now);
    if (party.next && party.next->from > now) standing.next[of_peer] = party.next;
    standing.by[of_peer] = party.is_suspended(now);
    if (!party.is_suspended(now)) continue;
    const UtcMs since = party.suspension->since();
    standing.since = standing.since == 0 ? since : std::min(standing.since, since);
    standing.mode = ChannelMode::reopening;
    if (!party.opened || party.opened->serial < party.suspension->serial) is_declared_still = true;
  }
  if (standing.mode == ChannelMode::reopening) {
    if (is_declared_still) standing.mode = ChannelMode::suspended;
    for (const bool of_peer : {false, true}) {
      standing.lacks_open[of_peer] = !is_after_suspensions(parties_[of_peer].opened);
    }
    standing.lacks_test_call = !has_answered_call();
    return standing;
  }
  for (const bool of_peer : {false, true}) {
    const auto& holds = standing.declared[of_peer];
    if (!holds || holds->state != wire::ChannelState::restricted) continue;
    standing.mode = ChannelMode::restricted;
    standing.by[of_peer] = true;
    const UtcMs since = holds->first_since;
    standing.since = standing.since == 0 ? since : std::min(standing.since, since);
  }
  return standing;
}

// The texts of the conditions.
std::string ChannelState::words(const ChannelStanding& standing) const {
  const bool of_peer = !standing.by[kOwn];
  const auto& declared = standing.declared[of_peer];
  const std::string reason = declared ? shortened(declared->reason, limits::kPeerWordsSizeMax) : "";
  switch (standing.mode) {
    case ChannelMode::open:
      break;
    case ChannelMode::restricted:
      return of_peer ? "the other side restricted the channel (" + reason +
                           "): only FLASH and IMMEDIATE go, and what ends a wait: hotline channel "
                           "status"
                     : "this side restricted the channel (" + reason +
                           "): only FLASH and IMMEDIATE go, and what ends a wait: hotline channel "
                           "status";
    case ChannelMode::suspended:
      return of_peer ? "the other side suspended the channel (" + reason +
                           "): only FLASH about danger to life goes, and what ends a wait: hotline "
                           "channel status"
                     : "this side suspended the channel (" + reason +
                           "): only FLASH about danger to life goes, and what ends a wait: hotline "
                           "channel status";
    case ChannelMode::reopening:
      if (standing.lacks_open[kOwn]) {
        return "the channel is suspended until it is open again: our supervisor has not declared "
               "it open: hotline channel reopen --reason \"...\"";
      }
      if (standing.lacks_test_call) {
        return "the channel is suspended until it is open again: nobody has acknowledged a test "
               "call: hotline test-call";
      }
      return "the channel is suspended until it is open again: their supervisor has not declared "
             "it open: hotline channel status";
  }
  return "";
}

UtcMs ChannelState::due(UtcMs now) const {
  UtcMs next = INT64_MAX;
  for (const Party& party : parties_) {
    if (party.next && party.next->from > now) next = std::min(next, party.next->from);
  }
  return next;
}

void ChannelState::note_conditions(Now now) {
  static constexpr std::pair<ChannelMode, ConditionCode> kCodes[] = {
      {ChannelMode::suspended, ConditionCode::channel_suspended},
      {ChannelMode::restricted, ConditionCode::channel_restricted},
      {ChannelMode::reopening, ConditionCode::channel_reopening},
  };
  const ChannelStanding stands = standing(now.utc);
  bool was_limited = false;
  for (const auto& [mode, code] : kCodes) {
    was_limited = was_limited || conditions_.is_open(code, config_.peer);
    if (mode != stands.mode) conditions_.clear(now, code, config_.peer);
  }
  for (const auto& [mode, code] : kCodes) {
    if (mode == stands.mode) conditions_.raise(now, code, config_.peer, words(stands));
  }
  if (was_limited && stands.mode == ChannelMode::open) {
    recorder_.alarm(now, {}, "the channel is open again");
  }
}

}  // namespace hotline
