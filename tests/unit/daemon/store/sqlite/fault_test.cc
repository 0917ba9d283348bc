// A disk that fails, a process that is killed, a host that loses power: nothing that was called
// durable is lost, nothing is half there, and after a failure nothing more is said.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>

#include "daemon/store/sqlite/sqlite.h"
#include "tests/unit/daemon/store/sqlite/faulty_vfs.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

class StoreFaultTest : public StoreTest {
 protected:
  SqliteOptions options() const {
    return {
        .busy_timeout_ms = 50, .wal_pages_checkpoint = 8, .wal_pages_max = 24, .vfs = vfs_.name()};
  }

  // One batch of everything that a batch can hold.
  static Batch next_batch(BatchMaker& maker) {
    Batch batch = maker.batch();
    const MessageKey sent = maker.release(batch, 5000);
    maker.number(batch, sent);
    const MessageKey received = maker.receive(batch, batch.id);
    maker.receipt(batch, LogId::own_transcript, batch.id);
    maker.receipt(batch, LogId::peer_transcript, batch.id);
    maker.fact(batch, received, FactKind::acknowledged, 1, 2);
    return batch;
  }

  // The journal's head after each number of batches: the only states that a store may show.
  static std::vector<StoreHead> heads(int batches) {
    BatchMaker maker;
    std::vector<StoreHead> found = {{.size = 0, .root = empty_root()}};
    for (int i = 0; i < batches; ++i) {
      next_batch(maker);
      found.push_back({.size = maker.journal().size(), .root = maker.journal().root()});
    }
    return found;
  }

  // Opens what is on the disk, and returns how many batches it holds, each of them whole.
  int whole_batches(const std::vector<StoreHead>& expected) {
    const auto store = open();
    StoreReader& reader = store->reader();
    const StoreHead head = reader.head();
    const auto found = std::find(expected.begin(), expected.end(), head);
    EXPECT_NE(found, expected.end()) << "half of a batch: " << head.size << " entries";
    const auto batches = static_cast<int>(found - expected.begin());
    EXPECT_EQ(reader.log_size(LogId::own_transcript), static_cast<uint64_t>(batches));
    EXPECT_EQ(reader.log_size(LogId::peer_transcript), static_cast<uint64_t>(batches));
    EXPECT_EQ(reader.last_counter(BatchMaker::submitter()), static_cast<uint64_t>(batches));
    EXPECT_EQ(reader.check(), std::vector<std::string>{});
    return batches;
  }

  FaultyVfs vfs_;
};

// Fails one flush of the write-ahead log; `done` says whether it reached the disk all the same.
FaultyVfs::Decide fail_next_flush(int code, bool done, std::atomic<int>& flushes) {
  return [code, done, &flushes](Io io, const std::string&) -> IoDecision {
    if (io != Io::flush) return {};
    return ++flushes == 1 ? IoDecision{.code = code, .done = done} : IoDecision{};
  };
}

TEST_F(StoreFaultTest, AfterAFailedFlushNothingIsEverCommittedAgain) {
  const auto expected = heads(3);
  for (const bool persisted : {false, true}) {
    std::filesystem::remove_all(directory_.path());
    ASSERT_TRUE(SqliteStore::create(path_, test_identity()));
    BatchMaker maker;
    std::atomic<int> flushes = 0;
    {
      SqliteOptions without_checkpoints = options();
      without_checkpoints.wal_pages_checkpoint = 1000;
      without_checkpoints.wal_pages_max = 1000;
      const auto store = open(without_checkpoints);
      ASSERT_TRUE(commit(*store, next_batch(maker)).ok());
      vfs_.set_decide(fail_next_flush(SQLITE_IOERR_FSYNC, persisted, flushes));
      const CommitOutcome failed = commit(*store, next_batch(maker));
      EXPECT_EQ(failed.failure, StoreFailure::disk);
      EXPECT_EQ(failed.error.code, ErrorCode::store_failed);
      // The disk would work again, and is not asked.
      const CommitOutcome later = commit(*store, next_batch(maker));
      EXPECT_EQ(later.failure, StoreFailure::disk);
      EXPECT_EQ(later.error.reason, failed.error.reason);
      EXPECT_EQ(store->counters().failure, StoreFailure::disk);
      EXPECT_EQ(store->counters().commits, 1u);
      EXPECT_EQ(store->reader().head(), expected[1]) << "only what is durable is read";
    }
    EXPECT_EQ(flushes, 1) << "a flush that failed is not tried again, not even while closing";
    vfs_.set_decide({});
    // Both outcomes are honest: the core was told that it does not know.
    EXPECT_GE(whole_batches(expected), 1);
    EXPECT_LE(whole_batches(expected), 2);
  }
}

TEST_F(StoreFaultTest, AFailedWriteFailsTheStoreToo) {
  BatchMaker maker;
  const auto store = open(options());
  vfs_.set_decide([](Io io, const std::string&) -> IoDecision {
    return io == Io::write ? IoDecision{.code = SQLITE_IOERR_WRITE, .done = false} : IoDecision{};
  });
  EXPECT_EQ(commit(*store, next_batch(maker)).failure, StoreFailure::disk);
  vfs_.set_decide({});
  EXPECT_EQ(commit(*store, next_batch(maker)).failure, StoreFailure::disk);
  EXPECT_EQ(store->reader().head().size, 0u);
}

TEST_F(StoreFaultTest, AFullDiskIsToldApart) {
  BatchMaker maker;
  {
    const auto store = open(options());
    ASSERT_TRUE(commit(*store, next_batch(maker)).ok());
    vfs_.set_decide([](Io io, const std::string&) -> IoDecision {
      return io == Io::write ? IoDecision{.code = SQLITE_FULL, .done = false} : IoDecision{};
    });
    const CommitOutcome failed = commit(*store, next_batch(maker));
    EXPECT_EQ(failed.failure, StoreFailure::full);
    EXPECT_NE(failed.error.reason.find("the disk is full"), std::string::npos);
    EXPECT_NE(failed.error.hint.find("df"), std::string::npos);
    EXPECT_TRUE(store->reader().message({.incoming = false, .number = 1})) << "reading goes on";
  }
  vfs_.set_decide({});
  EXPECT_EQ(whole_batches(heads(2)), 1);
}

TEST_F(StoreFaultTest, AFailedCheckpointFailsTheStore) {
  BatchMaker maker;
  const auto store = open(options());
  // The database's own flush fails; the log's do not.
  vfs_.set_decide([](Io io, const std::string& path) -> IoDecision {
    const bool of_log = path.ends_with("-wal");
    return io == Io::flush && !of_log ? IoDecision{.code = SQLITE_IOERR_FSYNC, .done = false}
                                      : IoDecision{};
  });
  int good = 0;
  while (commit(*store, next_batch(maker)).ok()) ASSERT_LT(++good, 1000);
  EXPECT_EQ(store->counters().failure, StoreFailure::disk);
  EXPECT_EQ(store->counters().commits, static_cast<uint64_t>(good));
}

TEST_F(StoreFaultTest, AStoreThatAnotherProgramHoldsFailsInBoundedTime) {
  BatchMaker maker;
  const auto store = open(options());
  Database other(path_, SQLITE_OPEN_READWRITE, "");
  other.execute("BEGIN IMMEDIATE");
  const CommitOutcome failed = commit(*store, next_batch(maker));
  EXPECT_EQ(failed.failure, StoreFailure::busy);
  EXPECT_NE(failed.error.reason.find("another program"), std::string::npos);
  EXPECT_NE(failed.error.hint.find("fuser"), std::string::npos);
}

TEST_F(StoreFaultTest, AnotherProgramThatReadsIsNotInTheWay) {
  BatchMaker maker;
  const auto store = open(options());
  ASSERT_TRUE(commit(*store, next_batch(maker)).ok());
  Database other(path_, SQLITE_OPEN_READONLY, "");
  Statement head(other, "head", "SELECT size FROM head");
  Rows rows = head.query();
  ASSERT_TRUE(rows.next());
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(commit(*store, next_batch(maker)).ok());
}

TEST_F(StoreFaultTest, ABatchThatContradictsTheStoreIsNotWritten) {
  struct Case {
    const char* what;
    void (*spoil)(Batch&);
  };
  const Case cases[] = {
      {"an index again", [](Batch& batch) { batch.leaves[0].index = 0; }},
      {"a gap in a transcript", [](Batch& batch) { batch.leaves[0].index = 5; }},
      {"a gap in the journal", [](Batch& batch) { batch.journal[0].index += 1; }},
      {"a serial again", [](Batch& batch) { batch.messages[0].key.number = 1; }},
      {"a counter again", [](Batch& batch) { batch.messages[0].counter = 1; }},
      {"a message in two places", [](Batch& batch) { batch.leaves[0].number = 1; }},
  };
  for (const Case& spoilt : cases) {
    SCOPED_TRACE(spoilt.what);
    std::filesystem::remove_all(directory_.path());
    ASSERT_TRUE(SqliteStore::create(path_, test_identity()));
    BatchMaker maker;
    {
      const auto store = open();
      ASSERT_TRUE(commit(*store, next_batch(maker)).ok());
      Batch batch = next_batch(maker);
      spoilt.spoil(batch);
      EXPECT_EQ(commit(*store, std::move(batch)).failure, StoreFailure::inconsistent);
    }
    EXPECT_EQ(whole_batches(heads(1)), 1);
  }
}

// Kills itself with SIGKILL before the `deadly`-th write, flush or truncation; says on
// `acknowledged` which batches were committed. Returns only when there was no such call.
void run_and_die(const std::string& path, SqliteOptions options, FaultyVfs& vfs, int deadly,
                 int batches, int acknowledged) {
  std::atomic<int> calls = 0;
  vfs.set_decide([&](Io, const std::string&) -> IoDecision {
    if (++calls == deadly) kill(getpid(), SIGKILL);
    return {};
  });
  Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path, options);
  if (!store) _exit(2);
  BatchMaker maker;
  for (int i = 0; i < batches; ++i) {
    Batch batch = maker.batch();
    maker.number(batch, maker.release(batch, 5000));
    if (!commit(**store, std::move(batch)).ok()) _exit(3);
    if (write(acknowledged, "+", 1) != 1) _exit(4);
  }
  store = make_error(ErrorCode::failed, "closed");
}

TEST_F(StoreFaultTest, KilledAtAnyWriteItKeepsWhatItAcknowledged) {
  constexpr int kBatches = 3;
  bool completed = false;
  int deaths = 0;
  for (int deadly = 1; !completed; ++deadly) {
    ASSERT_LT(deadly, 500);
    std::filesystem::remove_all(directory_.path());
    ASSERT_TRUE(SqliteStore::create(path_, test_identity()));
    int acknowledged[2];
    ASSERT_EQ(pipe(acknowledged), 0);
    const pid_t child = fork();
    if (child == 0) {
      run_and_die(path_, options(), vfs_, deadly, kBatches, acknowledged[1]);
      _exit(0);
    }
    close(acknowledged[1]);
    uint64_t committed = 0;
    for (char byte; read(acknowledged[0], &byte, 1) == 1;) ++committed;
    close(acknowledged[0]);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    completed = WIFEXITED(status);
    if (completed) {
      ASSERT_EQ(WEXITSTATUS(status), 0);
    } else {
      ++deaths;
    }

    const auto store = open();
    const uint64_t found = store->reader().log_size(LogId::own_transcript);
    EXPECT_GE(found, committed) << "killed at call " << deadly;
    EXPECT_LE(found, committed + 1);
    EXPECT_EQ(store->reader().head().size, 2 * found) << "half of a batch";
    EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
  }
  EXPECT_GT(deaths, 10) << "the calls of this many batches";
}

// The disk keeps any subset of the sectors that were not flushed.
TEST_F(StoreFaultTest, AfterLossOfPowerAnyMomentItKeepsWhatItAcknowledged) {
  constexpr int kBatches = 8;
  const char* wanted = std::getenv("HOTLINE_STORE_SEEDS");
  const uint64_t seeds = wanted ? std::strtoull(wanted, nullptr, 10) : 40;
  const auto expected = heads(kBatches);
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::filesystem::remove_all(directory_.path());
    ASSERT_TRUE(SqliteStore::create(path_, test_identity()));
    std::mt19937_64 random(seed);
    std::atomic<int> calls = 0;
    const int deadly = static_cast<int>(random() % 160) + 1;
    std::atomic<bool> dead = false;
    vfs_.set_decide([&](Io, const std::string&) -> IoDecision {
      if (++calls == deadly) dead = true;
      return dead ? IoDecision{.code = SQLITE_IOERR, .done = false} : IoDecision{};
    });
    int committed = 0;
    if (Result<std::unique_ptr<SqliteStore>> opened = SqliteStore::open(path_, options()); opened) {
      BatchMaker maker;
      while (committed < kBatches && commit(**opened, next_batch(maker)).ok()) ++committed;
      vfs_.stop();
    } else {
      vfs_.stop();
    }
    vfs_.set_decide({});
    vfs_.lose_power(random);
    const int found = whole_batches(expected);
    EXPECT_GE(found, committed);
    EXPECT_LE(found, committed + 1);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace hotline
