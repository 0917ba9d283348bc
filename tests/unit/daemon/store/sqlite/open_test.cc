// When a store is created, opened, and refused: each refusal says why and what to do.
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "daemon/store/sqlite/sqlite.h"
#include "tests/unit/daemon/store/sqlite/faulty_vfs.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

using testing::Test;

class StoreOpenTest : public StoreTest {
 protected:
  // Why the store at `path` is refused; empty when it is not.
  static Error refusal(const std::string& path, const SqliteOptions& options = {}) {
    const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path, options);
    if (store) {
      ADD_FAILURE() << "it was opened";
      return {};
    }
    return store.error();
  }
  static SqliteOptions with_vfs(const FaultyVfs& vfs) {
    SqliteOptions options;
    options.vfs = vfs.name();
    return options;
  }
  static bool says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  // A trouble that passes is called what it is, and nothing is advised that would make it worse.
  static void expect_passing(const Error& error, const std::string& cause,
                             const std::string& remedy) {
    EXPECT_EQ(error.code, ErrorCode::failed) << error.reason;
    EXPECT_TRUE(says(error.reason, cause)) << error.reason;
    EXPECT_TRUE(says(error.hint, remedy)) << error.hint;
    for (const char* word : {"damaged", "altered", "backup", "evidence", "older copy"}) {
      EXPECT_FALSE(says(error.reason + error.hint, word)) << error.reason << error.hint;
    }
  }
  void alter(const std::string& sql) {
    Database database(path_, SQLITE_OPEN_READWRITE, "");
    database.execute(sql);
    database.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  }
};

TEST_F(StoreOpenTest, CreatingMakesThePrivateDirectoryAndSurvivesItsOwnRemains) {
  const std::string path = directory_ / "north/journal.db";
  ASSERT_TRUE(SqliteStore::create(path, test_identity()));
  struct stat status {};
  ASSERT_EQ(stat((directory_ / "north").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);

  // A creation that was killed half-way leaves these behind.
  const std::string second = directory_ / "north/second.db";
  std::ofstream(second + ".new") << "half a database";
  std::ofstream(second + ".new-wal") << "half a log";
  ASSERT_TRUE(SqliteStore::create(second, test_identity()));
  EXPECT_TRUE(SqliteStore::open(second));
  EXPECT_FALSE(std::filesystem::exists(second + ".new"));
}

TEST_F(StoreOpenTest, ForeignAndNewerFilesAreRefused) {
  const std::string text = directory_ / "text.db";
  std::ofstream(text) << std::string(5000, 'x');
  EXPECT_TRUE(says(refusal(text).reason, "is not a store"));

  const std::string foreign = directory_ / "foreign.db";
  {
    Database database(foreign, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    database.execute("CREATE TABLE shopping(what TEXT)");
  }
  EXPECT_TRUE(says(refusal(foreign).reason, "not a store")) << refusal(foreign).reason;

  const std::string empty = directory_ / "empty.db";
  std::ofstream(empty).flush();
  EXPECT_TRUE(says(refusal(empty).reason, "not a store"));

  alter("PRAGMA user_version = 99");
  EXPECT_TRUE(says(refusal(path_).reason, "newer hotlined")) << refusal(path_).reason;
  alter("PRAGMA user_version = 1");
  EXPECT_TRUE(says(refusal(path_).reason, "older hotlined")) << refusal(path_).reason;
  alter("PRAGMA user_version = 0");
  EXPECT_TRUE(says(refusal(path_).reason, "damaged"));
}

TEST_F(StoreOpenTest, ACopyOfAnotherFormatIsRefusedByTheNameOfTheStore) {
  const std::string copy = directory_ / "copies/journal.db";
  for (const int format : {99, 1, 0}) {
    alter("PRAGMA user_version = " + std::to_string(format));
    const Error of_store = refusal(path_);
    const Status copied = SqliteStore::copy(path_, copy, [](Store&) { return ok(); });
    ASSERT_FALSE(copied);
    EXPECT_EQ(copied.error().reason, of_store.reason);
    EXPECT_FALSE(std::filesystem::exists(copy));
  }
}

TEST_F(StoreOpenTest, AlteredTablesAreRefused) {
  alter("DROP INDEX fact_message");
  EXPECT_TRUE(says(refusal(path_).reason, "its tables are not those"));
}

TEST_F(StoreOpenTest, F5_ADiskOrASystemThatRefusesIsNotCalledDamage) {
  struct Trouble {
    Io io;
    int code;
    int system_errno;
    const char* cause;
    const char* remedy;
  };
  const Trouble troubles[] = {
      {Io::open, SQLITE_CANTOPEN, EMFILE, "this process may open no more files", "ulimit -n"},
      {Io::open, SQLITE_CANTOPEN, ENFILE, "this machine can open no more files", "lsof"},
      {Io::open, SQLITE_CANTOPEN, EACCES, "this user may not read and write it", "ls -l"},
      {Io::open, SQLITE_NOMEM, 0, "there is no memory left", "free -m"},
      {Io::read, SQLITE_IOERR_READ, EIO, "the disk did not do what it was asked", "dmesg"},
      {Io::read, SQLITE_IOERR_READ, ENOSPC, "the disk is full", "df"},
      {Io::read, SQLITE_IOERR_READ, EFBIG, "no file may become so large here", "ulimit -f"},
  };
  for (const Trouble& trouble : troubles) {
    FaultyVfs vfs;
    int asked = 0;
    for (int good = 0; good < 3; ++good) {  // The first so many that are opened or read succeed.
      int left = good;
      vfs.set_refuse([&](Io io, const std::string&) {
        if (io != trouble.io || left-- > 0) return SQLITE_OK;
        ++asked;
        errno = trouble.system_errno;
        return trouble.code;
      });
      expect_passing(refusal(path_, with_vfs(vfs)), trouble.cause, trouble.remedy);
    }
    EXPECT_GE(asked, 3);
  }
  EXPECT_TRUE(SqliteStore::open(path_)) << "and afterwards it opens";
}

TEST_F(StoreOpenTest, F5_AFullDiskIsCalledAFullDisk) {
  BatchMaker maker;
  Batch batch = maker.batch();
  maker.release(batch);
  FaultyVfs dying;
  {
    const auto store = open(with_vfs(dying));
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
    dying.stop();  // The commit stays in the log, to be copied at the next start.
  }
  FaultyVfs vfs;
  vfs.set_decide([](Io io, const std::string&) {
    return io == Io::write ? IoDecision{.code = SQLITE_FULL, .done = false} : IoDecision{};
  });
  expect_passing(refusal(path_, with_vfs(vfs)), "the disk is full", "df");
}

TEST_F(StoreOpenTest, F5_ALongLockIsCalledALock) {
  SqliteOptions impatient;
  impatient.busy_timeout_ms = 10;
  Database other(path_, SQLITE_OPEN_READWRITE, "");
  other.execute("PRAGMA locking_mode = EXCLUSIVE");
  other.execute("BEGIN EXCLUSIVE");
  expect_passing(refusal(path_, impatient), "another program kept it locked", "fuser");
}

TEST_F(StoreOpenTest, F5_ALogThatCannotBeReadIsNotTakenForNone) {
  std::filesystem::create_directory(path_ + "-wal");
  const Error error = refusal(path_);
  EXPECT_TRUE(says(error.reason, "cannot read the write-ahead log")) << error.reason;
  EXPECT_FALSE(says(error.reason, "damaged")) << error.reason;
}

TEST_F(StoreOpenTest, F5_RealDamageIsCalledDamageAndNoOlderCopyIsAdvised) {
  alter("UPDATE store SET party = 'x'");
  Error error = refusal(path_);
  EXPECT_EQ(error.code, ErrorCode::store_failed);
  EXPECT_TRUE(says(error.reason, "is damaged or was altered")) << error.reason;
  EXPECT_EQ(error.hint, kKeepAsEvidence);
  std::filesystem::resize_file(path_, 4096);
  error = refusal(path_);
  EXPECT_EQ(error.code, ErrorCode::store_failed);
  EXPECT_TRUE(says(error.reason, "damaged")) << error.reason;
  EXPECT_EQ(error.hint, kKeepAsEvidence);
}

TEST_F(StoreOpenTest, WhatOthersCanWriteIsRefused) {
  ASSERT_EQ(chmod(path_.c_str(), 0620), 0);
  Error error = refusal(path_);
  EXPECT_TRUE(says(error.reason, "written by other users")) << error.reason;
  EXPECT_EQ(error.hint, "chmod go-w " + path_);
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  ASSERT_EQ(chmod(directory_.path().c_str(), 0703), 0);
  error = refusal(path_);
  EXPECT_EQ(error.hint, "chmod go-w " + directory_.path());
  EXPECT_FALSE(SqliteStore::create(directory_ / "other.db", test_identity()));
}

TEST_F(StoreOpenTest, AStoreInADirectoryThatCannotBeWrittenIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  ASSERT_EQ(chmod(directory_.path().c_str(), 0500), 0);
  EXPECT_TRUE(says(refusal(path_).reason, "cannot write in the directory"));
  ASSERT_EQ(chmod(directory_.path().c_str(), 0700), 0);
}

TEST_F(StoreOpenTest, F13_ASecondDaemonIsRefusedUntilTheFirstIsDeadWhateverNameItUses) {
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t first = fork();
  if (first == 0) {
    const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path_);
    const char answer = store ? 'y' : 'n';
    if (write(ready[1], &answer, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');

  // F13: no other name leads past the lock.
  const std::string symbolic = directory_ / "symbolic.db";
  const std::string hard = directory_ / "hard.db";
  ASSERT_EQ(symlink(path_.c_str(), symbolic.c_str()), 0);
  ASSERT_EQ(link(path_.c_str(), hard.c_str()), 0);
  for (const std::string& name : {path_, symbolic, hard}) {
    const Error error = refusal(name);
    EXPECT_EQ(error.code, ErrorCode::conflict) << name;
    EXPECT_TRUE(says(error.reason, "in use by process " + std::to_string(first))) << error.reason;
  }
  EXPECT_FALSE(SqliteStore::create(path_, test_identity()));

  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_EQ(waitpid(first, nullptr, 0), first);
  EXPECT_TRUE(SqliteStore::open(path_));
  close(ready[0]);
  close(ready[1]);
}

// SQLite's locks are lost when a descriptor of the file is closed, and then another program that
// opens the store believes to be alone and removes the log when it ends.
TEST_F(StoreOpenTest, F13_SqliteStillHoldsItsOwnLocks) {
  const auto store = open();
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t other = fork();
  if (other == 0) {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    const int file = ::open(path_.c_str(), O_RDWR);
    const char answer = fcntl(file, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK ? 'y' : 'n';
    _exit(write(ready[1], &answer, 1) == 1 ? 0 : 1);
  }
  char answer = 0;
  ASSERT_EQ(read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  ASSERT_EQ(waitpid(other, nullptr, 0), other);
  close(ready[0]);
  close(ready[1]);
}

}  // namespace
}  // namespace hotline
