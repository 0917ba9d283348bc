#include "daemon/store/sqlite/reader_thread.h"

#include <memory>
#include <utility>

#include "daemon/store/sqlite/reader.h"

namespace hotline {

StoreReaderThread::StoreReaderThread(std::string path, SqliteOptions options)
    : path_(std::move(path)), options_(std::move(options)), thread_([this] { run(); }) {}

StoreReaderThread::~StoreReaderThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  for (const Task& task : tasks_) task.failed(StoreError("the store is being closed"));
}

void StoreReaderThread::post(Store::Read read, Store::ReadFailed failed) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({.read = std::move(read), .failed = std::move(failed)});
  }
  changed_.notify_one();
}

void StoreReaderThread::run() {
  std::unique_ptr<SqliteReader> reader;
  Task task;
  while (take(task)) {
    try {
      // Opened when first needed, and again after a failure, which may have been of the moment.
      if (!reader) reader = std::make_unique<SqliteReader>(path_, options_);
      task.read(*reader);
    } catch (const StoreError& error) {
      reader.reset();
      task.failed(error);
    }
    task = {};  // Its captures end here, not when the next one comes.
  }
}

bool StoreReaderThread::take(Task& task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
  if (stopping_) return false;
  task = std::move(tasks_.front());
  tasks_.pop_front();
  return true;
}

}  // namespace hotline
