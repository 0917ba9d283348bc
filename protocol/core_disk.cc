// What changes while this party's disk, or the peer's, is nearly full. What is left on a disk is
// kept for what cannot wait: FLASH, and what ends a wait.
#include "protocol/core.h"

namespace hotline {
namespace {

// Small, and each of them lets somebody stop waiting.
bool goes_with_a_full_disk(wire::MessageType type) {
  switch (type) {
    case wire::MessageType::acknowledgement:
    case wire::MessageType::dissemination:
    case wire::MessageType::decline:
    case wire::MessageType::cancellation:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Core::set_disk_low(Now now, bool low) {
  if (low == disk_low_) return;
  disk_low_ = low;
  alarm(
      now, {},
      low ? "the disk is nearly full: new messages are refused, and the peer may send FLASH only; "
            "acknowledgements, declines and cancellations go"
          : "the disk has room again: messages are taken as before");
  if (adopted_) send_probe(now, *adopted_);
}

void Core::on_peer_flash_only(Now now, bool flash_only) {
  if (flash_only == peer_flash_only_) return;
  peer_flash_only_ = flash_only;
  peer_alarm(now, Noise::flash_only, {}, flash_only_words());
}

std::string Core::flash_only_words() const {
  return peer_flash_only_
             ? "the peer's disk is nearly full: it takes FLASH only, everything else waits here"
             : "the peer's disk has room again: it takes every message";
}

Status Core::check_room_for(wire::MessageType type) const {
  if (!disk_low_ || goes_with_a_full_disk(type)) return ok();
  return make_error(ErrorCode::refused,
                    "the disk is nearly full: new messages are refused until there is room",
                    "free space on the disk of the store, or use voice; acknowledgements, declines "
                    "and cancellations still go");
}

}  // namespace hotline
