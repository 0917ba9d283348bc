// An honest FLASH through every flood that tests/hostile/ can make: how long until its receipt,
// until the other watch's inbox shows it, and until the pager is called; what the flood costs in
// memory and in the journal.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "protocol/message/serial.h"
#include "tests/bench/attack.h"
#include "tests/bench/bench.h"
#include "tests/bench/hotline_load.h"
#include "tests/bench/inbox_watch.h"
#include "tests/bench/pager_file.h"
#include "tests/bench/world.h"

namespace hotline::bench {
namespace {

constexpr int64_t kRung_ms = 1000;
constexpr double kWindowSeconds = 20;
constexpr double kPatienceSeconds = 10;  // For the last page, once the window has passed.
constexpr auto kBetweenFlash = std::chrono::milliseconds(400);
constexpr auto kBetweenFlashOfDrain = std::chrono::milliseconds(50);

struct Measured {
  std::vector<double> receipt_ms, inbox_ms, pager_ms;  // The last beyond the rung's time.
  uint64_t unseen = 0;
  uint64_t unpaged = 0;
  uint64_t links_ended = 0;
  double resident_mib = 0;
  double seconds = 0;
  HotlineLoad::Told told;
  std::string broke;  // Why the row has an early end; empty if it has none.
};

// A FLASH under way: whose pages about it must come, and from when they count.
struct Sent {
  std::string id;
  Clock::time_point at;
  std::vector<pid_t> pagers;
  bool seen_elsewhere = false;  // An inbox must show it.
};

class Row {
 public:
  Row(const BenchOptions& options, const std::string& directory)
      : options_(options),
        pager_(directory),
        world_(directory, options.hotlined, pager_.escalation(kRung_ms)) {}

  World& world() { return world_; }
  uint64_t scaled(uint64_t count) const {
    return std::max<uint64_t>(16,
                              static_cast<uint64_t>(static_cast<double>(count) * options_.scale));
  }
  void begin(Attack attack) { attacks_.push_back(std::move(attack)); }
  Attack& attack() { return attacks_.back(); }

