// What changes while this party's disk, or the peer's, is nearly full. What is left on a disk is
// kept for what cannot wait: FLASH, and what ends a wait. A peer is told so, and is not trusted to
// keep to it: messages for which there is no room are left, and with them those that follow on that
// link. They keep their places, get no receipt, and come again over another link.
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/channel/core.h"
#include "protocol/message/message_rules.h"

namespace hotline {
namespace {

const char* disk_words(DiskLevel level) {
  switch (level) {
    case DiskLevel::plenty:
      return "the disk has room again: messages are taken as before";
    case DiskLevel::flash_only:
      return "the disk is nearly full: only FLASH, acknowledgements, declines and cancellations "
             "go, "
             "and the peer may send FLASH only: free space on the disk of the store";
    case DiskLevel::own_only:
      return "the disk is all but full: nothing of the peer's is taken; our FLASH, "
             "acknowledgements, declines and cancellations still go: free space on the disk of the "
             "store at once, and use voice";
  }
  return "";
}

// The peer's messages on the disk, with their entries, indexes and the copy in the log.
uint64_t disk_cost(uint64_t bytes, uint64_t count) {
  return limits::kDiskCostPerByte * bytes + limits::kDiskCostPerMessage * count;
}

}  // namespace

void Core::set_disk_room(Now now, const DiskRoom& room) {
  const bool changed = room.level != disk_room_.level;
  disk_room_ = room;
  if (changed) {
    recorder_.alarm(now, {}, disk_words(room.level));
    if (adopted_) send_probe(now, *adopted_);
  }
  ask_for_what_was_left(now);
}

// True where there is room for so much of the peer's beside what is not on the disk yet.
bool Core::has_room_for(uint64_t bytes, uint64_t count) const {
  return disk_room_.level != DiskLevel::own_only &&
         disk_cost(bytes + gathering_peer_bytes_ + sealed_peer_bytes_,
                   count + recorder_.peer().frontier().size() - recorder_.durable().peer_size) <=
             disk_room_.for_peer;
}

void Core::leave_messages(Now now, Link& link) {
  if (std::exchange(link.leaves_messages, true)) return;
  peer_alarm(
      now, Noise::flash_only, {},
      "the peer's messages are not taken, nor receipted, until the disk has room: free space "
      "on the disk of the store, and ask the peer by voice");
}

// A link on which messages were left has lost its place: the next one begins at what we receipted.
void Core::ask_for_what_was_left(Now now) {
  if (!adopted_ || !links_.at(*adopted_).leaves_messages) return;
  if (!has_room_for(limits::kUrgentWindowCap, limits::kMessagesPerFrameMax)) return;
  refuse_link(now, *adopted_, wire::CloseReason::send_again,
              "the disk has room again: what was not taken is to be sent again");
}

void Core::on_peer_room(Now now, bool flash_only, bool takes_nothing) {
  const DiskLevel room = takes_nothing ? DiskLevel::own_only
                         : flash_only  ? DiskLevel::flash_only
                                       : DiskLevel::plenty;
  if (room == peer_room_) return;
  peer_room_ = room;
  peer_alarm(now, Noise::flash_only, {}, peer_room_words());
}

std::string Core::peer_room_words() const {
  switch (peer_room_) {
    case DiskLevel::plenty:
      return "the peer's disk has room again: it takes every message";
    case DiskLevel::flash_only:
      return "the peer's disk is nearly full: it takes FLASH only, everything else waits here";
    case DiskLevel::own_only:
      return "the peer's disk is full: it takes nothing, not even FLASH; use voice";
  }
  return "";
}

Status Core::check_room_for(wire::MessageType type, uint8_t precedence) const {
  if (disk_room_.level == DiskLevel::plenty || ends_a_wait(type) || precedence == kPrecedenceFirst)
    return ok();
  return make_error(ErrorCode::refused,
                    "the disk is nearly full: only FLASH is taken until there is room",
                    "free space on the disk of the store, or use voice; acknowledgements, declines "
                    "and cancellations still go");
}

}  // namespace hotline
