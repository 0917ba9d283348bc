#include "daemon/store/sqlite/writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "daemon/store/sqlite/rows.h"
#include "daemon/store/sqlite/schema.h"
#include "protocol/log/merkle.h"

namespace hotline {
namespace {

std::string insert_into(const char* table, int columns) {
  std::string sql = std::string("INSERT INTO ") + table + " VALUES (";
  for (int i = 1; i <= columns; ++i) sql += (i > 1 ? ", ?" : "?") + std::to_string(i);
  return sql + ")";
}

// The first of two receipts for one size, as after a change of keys, says when the leaves were held
// by both; the journal has all of them.
std::string insert_receipt(const char* table) {
  return insert_into(table, 6) + " ON CONFLICT DO NOTHING";
}

uint64_t microseconds_since(std::chrono::steady_clock::time_point begin) {
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count());
}

}  // namespace

StoreWriter::StoreWriter(Database database, std::string path, const SqliteOptions& options)
    : database_(std::move(database)),
      path_(std::move(path)),
      options_(options),
      runs_(database_),
      entries_(database_, "journal"),
      own_messages_(database_, message_table(false)),
      peer_messages_(database_, message_table(true)),
      insert_subtree_(database_, "subtree", insert_into("subtree", 5)),
      insert_own_receipt_(database_, "own_receipt", insert_receipt("own_receipt")),
      insert_peer_receipt_(database_, "peer_receipt", insert_receipt("peer_receipt")),
      insert_journal_receipt_(database_, "journal_receipt", insert_receipt("journal_receipt")),
      insert_fact_(database_, "fact", insert_into("fact", 9)),
      insert_group_fact_(database_, "group_fact", insert_into("group_fact", 10)),
      insert_person_(database_, "person", insert_into("person", 3)),
      update_head_(
          database_, "head",
          "UPDATE head SET size = ?2, root = ?3, open_runs = ?4, seal = ?5 WHERE id = ?1") {
  check_head();
  for (const LogId log : {LogId::journal, LogId::own_transcript, LogId::peer_transcript}) {
    next(log) = StoreHashes(database_, log).size();
  }
  {
    Statement statement(database_, "person", "SELECT id, certificate, seal FROM person");
    Rows rows = statement.query();
    while (rows.next_sealed()) persons_[rows.hash(1)] = rows.integer(0);
  }
  for (const auto& [table, next_id] :
       {std::pair{"fact", &next_fact_}, {"group_fact", &next_group_fact_}}) {
    Statement statement(database_, table, std::string("SELECT max(id) FROM ") + table);
    Rows rows = statement.query();
    if (rows.next()) *next_id = rows.integer(0) + 1;  // NULL, without facts, reads as 0.
  }
  sqlite3_wal_hook(
      database_.handle(),
      [](void* wal_pages, sqlite3*, const char*, int pages) {
        *static_cast<int*>(wal_pages) = pages;
        return SQLITE_OK;
      },
      &wal_pages_);
  checkpointer_ = std::make_unique<StoreCheckpointer>(path_, options_, latch_);
  thread_ = std::thread([this] { run(); });
}

StoreWriter::~StoreWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  checkpointer_.reset();
  if (latch_.failed()) return;
  try {
    database_.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
  } catch (const SqliteError&) {
    // Every commit stands in the write-ahead log, which the next start reads.
  }
}

void StoreWriter::submit(std::shared_ptr<const Batch> batch, Store::Completion done) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back({.batch = std::move(batch), .done = std::move(done)});
  }
  changed_.notify_one();
}

SqliteCounters StoreWriter::counters() const {
  SqliteCounters counters;
  {
    const std::lock_guard lock(mutex_);
    counters = counters_;
  }
  counters.checkpoints = checkpointer_->checkpoints();
  if (const auto failed = latch_.failed()) counters.failure = failed->failure;
  return counters;
}

void StoreWriter::run() {
  Task task;
  while (take(task)) {
    const CommitOutcome outcome = commit(*task.batch);
    task.done(outcome);
    task = {};
    if (outcome.ok()) keep_wal_short();
  }
}

bool StoreWriter::take(Task& task) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
  if (tasks_.empty()) return false;
  task = std::move(tasks_.front());
  tasks_.pop_front();
  return true;
}

CommitOutcome StoreWriter::commit(const Batch& batch) {
  std::optional<FailedStore> failed = latch_.failed();
  if (!failed) {
    try {
      const auto begin = std::chrono::steady_clock::now();
      write(batch);
      count(batch, microseconds_since(begin));
      return {.batch_id = batch.id, .failure = StoreFailure::none, .error = {}};
    } catch (const StoreError& error) {
      failed = latch_.fail(describe_failure(error, path_));
    }
  }
  return {.batch_id = batch.id, .failure = failed->failure, .error = failed->error};
}

void StoreWriter::write(const Batch& batch) {
  database_.execute("BEGIN IMMEDIATE");
  for (const JournalRecord& record : batch.journal) write_entry(record);
  for (const MessageRecord& record : batch.messages) write_message(record);
  for (PackWriter* packs : {&entries_, &own_messages_, &peer_messages_}) packs->flush();
  for (const LeafRecord& record : batch.leaves) write_leaf(record);
  for (const SubtreeRecord& record : batch.subtrees) write_subtree(record);
  for (const ReceiptRecord& record : batch.receipts) write_receipt(record);
  for (const FactRecord& fact : batch.facts) write_fact(fact);
  for (const GroupFactRecord& fact : batch.group_facts) write_group_fact(fact);
  write_head(batch);
  database_.execute("COMMIT");
}

