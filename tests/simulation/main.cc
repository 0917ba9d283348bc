// hotline-sim --seeds N --from S: runs N seeds from S on, prints a digest over all their traces,
// and for a seed that fails what was violated and how to repeat it.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/simulation/simulation.h"

namespace {

int usage() {
  std::fprintf(
      stderr,
      "usage: hotline-sim --seeds N [--from S] [--exercise] [--lost-disks] [--verbose]\n"
      "  runs the seeds S to S+N-1; every hundredth with real Ed25519 keys\n"
      "  --exercise: directors set the clocks of an exercise\n"
      "  --lost-disks: a party's disk is lost, and a backup or an empty one in its place\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  uint64_t seeds = 0;
  uint64_t from = 1;
  bool verbose = false, exercise = false, lost_disks = false;
  for (int i = 1; i < argc; ++i) {
    bool has_value = i + 1 < argc;
    if (std::strcmp(argv[i], "--seeds") == 0 && has_value) {
      seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--from") == 0 && has_value) {
      from = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--verbose") == 0) {
      verbose = true;
    } else if (std::strcmp(argv[i], "--exercise") == 0) {
      exercise = true;
    } else if (std::strcmp(argv[i], "--lost-disks") == 0) {
      lost_disks = true;
    } else {
      return usage();
    }
  }
  if (seeds == 0) return usage();

  hotline::Hash trace{};
  uint64_t failed = 0, messages = 0, crashes = 0, cuts = 0, lost = 0, rungs = 0, on_time = 0;
  int64_t slowest_ms = 0;
  for (uint64_t seed = from; seed < from + seeds; ++seed) {
    hotline::simulation::Outcome outcome =
        hotline::simulation::run({seed, seed % 100 == 0, verbose, exercise, lost_disks});
    trace = hotline::sha256({trace, outcome.trace});
    messages += outcome.messages;
    crashes += outcome.crashes;
    cuts += outcome.cuts;
    lost += outcome.lost_disks;
    rungs += outcome.rungs;
    on_time += outcome.on_time;
    slowest_ms = std::max<int64_t>(slowest_ms, outcome.converged_after_ms);
    if (!outcome.passed) {
      ++failed;
      std::printf("seed %" PRIu64 " FAILED %s\n  repeat: hotline-sim --seeds 1 --from %" PRIu64
                  "%s%s --verbose\n",
                  seed, outcome.failure.c_str(), seed, exercise ? " --exercise" : "",
                  lost_disks ? " --lost-disks" : "");
    }
  }
  std::printf("seeds %" PRIu64 " to %" PRIu64 ": %" PRIu64 " messages, %" PRIu64
              " crashes, %" PRIu64 " cuts, slowest convergence %" PRId64 " ms\n",
              from, from + seeds - 1, messages, crashes, cuts, slowest_ms);
  if (lost_disks) std::printf("%" PRIu64 " disks lost\n", lost);
  if (exercise) {
    std::printf("%" PRIu64 " rungs, %" PRIu64 " of them at their very time\n", rungs, on_time);
  }
  std::printf("trace %s\n", hotline::to_hex(trace).c_str());
  std::printf("%" PRIu64 " passed, %" PRIu64 " failed\n", seeds - failed, failed);
  return failed == 0 ? 0 : 1;
}
