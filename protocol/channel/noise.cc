#include "protocol/channel/noise.h"

#include <algorithm>

#include "protocol/base/text.h"

namespace hotline {

std::array<NoiseGate, Noise::kKinds> Noise::gates() {
  using namespace limits;
  return {
      NoiseGate(kRefusalsToldMax),     // stranger
      NoiseGate(kRefusalsToldMax),     // refusal
      NoiseGate(kLinkChangesToldMax),  // link_change
      NoiseGate(kClockAlarmsToldMax),  // clock
      NoiseGate(kPeerAlarmsToldMax),   // evidence
      NoiseGate(kPeerAlarmsToldMax),   // broken_rule
      NoiseGate(kPeerAlarmsToldMax),   // broken_flash
      NoiseGate(kDeclinesMax),         // decline
      NoiseGate(kPeerAlarmsToldMax),   // peer_declined
      NoiseGate(kPeerAlarmsToldMax),   // machine_declined
      NoiseGate(kPeerAlarmsToldMax),   // mismatch
      NoiseGate(kPeerAlarmsToldMax),   // no_room
      NoiseGate(kPeerAlarmsToldMax),   // conflict
      NoiseGate(kPeerAlarmsToldMax),   // not_open
  };
}

void Noise::alarm(Now now, NoiseKind kind, MessageKey key, const std::string& text) {
  if (admit(now, kind)) recorder_.alarm(now, key, text);
}

void Noise::alarm_about_own(Now now, NoiseKind kind, MessageKey key, const std::string& text) {
  const auto record = recorder_.records().message(key);
  const bool is_flash = record && record->precedence == kPrecedenceFirst;
  if (is_flash && flash_told_[index(kind)].insert(key.number)) {
    return recorder_.alarm(now, key, text);
  }
  alarm(now, kind, key, text);
}

// ----------------------------------------------------------------------------------------------
// links

void Noise::note_refusal_of_link(Now now, NoiseKind kind, const std::string& remote,
                                 const std::string& reason) {
  if (admit(now, kind)) record_refusal_of_link(now, remote, reason);
}

void Noise::record_refusal_of_link(Now now, const std::string& remote, const std::string& reason) {
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    auto who = b.CreateString(remote);
    auto why = b.CreateString(shortened(reason, limits::kPeerWordsSizeMax));
    return wire::CreateLinkRefused(b, who, why);
  });
}

void Noise::note_link_change(Now now, wire::LinkChange change, const std::string& detail) {
  if (admit(now, NoiseKind::link_change)) record_link_change(now, change, detail);
}

void Noise::record_link_change(Now now, wire::LinkChange change, const std::string& detail) {
  recorder_.record(now, [&](flatbuffers::FlatBufferBuilder& b) {
    return wire::CreateLinkChanged(b, change,
                                   b.CreateString(shortened(detail, limits::kPeerWordsSizeMax)));
  });
}

// ----------------------------------------------------------------------------------------------
// what was held back

namespace {

// The alarm that stands for so many more of a kind.
std::string held_back_words(NoiseKind kind, const std::string& count) {
  switch (kind) {
    case NoiseKind::clock:
      return "the peer's clock went off " + count + " more times in the last minute";
    case NoiseKind::evidence:
      return "the peer showed " + count +
             " more notes in the last minute that do not fit what it showed before";
    case NoiseKind::broken_rule:
    case NoiseKind::broken_flash:
      return count + " more " + (kind == NoiseKind::broken_flash ? "FLASH" : "messages") +
             " of the peer broke the rules in the last minute: they wait like any other; "
             "read them all the same";
    case NoiseKind::decline:
      return count +
             " messages of the peer got no DECLINE in the last minute, so that ours stay "
             "few: tell the peer by voice";
    case NoiseKind::peer_declined:
      return count + " more DECLINEs came from the peer in the last minute";
    case NoiseKind::machine_declined:
      return count + " more DECLINEs came from the peer's machine in the last minute";
    case NoiseKind::mismatch:
      return count +
             " more acknowledgements of the last minute read back something else than was "
             "sent: speak to them now";
    case NoiseKind::no_room:
      return "the peer's messages were not taken " + count +
             " more times in the last minute: the disk has no room";
    case NoiseKind::conflict:
      return count + " more conflicts of notices were found in the last minute: see them all";
    case NoiseKind::not_open:
      return "the peer sent " + count +
             " more messages in the last minute although the channel is not open: they are taken "
             "all the same";
    case NoiseKind::stranger:  // These three are entries of their own kind, and no alarm.
    case NoiseKind::refusal:
    case NoiseKind::link_change:
    case NoiseKind::kinds:
      break;
  }
  return "";
}

}  // namespace

