// Entries of a journal, for tests of those who read one.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/channel/conditions.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/channel/key_blocks.h"
#include "protocol/channel/ladder.h"

namespace hotline::client {

inline const wire::Digest kAnyDigest{};
// For a history that is made up: on the hour.
inline constexpr UtcMs kEntriesBegin = 1'800'000'000'000;

// `build` gets the builder and gives the offset of the fact's table.
template <class Build>
Bytes journal_entry(UtcMs at, Build build) {
  flatbuffers::FlatBufferBuilder builder;
  const auto fact = build(builder);
  const auto type = []<class Table>(flatbuffers::Offset<Table>) {
    return wire::FactTraits<Table>::enum_value;
  }(fact);
  wire::FinishEntryBuffer(builder, wire::CreateEntry(builder, at, &kAnyDigest, type, fact.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

inline Bytes started_entry(UtcMs at) {
  return journal_entry(at, [](auto& b) { return wire::CreateStarted(b, b.CreateString("0.1.0")); });
}

inline Bytes stopped_entry(UtcMs at) {
  return journal_entry(at, [](auto& b) { return wire::CreateStopped(b); });
}

inline Bytes clock_stepped_entry(UtcMs at, UtcMs from, UtcMs to) {
  return journal_entry(at, [&](auto& b) { return wire::CreateClockStepped(b, from, to); });
}

// A message as a Released or a Received entry tells of it. `refers_to` is absent where it is null.
struct EntryMessage {
  uint64_t serial = 0;
  wire::MessageType type = wire::MessageType::incident;
  wire::Precedence precedence = wire::Precedence::flash;
  const wire::MessageKey* refers_to = nullptr;
  wire::DeclineCode decline_code = wire::DeclineCode::unset;
  wire::Role role = wire::Role::unset;
};

inline Bytes released_entry(UtcMs at, const EntryMessage& message) {
  return journal_entry(at, [&](auto& b) {
    wire::ReleasedBuilder released(b);
    released.add_serial(message.serial);
    released.add_type(static_cast<uint8_t>(message.type));
    released.add_precedence(static_cast<uint8_t>(message.precedence));
    released.add_leaf_hash(&kAnyDigest);
    released.add_role(static_cast<uint8_t>(message.role));
    if (message.refers_to != nullptr) released.add_refers_to(message.refers_to);
    return released.Finish();
  });
}

inline Bytes received_entry(UtcMs at, uint64_t index, const EntryMessage& message) {
  return journal_entry(at, [&](auto& b) {
    wire::ReceivedBuilder received(b);
    received.add_index(index);
    received.add_serial(message.serial);
    received.add_type(static_cast<uint8_t>(message.type));
    received.add_precedence(static_cast<uint8_t>(message.precedence));
    received.add_leaf_hash(&kAnyDigest);
    received.add_decline_code(static_cast<uint16_t>(message.decline_code));
    received.add_role(static_cast<uint8_t>(message.role));
    if (message.refers_to != nullptr) received.add_refers_to(message.refers_to);
    return received.Finish();
  });
}

inline Bytes numbered_entry(UtcMs at, uint64_t first, const std::vector<uint64_t>& serials) {
  return journal_entry(
      at, [&](auto& b) { return wire::CreateNumberedDirect(b, first, &serials, "checkpoint"); });
}

inline Bytes receipt_held_entry(UtcMs at, uint64_t size) {
  return journal_entry(at,
                       [&](auto& b) { return wire::CreateReceiptHeldDirect(b, size, "receipt"); });
}

inline Bytes climbed_entry(UtcMs at, const wire::MessageKey& key, const std::string& rung) {
  return journal_entry(at, [&](auto& b) {
    const std::vector<flatbuffers::Offset<wire::Step>> steps = {
        wire::CreateStepDirect(b, static_cast<uint8_t>(StepKind::rung), rung.c_str())};
    const std::vector<uint64_t> messages = to_blocks({key.number()});
    return wire::CreateStepsDecidedDirect(b, key.incoming(), 1, &messages, &steps);
  });
}

inline Bytes missed_call_entry(UtcMs at, int64_t hour, bool ours) {
  return journal_entry(at, [&](auto& b) { return wire::CreateTestCallMissed(b, hour, ours, 1); });
}

inline Bytes link_entry(UtcMs at, wire::LinkChange change, const char* detail = "") {
  return journal_entry(at,
                       [&](auto& b) { return wire::CreateLinkChangedDirect(b, change, detail); });
}

inline Bytes alarm_entry(UtcMs at, const char* text) {
  return journal_entry(at, [&](auto& b) {
    const wire::MessageKey none(false, 0);
    return wire::CreateAlarmRaisedDirect(b, &none, 0, text);
  });
}

inline Bytes condition_began_entry(UtcMs at, ConditionCode code, const char* subject) {
  return journal_entry(at, [&](auto& b) {
    return wire::CreateConditionBeganDirect(b, static_cast<uint8_t>(code), subject, 0, "words");
  });
}

inline Bytes condition_ended_entry(UtcMs at, ConditionCode code, const char* subject) {
  return journal_entry(at, [&](auto& b) {
    return wire::CreateConditionEndedDirect(b, static_cast<uint8_t>(code), subject);
  });
}

// Of our N-`own` and the peer's message at this place; there together until then.
inline Bytes conflict_found_entry(UtcMs at, uint64_t own, uint64_t peers, UtcMs until) {
  return journal_entry(at, [&](auto& b) {
    const wire::MessageKey ours(false, own), theirs(true, peers);
    return wire::CreateConflictFound(b, &ours, &theirs, 1, 1, 900, 60, 30, at, until);
  });
}

inline Bytes conflict_ended_entry(UtcMs at, uint64_t own, uint64_t peers, wire::ConflictEnd why) {
  return journal_entry(at, [&](auto& b) {
    const wire::MessageKey ours(false, own), theirs(true, peers);
    return wire::CreateConflictEnded(b, &ours, &theirs, why);
  });
}

}  // namespace hotline::client
