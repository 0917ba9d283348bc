// Two people release what matters: one writes it, and another person lets it go.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {

// The messages that this is asked of. Both parties have the same rule: it is part of the digest of
// their policy. Messages that end another's wait (an acknowledgement, a decline, a dissemination)
// and test calls always go by one person.
struct TwoPersonRule {
  std::array<bool, 4> precedences{};     // FLASH first.
  std::vector<wire::MessageType> types;  // At any precedence; rising.
  bool one_for_life = false;             // FLASH about danger to life goes by one, and is marked.

  bool operator==(const TwoPersonRule&) const = default;

  bool asks_two(const Kind& kind, uint8_t precedence, bool danger_to_life) const;
  // As they are configured: "flash", "launch".
  std::vector<std::string> names() const;
  // One more of them. Error: configuration, with the nearest name.
  Status add(const std::string& name);
};

}  // namespace hotline
