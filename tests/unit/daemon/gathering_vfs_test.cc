// The writes of a commit reach the disk together, and nobody else notices.
#include "daemon/gathering_vfs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "daemon/sqlite.h"
#include "tests/unit/daemon/faulty_vfs.h"
#include "tests/unit/daemon/store_fixture.h"

namespace hotline {
namespace {

class GatheringVfsTest : public testing::Test {
 protected:
  GatheringVfsTest() {
    vfs_.set_decide([this](Io io, const std::string& path) -> IoDecision {
      if (io != Io::write || !path.ends_with("-wal")) return {};
      ++log_writes_;
      return {.code = failing_, .done = failing_ == SQLITE_OK};
    });
  }

  Database open(const std::string& vfs) {
    Database database(path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
    sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    database.execute("PRAGMA journal_mode = WAL");
    database.execute("PRAGMA synchronous = FULL");
    database.execute("CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, bytes BLOB)");
    return database;
  }
  Database open() { return open(gathering_vfs(vfs_.name())); }

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

  int writes_of_an_insert(Database& database, int size) {
    insert(database, 1);  // The log has its header now.
    log_writes_ = 0;
    insert(database, size);
    return log_writes_;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.path() + "/items.db";
  FaultyVfs vfs_;
  std::atomic<int> log_writes_ = 0;
  std::atomic<int> failing_ = SQLITE_OK;
};

TEST_F(GatheringVfsTest, TheWritesOfACommitReachTheDiskTogether) {
  Database plain = open(vfs_.name());
  EXPECT_GT(writes_of_an_insert(plain, 80'000), 20);
  Database gathering = open();
  EXPECT_EQ(writes_of_an_insert(gathering, 80'000), 1);
  // About 250 pages of 4 KiB and 24 bytes, at most 124 KiB of them at once.
  EXPECT_LE(writes_of_an_insert(gathering, 1'000'000), 10);
}

TEST_F(GatheringVfsTest, WhereAFlushMayEndAheadOfACommitNothingIsGathered) {
  vfs_.set_powersafe(false);
  Database database = open();
  EXPECT_GT(writes_of_an_insert(database, 80'000), 20);
  Database other = open(vfs_.name());
  EXPECT_EQ(count(other), 2);
}

TEST_F(GatheringVfsTest, ATransactionReadsWhatItHadToWriteBefore) {
  Database database = open();
  Database other(path_, SQLITE_OPEN_READONLY, "");
  database.execute("PRAGMA cache_size = 10");  // Pages: fewer than the transaction changes.
  database.execute("BEGIN IMMEDIATE");
  for (int i = 0; i < 300; ++i) insert(database, 3000);
  EXPECT_GT(log_writes_, 1) << "the cache did not run over";
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
  Statement whole(other, "item", "PRAGMA integrity_check");
  Rows rows = whole.query();
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.text(0), "ok");
}

TEST_F(GatheringVfsTest, ACommitWhoseWritesFailFailsAndLeavesNothing) {
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
  EXPECT_EQ(count(database), 1);
  insert(database, 5000);
  Database other(path_, SQLITE_OPEN_READONLY, "");
  EXPECT_EQ(count(other), 2);
}

TEST_F(GatheringVfsTest, ClosingWritesNothingThatBelongsToNoCommit) {
  {
    Database database = open();
    insert(database, 100);
    failing_ = SQLITE_FULL;
    EXPECT_THROW(insert(database, 50'000), SqliteError);
    failing_ = SQLITE_OK;
    log_writes_ = 0;
  }
  EXPECT_EQ(log_writes_, 0);
  Database database = open();
  EXPECT_EQ(count(database), 1);
}

TEST(GatheringVfs, ALayerThatDoesNotExistIsRefused) {
  EXPECT_THROW(Database("unused.db", SQLITE_OPEN_READWRITE, gathering_vfs("no such layer")),
               SqliteError);
}

}  // namespace
}  // namespace hotline
