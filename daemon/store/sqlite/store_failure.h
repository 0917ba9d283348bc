// The ways in which a store fails, told apart so that people do the right thing: what passes (a
// full disk, a lock, no file descriptor left, a disk that does not answer) is called what it is,
// and only what is damaged is called damaged. Nothing here advises an older copy of a store: it
// would give places and serials a second time that the peer holds already.
//
// The latch is the one-way switch of a store: good, then FAILED for as long as the process lives.
// Shared by the threads that write; the first failure is kept, because what follows it is only its
// echo.
#pragma once

#include <mutex>
#include <optional>

#include "daemon/store/sqlite/sqlite.h"
#include "daemon/store/sqlite/store.h"

namespace hotline {

struct FailedStore {
  StoreFailure failure = StoreFailure::none;
  Error error;
};

// A failed commit, in words for the watch floor.
FailedStore describe_failure(const StoreError& error, const std::string& path);

// True: what is written in the store is not what was written there. False: reading or writing it
// failed now and may succeed later.
bool is_damage(const RecordsError& error);

// A store that could not be opened, made or read: `what` is for example "cannot open the store".
Error describe_refusal(const std::string& what, const StoreError& error, const std::string& path);

// The same where the system itself said so. `error_number` is an errno; `otherwise` is the remedy
// where none is known for it.
Error describe_refusal(const std::string& what, int error_number, const std::string& otherwise);

Error describe_damage(const std::string& path, const std::string& fault);

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
