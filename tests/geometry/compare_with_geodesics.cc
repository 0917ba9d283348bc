// Holds the conflict check against GeographicLib's geodesics, for pairs of volumes made up from
// seeds: it must never say "clear" of a pair that is too near, and of a conflict only where the
// pair is too near by the stated margin.
//
//     hotline-geodesics --pairs N --from SEED
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "protocol/base/limits.h"
#include "tests/geometry/made_volumes.h"
#include "tests/geometry/true_distance.h"

namespace hotline {
namespace {

struct Counts {
  uint64_t pairs = 0, apart = 0, touching = 0, far = 0, false_clear = 0, false_conflict = 0;
  double worst_m = 0;      // By how much a distance was said too short.
  double worst_share = 0;  // The same as a part of the margin.
};

double margin_m(double distance_m) {
  return 0.01 * distance_m + 30;
}

bool in_conflict(const MadePair& pair, int64_t horizontal_m) {
  return conflict_between(pair.a, pair.b, {horizontal_m, 0, 0}).has_value();
}

void compare(uint64_t seed, Counts& counts) {
  MadePair pair = made_pair(seed);
  pair.b.start = pair.a.start;  // Only the horizontal counts.
  pair.b.end = pair.a.end;
  pair.b.lower = pair.a.lower;
  pair.b.upper = pair.a.upper;
  double distance = true_distance_m(pair.a.shape, pair.b.shape);
  ++counts.pairs;
  if (distance > limits::kSeparationHorizontalMax_m) {
    ++counts.far;
    distance = limits::kSeparationHorizontalMax_m + margin_m(limits::kSeparationHorizontalMax_m);
  } else {
    ++(distance == 0 ? counts.touching : counts.apart);
    auto above = static_cast<int64_t>(std::ceil(distance));
    auto said = conflict_between(pair.a, pair.b, {above, 0, 0});
    if (!said || static_cast<double>(said->horizontal_m) > distance) {
      ++counts.false_clear;
      std::printf("seed %llu FALSE CLEAR: %.3f m apart\n", static_cast<unsigned long long>(seed),
                  distance);
    } else if (distance > 0) {
      double short_by = distance - static_cast<double>(said->horizontal_m);
      if (short_by > counts.worst_m) counts.worst_m = short_by;
      counts.worst_share = std::max(counts.worst_share, short_by / margin_m(distance));
    }
  }
  auto below = static_cast<int64_t>(std::floor(distance - margin_m(distance)));
  if (below >= 0 && below <= limits::kSeparationHorizontalMax_m && in_conflict(pair, below)) {
    ++counts.false_conflict;
    std::printf("seed %llu FALSE CONFLICT at %lld m: %.3f m apart\n",
                static_cast<unsigned long long>(seed), static_cast<long long>(below), distance);
  }
}

int run(uint64_t pairs, uint64_t from) {
  Counts counts;
  for (uint64_t seed = from; seed < from + pairs; ++seed) compare(seed, counts);
  std::printf(
      "%llu pairs: %llu touch, %llu up to 100 km apart, %llu further; %llu false clear, %llu false "
      "conflict; at worst %.1f m too short, and %.0f %% of the margin\n",
      static_cast<unsigned long long>(counts.pairs),
      static_cast<unsigned long long>(counts.touching),
      static_cast<unsigned long long>(counts.apart), static_cast<unsigned long long>(counts.far),
      static_cast<unsigned long long>(counts.false_clear),
      static_cast<unsigned long long>(counts.false_conflict), counts.worst_m,
      100 * counts.worst_share);
  return counts.false_clear + counts.false_conflict == 0 && counts.apart > 0 ? 0 : 1;
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  if (argc != 5 || std::strcmp(argv[1], "--pairs") != 0 || std::strcmp(argv[3], "--from") != 0) {
    std::fputs("usage: hotline-geodesics --pairs N --from SEED\n", stderr);
    return 2;
  }
  return hotline::run(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
}
