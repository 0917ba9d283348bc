// The programs of hotline-bench.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace hotline::bench {

struct BenchOptions {
  std::string hotlined;         // The daemon's program.
  std::string directory = ".";  // On the disk to be measured.
  int rounds = 5;
  double scale = 1;              // The factor on numbers of messages, for a quick look.
  uint64_t in_flight = 4096;     // For run_load.
  uint64_t backlog = 1'000'000;  // Messages queued while the peer is down.
  std::string only;              // Rows of run_hostile_bench whose names have this in them.
  bool counts = true;  // False: only whether it runs; a disk that never flushes is no error.
};

// Each prints its table and what became of its targets, and returns the exit code: 0 when the run
// counts, whether targets were met or not; 1 when it does not.
int run_pipeline_bench(const BenchOptions& options);
int run_backlog_bench(const BenchOptions& options);
int run_auditor_bench(const BenchOptions& options);
int run_hostile_bench(const BenchOptions& options);
// The channel alone, for a profiler: prints the processes' numbers first.
int run_load(const BenchOptions& options);

inline constexpr size_t kMessageSize = 512;  // Envelope and body.

// Judges by two readings of device_flushes() whether the disk flushed between them. If not, or if
// nobody can say, nothing was durable and the run is void: this says so, and returns 1 if the run
// was to count.
int judge_flushes(const BenchOptions& options, std::optional<uint64_t> before,
                  std::optional<uint64_t> after);

// "met" or "MISSED".
void print_target(const std::string& what, double value, const char* relation, double bound,
                  bool met);

}  // namespace hotline::bench
