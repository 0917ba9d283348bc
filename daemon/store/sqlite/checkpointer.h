// Copies the write-ahead log into the database beside the commits: a commit then costs one flush of
// the log and never waits for the database's own pages, unless the log has reached its bound.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/store/sqlite/failure_latch.h"
#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {

class StoreCheckpointer {
 public:
  StoreCheckpointer(std::string path, SqliteOptions options, StoreFailureLatch& latch);
  StoreCheckpointer(const StoreCheckpointer&) = delete;
  StoreCheckpointer& operator=(const StoreCheckpointer&) = delete;
  ~StoreCheckpointer();

  // Asks for a copy, soon. Returns at once; asking twice is asking once.
  void request();
  // Waits until nothing is asked for and nothing under way.
  void wait_until_idle();

  uint64_t checkpoints() const { return checkpoints_.load(); }

 private:
  void run();
  bool wait_for_request();  // False: the end.

  const std::string path_;
  const SqliteOptions options_;
  StoreFailureLatch& latch_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;
  bool running_ = false;
  bool stopping_ = false;
  std::atomic<uint64_t> checkpoints_ = 0;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline
