// The one thread that writes. One batch is one transaction; its completion is called when the disk
// has answered.
//
//     good ──(any failure of a write, a commit, a flush)──▶ FAILED, until the process ends
//
// In FAILED every batch fails at once with the first reason, and nothing is written any more: what
// the disk holds is unknown, so the core is to be rebuilt from it by a new start.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/store/sqlite/checkpointer.h"
#include "daemon/store/sqlite/failure_latch.h"
#include "daemon/store/sqlite/hashes.h"
#include "daemon/store/sqlite/row_packs.h"
#include "daemon/store/sqlite/runs.h"
#include "daemon/store/sqlite/sqlite.h"
#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {

class StoreWriter {
 public:
  // Takes the connection, compares the stored trees with the head, and starts the thread. Throws
  // StoreError when the store is damaged.
  StoreWriter(Database database, std::string path, const SqliteOptions& options);
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;
  // Writes what was submitted, then copies the write-ahead log into the database, unless it FAILED.
  ~StoreWriter();

  void submit(std::shared_ptr<const Batch> batch, Store::Completion done);
  SqliteCounters counters() const;

 private:
  struct Task {
    std::shared_ptr<const Batch> batch;
    Store::Completion done;
  };

  void run();
  bool take(Task& task);  // False: the end.
  CommitOutcome commit(const Batch& batch);
  void write(const Batch& batch);
  void write_entry(const JournalRecord& record);
  void write_message(const MessageRecord& record);
  void write_leaf(const LeafRecord& record);
  void write_receipt(const ReceiptRecord& record);
  void write_fact(const FactRecord& fact);
  void write_group_fact(const GroupFactRecord& fact);
  void write_head(const Batch& batch);
  void count_leaf(LogId log, uint64_t index);
  void write_subtree(const SubtreeRecord& record);
  int64_t person(const Hash& certificate);
  void check_head();
  void keep_wal_short();
  void count(const Batch& batch, uint64_t commit_us);

  // The index of a log's next leaf.
  uint64_t& next(LogId log) { return next_[static_cast<size_t>(log)]; }

  Database database_;
  const std::string path_;
  const SqliteOptions options_;
  StoreFailureLatch latch_;

  // Used by the writing thread only.
  std::array<uint64_t, 3> next_{};
  RunWriter runs_;
  PackWriter entries_;
  PackWriter own_messages_;
  PackWriter peer_messages_;
  Statement insert_subtree_;
  Statement insert_own_receipt_;
  Statement insert_peer_receipt_;
  Statement insert_journal_receipt_;
  Statement insert_fact_;
  Statement insert_group_fact_;
  Statement insert_person_;
  Statement update_head_;
  std::map<Hash, int64_t> persons_;
  int64_t next_fact_ = 1;
  int64_t next_group_fact_ = 1;
  int wal_pages_ = 0;
  uint32_t wal_pages_copied_ = 0;  // The length of the log when a copy was last asked for.

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  SqliteCounters counters_;

  std::unique_ptr<StoreCheckpointer> checkpointer_;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline
