// The one thread that writes. One batch is one transaction; its completion is called when the disk
// has answered.
//
//     good ──(any failure of a write, a commit, a flush)──▶ FAILED, until the process ends
//
// In FAILED every batch fails at once with the first reason, and nothing is written any more: what
// the disk holds is unknown, so the core is to be rebuilt from it by a new start.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "daemon/row_packs.h"
#include "daemon/sqlite.h"
#include "daemon/store.h"
#include "daemon/store_checkpointer.h"
#include "daemon/store_failure.h"
#include "daemon/store_hashes.h"
#include "daemon/store_runs.h"

namespace hotline {

class StoreWriter {
 public:
  // Takes the connection, compares the stored trees with the head, and starts the thread. Throws
  // StoreError when the store is damaged.
  StoreWriter(Database database, std::string path, const StoreOptions& options);
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;
  // Writes what was submitted, then copies the write-ahead log into the database, unless it FAILED.
  ~StoreWriter();

  void submit(std::shared_ptr<const Batch> batch, Store::Completion done);
  StoreCounters counters() const;

 private:
  // What belongs to one log and its direction.
  struct Log {
    Log(Database& database, LogId log);
    LogId id;
    Frontier frontier;
    std::vector<Hash> appended;  // Leaves of the batch under way, after the frontier.
  };
  struct Task {
    std::shared_ptr<const Batch> batch;
    Store::Completion done;
  };

  void run();
  bool take(Task& task);  // False: the end.
  CommitOutcome commit(const Batch& batch);
  void write(const Batch& batch);
  static void check_hashes(const Batch& batch);
  void write_entry(const JournalRecord& record);
  void write_message(const MessageRecord& record);
  void write_leaf(const LeafRecord& record);
  void write_receipt(const ReceiptRecord& record);
  void write_fact(const FactRecord& fact);
  void write_head(const Batch& batch);
  static void append(Log& to, uint64_t index, const Hash& hash);
  void write_subtrees(Log& to);
  int64_t person(const Hash& certificate);
  void check_head();
  void keep_wal_short();
  void count(const Batch& batch, uint64_t commit_us);

  Log& log(LogId id);

  Database database_;
  const std::string path_;
  const StoreOptions options_;
  StoreFailureLatch latch_;

  // Used by the writing thread only.
  Log journal_;
  Log own_;
  Log peer_;
  RunWriter runs_;
  PackWriter entries_;
  PackWriter own_messages_;
  PackWriter peer_messages_;
  Statement insert_subtree_;
  Statement insert_own_receipt_;
  Statement insert_peer_receipt_;
  Statement insert_journal_receipt_;
  Statement insert_fact_;
  Statement insert_person_;
  Statement update_head_;
  std::map<Hash, int64_t> persons_;
  int64_t next_fact_ = 1;
  std::vector<Subtree> completed_;
  int wal_pages_ = 0;
  uint32_t wal_pages_copied_ = 0;  // The length of the log when a copy was last asked for.

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  StoreCounters counters_;

  std::unique_ptr<StoreCheckpointer> checkpointer_;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline
