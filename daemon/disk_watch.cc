#include "daemon/disk_watch.h"

#include <sys/statvfs.h>

#include <cerrno>
#include <cstring>

namespace hotline {

bool DiskWatch::update(uint64_t free_bytes) {
  low_ = free_bytes < (low_ ? reserve_bytes_ + reserve_bytes_ / 4 : reserve_bytes_);
  return low_;
}

Result<uint64_t> free_bytes_at(const std::string& path) {
  struct statvfs disk {};
  if (statvfs(path.c_str(), &disk) != 0)
    return make_error(ErrorCode::failed, path + ": " + std::strerror(errno));
  return static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
}

}  // namespace hotline
