// hotline-power-loss: a store takes batches, its power is lost, and it must come back with every
// batch that it had promised, whole, and nothing half. Each seed makes a store and gives it a few
// lives; each life begins with one of the images that the loss at the end of the last one left.
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "daemon/store/sqlite/sqlite_store.h"
#include "tests/power_loss/recorded_disk.h"
#include "tests/unit/daemon/store/store_fixture.h"

namespace hotline::power_loss {
namespace {

constexpr int kLives = 3;
constexpr int kBatchesPerLife = 24;

// All batches that a store must hold, made from the seed before anything is written.
class Plan {
 public:
  explicit Plan(uint64_t seed) {
    std::mt19937_64 random(seed);
    BatchMaker maker;
    sizes_.push_back({});
    for (int i = 0; i < kLives * kBatchesPerLife; ++i) {
      batches_.push_back(std::make_shared<const Batch>(make(maker, random)));
      sizes_.push_back({maker.journal().size(), maker.journal().root(), maker.own().size(),
                        maker.peer().size()});
    }
  }

  int count() const { return static_cast<int>(batches_.size()); }
  const std::shared_ptr<const Batch>& batch(int index) const {
    return batches_.at(static_cast<size_t>(index));
  }

  // How many batches this store holds; -1 if that is no number of whole batches.
  int held_by(Store& store) const {
    StoreReader& reader = store.reader();
    const StoreHead head = reader.head();
    for (size_t held = 0; held < sizes_.size(); ++held) {
      const Sizes& sizes = sizes_[held];
      if (sizes.journal != head.size) continue;
      const bool fits = (held == 0 || sizes.root == head.root) &&
                        reader.log_size(LogId::own_transcript) == sizes.own &&
                        reader.log_size(LogId::peer_transcript) == sizes.peer;
      return fits ? static_cast<int>(held) : -1;
    }
    return -1;
  }

  // The first record of these batches that the store does not hold as it was written; empty: none.
  std::string first_missing(Store& store, int held) const {
    std::vector<const Bytes*> entries;
    for (int i = 0; i < held; ++i) {
      for (const JournalRecord& record : batch(i)->journal) entries.push_back(&record.entry);
      for (const MessageRecord& message : batch(i)->messages) {
        const auto found = store.reader().message(message.key);
        if (!found || found->envelope != message.envelope || found->body != message.body) {
          return "message " + std::to_string(message.key.number) + " of batch " + std::to_string(i);
        }
      }
    }
    size_t next = 0;
    std::string missing;
    store.for_each_journal_entry([&](uint64_t index, ByteView entry) {
      const bool is_next = index == next && next < entries.size();
      if (missing.empty() && !(is_next && std::ranges::equal(entry, *entries[next])))
        missing = "journal entry " + std::to_string(index);
      ++next;
    });
    return missing.empty() && next != entries.size() ? "the last journal entries" : missing;
  }

 private:
  struct Sizes {
    uint64_t journal = 0;
    Hash root{};
    uint64_t own = 0;
    uint64_t peer = 0;
  };

  static Batch make(BatchMaker& maker, std::mt19937_64& random) {
    Batch batch = maker.batch();
    const uint64_t messages = 1 + random() % 12;
    for (uint64_t i = 0; i < messages; ++i) {
      const size_t size = random() % 8 == 0 ? random() % 40'000 : random() % 600;
      if (random() % 2 == 0) {
        maker.number(batch, maker.release(batch, size));
      } else {
        maker.receive(batch, maker.peer().size() + 1, size);
      }
    }
    if (maker.peer().size() > 0) maker.receipt(batch, LogId::peer_transcript, maker.peer().size());
    return batch;
  }

