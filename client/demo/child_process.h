// A program that the demo started: it writes to a log file and does not outlive the demo.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace hotline::client {

class ChildProcess {
 public:
  // Runs `words[0]` (a path) with the other words. Its standard streams are /dev/null and the end
  // of `log_path`. It has a process group of its own, so that what is typed at the demo's terminal
  // does not reach it, and the kernel kills it should the demo die. Error: failed.
  static Result<std::unique_ptr<ChildProcess>> start(const std::vector<std::string>& words,
                                                     const std::string& log_path);

  // Kills what still runs, and waits for it.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }

  // Nothing while it runs; else its exit code, or 128 plus the signal that ended it.
  std::optional<int> exit_code();

  // Waits for its end, and takes at most `timeout_ms` for it.
  std::optional<int> wait(int64_t timeout_ms);

  void signal(int number);

 private:
  explicit ChildProcess(pid_t pid) : pid_(pid) {}

  pid_t pid_;
  std::optional<int> exit_code_;
};

}  // namespace hotline::client
