// A queue while the peer is down: memory, restart, drain, and the FLASH first.
#include <algorithm>
#include <cstdio>
#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/hotline_load.h"
#include "tests/bench/world.h"

namespace hotline::bench {

int run_backlog_bench(const BenchOptions& options) {
  constexpr uint64_t kInFlight = 4096;
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
  HotlineLoad watcher(world.context(Party::north, "ann"));  // Greeted: it is ready.
  const double restart_seconds = seconds_since(begin);
  const Memory restarted = memory_of(world.process(Party::north));
  std::printf("ready again after %.2f s; north: %.0f MiB resident\n", restart_seconds,
              restarted.now_mib);
  std::fflush(stdout);

  begin = Clock::now();
  world.start(Party::south);
  const HotlineLoad::Drain drain = watcher.watch_drain(options.backlog);
  const double drain_seconds = milliseconds_between(begin, drain.last_receipt) / 1e3;
  const double drain_rate = static_cast<double>(options.backlog) / drain_seconds;
  const bool flash_first = !drain.first_numbered.empty() && drain.first_numbered.front() == flash;
  const Memory north = memory_of(world.process(Party::north));
  const Memory south = memory_of(world.process(Party::south));
  std::printf("drained in %.1f s from south's start, first receipt after %.2f s\n", drain_seconds,
              milliseconds_between(begin, drain.first_receipt) / 1e3);
  std::printf("north: %.0f MiB resident, at most %.0f; south: %.0f, at most %.0f\n\n",
              north.now_mib, north.peak_mib, south.now_mib, south.peak_mib);
  const double peak = std::max({queued.peak_mib, north.peak_mib, south.peak_mib});
  print_target("resident memory, MiB", peak, "under", 256, peak < 256);
  print_target("restart to ready, s", restart_seconds, "under", 5, restart_seconds < 5);
  print_target("drain, messages a second", drain_rate, "at least", 5000, drain_rate >= 5000);
  std::printf("%-40s %s\n", "the FLASH, released last, goes first", flash_first ? "met" : "MISSED");
  return judge_flushes(options, flushes_before, device_flushes(home.path()));
}

}  // namespace hotline::bench
