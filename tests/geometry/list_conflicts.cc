// Prints pairs of volumes made up from seeds, and what the conflict check says of them, one pair a
// line in JSON, for the second implementation to say the same (tests/verifier/conflict_check.py).
//
//     hotline-list-conflicts --pairs N --from SEED
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "protocol/base/limits.h"
#include "tests/geometry/made_volumes.h"

namespace hotline {
namespace {

void print_points(const std::vector<Position>& points) {
  const char* comma = "";
  for (const Position& point : points) {
    std::printf("%s[%d,%d]", comma, point.latitude_e5, point.longitude_e5);
    comma = ",";
  }
}

void print(const Shape& shape) {
  if (auto* circle = std::get_if<Circle>(&shape)) {
    std::printf("\"centre\":[%d,%d],\"radius_m\":%u", circle->centre.latitude_e5,
                circle->centre.longitude_e5, circle->radius_m);
  } else if (auto* corridor = std::get_if<Corridor>(&shape)) {
    std::printf("\"route\":[");
    print_points(corridor->route);
    std::printf("],\"half_width_m\":%u", corridor->half_width_m);
  } else {
    std::printf("\"polygon\":[");
    print_points(std::get<Polygon>(shape).border);
    std::printf("]");
  }
}

void print(const char* name, const Volume& volume) {
  std::printf("\"%s\":{", name);
  print(volume.shape);
  std::printf(",\"lower\":[%d,%d],\"upper\":[%d,%d],\"start\":%" PRId64 ",\"end\":%" PRId64 "}",
              volume.lower.value, static_cast<int>(volume.lower.datum), volume.upper.value,
              static_cast<int>(volume.upper.datum), volume.start, volume.end);
}

void print(const MadePair& pair, const Separation& separation) {
  std::printf("{");
  print("a", pair.a);
  std::printf(",");
  print("b", pair.b);
  std::printf(",\"separation\":[%" PRId64 ",%" PRId64 ",%" PRId64 "],\"conflict\":",
              separation.horizontal_m, separation.vertical_m, separation.time_s);
  auto nearness = conflict_between(pair.a, pair.b, separation);
  if (nearness) {
    std::printf("[%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]}\n",
                nearness->horizontal_m, nearness->vertical_m, nearness->time_s, nearness->from,
                nearness->until);
  } else {
    std::printf("null}\n");
  }
}

// Around what separates the two, where that can be: there a difference would show first.
Separation separation_for(const MadePair& pair, simulation::Seeded& seeded) {
  Separation separation{limits::kSeparationHorizontalMax_m, limits::kSeparationVerticalMax_m,
                        limits::kSeparationTimeMax_s};
  auto nearness = conflict_between(pair.a, pair.b, separation);
  auto around = [&](int64_t value) {
    return value + (seeded.chance(300) && value > 0 ? -1 : seeded.between(0, 1));
  };
  if (nearness && seeded.chance(800)) {
    separation = {around(nearness->horizontal_m), around(nearness->vertical_m),
                  around(nearness->time_s)};
  }
  if (!separation_fault(separation).empty()) return {};
  return separation;
}

void run(uint64_t pairs, uint64_t from) {
  for (uint64_t seed = from; seed < from + pairs; ++seed) {
    MadePair pair = made_pair(seed);
    simulation::Seeded seeded(seed + 1);
    print(pair, separation_for(pair, seeded));
  }
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  if (argc != 5 || std::strcmp(argv[1], "--pairs") != 0 || std::strcmp(argv[3], "--from") != 0) {
    std::fputs("usage: hotline-list-conflicts --pairs N --from SEED\n", stderr);
    return 2;
  }
  hotline::run(std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[4], nullptr, 10));
  return 0;
}
