// A queue while the peer is down: memory, restart, drain, the FLASH first, and what a FLASH that is
// sent in the middle of the drain takes. Then the same with large messages, which fill the link.
#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/hotline_load.h"
#include "tests/bench/world.h"

namespace hotline::bench {
namespace {

constexpr uint64_t kInFlight = 4096;
constexpr size_t kLargeSize = 40'000;
constexpr uint64_t kLargeInFlight = 64;
constexpr uint64_t kSmallForEachLarge = 35;
constexpr double kFlashMax_ms = 100;

// Starts south and waits until `count` messages are delivered beyond the `before` that were; prints
// how it went.
HotlineLoad::Drain drain(World& world, HotlineLoad& watcher, uint64_t before, uint64_t count) {
  const BenchMessage flash = make_bench_message(kMessageSize, wire::Precedence::flash);
  const auto begin = Clock::now();
  world.start(Party::south);
  const HotlineLoad::Drain drain = watcher.watch_drain(before, count, flash);
  const double seconds = milliseconds_between(begin, drain.last_receipt) / 1e3;
  const double rate = static_cast<double>(count) / seconds;
  const Memory north = memory_of(world.process(Party::north));
  const Memory south = memory_of(world.process(Party::south));
  std::printf("%llu drained in %.1f s from south's start, first receipt after %.2f s\n",
              static_cast<unsigned long long>(count), seconds,
              milliseconds_between(begin, drain.first_receipt) / 1e3);
  std::printf("north: %.0f MiB resident, at most %.0f; south: %.0f, at most %.0f\n", north.now_mib,
              north.peak_mib, south.now_mib, south.peak_mib);
  std::vector<double> latency = drain.latency_ms;
  std::sort(latency.begin(), latency.end());
  if (latency.empty()) latency.push_back(0);
  std::printf("%zu FLASH in the middle of it, to receipt: p50 %.1f ms, max %.1f ms\n\n",
              drain.latency_ms.size(), latency[latency.size() / 2], latency.back());
  print_target("drain, messages a second", rate, "at least", 5000, rate >= 5000);
  print_target("FLASH in the drain, max ms", latency.back(), "under", kFlashMax_ms,
               latency.back() < kFlashMax_ms);
  print_target("cuts of the link", static_cast<double>(drain.cuts), "at most", 0, drain.cuts == 0);
  print_target("resident memory, MiB", std::max(north.peak_mib, south.peak_mib), "under", 256,
               std::max(north.peak_mib, south.peak_mib) < 256);
  return drain;
}

// A link that cuts itself is a fault on any machine, however loaded.
int judge_cuts(const HotlineLoad::Drain& drain) {
  return drain.cuts == 0 ? 0 : 1;
}

}  // namespace

int run_backlog_bench(const BenchOptions& options) {
  const TemporaryDirectory home(options.directory);
  World world(home.path(), options.hotlined);
  world.start(Party::north);
  const uint64_t routine_count = options.backlog - 1;
  const auto flushes_before = device_flushes(home.path());

  auto begin = Clock::now();
  uint64_t flash = 0;
  {
    HotlineLoad client(world.context(Party::north, "ann"));
    client.submit_only(make_bench_message(kMessageSize, wire::Precedence::routine), routine_count,
                       kInFlight);
    flash = client.submit_only(make_bench_message(kMessageSize, wire::Precedence::flash), 1, 1);
  }
  const double submit_seconds = seconds_since(begin);
  const Memory queued = memory_of(world.process(Party::north));
  std::printf("%llu messages queued in %.1f s, %.0f a second; north: %.0f MiB resident\n",
              static_cast<unsigned long long>(options.backlog), submit_seconds,
              static_cast<double>(options.backlog) / submit_seconds, queued.now_mib);
  std::fflush(stdout);

  begin = Clock::now();
  world.stop(Party::north);
  std::printf("stopped in %.2f s\n", seconds_since(begin));
  begin = Clock::now();
  world.start(Party::north);
  auto watcher = std::make_unique<HotlineLoad>(world.context(Party::north, "ann"));  // It is ready.
  const double restart_seconds = seconds_since(begin);
  const Memory restarted = memory_of(world.process(Party::north));
  std::printf("ready again after %.2f s; north: %.0f MiB resident\n", restart_seconds,
              restarted.now_mib);
  std::fflush(stdout);

  const HotlineLoad::Drain small = drain(world, *watcher, 0, options.backlog);
  const bool flash_first = !small.first_numbered.empty() && small.first_numbered.front() == flash;
  print_target("restart to ready, s", restart_seconds, "under", 5, restart_seconds < 5);
  std::printf("%-40s %s\n\n", "the FLASH, released last, goes first",
              flash_first ? "met" : "MISSED");

  world.stop(Party::south);
  const uint64_t large_count = options.backlog / kSmallForEachLarge;
  watcher = std::make_unique<HotlineLoad>(world.context(Party::north, "ann"));
  watcher->submit_only(make_bench_message(kLargeSize, wire::Precedence::routine), large_count,
                       kLargeInFlight);
  std::printf("%llu messages of %zu bytes queued\n", static_cast<unsigned long long>(large_count),
              kLargeSize);
  std::fflush(stdout);
  watcher = std::make_unique<HotlineLoad>(world.context(Party::north, "ann"));
  const HotlineLoad::Drain large = drain(world, *watcher, small.delivered, large_count);
  const int flushes = judge_flushes(options, flushes_before, device_flushes(home.path()));
  return std::max({judge_cuts(small), judge_cuts(large), flash_first ? 0 : 1, flushes});
}

}  // namespace hotline::bench
