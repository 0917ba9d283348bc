// This party's disk, and the peer's, while they are nearly full. The room left on a disk is
// kept for what cannot wait: FLASH, and what ends a wait. A peer is told so, and is not trusted to
// keep to it: if the disk has no room for a message, we skip it and all that follow on that link.
// They get no receipt, and the peer sends them again over the next link.
#pragma once

#include <cstdint>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/disk_room.h"
#include "protocol/message/message_rules.h"

namespace hotline {

class DiskState {
 public:
  // Both outlive it.
  DiskState(const CoreConfig& config, Conditions& conditions)
      : config_(config), conditions_(conditions) {}

  // True: the level is another one, which the peer must be told.
  bool set_own(Now now, const DiskRoom& room);
  // As the peer says.
  void set_peer(Now now, bool flash_only, bool takes_nothing);

  DiskLevel own() const { return own_.level; }
  DiskLevel peer() const { return peer_; }

  // Fails where an own message may not be released for want of room.
  Status check_release(wire::MessageType type, uint8_t precedence) const;
  // True where the disk has room for so much of the peer's: bytes, and messages, that are not
  // durable yet.
  bool has_room_for(uint64_t bytes, uint64_t count) const;

 private:
  const CoreConfig& config_;
  Conditions& conditions_;
  DiskRoom own_;
  DiskLevel peer_ = DiskLevel::plenty;
};

}  // namespace hotline
