#include "daemon/store/sqlite/checkpointer.h"

#include <optional>
#include <utility>

#include "daemon/store/sqlite/schema.h"

namespace hotline {

StoreCheckpointer::StoreCheckpointer(std::string path, SqliteOptions options,
                                     StoreFailureLatch& latch)
    : path_(std::move(path)),
      options_(std::move(options)),
      latch_(latch),
      thread_([this] { run(); }) {}

StoreCheckpointer::~StoreCheckpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void StoreCheckpointer::request() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = true;
  }
  changed_.notify_all();
}

void StoreCheckpointer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !requested_ && !running_; });
}

void StoreCheckpointer::run() {
  std::optional<Database> database;
  while (wait_for_request()) {
    try {
      // After a failure the log is the only place where a commit may stand: it is left alone.
      if (!latch_.failed()) {
        if (!database) database = open_for_writing(path_, options_);
        database->checkpoint(SQLITE_CHECKPOINT_PASSIVE);
        ++checkpoints_;
      }
    } catch (const StoreError& error) {
      latch_.fail(describe_failure(error, path_));
    }
    {
      const std::lock_guard lock(mutex_);
      running_ = false;
    }
    changed_.notify_all();
  }
}

bool StoreCheckpointer::wait_for_request() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || requested_; });
  if (stopping_) return false;
  requested_ = false;
  running_ = true;
  return true;
}

}  // namespace hotline
