// A peer with good keys, a person, or somebody who only knocks, may do the same again and again:
// the first few a minute are told one by one, the rest as a number. What
// counts for the protocol (places, receipts, evidence up to its limit) does not depend on it.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/channel/core.h"
#include "protocol/channel/wire_frames.h"

namespace hotline {

std::array<NoiseGate, Core::kNoises> Core::noise_gates() {
  using namespace limits;
  return {
      NoiseGate(kRefusalsToldMax),     // stranger
      NoiseGate(kRefusalsToldMax),     // refusal
      NoiseGate(kLinkChangesToldMax),  // link_change
      NoiseGate(kClockAlarmsToldMax),  // clock
      NoiseGate(kPeerAlarmsToldMax),   // agreement
      NoiseGate(kPeerAlarmsToldMax),   // evidence
      NoiseGate(kPeerAlarmsToldMax),   // broken_rule
      NoiseGate(kPeerAlarmsToldMax),   // broken_flash
      NoiseGate(kDeclinesMax),         // decline
      NoiseGate(kPeerAlarmsToldMax),   // peer_declined
      NoiseGate(kPeerAlarmsToldMax),   // machine_declined
      NoiseGate(kPeerAlarmsToldMax),   // mismatch
      NoiseGate(kPeerAlarmsToldMax),   // flash_only
  };
}

bool Core::admit(Now now, Noise kind) {
  return noise_gates_[static_cast<size_t>(kind)].admit(now.boot);
}

void Core::peer_alarm(Now now, Noise kind, MessageKey key, const std::string& text) {
  if (admit(now, kind)) recorder_.alarm(now, key, text);
}

// Each own FLASH has one alarm of a kind that no gate holds back, however many there were before.
void Core::alarm_about_own(Now now, Noise kind, MessageKey key, const std::string& text) {
  const auto record = recorder_.records().message(key);
  const bool is_flash = record && record->precedence == kPrecedenceFirst;
  if (is_flash && flash_told_[static_cast<size_t>(kind)].insert(key.number)) {
    return recorder_.alarm(now, key, text);
  }
  peer_alarm(now, kind, key, text);
}

// How it stands with the link, once a minute where it changes without end.
void Core::note_link_change(Now now, wire::LinkChange change, const std::string& detail) {
  if (admit(now, Noise::link_change)) record_link_change(now, change, detail);
}

BootMs Core::noise_due() const {
  BootMs next = INT64_MAX;
  for (const NoiseGate& gate : noise_gates_) next = std::min(next, gate.due().value_or(next));
  for (const auto& [certificate, gates] : person_gates_) {
    for (const NoiseGate* gate : {&gates.refusals, &gates.exports}) {
      next = std::min(next, gate->due().value_or(next));
    }
  }
  return next;
}

// What was held back, once its minute has passed, or all of it at a stop.
void Core::tell_held_back(BootMs until, Now now) {
  tell_held_back_of_persons(until, now);
  for (size_t i = 0; i < kNoises; ++i) {
    uint64_t held_back = noise_gates_[i].take_held_back(until);
    if (held_back == 0) continue;
    std::string count = std::to_string(held_back);
    switch (static_cast<Noise>(i)) {
      case Noise::stranger:
        record_refusal_of_link(now, "",
                               count + " more who knocked were refused in the last minute");
        break;
      case Noise::refusal:
        record_refusal_of_link(
            now, "", count + " more links or frames of the peer were refused in the last minute");
        break;
      case Noise::link_change:
        record_link_change(now, adopted_ ? wire::LinkChange::up : wire::LinkChange::down,
                           count + " more changes of the link in the last minute");
        break;
      case Noise::clock:
        recorder_.alarm(now, {},
                        "the peer's clock went off " + count + " more times in the last minute");
        break;
      case Noise::agreement:
        recorder_.alarm(
            now, {}, "the peer changed its agreement " + count + " more times in the last minute");
        break;
      case Noise::evidence:
        recorder_.alarm(now, {},
                        "the peer showed " + count +
                            " more notes in the last minute that do not fit what it showed before");
        break;
      case Noise::broken_rule:
      case Noise::broken_flash:
        recorder_.alarm(
            now, {},
            count + " more " +
                (static_cast<Noise>(i) == Noise::broken_flash ? "FLASH" : "messages") +
                " of the peer broke the rules in the last minute: they wait like any other; "
                "read them all the same");
        break;
      case Noise::decline:
        recorder_.alarm(
            now, {},
            count +
                " messages of the peer got no DECLINE in the last minute, so that ours stay "
                "few: tell the peer by voice");
        break;
      case Noise::peer_declined:
        recorder_.alarm(now, {}, count + " more DECLINEs came from the peer in the last minute");
        break;
      case Noise::machine_declined:
        recorder_.alarm(now, {},
                        count + " more DECLINEs came from the peer's machine in the last minute");
        break;
      case Noise::mismatch:
        recorder_.alarm(
            now, {},
            count +
                " more acknowledgements of the last minute read back something else than was "
                "sent: speak to them now");
        break;
      case Noise::flash_only:
        recorder_.alarm(now, {},
                        peer_room_words() + "; it changed its word " + count +
                            " more times in the last minute");
        break;
      case Noise::kinds:
        break;
    }
  }
}

// ----------------------------------------------------------------------------------------------
// persons

// A person who is new where many are counted already shares a gate with the others that are.
Core::PersonGates& Core::gates_of(const Actor& actor) {
  const bool is_full = person_gates_.size() >= limits::kPersonsCountedMax;
  const bool counts_apart = !is_full || person_gates_.contains(actor.certificate);
  auto [gates, is_new] = person_gates_.try_emplace(counts_apart ? actor.certificate : Hash{});
  if (is_new) gates->second.name = counts_apart ? actor.name : "several";
  return gates->second;
}

void Core::tell_held_back_of_persons(BootMs until, Now now) {
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

void Core::record_refusal(Now now, const Actor& actor, const Error& error) {
  if (gates_of(actor).refusals.admit(now.boot)) record_refusal_entry(now, actor, error);
}

void Core::record_refusal_entry(Now now, const Actor& actor, const Error& error) {
  SaltedText name{random_.salt(), actor.name};
  record(
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

void Core::record_export_entry(Now now, const Actor& actor, uint32_t more) {
  SaltedText name{random_.salt(), actor.name};
  record(
      now,
      [&](flatbuffers::FlatBufferBuilder& b) {
        wire::Digest certificate = to_digest(actor.certificate);
        wire::Digest name_hash = to_digest(salted_hash(name.salt, as_bytes(name.text)));
        return wire::CreateExported(b, &certificate, &name_hash, more);
      },
      name);
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

}  // namespace hotline
