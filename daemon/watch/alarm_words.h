// The ladder's alarms in words, for the consoles and the log.
#pragma once

#include <functional>
#include <string>

#include "protocol/channel/effects.h"
#include "protocol/channel/policy.h"

namespace hotline {

struct AlarmWords {
  std::string id;  // The message's name where it is about one; else empty.
  std::string text;
};

// `sender`: the party whose messages they are. `name_of` gives a message's name, such as S-000087.
// One message: "ESCALATED to supervisor". A flood: "104 FLASH of SOUTH wait for an acknowledgement,
// the oldest S-000087 for 00:03:12; 12, the oldest S-000099: ESCALATED to supervisor".
// Where a rung proposes voice by `policy`, it says so, with whom to call.
AlarmWords alarm_words(const SoundStep& sound, const std::string& sender, const Policy& policy,
                       const std::function<std::string(MessageKey)>& name_of);

}  // namespace hotline
