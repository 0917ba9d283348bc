// A read-back that differs, in words: whoever speaks to the other watch then must have both before
// them.
#pragma once

#include <string>

#include "protocol/channel/corrections.h"

namespace hotline {

// ". It says 54.90000N 020.10000E; 54.99000N 020.10000E was read back", of the message as it
// stands. Empty where that cannot be read.
std::string misreading_words(Corrections& corrections, MessageKey target,
                             const wire::Body& acknowledgement);

}  // namespace hotline
