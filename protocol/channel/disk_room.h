// How much room the disk of a party's store has, in the steps that matter to the channel.
#pragma once

#include <cstdint>

namespace hotline {

//   plenty ──(less free than the reserve)──▶ flash_only ──(less than half of it)──▶ own_only
enum class DiskLevel : uint8_t {
  plenty,
  flash_only,  // The first half of the reserve: FLASH of both parties, and what ends a wait.
  own_only,    // The last half: nothing of the peer's is taken; what is our own and urgent goes on.
};

struct DiskRoom {
  DiskLevel level = DiskLevel::plenty;
  // Bytes of the disk that the peer's messages may use until it is looked at again. They never
  // reach the last half of the reserve, whatever the peer sends.
  uint64_t for_peer = UINT64_MAX;
};

}  // namespace hotline
