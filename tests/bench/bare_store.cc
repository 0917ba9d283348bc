#include "tests/bench/bare_store.h"

#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline::bench {
namespace {

Database open_database(const std::string& path) {
  Database database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
  database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA cache_size = -16384");
  database.execute("PRAGMA wal_autocheckpoint = 0");
  return database;
}

}  // namespace

BareStore::BareStore(const std::string& directory) : path_(directory + "/bare.db") {
  database_ = std::make_unique<Database>(open_database(path_));
  database_->execute("CREATE TABLE IF NOT EXISTS record(id INTEGER PRIMARY KEY, bytes BLOB)");
  database_->execute(
      "CREATE TABLE IF NOT EXISTS acknowledged(id INTEGER PRIMARY KEY, size INTEGER)");
  insert_record_ =
      std::make_unique<Statement>(*database_, "record", "INSERT INTO record(bytes) VALUES (?1)");
  insert_acknowledged_ = std::make_unique<Statement>(*database_, "acknowledged",
                                                     "INSERT INTO acknowledged(size) VALUES (?1)");
  sqlite3_wal_hook(
      database_->handle(),
      [](void* wal_pages, sqlite3*, const char*, int pages) {
        *static_cast<int*>(wal_pages) = pages;
        return SQLITE_OK;
      },
      &wal_pages_);
  copier_ = std::thread([this] { copy_log(); });
}

BareStore::~BareStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  copier_.join();
}

void BareStore::commit(const BareBatch& batch) {
  database_->execute("BEGIN IMMEDIATE");
  for (const Bytes& record : batch.records) insert_record_->run(record);
  if (batch.acknowledged != 0) insert_acknowledged_->run(batch.acknowledged);
  database_->execute("COMMIT");

  const SqliteOptions options;
  if (wal_pages_ < wal_pages_copied_) wal_pages_copied_ = 0;
  if (wal_pages_ < wal_pages_copied_ + static_cast<int>(options.wal_pages_checkpoint)) return;
  wal_pages_copied_ = wal_pages_;
  if (wal_pages_ >= static_cast<int>(options.wal_pages_max)) {
    database_->checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    copy_asked_ = true;
  }
  changed_.notify_one();
}

void BareStore::copy_log() {
  Database database = open_database(path_);
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || copy_asked_; });
      if (stopping_) return;
      copy_asked_ = false;
    }
    database.checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  }
}

}  // namespace hotline::bench
