// A thread for long reads, with a connection of its own, so that an audit never makes the core
// wait.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {

class StoreReaderThread {
 public:
  StoreReaderThread(std::string path, SqliteOptions options);
  StoreReaderThread(const StoreReaderThread&) = delete;
  StoreReaderThread& operator=(const StoreReaderThread&) = delete;
  // Ends after the read under way; those that had not begun are told that the store closes.
  ~StoreReaderThread();

  void post(Store::Read read, Store::ReadFailed failed);

 private:
  struct Task {
    Store::Read read;
    Store::ReadFailed failed;
  };

  void run();
  bool take(Task& task);  // False: the end.

  const std::string path_;
  const SqliteOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline
