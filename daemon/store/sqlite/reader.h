// Reads a store in SQLite, on one thread, over a read-only connection of its own. Every row is
// checked against its seal, and a message against its leaf, before any of it is given away.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/search_index.h"
#include "daemon/store/sqlite/hashes.h"
#include "daemon/store/sqlite/row_packs.h"
#include "daemon/store/sqlite/runs.h"
#include "daemon/store/sqlite/sqlite.h"
#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {

class SqliteReader : public StoreReader {
 public:
  SqliteReader(const std::string& path, const SqliteOptions& options);

  std::optional<MessageRecord> message(MessageKey key) override;
  std::optional<MessageKey> find_incoming(uint64_t serial) override;
  std::optional<MessageKey> find_submission(const Hash& submitter, uint64_t counter) override;
  std::optional<uint64_t> serial_at(uint64_t index) override;
  const HashSource& hashes(LogId log) override;

  std::optional<StoredMessage> stored_message(MessageKey key) override;
  bool list(const ListQuery& query, const VisitMessage& visit) override;
  void messages_from(uint64_t journal_index, uint64_t limit, const VisitRecord& visit) override;
  SearchIndex& search_index() override;
  Facts facts_of(MessageKey key, size_t each_max) override;
  std::optional<JournalRecord> journal_entry(uint64_t index) override;
  void journal_range(uint64_t from, uint64_t limit, const VisitEntry& visit) override;
  void transcript_range(LogId transcript, uint64_t from, uint64_t limit,
                        const VisitLeaf& visit) override;
  void receipt_range(LogId log, uint64_t after_size, uint64_t limit,
                     const VisitReceipt& visit) override;
  std::optional<ReceiptRecord> newest_receipt(LogId transcript) override;
  std::optional<ReceiptRecord> receipt_covering(LogId transcript, uint64_t index) override;
  uint64_t last_counter(const Hash& submitter) override;
  StoreHead head() override;
  uint64_t log_size(LogId log) override;
  uint64_t messages_end(bool incoming) override;
  std::vector<std::string> check() override;

 private:
  // The statements and rows of one direction.
  struct Side {
    Side(Database& database, bool incoming);
    PackReader messages;
    Statement newest_receipt;
    Statement covering_receipt;
  };
  struct ListPlace {
    uint64_t journal_index = 0;
    MessageKey key;
  };

  Side& side(bool incoming) { return incoming ? peer_ : own_; }
  // The message and its place in the transcript, compared with each other.
  std::optional<StoredMessage> message_and_place(MessageKey key);
  std::optional<uint64_t> place_of(const MessageRecord& record);
  std::optional<int64_t> person(const Hash& certificate);
  const Hash& certificate_of(int64_t person);
  std::optional<ReceiptRecord> receipt(Statement& statement, LogId transcript, uint64_t bound);
  std::vector<ListPlace> newest(const ListQuery& query);
  // A fact with its row's number, which says what was committed first.
  using NumberedFact = std::pair<int64_t, FactRecord>;
  std::vector<NumberedFact> numbered_facts(Rows rows, MessageKey key);
  void add_group_facts(MessageKey key, Facts& facts);
  void add_facts_of_kind(MessageKey key, FactKind kind, size_t each_max,
                         std::vector<NumberedFact>& found, Facts& facts);
  // The first message of this side, by number, whose journal index is not below `bound`.
  uint64_t first_not_before(Side& side, uint64_t bound);

  const std::string path_;
  Database database_;
  Side own_;
  Side peer_;
  StoreHashes journal_hashes_;
  StoreHashes own_hashes_;
  StoreHashes peer_hashes_;
  StoreRuns runs_;
  Statement person_;
  Statement certificate_;
  std::map<int64_t, Hash> certificates_;
  Statement facts_;        // The first few, by kind.
  Statement first_facts_;  // Those of one kind,
  Statement last_facts_;   // and the last of it.
  Statement count_facts_;
  Statement group_facts_;
  PackReader journal_;
  Statement head_;
  std::unique_ptr<SearchIndex> search_index_;  // Made when it is first asked for.
};

}  // namespace hotline
