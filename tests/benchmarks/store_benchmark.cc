// How fast the store is on this disk: commits, a start, proofs. Prints; judges nothing.
//
//     hotline-store-benchmark DIRECTORY [MESSAGES]
//
// DIRECTORY is made and must be on the disk to be measured. MESSAGES (1,000,000) is the length of
// the history for the start and the proofs.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <string>

#include "daemon/store/sqlite/sqlite_store.h"
#include "protocol/log/merkle.h"

namespace hotline {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Bytes content(uint64_t number, size_t size) {
  Bytes bytes(size, 'x');
  for (size_t i = 0; i < 8 && i < size; ++i) bytes[i] = static_cast<uint8_t>(number >> (8 * i));
  return bytes;
}

// Time of all threads: says more than the clock on a machine that does other things as well.
double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// Messages of ours as they are released with the link up: a Released entry each, one Numbered entry
// and one receipt for the batch. Envelope and body are 512 bytes together.
class Load {
 public:
  std::shared_ptr<const Batch> next(uint64_t messages) {
    auto batch = std::make_shared<Batch>();
    batch->id = ++batches_;
    for (uint64_t i = 0; i < messages; ++i) add_message(*batch);
    add_entry(*batch, 64 + 8 * messages);
    add_entry(*batch, 400);
    batch->receipts.push_back({.log = LogId::own_transcript,
                               .size = own_.size(),
                               .at = 1,
                               .time_s = 1,
                               .journal_index = batch->journal.back().index,
                               .note = std::string(300, 'n')});
    batch->journal_root = journal_.root();
    return batch;
  }
  uint64_t journal_size() const { return journal_.size(); }

 private:
  uint64_t add_entry(Batch& batch, size_t size) {
    JournalRecord record;
    record.index = journal_.size();
    record.entry = content(record.index, size);
    record.leaf_hash = leaf_hash(record.entry);
    journal_.append(record.leaf_hash);
    batch.add_subtrees(LogId::journal, journal_.take_kept());
    batch.journal.push_back(std::move(record));
    return journal_.size() - 1;
  }

  void add_message(Batch& batch) {
    MessageRecord record;
    record.key.number = ++serial_;
    record.serial = serial_;
    record.journal_index = add_entry(batch, 264);
    record.committed_at = 1'795'000'000'000;
    record.type = 1;
    record.envelope = content(serial_, 256);
    record.body = content(serial_, 256);
    record.leaf_hash = leaf_hash(record.envelope);
    record.submitter[0] = 1;
    record.counter = serial_;
    record.request_hash[0] = 1;
    batch.leaves.push_back({LogId::own_transcript, own_.size(), record.leaf_hash, serial_});
    own_.append(record.leaf_hash);
    batch.add_subtrees(LogId::own_transcript, own_.take_kept());
    batch.messages.push_back(std::move(record));
  }

  Frontier journal_;
  Frontier own_;
  uint64_t batches_ = 0;
  uint64_t serial_ = 0;
};

void commit(Store& store, std::shared_ptr<const Batch> batch) {
  std::promise<CommitOutcome> promise;
  store.submit(std::move(batch), [&](CommitOutcome outcome) { promise.set_value(outcome); });
  const CommitOutcome outcome = promise.get_future().get();
  if (!outcome.ok()) {
    std::fprintf(stderr, "%s\n", outcome.error.reason.c_str());
    std::exit(1);
  }
}

std::unique_ptr<SqliteStore> open(const std::string& path) {
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path);
  if (!store) {
    std::fprintf(stderr, "%s\n%s\n", store.error().reason.c_str(), store.error().hint.c_str());
    std::exit(1);
  }
  return *std::move(store);
}

std::string create(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  const Status created = SqliteStore::create(path, {.party = "north", .peer = "south"});
  if (!created) {
    std::fprintf(stderr, "%s\n%s\n", created.error().reason.c_str(), created.error().hint.c_str());
    std::exit(1);
  }
  return path;
}

