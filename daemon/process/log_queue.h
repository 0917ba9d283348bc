// Lines of the log on their way to standard error.
//
// The log may be a pipe that nobody reads, a terminal that is held, or a disk that is full; none of
// these may make the channel wait. So put() never blocks: a thread of the queue's own writes, and
// it is the one that waits. When too much waits, the oldest lines are dropped and counted, and the
// count is written in their place once something is taken again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace hotline {

class LogQueue {
 public:
  // `file` stays open until the process ends.
  explicit LogQueue(int file);
  // Waits limits::kLogFarewell_ms at most for what is left to be written. The thread of a queue
  // that is still blocked then ends with the process.
  ~LogQueue();
  LogQueue(const LogQueue&) = delete;
  LogQueue& operator=(const LogQueue&) = delete;

  // A whole line with its line feed. From any thread.
  void put(std::string line);

  // Why the log is not written, in words: it cannot be, or nothing was taken for
  // limits::kLogPatience_ms. Empty while all is well. From any thread.
  std::string trouble() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hotline
