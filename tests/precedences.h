// The precedences by name, as envelopes carry them.
#pragma once

#include <cstdint>

#include "protocol/message/message_generated.h"

namespace hotline {

inline constexpr auto kFlash = static_cast<uint8_t>(wire::Precedence::flash);
inline constexpr auto kImmediate = static_cast<uint8_t>(wire::Precedence::immediate);
inline constexpr auto kPriority = static_cast<uint8_t>(wire::Precedence::priority);
inline constexpr auto kRoutine = static_cast<uint8_t>(wire::Precedence::routine);

}  // namespace hotline
