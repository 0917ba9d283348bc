// How much room the disk of the store has (protocol/channel/disk_room.h): whether less is free than
// the reserve that is kept for what cannot wait, or than half of it. The level rises again only
// with a quarter more free, so that it does not flap.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"
#include "protocol/channel/disk_room.h"

namespace hotline {

class DiskWatch {
 public:
  explicit DiskWatch(uint64_t reserve_bytes) : reserve_bytes_(reserve_bytes) {}

  // Returns what stands now that so much is free.
  DiskRoom update(uint64_t free_bytes);

 private:
  uint64_t reserve_bytes_;
  DiskLevel level_ = DiskLevel::plenty;
};

// Bytes that this process may still write to the file system of `path`. Error: failed.
Result<uint64_t> free_bytes_at(const std::string& path);

}  // namespace hotline
