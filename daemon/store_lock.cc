#include "daemon/store_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hotline {
namespace {

// Who holds it, as the holder wrote it; only for the message.
std::string holder(int file) {
  char text[24] = {};
  const ssize_t size = pread(file, text, sizeof text - 1, 0);
  std::string digits;
  for (ssize_t i = 0; i < size && text[i] >= '0' && text[i] <= '9'; ++i) digits += text[i];
  return digits;
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::string& store_path) {
  const std::string path = store_path + ".lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    return make_error(ErrorCode::configuration,
                      "cannot open the lock file " + path + ": " + std::strerror(errno),
                      "the directory must be writable for the user that runs hotlined");
  }
  StoreLock lock(file);
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) {
      return make_error(ErrorCode::configuration,
                        "cannot lock " + path + ": " + std::strerror(errno),
                        "the store must be on a file system of this machine");
    }
    const std::string process = holder(file);
    return make_error(ErrorCode::conflict,
                      "the store " + store_path + " is in use by process " +
                          (process.empty() ? "of unknown number" : process),
                      "it is served already: hotline status");
  }
  const std::string own = std::to_string(getpid()) + "\n";
  if (ftruncate(file, 0) != 0 ||
      pwrite(file, own.data(), own.size(), 0) != static_cast<ssize_t>(own.size())) {
    return lock;  // The disk is full, say: the lock holds all the same, only the number is unknown.
  }
  return lock;
}

StoreLock::StoreLock(StoreLock&& other) noexcept : file_(other.file_) {
  other.file_ = -1;
}

StoreLock::~StoreLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace hotline
