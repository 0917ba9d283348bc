#include "daemon/store/sqlite/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace hotline {
namespace {

// The process that holds it, as the kernel lists it; only for the message. Lines are such as
// "7: FLOCK ADVISORY WRITE 4711 fe:01:262145 0 EOF".
std::string holder(int file) {
  struct stat status {};
  if (fstat(file, &status) != 0) return {};
  char device[32];
  std::snprintf(device, sizeof device, "%02x:%02x:", major(status.st_dev), minor(status.st_dev));
  const std::string locked = device + std::to_string(status.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, mode, process, where;
    words >> number >> kind >> advisory >> mode >> process >> where;
    if (kind == "FLOCK" && where == locked) return process;
  }
  return {};
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return make_error(ErrorCode::configuration, "cannot open " + path + ": " + std::strerror(errno),
                      "it must be readable and writable for the user that runs hotlined");
  }
  StoreLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) {
    return make_error(ErrorCode::configuration, "cannot lock " + path + ": " + std::strerror(errno),
                      "the store must be on a file system of this machine");
  }
  const std::string process = holder(file);
  return make_error(
      ErrorCode::conflict,
      path + " is in use by process " + (process.empty() ? "of unknown number" : process),
      "it is served already: hotline status");
}

StoreLock::StoreLock(StoreLock&& other) noexcept : file_(other.file_) {
  other.file_ = -1;
}

StoreLock::~StoreLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace hotline
