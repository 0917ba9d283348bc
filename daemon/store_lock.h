// One daemon to a store. The lock is the kernel's (flock), on a file beside the store: it ends with
// the process, however that ends, so that nothing is ever left to clean up by hand. The file itself
// stays and holds the number of the last process, for the message of the next one.
#pragma once

#include <string>

#include "protocol/result.h"

namespace hotline {

class StoreLock {
 public:
  // Refuses at once while another process holds it.
  static Result<StoreLock> take(const std::string& store_path);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int file) : file_(file) {}

  int file_;
};

}  // namespace hotline
