#pragma once

#include <compare>
#include <cstdint>

namespace hotline {

// Names a message for one party. Own messages are named by their serial number, the peer's by their
// index in the peer's transcript. As the journal has it: wire::MessageKey.
struct MessageKey {
  bool incoming = false;
  uint64_t number = 0;
  friend auto operator<=>(const MessageKey&, const MessageKey&) = default;
};

}  // namespace hotline
