// Two parties in one process: two cores, a network that delays, cuts and falls silent, disks that
// lose what was not synced, clocks that drift and jump, operators who send and acknowledge. All of
// it from one seed, so that a run can be repeated; all of it checked while faults run (safety) and
// after they stop (convergence).
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <string>
#include <vector>

#include "protocol/base/frame.h"
#include "protocol/channel/channel_runner.h"
#include "tests/simulation/seeded.h"
#include "tests/simulation/simulated_disk.h"

namespace hotline::simulation {

struct Options {
  uint64_t seed = 1;
  bool real_keys = false;   // Ed25519 instead of a keyed hash.
  bool verbose = false;     // Print every event.
  bool exercise = false;    // An exercise, whose directors set its clocks as they like.
  bool lost_disks = false;  // A backup takes a disk's place, or an empty one does.
};

struct Outcome {
  bool passed = false;
  std::string failure;    // The rule that was violated, and when.
  Hash trace{};           // The same for the same seed on every compiler.
  uint64_t messages = 0;  // Receipted on both sides.
  uint64_t crashes = 0;
  uint64_t cuts = 0;
  uint64_t lost_disks = 0;
  uint64_t rungs = 0;    // Decided,
  uint64_t on_time = 0;  // and those of them that were no millisecond late.
  BootMs converged_after_ms = 0;
};

Outcome run(const Options& options);

}  // namespace hotline::simulation
