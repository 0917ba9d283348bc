#include "protocol/channel/disk_state.h"

#include <utility>

#include "protocol/base/limits.h"
#include "protocol/message/kinds/kinds.h"

namespace hotline {
namespace {

const char* disk_words(DiskLevel level) {
  return level == DiskLevel::own_only
             ? "the disk is all but full: nothing of the peer's is taken; our FLASH, "
               "acknowledgements, disseminations, declines and cancellations still go: free space "
               "on the disk of "
               "the store at once, and use voice"
             : "the disk is nearly full: only FLASH, acknowledgements, disseminations, declines "
               "and cancellations "
               "go, and the peer may send FLASH only: free space on the disk of the store";
}

const char* peer_words(DiskLevel level) {
  return level == DiskLevel::own_only
             ? "the peer's disk is full: it takes nothing, not even FLASH; use voice"
             : "the peer's disk is nearly full: it takes FLASH only, everything else waits here";
}

// The peer's messages on the disk, with their entries, indexes and the copy in the log.
uint64_t disk_cost(uint64_t bytes, uint64_t count) {
  return limits::kDiskCostPerByte * bytes + limits::kDiskCostPerMessage * count;
}

}  // namespace

bool DiskState::set_own(Now now, const DiskRoom& room) {
  const bool changed = room.level != own_.level;
  own_ = room;
  if (room.level == DiskLevel::plenty) {
    conditions_.clear(now, ConditionCode::disk_low, config_.party);
  } else if (changed) {
    conditions_.raise(now, ConditionCode::disk_low, config_.party, disk_words(room.level));
  }
  return changed;
}

void DiskState::set_peer(Now now, bool flash_only, bool takes_nothing) {
  const DiskLevel room = takes_nothing ? DiskLevel::own_only
                         : flash_only  ? DiskLevel::flash_only
                                       : DiskLevel::plenty;
  peer_ = room;
  for (const auto& [level, code] : {std::pair{DiskLevel::flash_only, ConditionCode::peer_disk_low},
                                    {DiskLevel::own_only, ConditionCode::peer_disk_full}}) {
    if (level == room) {
      conditions_.raise(now, code, config_.peer, peer_words(room));
    } else {
      conditions_.clear(now, code, config_.peer);
    }
  }
}

bool DiskState::has_room_for(uint64_t bytes, uint64_t count) const {
  return own_.level != DiskLevel::own_only && disk_cost(bytes, count) <= own_.for_peer;
}

Status DiskState::check_release(wire::MessageType type, uint8_t precedence) const {
  const bool goes = kind_of(type).ends_a_wait || precedence == kPrecedenceFirst;
  if (goes || own_.level == DiskLevel::plenty) return ok();
  return make_error(ErrorCode::refused,
                    "the disk is nearly full: only FLASH is taken until there is room",
                    "free space on the disk of the store, or use voice; acknowledgements, "
                    "disseminations, declines and cancellations still go");
}

}  // namespace hotline
