// hotline-sim-planted --seeds N [--bug NAME]: runs the simulator over a core with a bug planted in
// it (protocol/channel/planted_bug.h) until a seed catches it, for each bug, and over the same core
// without one. Exit status 0: each was caught within N seeds, and without a bug every seed passed.
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "protocol/channel/planted_bug.h"
#include "tests/simulation/simulation.h"

namespace hotline {

PlantedBug planted_bug = PlantedBug::none;

namespace {

struct NamedBug {
  const char* name;
  PlantedBug bug;
  const char* seen = "";  // Said of it by a party: a part of what the checker says.
  bool lost_disks = false;
  uint64_t times = 1;  // So many times as many seeds: it shows seldom.
  uint64_t from = 1;   // The first of them, near one that shows it.
};
constexpr NamedBug kBugs[] = {
    {"none", PlantedBug::none},
    {"receipt-before-durable", PlantedBug::receipt_before_durable},
    {"resume-off-by-one", PlantedBug::resume_off_by_one},
    {"index-reused-after-crash", PlantedBug::index_reused_after_crash},
    {"conflict-missed", PlantedBug::conflict_missed,
     "the peer finds other conflicts than we do in the same notices"},
    {"none-with-lost-disks", PlantedBug::none, "", true},
    {"void-serials-given", PlantedBug::void_serials_given, "to two messages", true},
    {"places-before-durable", PlantedBug::places_before_durable, "", true, 100, 8'101},
};

int usage() {
  std::fprintf(stderr, "usage: hotline-sim-planted --seeds N [--bug NAME]\n  bugs:");
  for (const NamedBug& one : kBugs) std::fprintf(stderr, " %s", one.name);
  std::fprintf(stderr, "\n");
  return 2;
}

// True: the seeds said what they should of this bug.
bool holds(const NamedBug& one, uint64_t seeds) {
  planted_bug = one.bug;
  for (uint64_t seed = one.from; seed < one.from + seeds; ++seed) {
    simulation::Outcome outcome = simulation::run({seed, false, false, false, one.lost_disks});
    if (outcome.passed) continue;
    // Another seed may show first that something is wrong; what the party says of it is asked for.
    const bool says_it = outcome.failure.find(one.seen) != std::string::npos;
    if (one.bug != PlantedBug::none && !says_it) continue;
    std::printf("%s: %s by seed %" PRIu64 ": %s\n", one.name,
                one.bug == PlantedBug::none ? "FAILED" : "caught", seed, outcome.failure.c_str());
    return one.bug != PlantedBug::none;
  }
  std::printf("%s: %" PRIu64 " seeds passed%s\n", one.name, seeds,
              one.bug == PlantedBug::none ? "" : ", NOT CAUGHT");
  return one.bug == PlantedBug::none;
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  uint64_t seeds = 0;
  const char* wanted = nullptr;
  for (int i = 1; i < argc; ++i) {
    bool has_value = i + 1 < argc;
    if (std::strcmp(argv[i], "--seeds") == 0 && has_value) {
      seeds = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--bug") == 0 && has_value) {
      wanted = argv[++i];
    } else {
      return hotline::usage();
    }
  }
  if (seeds == 0) return hotline::usage();
  bool found = false;
  bool all_hold = true;
  for (const hotline::NamedBug& one : hotline::kBugs) {
    if (wanted != nullptr && std::strcmp(wanted, one.name) != 0) continue;
    found = true;
    all_hold = hotline::holds(one, seeds * one.times) && all_hold;
  }
  if (!found) return hotline::usage();
  return all_hold ? 0 : 1;
}
