// An auditor beside the channel's messages, who by turns watches the whole journal go by and takes
// an export.
#include <atomic>
#include <cstdio>
#include <exception>
#include <thread>

#include "tests/bench/bench.h"
#include "tests/bench/hotline_load.h"
#include "tests/bench/world.h"

namespace hotline::bench {
namespace {

// On a thread and a connection of its own, until it is destroyed.
class Auditor {
 public:
  explicit Auditor(const client::Context& context)
      : thread_([this, context] {
          while (!stopping_) {
            HotlineLoad reader(context);
            const auto stop = [this] { return stopping_.load(); };
            entries_ += reader.read_whole_journal(stop);
            entries_ += reader.export_everything(stop);
          }
        }) {}
  ~Auditor() {
    stopping_ = true;
    thread_.join();
  }
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;
  uint64_t entries() const { return entries_; }

 private:
  std::atomic<bool> stopping_ = false;
  std::atomic<uint64_t> entries_ = 0;
  std::thread thread_;
};

}  // namespace

int run_auditor_bench(const BenchOptions& options) {
  constexpr uint64_t kInFlight = 64;
  const TemporaryDirectory home(options.directory);
  const auto scaled = [&options](uint64_t count) {
    return std::max<uint64_t>(64,
                              static_cast<uint64_t>(static_cast<double>(count) * options.scale));
  };
  const BenchMessage message = make_bench_message(kMessageSize, wire::Precedence::routine);
  World world(home.path(), options.hotlined);
  world.start(Party::north);
  world.start(Party::south);
  HotlineLoad client(world.context(Party::north, "ann"));
  while (!client.link_is_up()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  client.run(message, scaled(100'000), 4096);  // A journal worth reading.

  std::vector<double> alone, beside, ratios;
  uint64_t entries = 0;
  for (int round = 0; round < options.rounds; ++round) {
    LoadResult without = client.run(message, scaled(10'000), kInFlight);
    alone.push_back(percentile(without.latencies_ms, 0.99));
    {
      const Auditor auditor(world.context(Party::north, "eve"));
      LoadResult with = client.run(message, scaled(10'000), kInFlight);
      beside.push_back(percentile(with.latencies_ms, 0.99));
      entries += auditor.entries();
    }
    ratios.push_back(beside.back() / alone.back());
    std::fprintf(stderr, "round %d of %d\n", round + 1, options.rounds);
  }
  std::printf(
      "%llu in flight; p99 of delivery %.3f ms alone, %.3f ms beside an auditor, who read "
      "%llu entries\n\n",
      static_cast<unsigned long long>(kInFlight), median(alone), median(beside),
      static_cast<unsigned long long>(entries));
  const double ratio = median(ratios);
  print_target("p99 beside an auditor / alone", ratio, "at most", 1.5, ratio <= 1.5);
  return 0;
}

}  // namespace hotline::bench
