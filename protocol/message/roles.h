// Rights on a channel: one table of roles, rights and kinds of messages. The core asks it about
// what is submitted, the daemon about what its clients ask, a client before it offers what would be
// refused. For persons only: a machine speaks for its daemon, and the core decides when.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "protocol/message/message_generated.h"

namespace hotline {

enum class Right : uint8_t {
  look,     // At messages, at the state of the channel, at what is due.
  send,     // A message, where no second person is asked for.
  release,  // Let go, or give back, what another person wrote.
  draft,    // Write down, change or discard what may be sent later.
  // Acknowledge as one what came in a flood. A client asks for it before it counts what waits; each
  // acknowledgement is then sent like any other, so that only this table keeps an operator from it.
  take_flood,
  agree,      // Propose an agreement to the other party, sign or reject one.
  hand_over,  // The watch, or take it over.
  declare,    // The channel open, restricted or suspended.
  pause,      // The ladder of a message that waits.
  escalate,   // A message by hand; have those who are told by a rung told for a trial.
  keep_case,  // Record how a guarantor stands to a case of violations.
  direct,     // An exercise: set its clock, begin it again.
  stop_exercise,
  recover,        // Confirm that a recovery of the store was looked after.
  export_record,  // Take the record away, for an audit.
};

// `kind`: of the message that is sent; of no other right.
bool may(wire::Role role, Right right, wire::MessageType kind = wire::MessageType::unset);

// True if one of a person's roles (wire::Role) has it.
bool may(std::span<const uint8_t> roles, Right right,
         wire::MessageType kind = wire::MessageType::unset);

// The role in which a person acts: the first of theirs that has the right, or `wanted` (a
// wire::Role; 0: any), where it is one of theirs and has it.
std::optional<wire::Role> acting_role(std::span<const uint8_t> roles, uint8_t wanted, Right right,
                                      wire::MessageType kind = wire::MessageType::unset);

}  // namespace hotline
