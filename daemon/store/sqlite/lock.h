// One daemon to a store. The lock is the kernel's (flock) on the store's file itself, so that no
// other name for it (a link, another mount) leads past the lock. It ends with the process, however
// that ends: nothing is ever left to clean up by hand.
//
// SQLite's own locks on the file (fcntl) are others and do not meet this one, but they are lost
// when any descriptor of the file is closed in this process. So this one is opened before SQLite
// opens the file and closed after it, and a process opens a store once.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace hotline {

class StoreLock {
 public:
  // A file or a directory that is there. Refuses at once while another process holds it.
  static Result<StoreLock> take(const std::string& path);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int file) : file_(file) {}

  int file_;
};

}  // namespace hotline
