// The one-way switch of a store: good, then FAILED for as long as the process lives. Shared by the
// threads that write; the first failure is kept, because what follows it is only its echo.
#pragma once

#include <mutex>
#include <optional>

#include "daemon/store/failure.h"

namespace hotline {

class StoreFailureLatch {
 public:
  // Returns what stands: the first failure.
  FailedStore fail(const FailedStore& failed) {
    const std::lock_guard lock(mutex_);
    if (!failed_) failed_ = failed;
    return *failed_;
  }

  std::optional<FailedStore> failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  mutable std::mutex mutex_;
  std::optional<FailedStore> failed_;
};

}  // namespace hotline
