// The daemon's log: what spdlog is told, in lines on standard error.
#pragma once

#include <spdlog/logger.h>

#include <memory>
#include <string>

#include "daemon/process/log_queue.h"

namespace hotline {

// While it stands it is where spdlog's lines go. It never makes its caller wait (log_queue.h).
class Log {
 public:
  explicit Log(int file);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Why the log is not written, in words; empty while all is well.
  std::string trouble() const { return lines_->trouble(); }

 private:
  std::shared_ptr<LogQueue> lines_;
  std::shared_ptr<spdlog::logger> former_;
};

}  // namespace hotline
