// The store of the bare pipeline: SQLite as hotlined sets it up (write-ahead log, synchronous=FULL,
// copied beside the commits), one table of records and one of acknowledgements.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "daemon/store/sqlite/sqlite.h"
#include "protocol/base/bytes.h"

namespace hotline::bench {

struct BareBatch {
  std::vector<Bytes> records;
  uint64_t acknowledged = 0;  // "Up to here"; 0: nothing new.
  bool empty() const { return records.empty() && acknowledged == 0; }
};

class BareStore {
 public:
  // Makes the store in `directory`, which exists.
  explicit BareStore(const std::string& directory);
  ~BareStore();
  BareStore(const BareStore&) = delete;
  BareStore& operator=(const BareStore&) = delete;

  // One transaction, durable when this returns.
  void commit(const BareBatch& batch);

 private:
  void copy_log();

  std::string path_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Statement> insert_record_;
  std::unique_ptr<Statement> insert_acknowledged_;
  int wal_pages_ = 0;
  int wal_pages_copied_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool copy_asked_ = false;
  bool stopping_ = false;
  std::thread copier_;
};

}  // namespace hotline::bench