  void start_both() {
    world_.start(Party::north);
    world_.start(Party::south);
    wait_for_link();
  }
  void wait_for_link() {
    HotlineLoad client(world_.context(Party::north, "ann"));
    while (!client.link_is_up()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    journal_from_ = client.journal_size();
  }

  // North sends, south sees; both page.
  void measure_between_daemons(const std::function<bool(HotlineLoad&)>& goes_on,
                               std::chrono::milliseconds between) {
    const auto both = std::vector{world_.process(Party::north), world_.process(Party::south)};
    const InboxWatch inbox(world_.context(Party::south, "ann"));
    HotlineLoad client(world_.context(Party::north, "ann"));
    HotlineLoad asking(world_.context(Party::north, "ann"));
    begin_ = Clock::now();
    while (goes_on(asking)) {
      const HotlineLoad::Delivered own = client.deliver(flash_);
      measured_.receipt_ms.push_back(own.latency_ms);
      sent_.push_back({own.id, own.submitted, both, true});
      std::this_thread::sleep_for(between);
    }
    sum_up(inbox);
  }
  void measure_between_daemons() {
    measure_between_daemons([this](HotlineLoad&) { return within_window(); }, kBetweenFlash);
  }

  // North is flooded by south: its own FLASH, and the honest one of south within the flood.
  void measure_beside_peer(bool peers_flash_can_be_told) {
    const auto north = std::vector{world_.process(Party::north)};
    const InboxWatch inbox(world_.context(Party::north, "ann"));
    HotlineLoad client(world_.context(Party::north, "ann"));
    begin_ = Clock::now();
    while (within_window()) {
      const HotlineLoad::Delivered own = client.deliver(flash_);
      measured_.receipt_ms.push_back(own.latency_ms);
      sent_.push_back({own.id, own.submitted, north, false});
      if (peers_flash_can_be_told) {
        const std::string sent = attack().say("send 1 precedence=flash first=yes text=100");
        const auto begun = std::chrono::nanoseconds(number_in(sent, "begun"));
        sent_.push_back({format_serial("S", number_in(sent, "first")),
                         Clock::time_point(std::chrono::duration_cast<Clock::duration>(begun)),
                         north, true});
      }
      std::this_thread::sleep_for(kBetweenFlash);
    }
    attack().say("stop");
    sum_up(inbox);
  }

  Measured take() { return std::move(measured_); }
  // Where the row broke off: what can still be said.
  void look_at_processes() {
    for (const Party party : {Party::north, Party::south}) {
      if (!world_.runs(party)) continue;
      measured_.resident_mib =
          std::max(measured_.resident_mib, memory_of(world_.process(party)).peak_mib);
      if (party == Party::north && log_is_blocked_) continue;
      std::ifstream log(world_.log_path(party));
      for (std::string line; std::getline(log, line);) {
        if (line.find("link to") != std::string::npos && line.find("ended") != std::string::npos) {
          ++measured_.links_ended;
        }
      }
    }
  }
  void block_log() { log_is_blocked_ = true; }

 private:
  bool within_window() const { return seconds_since(begin_) < kWindowSeconds * options_.scale; }

  void sum_up(const InboxWatch& inbox) {
    measured_.seconds = seconds_since(begin_);
    const auto patience = Clock::now();
    while (!all_came(inbox) && seconds_since(patience) < kPatienceSeconds) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    const auto seen = inbox.seen();
    const auto calls = pager_.calls();
    for (const Sent& sent : sent_) {
      if (sent.seen_elsewhere) {
        const auto found = seen.find(sent.id);
        if (found == seen.end()) {
          ++measured_.unseen;
        } else {
          measured_.inbox_ms.push_back(milliseconds_between(sent.at, found->second));
        }
      }
      for (const pid_t pager : sent.pagers) {
        const auto call = calls.find({pager, sent.id});
        if (call == calls.end()) {
          ++measured_.unpaged;
        } else {
          measured_.pager_ms.push_back(milliseconds_between(sent.at, call->second) -
                                       static_cast<double>(kRung_ms));
        }
      }
    }
    HotlineLoad reader(world_.context(Party::north, "ann"));
    measured_.told = reader.told_beside_messages(journal_from_);
    // The measured time is longer than the window, if patience was needed.
    measured_.seconds = seconds_since(begin_);
  }
  bool all_came(const InboxWatch& inbox) const {
    const auto seen = inbox.seen();
    const auto calls = pager_.calls();
    return std::all_of(sent_.begin(), sent_.end(), [&](const Sent& sent) {
      return (!sent.seen_elsewhere || seen.contains(sent.id)) &&
             std::all_of(sent.pagers.begin(), sent.pagers.end(), [&](pid_t pager) {
               return calls.contains({pager, sent.id});
             });
    });
  }

  const BenchOptions& options_;
  const PagerFile pager_;
  World world_;
  const BenchMessage flash_ = make_bench_message(kMessageSize, wire::Precedence::flash);
  std::vector<Attack> attacks_;
  std::vector<Sent> sent_;
  Clock::time_point begin_;
  uint64_t journal_from_ = 0;
  bool log_is_blocked_ = false;
  Measured measured_;
};

// ----------------------------------------------------------------------------------------------
// the floods

void quiet(Row& row) {
  row.start_both();
  row.measure_between_daemons();
}

// So many at once, and then so many a second.
void peer_floods(Row& row, const std::string& what, uint64_t at_once, uint64_t per_second) {
  row.world().start(Party::north);
  row.begin(Attack({"peer", row.world().configuration(Party::south)}));
  row.wait_for_link();
  // Acknowledgements must have something to speak of.
  HotlineLoad client(row.world().context(Party::north, "ann"));
  client.deliver(make_bench_message(kMessageSize, wire::Precedence::routine));
  row.attack().say("send " + std::to_string(row.scaled(at_once)) + " wait=no " + what);
  row.attack().say("flood rate=" + std::to_string(per_second) + " " + what);
  row.measure_beside_peer(what.find("precedence=flash kind=text") == std::string::npos);
}

void person_asks(Row& row, const std::string& person, const std::string& what,
                 const std::vector<std::string>& words) {
  row.start_both();
  for (const Party party : {Party::north, Party::south}) {
    row.begin(start_person(row.world(), party, person, what, words));
  }
  row.measure_between_daemons();
}

void silent_watchers(Row& row) {
  row.start_both();
  {
    HotlineLoad client(row.world().context(Party::north, "ann"));
    client.submit_only(make_bench_message(2048, wire::Precedence::routine), row.scaled(20'000),
                       1024);
  }
  for (const Party party : {Party::north, Party::south}) {
    for (const char* person : {"bob", "eve"}) {
      row.begin(start_person(row.world(), party, person, "silent-watch",
                             {"connections=64", "pipelined=1"}));
    }
  }
  row.measure_between_daemons();
}

void strangers_knock(Row& row) {
  row.start_both();
  for (const Party party : {Party::north, Party::south}) {
    row.begin(Attack({"strangers", std::to_string(row.world().ports(party).peer), "rate=2000"}));
    row.attack().next_line();
  }
  row.measure_between_daemons();
}

// North's log goes into a full pipe; strangers see to it that there is much to be told.
void log_is_blocked(Row& row) {
  const std::string path = row.world().log_path(Party::north);
  std::filesystem::remove(path);
  if (mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("no pipe at " + path);
  row.block_log();
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int filler = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  row.start_both();
  const std::string dots(4096, '.');
  while (write(filler, dots.data(), dots.size()) > 0) {
  }
  row.begin(
      Attack({"strangers", std::to_string(row.world().ports(Party::north).peer), "rate=200"}));
  row.measure_between_daemons();
  close(filler);
  close(reader);
}

void backlog_drains(Row& row, uint64_t count, size_t size, uint64_t in_flight) {
  row.world().start(Party::north);
  {
    HotlineLoad client(row.world().context(Party::north, "ann"));
    client.submit_only(make_bench_message(size, wire::Precedence::routine), row.scaled(count),
                       in_flight);
  }
  row.world().start(Party::south);
  row.measure_between_daemons([](HotlineLoad& asking) { return !asking.is_drained(); },
                              kBetweenFlashOfDrain);
}

struct Flood {
  const char* name;
  std::function<void(Row&)> run;
};

std::vector<Flood> floods() {
  const auto peer = [](const std::string& what, uint64_t at_once, uint64_t per_second) {
    return [=](Row& row) { peer_floods(row, what, at_once, per_second); };
  };
  const auto person = [](const std::string& who, const std::string& what,
                         const std::vector<std::string>& words) {
    return [=](Row& row) { person_asks(row, who, what, words); };
  };
  return {
      {"quiet", quiet},
      {"peer: 200,000 ROUTINE, 2,000/s", peer("precedence=routine text=200", 200'000, 2'000)},
      {"peer: 100,000 FLASH, 1,000/s", peer("precedence=flash kind=text text=200", 100'000, 1'000)},
      {"peer: 2,000 of 45 kB, 200/s", peer("precedence=routine text=45000", 2'000, 200)},
      {"peer: 2,000 subjects of 45 kB, 50/s", peer("precedence=routine subject=45000", 2'000, 50)},
      {"peer: 100,000 acknowledgements, 2,000/s",
       peer("precedence=flash kind=acknowledgement", 100'000, 2'000)},
      {"strangers: 2,000 connections/s", strangers_knock},
      {"person: status, 64 connections", person("eve", "status", {"connections=64"})},
      {"person: export heads, 64 connections", person("eve", "export-head", {"connections=64"})},
      {"person: refused requests, 64 connections", person("eve", "submit", {"connections=64"})},
      {"persons: 128 watchers that do not read", silent_watchers},
      {"log: a pipe that nobody reads", log_is_blocked},
      {"backlog: 280,000 of 512 bytes drain",
       [](Row& row) { backlog_drains(row, 280'000, kMessageSize, 4096); }},
      {"backlog: 8,000 of 40 kB drain", [](Row& row) { backlog_drains(row, 8'000, 40'000, 64); }},
  };
}

Measured run_row(const BenchOptions& options, const Flood& flood) {
  const TemporaryDirectory home(options.directory);
  Row row(options, home.path());
  std::string broke;
  try {
    flood.run(row);
  } catch (const std::exception& error) {
    broke = error.what();
  }
  row.look_at_processes();
  Measured measured = row.take();
  measured.broke = broke;
  return measured;
}

// ----------------------------------------------------------------------------------------------
// the table

double most(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

std::string p50_and_most(const std::vector<double>& values_ms, uint64_t missing) {
  if (values_ms.empty()) return missing == 0 ? "" : "never";
  char text[64];
  std::snprintf(text, sizeof text, "%.0f, %.0f", median(values_ms), most(values_ms));
  return text + (missing == 0 ? "" : ", " + std::to_string(missing) + " never");
}

// The aims that the row misses, in words; empty: all were met.
std::string misses(const Measured& measured, double journal_mib) {
  std::string missed;
  const auto note = [&missed](bool is_missed, const char* what) {
    if (is_missed) missed += (missed.empty() ? "" : ", ") + std::string(what);
  };
  note(!measured.broke.empty(), "broke off");
  note(most(measured.receipt_ms) > 100, "receipt");
  note(measured.unseen > 0 || most(measured.inbox_ms) > 1000, "inbox");
  note(measured.unpaged > 0 || most(measured.pager_ms) > 1000, "pager");
  note(measured.resident_mib > 256, "memory");
  note(journal_mib > 1, "journal");
  note(measured.links_ended > 0, "link ended");
  return missed;
}

void print_row(const Flood& flood, const Measured& measured) {
  const double minutes = measured.seconds / 60;
  const double journal_mib =
      minutes == 0 ? 0 : static_cast<double>(measured.told.bytes) / minutes / (1 << 20);
  std::printf("| %s | %zu | %s | %s | %s | %.0f | %.2f | %s |\n", flood.name,
              measured.receipt_ms.size(), p50_and_most(measured.receipt_ms, 0).c_str(),
              p50_and_most(measured.inbox_ms, measured.unseen).c_str(),
              p50_and_most(measured.pager_ms, measured.unpaged).c_str(), measured.resident_mib,
              journal_mib, misses(measured, journal_mib).c_str());
  if (!measured.broke.empty()) std::printf("  broke off: %s\n", measured.broke.c_str());
  if (measured.links_ended > 0) {
    std::printf("  links ended: %llu\n", static_cast<unsigned long long>(measured.links_ended));
  }
  std::fflush(stdout);
}

}  // namespace

int run_hostile_bench(const BenchOptions& options) {
  std::printf(
      "| flood | FLASH | to its receipt, ms: p50, max | to the inbox | to the pager, beyond its "
      "rung | resident, MiB "
      "| journal, MiB/min | missed |\n|---|---|---|---|---|---|---|---|\n");
  for (const Flood& flood : floods()) {
    if (std::string(flood.name).find(options.only) == std::string::npos) continue;
    print_row(flood, run_row(options, flood));
  }
  return 0;
}

}  // namespace hotline::bench