void StoreWriter::write_entry(const JournalRecord& record) {
  add_entry(entries_, record);
  count_leaf(LogId::journal, record.index);
}

void StoreWriter::write_message(const MessageRecord& record) {
  const MessageKey& key = record.key;
  const bool is_persons = !key.incoming && record.submitter != Hash{};
  const int64_t submitter = is_persons ? person(record.submitter) : kNobody;
  add_message(key.incoming ? peer_messages_ : own_messages_, record, submitter);
  if (is_persons) runs_.add(submissions_of(submitter), record.counter, key.number);
  if (key.incoming && record.serial != 0) {
    runs_.add(RunMap::peer_place_of, record.serial, key.number);
  }
}

void StoreWriter::write_leaf(const LeafRecord& record) {
  count_leaf(record.log, record.index);
  if (record.log != LogId::own_transcript) return;  // The peer's messages are named by their place.
  runs_.add(RunMap::own_serial_at, record.index, record.number);
  runs_.add(RunMap::own_place_of, record.number, record.index);
}

void StoreWriter::write_receipt(const ReceiptRecord& record) {
  Statement& insert = record.log == LogId::own_transcript    ? insert_own_receipt_
                      : record.log == LogId::peer_transcript ? insert_peer_receipt_
                                                             : insert_journal_receipt_;
  insert.run_sealed(record.size, record.at, record.time_s, record.journal_index, record.note);
}

void StoreWriter::write_fact(const FactRecord& fact) {
  insert_fact_.run_sealed(next_fact_++, fact.key.incoming, fact.key.number, fact.kind, fact.at,
                          fact.journal_index, fact.code, fact.detail);
}

void StoreWriter::write_group_fact(const GroupFactRecord& fact) {
  insert_group_fact_.run_sealed(next_group_fact_++, fact.incoming, fact.first, members_blob(fact),
                                fact.kind, fact.at, fact.journal_index, fact.code, fact.detail);
}

void StoreWriter::write_head(const Batch& batch) {
  update_head_.run_sealed(1, next(LogId::journal), batch.journal_root, runs_.take_open());
}

void StoreWriter::count_leaf(LogId log, uint64_t index) {
  if (index != next(log)) {
    throw StoreCorrupt(leaf_table(log), index, "the next index is " + std::to_string(next(log)));
  }
  ++next(log);
}

void StoreWriter::write_subtree(const SubtreeRecord& record) {
  const Subtree& subtree = record.subtree;
  insert_subtree_.run_sealed(record.log, subtree.level, subtree.index, subtree.hash);
}

int64_t StoreWriter::person(const Hash& certificate) {
  const auto known = persons_.find(certificate);
  if (known != persons_.end()) return known->second;
  const auto id = static_cast<int64_t>(persons_.size()) + 1;
  insert_person_.run_sealed(id, certificate);
  persons_[certificate] = id;
  return id;
}

void StoreWriter::check_head() {
  Statement statement(database_, "head", kHeadQuery);
  Rows rows = statement.query();
  if (!rows.next_sealed()) throw StoreCorrupt("head", 1, "it is missing");
  const Frontier journal = StoreHashes(database_, LogId::journal).frontier();
  if (rows.as<uint64_t>(1) != journal.size() || rows.hash(2) != journal.root()) {
    throw StoreCorrupt("journal", journal.size(),
                       "its entries do not have the root of the last commit, which had " +
                           std::to_string(rows.integer(1)));
  }
}

void StoreWriter::keep_wal_short() {
  const auto pages = static_cast<uint32_t>(std::max(wal_pages_, 0));
  if (pages < wal_pages_copied_) wal_pages_copied_ = 0;  // It has started again from its beginning.
  if (pages < wal_pages_copied_ + options_.wal_pages_checkpoint) return;
  wal_pages_copied_ = pages;
  if (pages < options_.wal_pages_max) {
    checkpointer_->request();
    return;
  }
  // While commits follow each other, a copy beside them never reaches the end of the log, so that
  // SQLite cannot start it again. The rest is copied here, between two commits.
  checkpointer_->wait_until_idle();
  try {
    database_.checkpoint(SQLITE_CHECKPOINT_PASSIVE);
  } catch (const StoreError& error) {
    latch_.fail(describe_failure(error, path_));
  }
  const std::lock_guard lock(mutex_);
  ++counters_.stalled_checkpoints;
}

void StoreWriter::count(const Batch& batch, uint64_t commit_us) {
  const std::lock_guard lock(mutex_);
  ++counters_.commits;
  counters_.journal_entries += batch.journal.size();
  counters_.wal_pages = static_cast<uint64_t>(std::max(wal_pages_, 0));
  counters_.last_commit_us = commit_us;
  counters_.slowest_commit_us = std::max(counters_.slowest_commit_us, commit_us);
}

}  // namespace hotline
