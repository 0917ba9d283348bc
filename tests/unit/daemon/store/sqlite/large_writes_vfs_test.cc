// Pages reach the disk many at a time, and nobody else notices.
#include "daemon/store/sqlite/large_writes_vfs.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/sqlite.h"
#include "tests/unit/daemon/store/sqlite/faulty_vfs.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

class LargeWritesVfsTest : public testing::Test {
 protected:
  LargeWritesVfsTest() {
    vfs_.set_decide([this](Io io, const std::string& path) -> IoDecision {
      if (io != Io::write) return {};
      if (!path.ends_with("-wal")) {
        const bool fails = ++database_writes_ <= failing_database_writes_;
        return {.code = fails ? SQLITE_FULL : SQLITE_OK, .done = !fails};
      }
      ++log_writes_;
      return {.code = failing_, .done = failing_ == SQLITE_OK};
    });
  }

  Database open(const std::string& vfs, const std::string& path) {
    Database database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI, vfs);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    database.execute("PRAGMA journal_mode = WAL");
    database.execute("PRAGMA synchronous = FULL");
    database.execute("PRAGMA wal_autocheckpoint = 0");
    database.execute("CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, bytes BLOB)");
    return database;
  }
  Database open_plain() { return open(vfs_.name(), path_); }
  Database open() { return open(large_writes_vfs(vfs_.name()), path_); }

  // As another process would find it after this one was killed.
  int64_t count_in_a_copy() const {
    for (const char* suffix : {"", "-wal"}) {
      std::filesystem::copy_file(path_ + suffix, copy_ + suffix,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::remove(copy_ + "-shm");
    Database database(copy_, SQLITE_OPEN_READWRITE, "");
    return count(database);
  }

  static void insert(Database& database, int size) {
    Statement statement(database, "item", "INSERT INTO item(bytes) VALUES (?1)");
    statement.run(Bytes(static_cast<size_t>(size), 'x'));
  }

  static int64_t count(Database& database) {
    Statement statement(database, "item", "SELECT count(*) FROM item");
    Rows rows = statement.query();
    EXPECT_TRUE(rows.next());
    return rows.integer(0);
  }

  static void expect_whole(Database& database) {
    Statement check(database, "item", "PRAGMA integrity_check");
    Rows rows = check.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.text(0), "ok");
  }

  int64_t pages_in_file() const {
    return static_cast<int64_t>(std::filesystem::file_size(path_)) / 4096;
  }

  int writes_of_an_insert(Database& database, int size) {
    insert(database, 1);  // The log has its header now.
    log_writes_ = 0;
    insert(database, size);
    return log_writes_;
  }

  StoreDirectory directory_;
  std::string path_ = directory_ / "items.db";
  std::string copy_ = directory_ / "copy.db";
  FaultyVfs vfs_;
  std::atomic<int> log_writes_ = 0;
  std::atomic<int> failing_ = SQLITE_OK;
  std::atomic<int> database_writes_ = 0;
  std::atomic<int> failing_database_writes_ = 0;  // So many fail: the disk is full.
};

TEST_F(LargeWritesVfsTest, TheWritesOfACommitReachTheDiskTogether) {
  Database plain = open_plain();
  EXPECT_GT(writes_of_an_insert(plain, 80'000), 20);
  Database gathering = open();
  EXPECT_EQ(writes_of_an_insert(gathering, 80'000), 1);
  // About 250 pages of 4 KiB and 24 bytes, at most 124 KiB of them at once.
  EXPECT_LE(writes_of_an_insert(gathering, 1'000'000), 10);
}

TEST_F(LargeWritesVfsTest, WhereAFlushMayEndAheadOfACommitNothingIsGathered) {
  Database database = open(large_writes_vfs(vfs_.name()), "file:" + path_ + "?psow=0");
  EXPECT_GT(writes_of_an_insert(database, 80'000), 20);
  Database other = open_plain();
  EXPECT_EQ(count(other), 2);
}

TEST_F(LargeWritesVfsTest, ATransactionReadsWhatItHadToWriteBefore) {
  Database database = open();
  Database other(path_, SQLITE_OPEN_READONLY, "");
  log_writes_ = 0;
  database.execute("PRAGMA cache_size = 10");  // Pages: fewer than the transaction changes.
  database.execute("BEGIN IMMEDIATE");
  for (int i = 0; i < 300; ++i) insert(database, 3000);
  EXPECT_GT(log_writes_, 0) << "the cache did not run over";
  Statement read(database, "item", "SELECT id, bytes FROM item ORDER BY id");
  {
    Rows rows = read.query();
    int found = 0;
    for (; rows.next(); ++found) ASSERT_EQ(rows.blob(1).size(), 3000u);
    EXPECT_EQ(found, 300);
  }
  // Rewrites pages that stand in the log already.
  database.execute("UPDATE item SET bytes = zeroblob(3000) WHERE id % 2 = 0");
  EXPECT_EQ(count(other), 0);
  database.execute("COMMIT");
  EXPECT_EQ(count(other), 300);
  expect_whole(other);
}

TEST_F(LargeWritesVfsTest, ACommitWhoseWritesFailIsNeverInTheLog) {
  {
    Database database = open();
    insert(database, 5000);
    failing_ = SQLITE_FULL;
    try {
      insert(database, 50'000);
      FAIL() << "the disk is full";
    } catch (const SqliteError& error) {
      EXPECT_EQ(error.code(), SQLITE_FULL);
    }
    failing_ = SQLITE_OK;
    log_writes_ = 0;
    EXPECT_EQ(count_in_a_copy(), 1);
    EXPECT_THROW(count(database), SqliteError) << "what it would write next nobody knows";
    EXPECT_THROW(insert(database, 100), SqliteError);
  }
  EXPECT_EQ(log_writes_, 0);
  EXPECT_EQ(count_in_a_copy(), 1);
  Database database = open();
  insert(database, 5000);
  EXPECT_EQ(count_in_a_copy(), 2);
}

// The end of a transaction gives the log to others.
TEST_F(LargeWritesVfsTest, WhatATransactionGaveUpIsNotWrittenOverAnothersCommit) {
  Database database = open();
  Database other = open();
  for (int i = 0; i < 100; ++i) insert(database, 3000);
  ASSERT_TRUE(database.checkpoint(SQLITE_CHECKPOINT_TRUNCATE));
  database.execute("PRAGMA cache_size = 10");
  database.execute("BEGIN IMMEDIATE");
  log_writes_ = 0;
  database.execute("UPDATE item SET bytes = zeroblob(3000)");
  EXPECT_GT(log_writes_, 0) << "the cache did not run over";
  database.execute("ROLLBACK");  // Reads nothing from the log, which would write what is gathered.
  other.execute("UPDATE item SET bytes = zeroblob(2999)");
  Statement read(database, "item", "SELECT count(*) FROM item WHERE length(bytes) = 2999");
  {
    Rows rows = read.query();
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 100);
  }
  expect_whole(database);
  expect_whole(other);
}

TEST_F(LargeWritesVfsTest, BeforeACopyTheDatabaseGetsItsNewSize) {
  Database database = open();
  insert(database, 400'000);
  const int64_t pages = database.pragma("page_count");
  ASSERT_GT(pages, 90);
  database_writes_ = 0;
  ASSERT_TRUE(database.checkpoint(SQLITE_CHECKPOINT_PASSIVE));
  EXPECT_GT(database_writes_, pages);
  EXPECT_LE(database_writes_, pages + pages / 31 + 1) << "31 pages are 124 KiB";
  // A database that does not grow is copied, and nothing else is written.
  database.execute("UPDATE item SET bytes = zeroblob(400000)");
  ASSERT_EQ(database.pragma("page_count"), pages);
  database_writes_ = 0;
  ASSERT_TRUE(database.checkpoint(SQLITE_CHECKPOINT_PASSIVE));
  EXPECT_LE(database_writes_, pages);
  expect_whole(database);
}

// SQLite names a size also when it rolls a journal back, and takes it from there.
TEST_F(LargeWritesVfsTest, ASizeThatNoCopyNeedsIsNotTaken) {
  Database database = open();
  insert(database, 400'000);
  ASSERT_TRUE(database.checkpoint(SQLITE_CHECKPOINT_PASSIVE));
  const int64_t pages = pages_in_file();
  sqlite3_int64 size = 64 << 20;
  sqlite3_file_control(database.handle(), "main", SQLITE_FCNTL_SIZE_HINT, &size);
  EXPECT_EQ(pages_in_file(), pages);
}

TEST_F(LargeWritesVfsTest, ACopyThatStopsHalfWayShowsNoZeros) {
  Database database = open();
  insert(database, 100'000);
  Database other(path_, SQLITE_OPEN_READONLY, "");
  {
    // Reads the state after the first insert, so that no more than that may be copied.
    Statement old(other, "item", "SELECT id FROM item");
    Rows rows = old.query();
    ASSERT_TRUE(rows.next());
    insert(database, 300'000);
    ASSERT_FALSE(database.checkpoint(SQLITE_CHECKPOINT_PASSIVE));
    EXPECT_EQ(pages_in_file(), database.pragma("page_count")) << "the end is zeros as yet";
  }
  expect_whole(other);
  Statement bytes(other, "item", "SELECT count(*) FROM item WHERE instr(bytes, x'00') = 0");
  Rows rows = bytes.query();
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.integer(0), 2);
}

TEST_F(LargeWritesVfsTest, ADatabaseThatCannotGrowFailsWhereSqliteWrites) {
  Database database = open();
  insert(database, 200'000);
  failing_database_writes_ = 1'000'000;
  database_writes_ = 0;
  try {
    database.checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    ADD_FAILURE() << "the disk is full";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.code(), SQLITE_FULL);
  }
  EXPECT_EQ(database_writes_, 2) << "once to grow, once to copy";
  // A disk that has room again a moment later.
  failing_database_writes_ = 1;
  database_writes_ = 0;
  EXPECT_TRUE(database.checkpoint(SQLITE_CHECKPOINT_PASSIVE));
  expect_whole(database);
}

// The largest size of a file that this process may write, which is a disk without room. As the
// daemon does, it is told by an error and not by a signal.
class FileSizeBound {
 public:
  explicit FileSizeBound(uint64_t bytes) : heard_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  FileSizeBound(const FileSizeBound&) = delete;
  FileSizeBound& operator=(const FileSizeBound&) = delete;
  ~FileSizeBound() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, heard_);
  }

 private:
  sighandler_t heard_;
  rlimit before_{};
};

TEST_F(LargeWritesVfsTest, B6_AFileThatMayNotGrowIsADiskWithoutRoom) {
  Database database = open(large_writes_vfs(""), path_);
  const auto expect_no_room = [&](const std::string& what, const auto& act) {
    const FileSizeBound bound(100'000);
    try {
      act();
      ADD_FAILURE() << what << " took it";
    } catch (const SqliteError& error) {
      EXPECT_EQ(error.system_errno(), EFBIG) << what << ": " << error.what();
      EXPECT_EQ(describe_failure(error, path_).failure, StoreFailure::full) << what;
    }
  };
  insert(database, 200'000);
  expect_no_room("the database", [&] { database.checkpoint(SQLITE_CHECKPOINT_PASSIVE); });
  expect_no_room("the log, by statements", [&] { insert(database, 100); });
}

TEST_F(LargeWritesVfsTest, B6_ALogThatMayNotGrowIsSaidAtTheCommitToo) {
  Database database = open(large_writes_vfs(""), path_);
  Statement begin(database, "", "BEGIN IMMEDIATE");
  Statement end(database, "", "COMMIT");
  const FileSizeBound bound(100'000);
  try {
    for (int i = 0; i < 100; ++i) {
      begin.run();
      insert(database, 3000);
      end.run();
    }
    ADD_FAILURE() << "the log took it";
  } catch (const SqliteError& error) {
    EXPECT_EQ(error.system_errno(), EFBIG) << error.what();
    EXPECT_EQ(describe_failure(error, path_).failure, StoreFailure::full);
  }
}

TEST_F(LargeWritesVfsTest, ALayerThatDoesNotExistIsRefused) {
  { const Database database = open(); }
  try {
    const Database database(path_, SQLITE_OPEN_READWRITE, large_writes_vfs("nothing"));
    FAIL() << "another layer was taken";
  } catch (const SqliteError& error) {
    EXPECT_NE(std::string(error.what()).find("nothing"), std::string::npos) << error.what();
  }
}

// In a process where nothing of SQLite was used before.
TEST(LargeWritesVfsDeathTest, TheLayerDoesNotBringSqlitesStatisticsBack) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Database database(":memory:", SQLITE_OPEN_READWRITE, large_writes_vfs(""));
        database.execute("CREATE TABLE item(id INTEGER PRIMARY KEY)");
        std::exit(sqlite3_memory_used() == 0 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace hotline