BootMs Noise::due() const {
  BootMs next = INT64_MAX;
  for (const NoiseGate& gate : gates_) next = std::min(next, gate.due().value_or(next));
  for (const auto& [certificate, gates] : person_gates_) {
    for (const NoiseGate* gate : {&gates.refusals, &gates.exports}) {
      next = std::min(next, gate->due().value_or(next));
    }
  }
  return next;
}

void Noise::tell_held_back(BootMs until, Now now, bool link_is_up) {
  tell_held_back_of_persons(until, now);
  for (size_t i = 0; i < kKinds; ++i) {
    const uint64_t held_back = gates_[i].take_held_back(until);
    if (held_back == 0) continue;
    const auto kind = static_cast<NoiseKind>(i);
    const std::string count = std::to_string(held_back);
    if (kind == NoiseKind::stranger) {
      record_refusal_of_link(now, "", count + " more who knocked were refused in the last minute");
    } else if (kind == NoiseKind::refusal) {
      record_refusal_of_link(
          now, "", count + " more links or frames of the peer were refused in the last minute");
    } else if (kind == NoiseKind::link_change) {
      record_link_change(now, link_is_up ? wire::LinkChange::up : wire::LinkChange::down,
                         count + " more changes of the link in the last minute");
    } else {
      recorder_.alarm(now, {}, held_back_words(kind, count));
    }
  }
}

// ----------------------------------------------------------------------------------------------
// persons

// A person who is new where many are counted already shares a gate with the others that are.
Noise::PersonGates& Noise::gates_of(const Actor& actor) {
  const bool is_full = person_gates_.size() >= limits::kPersonsCountedMax;
  const bool counts_apart = !is_full || person_gates_.contains(actor.certificate);
  auto [gates, is_new] = person_gates_.try_emplace(counts_apart ? actor.certificate : Hash{});
  if (is_new) gates->second.name = counts_apart ? actor.name : "several";
  return gates->second;
}

void Noise::tell_held_back_of_persons(BootMs until, Now now) {
  for (auto& [certificate, gates] : person_gates_) {
    const Actor actor{gates.name, certificate, {}};
    if (const uint64_t count = gates.refusals.take_held_back(until)) {
      record_refusal_entry(
          now, actor,
          make_error(ErrorCode::refused,
                     std::to_string(count) + " more requests were refused in the last minute"));
    }
    if (const uint64_t count = gates.exports.take_held_back(until)) {
      record_export_entry(now, actor, static_cast<uint32_t>(std::min<uint64_t>(count, UINT32_MAX)));
    }
  }
  std::erase_if(person_gates_, [until](const auto& person) {
    return person.second.refusals.is_idle(until) && person.second.exports.is_idle(until);
  });
}

void Noise::record_refusal(Now now, const Actor& actor, const Error& error,
                           const std::string& object) {
  if (!gates_of(actor).refusals.admit(now.boot)) return;
  Error recorded = error;
  if (recorded.reason.find(object) == std::string::npos) {
    recorded.reason += " (about " + object + ")";
  }
  record_refusal_entry(now, actor, recorded);
}

bool Noise::record_export(Now now, const Actor& actor) {
  if (!gates_of(actor).exports.admit(now.boot)) return false;
  record_export_entry(now, actor, 0);
  return true;
}

void Noise::record_refusal_entry(Now now, const Actor& actor, const Error& error) {
  SaltedText name{random_.salt(), actor.name};
  recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        wire::Digest certificate = to_digest(actor.certificate);
        wire::Digest name_hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
        auto reason = b.CreateString(shortened(error.reason, limits::kPeerWordsSizeMax));
        return wire::CreateRequestRefused(b, &certificate, &name_hash,
                                          static_cast<uint16_t>(error.code), reason);
      },
      name);
}

void Noise::record_export_entry(Now now, const Actor& actor, uint32_t more) {
  SaltedText name{random_.salt(), actor.name};
  recorder_.record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        wire::Digest certificate = to_digest(actor.certificate);
        wire::Digest name_hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
        return wire::CreateExported(b, &certificate, &name_hash, more);
      },
      name);
}

}  // namespace hotline
