// One at a time, and with 256 and 4096 in flight, beside what is bare. Everything is interleaved:
// in each round every row is measured once, so that what the machine does meanwhile hits all alike.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <thread>

#include "tests/bench/bare_load.h"
#include "tests/bench/bare_pipeline.h"
#include "tests/bench/bench.h"
#include "tests/bench/floors.h"
#include "tests/bench/hotline_load.h"
#include "tests/bench/world.h"

namespace hotline::bench {
namespace {

constexpr int kLoads = 3;
constexpr uint64_t kInFlight[kLoads] = {1, 256, 4096};
constexpr uint64_t kMessages[kLoads] = {400, 20'000, 60'000};

// One row of the table: a value a round.
struct Row {
  std::vector<double> rate, p50_ms, p99_ms, cpu_us, device_flushes, syncs;
};

struct Meters {
  std::function<LoadResult()> load;
  std::function<double()> processor_seconds;
  std::function<uint64_t()> syncs;
};

void measure(const Meters& meters, const std::string& directory, Row& row) {
  const double cpu = meters.processor_seconds();
  const uint64_t syncs = meters.syncs();
  const auto flushes = device_flushes(directory);
  LoadResult result = meters.load();
  const auto messages = static_cast<double>(result.latencies_ms.size());
  row.cpu_us.push_back((meters.processor_seconds() - cpu) * 1e6 / messages);
  row.syncs.push_back(static_cast<double>(meters.syncs() - syncs) / messages);
  const auto flushes_after = device_flushes(directory);
  if (flushes && flushes_after) {
    row.device_flushes.push_back(static_cast<double>(*flushes_after - *flushes) / messages);
  }
  row.rate.push_back(result.rate());
  row.p50_ms.push_back(percentile(result.latencies_ms, 0.50));
  row.p99_ms.push_back(percentile(result.latencies_ms, 0.99));
}

void print_row(const char* in_flight, const char* what, const Row& row) {
  std::printf("%9s  %-26s %10.0f %9.3f %9.3f", in_flight, what, median(row.rate),
              median(row.p50_ms), median(row.p99_ms));
  if (!row.cpu_us.empty()) {
    std::printf(" %8.1f %8.4f %8.4f", median(row.cpu_us), median(row.device_flushes),
                median(row.syncs));
  }
  std::printf("\n");
}

// The median of the rounds' own ratios: each compares what ran side by side.
double ratio(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (size_t i = 0; i < of.size(); ++i) ratios.push_back(of[i] / to[i]);
  return median(ratios);
}

Row measure_floor(LoadResult result) {
  Row row;
  row.rate.push_back(result.rate());
  row.p50_ms.push_back(percentile(result.latencies_ms, 0.50));
  row.p99_ms.push_back(percentile(result.latencies_ms, 0.99));
  return row;
}

void wait_for_link(const World& world) {
  HotlineLoad status(world.context(Party::north, "ann"));
  while (!status.link_is_up()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

void add(Row& to, const Row& row) {
  to.rate.push_back(row.rate.front());
  to.p50_ms.push_back(row.p50_ms.front());
  to.p99_ms.push_back(row.p99_ms.front());
}

}  // namespace

int run_pipeline_bench(const BenchOptions& options) {
  const TemporaryDirectory home(options.directory);
  const auto scaled = [&options](uint64_t count) {
    return std::max<uint64_t>(1, static_cast<uint64_t>(static_cast<double>(count) * options.scale));
  };
  const BenchMessage message = make_bench_message(kMessageSize, wire::Precedence::routine);
  World world(home.path(), options.hotlined);
  world.start(Party::north);
  world.start(Party::south);
  wait_for_link(world);
  const BarePipeline bare(world, home.path() + "/bare", BarePipeline::Kind::pipeline);
  const BarePipeline bare_inline(world, home.path() + "/inline",
                                 BarePipeline::Kind::pipeline_inline);
  const BarePipeline echo(world, home.path() + "/echo", BarePipeline::Kind::echo);
  HotlineLoad(world.context(Party::north, "ann")).run(message, scaled(2000), 64);  // Warm up.
  bare.run(scaled(2000), 64);
  bare_inline.run(scaled(200), 1);

  std::printf(
      "message: TEXT, ROUTINE, envelope %zu + body %zu bytes; a bare record has %zu bytes\n",
      message.envelope_size, message.body_size, kRecordSize);
  std::printf("%d rounds, medians; 4096 in flight: %llu messages a round\n\n", options.rounds,
              static_cast<unsigned long long>(scaled(kMessages[2])));
  std::fflush(stdout);

  Row append_one, append_many, commit_one, commit_many, ping, inline_one;
  Row bare_rows[kLoads], real_rows[kLoads];
  const auto flushes_before = device_flushes(home.path());
  for (int round = 0; round < options.rounds; ++round) {
    add(append_one, measure_floor(fdatasync_appends(home.path(), scaled(200), kMessageSize)));
    add(append_many, measure_floor(fdatasync_appends(home.path(), scaled(50), 100 * kMessageSize)));
    add(commit_one, measure_floor(sqlite_batches(home.path(), scaled(200), 1)));
    add(commit_many, measure_floor(sqlite_batches(home.path(), scaled(50), 100)));
    add(ping, measure_floor(echo.run(scaled(1000), 1)));
    measure({[&] { return bare_inline.run(scaled(kMessages[0]), 1); },
             [&] { return bare_inline.processor_seconds(); }, [&] { return bare_inline.syncs(); }},
            home.path(), inline_one);
    for (int load = 0; load < kLoads; ++load) {
      const uint64_t count = scaled(kMessages[load]);
      measure({[&] { return bare.run(count, kInFlight[load]); },
               [&] { return bare.processor_seconds(); }, [&] { return bare.syncs(); }},
              home.path(), bare_rows[load]);
      measure({[&] {
                 HotlineLoad client(world.context(Party::north, "ann"));
                 return client.run(message, count, kInFlight[load]);
               },
               [&] { return world.processor_seconds(); }, [&] { return world.syncs(); }},
              home.path(), real_rows[load]);
    }
    std::fprintf(stderr, "round %d of %d\n", round + 1, options.rounds);
  }

  std::printf("%9s  %-26s %10s %9s %9s %8s %8s %8s\n", "in flight", "", "per s", "p50 ms", "p99 ms",
              "cpu us", "flushes", "syncs");
  print_row("", "append 512 B, fdatasync", append_one);
  print_row("", "append 51,200 B, fdatasync", append_many);
  print_row("", "SQLite, 1 row a commit", commit_one);
  print_row("", "SQLite, 100 rows a commit", commit_many);
  print_row("", "TLS ping-pong, 512 B", ping);
  print_row("1", "bare, without threads", inline_one);
  for (int load = 0; load < kLoads; ++load) {
    const std::string in_flight = std::to_string(kInFlight[load]);
    print_row(in_flight.c_str(), "bare", bare_rows[load]);
    print_row(in_flight.c_str(), "hotline", real_rows[load]);
  }
  std::printf(
      "\ncpu: of both daemons a message. flushes: of the whole machine's disk a message, "
      "neighbours included.\nsyncs: fsync and fdatasync calls of the two processes.\n\n");

  const double one = ratio(real_rows[0].p50_ms, bare_rows[0].p50_ms);
  print_target("one at a time: p50 / bare", one, "at most", 2.0, one <= 2.0);
  std::printf("                                         (without threads: %.2f)\n",
              ratio(real_rows[0].p50_ms, inline_one.p50_ms));
  for (int load = 1; load < kLoads; ++load) {
    const std::string name = std::to_string(kInFlight[load]) + " in flight: ";
    const double rate = ratio(real_rows[load].rate, bare_rows[load].rate);
    print_target(name + "rate / bare", rate, "at least", 0.45, rate >= 0.45);
    const double flushes =
        std::max(median(real_rows[load].device_flushes), median(real_rows[load].syncs));
    print_target(name + "flushes a message", flushes, "at most", 0.05, flushes <= 0.05);
  }
  const double cpu = ratio(real_rows[2].cpu_us, bare_rows[2].cpu_us);
  print_target("4096 in flight: cpu / bare", cpu, "at most", 3.0, cpu <= 3.0);
  return judge_flushes(options, flushes_before, device_flushes(home.path()));
}

int judge_flushes(const BenchOptions& options, std::optional<uint64_t> before,
                  std::optional<uint64_t> after) {
  if (before && after && *after > *before) return 0;
  std::printf(
      "\nVOID: the disk under %s completed no flush, or does not count them: nothing here was "
      "shown to be durable.\n",
      options.directory.c_str());
  return options.counts ? 1 : 0;
}

int run_load(const BenchOptions& options) {
  const TemporaryDirectory home(options.directory);
  World world(home.path(), options.hotlined);
  world.start(Party::north);
  world.start(Party::south);
  wait_for_link(world);
  std::printf("north %d, south %d\n", world.process(Party::north), world.process(Party::south));
  std::fflush(stdout);
  const BenchMessage message = make_bench_message(kMessageSize, wire::Precedence::routine);
  for (int round = 0; round < options.rounds; ++round) {
    HotlineLoad client(world.context(Party::north, "ann"));
    const double cpu_north = processor_seconds(world.process(Party::north));
    const double cpu_south = processor_seconds(world.process(Party::south));
    const double cpu_client = processor_seconds(getpid());
    const auto count = static_cast<uint64_t>(static_cast<double>(kMessages[2]) * options.scale);
    LoadResult result = client.run(message, count, options.in_flight);
    const auto per_message = [count](double seconds) {
      return seconds * 1e6 / static_cast<double>(count);
    };
    std::printf(
        "%.0f messages a second, p50 %.3f ms; cpu us a message: north %.1f, south %.1f, client "
        "%.1f\n",
        result.rate(), percentile(result.latencies_ms, 0.50),
        per_message(processor_seconds(world.process(Party::north)) - cpu_north),
        per_message(processor_seconds(world.process(Party::south)) - cpu_south),
        per_message(processor_seconds(getpid()) - cpu_client));
    std::fflush(stdout);
  }
  return 0;
}

void print_target(const std::string& what, double value, const char* relation, double bound,
                  bool met) {
  std::printf("%-40s %8.3f  %-8s %8.3f  %s\n", what.c_str(), value, relation, bound,
              met ? "met" : "MISSED");
}

}  // namespace hotline::bench
