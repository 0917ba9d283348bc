#include "tests/bench/pager_file.h"

#include <sys/stat.h>

#include <fstream>

namespace hotline::bench {

PagerFile::PagerFile(const std::string& directory)
    : script_(directory + "/page"), calls_(directory + "/pages") {
  std::ofstream(script_) << "#!/bin/sh\nnow=$(date +%s%N)\nfor message in $HOTLINE_MESSAGES; do "
                            "echo \"$now $PPID $message\"; done >> "
                         << calls_ << "\n";
  chmod(script_.c_str(), 0700);
}

std::string PagerFile::escalation(int64_t after_ms) const {
  return "[escalation.flash]\n[[escalation.flash.rung]]\nname = \"supervisor\"\nafter = \"" +
         std::to_string(after_ms) +
         "ms\"\nrole = \"supervisor\"\n[[escalation.flash.rung.command]]\nrun = [\"" + script_ +
         "\"]\n";
}

std::map<std::pair<pid_t, std::string>, Clock::time_point> PagerFile::calls() const {
  const auto apart = std::chrono::system_clock::now().time_since_epoch() -
                     Clock::now().time_since_epoch();  // The script knows the wall clock only.
  std::map<std::pair<pid_t, std::string>, Clock::time_point> calls;
  std::ifstream file(calls_);
  int64_t at_ns = 0;
  pid_t daemon = 0;
  for (std::string message; file >> at_ns >> daemon >> message;) {
    const auto at = std::chrono::nanoseconds(at_ns) - apart;
    calls.emplace(std::pair(daemon, message),
                  Clock::time_point(std::chrono::duration_cast<Clock::duration>(at)));
  }
  return calls;
}

}  // namespace hotline::bench
