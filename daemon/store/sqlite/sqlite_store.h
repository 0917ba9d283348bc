// A store in SQLite: one file and one daemon.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/store/kinds.h"
#include "daemon/store/store.h"

namespace hotline {

struct SqliteOptions {
  int busy_timeout_ms = 5000;
  // The write-ahead log is copied into the database when it has grown by this many pages of 4 KiB,
  // beside the commits; at `wal_pages_max` the writer waits for that copy once.
  uint32_t wal_pages_checkpoint = 512;
  uint32_t wal_pages_max = 4096;
  std::string vfs;  // SQLite's name of the file layer; empty: its default. Tests put faults there.
};

// For tests and benchmarks. Since the store was opened.
struct SqliteCounters {
  uint64_t commits = 0;          // Batches on disk; each cost one flush of the write-ahead log.
  uint64_t journal_entries = 0;  // In these batches.
  uint64_t checkpoints = 0;  // The write-ahead log's; each costs two flushes, beside the commits.
  uint64_t stalled_checkpoints = 0;  // Those that the writer had to wait for: the disk is too slow.
  uint64_t wal_pages = 0;            // The length of the write-ahead log after the last commit.
  uint64_t last_commit_us = 0;
  uint64_t slowest_commit_us = 0;
  StoreFailure failure = StoreFailure::none;
};

class SqliteStore : public Store {
 public:
  // As create_store, copy_store and open_store (daemon/store/kinds.h).
  static Status create(const std::string& path, const StoreIdentity& identity,
                       const std::shared_ptr<const Batch>& first = nullptr);
  static Status copy(const std::string& from, const std::string& path,
                     const StoreKind::Finish& finish);
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                   const SqliteOptions& options = {});
  // The database and its write-ahead log.
  static std::vector<std::string> growing_files(const std::string& path) {
    return {path, path + "-wal"};
  }

  virtual SqliteCounters counters() const = 0;
};

}  // namespace hotline
