#include "daemon/watch/disk_watch.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace hotline {

DiskRoom DiskWatch::update(uint64_t free_bytes) {
  const uint64_t half = reserve_bytes_ / 2;
  const auto is_below = [&](uint64_t bytes, DiskLevel level) {
    return free_bytes < (level_ >= level ? bytes + bytes / 4 : bytes);
  };
  level_ = is_below(half, DiskLevel::own_only)               ? DiskLevel::own_only
           : is_below(reserve_bytes_, DiskLevel::flash_only) ? DiskLevel::flash_only
                                                             : DiskLevel::plenty;
  return {level_, free_bytes > half ? free_bytes - half : 0};
}

Result<uint64_t> free_bytes_at(const std::string& path) {
  struct statvfs disk {};
  if (statvfs(path.c_str(), &disk) != 0)
    return make_error(ErrorCode::failed, path + ": " + std::strerror(errno));
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

}  // namespace hotline
