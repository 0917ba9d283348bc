// A notifier command that writes down when it was called, and about what.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <utility>

#include "tests/bench/measures.h"

namespace hotline::bench {

class PagerFile {
 public:
  explicit PagerFile(const std::string& directory);

  // The section of the configuration: a FLASH that nobody acknowledged for `after_ms` pages.
  std::string escalation(int64_t after_ms) const;

  // The first call about each message, by the daemon that made it.
  std::map<std::pair<pid_t, std::string>, Clock::time_point> calls() const;

 private:
  std::string script_;
  std::string calls_;
};

}  // namespace hotline::bench
