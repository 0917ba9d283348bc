// Measures that the bench reads off the system, and how it sums them up.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hotline::bench {

using Clock = std::chrono::steady_clock;

inline double milliseconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::milli>(end - begin).count();
}
inline double seconds_since(Clock::time_point begin) {
  return milliseconds_between(begin, Clock::now()) / 1e3;
}

double median(std::vector<double> values);
// The value that `share` of all do not exceed (nearest rank). `values` is sorted in place.
double percentile(std::vector<double>& values, double share);

// User and system time of all threads, from /proc; its unit there is 10 ms.
double processor_seconds(pid_t process);

// Resident memory of a process, now and at its highest.
struct Memory {
  double now_mib = 0;
  double peak_mib = 0;
};
Memory memory_of(pid_t process);

// Flush requests that the disk under `path` has completed, from /proc/diskstats: those of the whole
// machine, so of neighbours too. Nothing where the kernel does not count them for this file system.
std::optional<uint64_t> device_flushes(const std::string& path);

// Counts the fsync and fdatasync calls of the processes started while it is in the environment, by
// the library count_syncs.cc. Each such call is at least one flush.
class SyncCounter {
 public:
  // `path` is a file that is made for it.
  explicit SyncCounter(const std::string& path);
  ~SyncCounter();
  SyncCounter(const SyncCounter&) = delete;
  SyncCounter& operator=(const SyncCounter&) = delete;

  // Processes started between these two are counted.
  void enter_environment() const;
  static void leave_environment();
  uint64_t count() const;

 private:
  std::string path_;
  void* mapped_ = nullptr;
};

}  // namespace hotline::bench
