// How long it takes to hold a new volume against all that are active. Prints; judges nothing.
//
//     hotline-conflict-benchmark [VOLUMES]
//
// VOLUMES (100,000) are made up, of every shape, 1 to 30 km wide and 1 to 12 hours long, in a month
// and an area of 2,200 by 1,900 km, and in a week and a quarter of that area. Everything runs on
// one core. Then the worst that the limits allow: two zigzags of as many pieces as there may be,
// all of them within the separation.
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/geometry/volume_index.h"
#include "tests/geometry/made_volumes.h"

namespace hotline {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

struct Field {
  const char* name;
  int32_t north_e5, east_e5;
  int64_t days;
};

Volume active_volume(simulation::Seeded& seeded, const Field& field) {
  Position near{static_cast<int32_t>(seeded.between(45'00000, field.north_e5)),
                static_cast<int32_t>(seeded.between(10'00000, field.east_e5))};
  Volume volume = made_volume(seeded, near, static_cast<double>(seeded.between(500, 15'000)));
  constexpr int64_t hour_ms = 3'600'000;
  volume.start = 1'796'000'000'000 + seeded.between(0, field.days * 24 * hour_ms);
  volume.end = volume.start + seeded.between(hour_ms, 12 * hour_ms);
  return volume;
}

void print_times(const char* name, std::vector<double> times_us) {
  std::sort(times_us.begin(), times_us.end());
  auto at = [&](double share) {
    return times_us[static_cast<size_t>(share * static_cast<double>(times_us.size() - 1))];
  };
  std::printf("%-34s median %8.1f us   99 %% %8.1f us   worst %8.1f us\n", name, at(0.5), at(0.99),
              at(1));
}

void measure(uint64_t count, const Field& field) {
  simulation::Seeded seeded(1);
  std::vector<Volume> volumes;
  for (uint64_t i = 0; i < count; ++i) volumes.push_back(active_volume(seeded, field));
  size_t before = mallinfo2().uordblks;
  Clock::time_point start = Clock::now();
  VolumeIndex index;
  for (uint64_t i = 0; i < count; ++i) index.insert(i, prepare(volumes[i]));
  std::printf("%llu volumes in %s: index built in %.2f s, %.0f bytes a volume\n",
              static_cast<unsigned long long>(count), field.name, microseconds_since(start) / 1e6,
              static_cast<double>(mallinfo2().uordblks - before) / static_cast<double>(count));

  std::vector<double> checks, changes;
  uint64_t candidates = 0, conflicts = 0;
  const int kChecks = static_cast<int>(std::min<uint64_t>(count, 10'000));
  for (int i = 0; i < kChecks; ++i) {
    Volume volume = active_volume(seeded, field);
    start = Clock::now();
    PreparedVolume prepared = prepare(volume);
    size_t found = index.conflicts_with(prepared, {}).size();
    checks.push_back(microseconds_since(start));
    conflicts += found;
    candidates += index.candidates(prepared, {}).size();
    start = Clock::now();
    index.erase(static_cast<uint64_t>(i));
    index.insert(static_cast<uint64_t>(i), std::move(prepared));
    changes.push_back(microseconds_since(start));
  }
  print_times("a new volume prepared and checked", checks);
  print_times("one erased and one inserted", changes);
  std::printf("%.1f candidates and %.2f conflicts each\n",
              static_cast<double>(candidates) / kChecks, static_cast<double>(conflicts) / kChecks);
}

// Back and forth along parallels that are eleven metres apart.
Volume zigzag(int32_t south_e5, bool from_the_north) {
  Corridor corridor;
  for (int32_t i = 0; i < 256; ++i) {
    corridor.route.push_back({south_e5 + 10 * (i / 2), 20'00000 + ((i + 1) / 2 % 2) * 40'000});
  }
  if (from_the_north) std::reverse(corridor.route.begin(), corridor.route.end());
  corridor.half_width_m = 1;
  return {corridor, {0, HeightDatum::mean_sea_level}, {1, HeightDatum::mean_sea_level}, 0, 1};
}

void measure_worst() {
  // Each begins with what is furthest from the other, so that every pair is nearer than the last.
  Volume a = zigzag(55'00000, false);
  Volume b = zigzag(55'60000, true);
  if (volume_fault(a) || volume_fault(b)) std::abort();
  Clock::time_point start = Clock::now();
  auto nearness = conflict_between(a, b, {limits::kSeparationHorizontalMax_m, 0, 0});
  std::printf("two zigzags of %zu pieces: %.1f ms, %lld m\n", prepare(a).points.size() - 1,
              microseconds_since(start) / 1e3,
              nearness ? static_cast<long long>(nearness->horizontal_m) : -1);
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  hotline::measure(count, {"a month", 65'00000, 40'00000, 30});
  hotline::measure(count, {"a week and a quarter of the area", 55'00000, 25'00000, 7});
  hotline::measure_worst();
  return 0;
}
