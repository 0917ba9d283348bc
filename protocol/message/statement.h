// Statements that a person signs with the key of their own certificate: lines that say what they
// do and with which bytes. The daemon of their party takes nothing of the kind over TLS without
// it, and keeps it in its journal beside the person's name (protocol/channel/person_part.h).
//
//   Hotline: I sign what I do, 1
//   from: north
//   to: south
//   channel: live
//   action: release
//   type: incident
//   precedence: FLASH
//   danger-to-life: yes
//   body-sha256: 5f70bf18…
//   draft-sha256: 9b74c989…
//
// Each line ends with \n, and a line that says nothing is left out. docs/protocol.md has all
// actions with their lines, which a second implementation reads too: what is said of an entry of a
// journal is made again from that entry, and compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// The party whose daemon is asked, the other one, and on which channel.
struct Addressed {
  std::string from;
  std::string to;
  bool exercise = false;
};

// A message, as far as a person signs for it. An empty string and 0 are left out.
struct StatedRelease {
  uint8_t type = 0;
  uint8_t precedence = 0;  // 0: that of the message that it speaks of.
  bool danger_to_life = false;
  std::vector<std::string> references;
  std::string correction_of;
  std::string incident;
  UtcMs reply_by = 0;
  UtcMs expires_at = 0;
  Hash body{};   // SHA-256, without a salt.
  Hash draft{};  // SHA-256 of the draft as it was submitted; it has a nonce, so no two are one.
  uint64_t number = 0;  // The saved draft that it was made from.
};

// As it is asked for, and as it went.
StatedRelease stated_release(const wire::Draft& draft, ByteView draft_bytes, uint64_t number);
StatedRelease stated_release(const wire::Envelope& envelope, ByteView body, const Hash& draft,
                             uint64_t number);

std::string release_statement(const Addressed& addressed, const StatedRelease& release);
// `replaced`: SHA-256 of the version whose place it takes.
std::string save_statement(const Addressed& addressed, const Hash& draft,
                           const std::optional<Hash>& replaced);
std::string discard_statement(const Addressed& addressed, uint64_t number);
// `draft`: SHA-256 of the version that they read.
std::string hand_in_statement(const Addressed& addressed, uint64_t number, const Hash& draft);
// Withdrawn by who handed it in, where there is no reason.
std::string return_statement(const Addressed& addressed, uint64_t number, const Hash& draft,
                             std::string_view reason);
// `id`: the message's, as it was typed. `until`: 0 ends the pause.
std::string pause_statement(const Addressed& addressed, std::string_view id, UtcMs until,
                            std::string_view reason);
// `change`: wire::ExerciseClockChange; of the others what the request has.
std::string exercise_clock_statement(const Addressed& addressed, uint8_t change,
                                     uint32_t speed_permille, int64_t by_ms, UtcMs until);
// `id`: the message's, as it was typed.
std::string raise_statement(const Addressed& addressed, std::string_view id,
                            std::string_view reason);
std::string trial_statement(const Addressed& addressed);
std::string recovery_statement(const Addressed& addressed, uint64_t epoch);
std::string fork_statement(const Addressed& addressed, bool journal);
// `id`: the case's, as it was typed. `standing`: wire::GuarantorStanding.
std::string guarantor_statement(const Addressed& addressed, std::string_view id,
                                std::string_view guarantor, uint8_t standing,
                                std::string_view reason);
// `list`: of the items and the note, as in protocol/channel/handover.h.
std::string hand_over_statement(const Addressed& addressed, std::string_view note,
                                const Hash& list);
std::string take_over_statement(const Addressed& addressed, const Hash& list);

}  // namespace hotline