void measure_commits(const std::string& directory, uint64_t messages_in_batch) {
  const std::string path = create(directory, "commits-" + std::to_string(messages_in_batch));
  const auto store = open(path);
  Load load;
  uint64_t messages = 0;
  double seconds = 0;
  double processor = 0;
  while (seconds < 5) {
    const auto batch = load.next(messages_in_batch);
    const auto begin = Clock::now();
    const double processor_begin = processor_seconds();
    commit(*store, batch);
    seconds += seconds_since(begin);
    processor += processor_seconds() - processor_begin;
    messages += messages_in_batch;
  }
  const SqliteCounters counters = store->counters();
  std::printf(
      "commits of %4lu messages: %8.0f messages/s, %6.2f ms a commit, slowest %.1f ms, %.0f us of "
      "processor a message, "
      "%lu checkpoints beside, %lu waited for\n",
      messages_in_batch, static_cast<double>(messages) / seconds,
      1000 * seconds / static_cast<double>(counters.commits),
      static_cast<double>(counters.slowest_commit_us) / 1000,
      1e6 * processor / static_cast<double>(messages), counters.checkpoints,
      counters.stalled_checkpoints);
}

long resident_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

void measure_history(const std::string& directory, uint64_t messages) {
  const std::string path = create(directory, "history");
  {
    const auto store = open(path);
    Load load;
    const auto begin = Clock::now();
    for (uint64_t made = 0; made < messages; made += 1000) commit(*store, load.next(1000));
    std::printf(
        "history of %lu messages, %lu journal entries: written in %.1f s, peak memory "
        "%ld MiB\n",
        messages, load.journal_size(), seconds_since(begin), resident_mib());
  }
  auto begin = Clock::now();
  const auto store = open(path);
  std::printf("start: opened in %.1f ms", 1000 * seconds_since(begin));
  begin = Clock::now();
  uint64_t bytes = 0;
  store->for_each_journal_entry([&](uint64_t, ByteView entry) { bytes += entry.size(); });
  std::printf(", journal read in %.2f s (%lu MiB)", seconds_since(begin), bytes >> 20);
  begin = Clock::now();
  Frontier frontier;
  store->for_each_journal_entry(
      [&](uint64_t, ByteView entry) { frontier.append(leaf_hash(entry)); });
  std::printf(", read and hashed in %.2f s, root %s\n", seconds_since(begin),
              frontier.root() == store->reader().head().root ? "equal" : "DIFFERENT");

  StoreReader& reader = store->reader();
  for (const LogId log : {LogId::journal, LogId::own_transcript}) {
    const uint64_t size = reader.log_size(log);
    double slowest = 0;
    double all = 0;
    constexpr int kProofs = 500;
    for (uint64_t i = 0; i < kProofs; ++i) {
      const uint64_t index = i * 7'919'999 % size;
      begin = Clock::now();
      inclusion_proof(reader.hashes(log), index, size);
      const double seconds = seconds_since(begin);
      slowest = std::max(slowest, seconds);
      all += seconds;
    }
    std::printf("inclusion proof of one in %lu: %.2f ms, slowest %.2f ms\n", size,
                1000 * all / kProofs, 1000 * slowest);
  }
  begin = Clock::now();
  uint64_t listed = 0;
  reader.list({.box = ListBox::all, .limit = 1000, .before_journal_index = {}},
              [&](const StoredMessage&) { return ++listed > 0; });
  std::printf("list of %lu messages: %.1f ms; peak memory %ld MiB\n", listed,
              1000 * seconds_since(begin), resident_mib());
  begin = Clock::now();
  const size_t faults = reader.check().size();
  std::printf("check of everything: %.1f s, %lu faults\n", seconds_since(begin), faults);
}

}  // namespace
}  // namespace hotline

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: hotline-store-benchmark DIRECTORY [MESSAGES]\n");
    return 2;
  }
  const std::string directory = argv[1];
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  for (const uint64_t messages : {1, 256, 1000}) hotline::measure_commits(directory, messages);
  hotline::measure_history(directory, argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000);
}