  std::vector<std::shared_ptr<const Batch>> batches_;
  std::vector<Sizes> sizes_;  // After so many batches.
};

struct Counts {
  int images = 0;
  int unpromised = 0;  // Images that held more than was promised.
  size_t changes = 0;
};

// Opens the image with the file layer that a daemon has. Returns how many batches it holds; throws
// what is wrong with it.
int check_image(const Plan& plan, const std::string& path, int promised, int submitted) {
  auto store = SqliteStore::open(path);
  if (!store) throw std::runtime_error("it does not open: " + store.error().reason);
  const int held = plan.held_by(**store);
  if (held < promised || held > submitted) {
    throw std::runtime_error("it holds " + std::to_string(held) + " batches, where " +
                             std::to_string(promised) + " were promised and " +
                             std::to_string(submitted) + " submitted");
  }
  if (std::string missing = plan.first_missing(**store, held); !missing.empty())
    throw std::runtime_error(missing + " is not what was written");
  const std::vector<std::string> faults = (*store)->reader().check();
  if (!faults.empty()) throw std::runtime_error(faults.front());
  return held;
}

// Takes batches from `held` on until the power goes. Some of them wait for each other, and the log
// is copied often, so that all kinds of writes meet.
void live(const Plan& plan, const std::string& path, int held, int end, RecordedDisk& disk) {
  FaultyVfs vfs;
  vfs.set_observe([&disk](Io io, const std::string& file, int64_t offset, ByteView data) {
    disk.done(io, file, offset, data);
  });
  SqliteOptions options;
  options.vfs = vfs.name();
  options.wal_pages_checkpoint = 16;
  options.wal_pages_max = 64;
  auto store = SqliteStore::open(path, options);
  if (!store) throw std::runtime_error("the store does not open: " + store.error().reason);
  for (int next = held; next < end;) {
    const int together = std::min(end, next + 1 + next % 3);
    std::promise<void> last;
    for (; next < together; ++next) {
      const bool is_last = next + 1 == together;
      (*store)->submit(plan.batch(next), [&disk, &last, is_last, next](const CommitOutcome& done) {
        if (done.ok()) disk.promised(next + 1);
        if (is_last) last.set_value();
      });
    }
    last.get_future().wait();
  }
  vfs.stop();
}

void run_seed(uint64_t seed, int images_per_life, const std::string& home, Counts& counts) {
  const Plan plan(seed);
  std::mt19937_64 random(seed);
  std::string directory = home + "/begin";
  std::filesystem::create_directory(directory);
  if (const Status made = SqliteStore::create(directory + "/journal.db", test_identity()); !made)
    throw std::runtime_error(made.error().reason);
  int held = 0;
  for (int life = 0; life < kLives; ++life) {
    RecordedDisk disk(directory);
    disk.promised(held);
    const int end = std::min(held + kBatchesPerLife, plan.count());
    live(plan, directory + "/journal.db", held, end, disk);
    counts.changes += disk.end();
    std::string image;
    for (int i = 0; i < images_per_life; ++i) {
      if (!image.empty()) std::filesystem::remove_all(image);
      image = home + "/image-" + std::to_string(life) + "-" + std::to_string(i);
      std::filesystem::create_directory(image);
      // The store refuses a place that others may write to.
      chmod(image.c_str(), S_IRWXU);
      const size_t moment = disk.choose_moment(random);
      disk.write_image(moment, random, image);
      const int promised = disk.promised_at(moment);
      try {
        held = check_image(plan, image + "/journal.db", promised, end);
      } catch (const std::exception& error) {
        throw std::runtime_error("life " + std::to_string(life) + ", moment " +
                                 std::to_string(moment) + " of " + std::to_string(disk.end()) +
                                 ": " + error.what());
      }
      ++counts.images;
      counts.unpromised += held > promised ? 1 : 0;
    }
    directory = image;
  }
}

int run(uint64_t from, uint64_t seeds, int images_per_life) {
  Counts counts;
  int failed = 0;
  for (uint64_t seed = from; seed < from + seeds; ++seed) {
    const StoreDirectory home;
    try {
      run_seed(seed, images_per_life, home.path(), counts);
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAILED: seed %llu: %s\n", static_cast<unsigned long long>(seed), error.what());
    }
  }
  std::printf(
      "%d images of %zu writes, truncations and flushes: each was opened and held what was "
      "promised, whole (%d held a batch more)%s\n",
      counts.images, counts.changes, counts.unpromised, failed == 0 ? "" : ", but for the FAILED");
  return failed == 0 && counts.images > 0 ? 0 : 1;
}

}  // namespace
}  // namespace hotline::power_loss

int main(int argc, char** argv) {
  uint64_t from = 1;
  uint64_t seeds = 5;
  int images = 20;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string word = argv[i];
    if (word == "--from") from = std::strtoull(argv[i + 1], nullptr, 10);
    if (word == "--seeds") seeds = std::strtoull(argv[i + 1], nullptr, 10);
    if (word == "--images") images = std::atoi(argv[i + 1]);
  }
  return hotline::power_loss::run(from, seeds, images);
}
