#include "daemon/store_check.h"

#include <functional>

#include "daemon/store_hashes.h"
#include "daemon/store_schema.h"
#include "protocol/merkle.h"

namespace hotline {
namespace {

constexpr size_t kFaultsMax = 100;

class StoreCheck {
 public:
  StoreCheck(Database& database, StoreReader& reader) : database_(database), reader_(reader) {}

  std::vector<std::string> run() {
    attempt([this] { check_pages(); });
    attempt([this] { read_store_identity(database_); });
    attempt([this] { check_journal(); });
    for (const LogId log : {LogId::own_transcript, LogId::peer_transcript}) {
      attempt([this, log] { check_leaves(log); });
    }
    for (const bool incoming : {false, true}) {
      attempt([this, incoming] { check_messages(incoming); });
    }
    check_seals("own_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("peer_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("journal_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("fact", "id, incoming, number, kind, at, journal_index, code, detail, seal");
    check_seals("person", "id, certificate, seal");
    check_seals("submission", "person, counter, serial, seal");
    check_seals("subtree", "log, level, idx, hash, seal");
    return std::move(faults_);
  }

 private:
  // What stops one part of the check must not hide the others.
  void attempt(const std::function<void()>& part) {
    try {
      part();
    } catch (const StoreError& error) {
      fault(error.what());
    }
  }

  void fault(const std::string& text) {
    if (faults_.size() < kFaultsMax) faults_.push_back(text);
  }

  void check_pages() {
    Statement statement(database_, "", "PRAGMA integrity_check");
    Rows rows = statement.query();
    while (rows.next()) {
      if (rows.text(0) != "ok") fault("database: " + std::string(rows.text(0)));
    }
  }

  void check_journal() {
    Frontier frontier;
    const StoreHead head = reader_.head();
    reader_.journal_range(0, head.size + 1, [&](const JournalRecord& record) {
      append(frontier, LogId::journal, record.leaf_hash);
      return true;
    });
    if (frontier.size() != head.size || frontier.root() != head.root) {
      fault("journal: its " + std::to_string(frontier.size()) +
            " entries do not have the root of the last commit, which had " +
            std::to_string(head.size));
    }
  }

  void check_leaves(LogId log) {
    const char* table = leaf_table(log);
    Statement statement(
        database_, table,
        std::string("SELECT idx, leaf_hash, number, seal FROM ") + table + " ORDER BY idx");
    Rows rows = statement.query();
    Frontier frontier;
    while (rows.next_sealed()) {
      if (rows.as<uint64_t>(0) != frontier.size()) {
        throw StoreCorrupt(table, frontier.size(), "it is missing");
      }
      const MessageKey key{.incoming = log == LogId::peer_transcript,
                           .number = rows.as<uint64_t>(2)};
      attempt([&] {
        if (!reader_.message(key)) {
          fault(std::string(table) + ": index " + std::to_string(frontier.size()) +
                " has no message");
        }
      });
      append(frontier, log, rows.hash(1));
    }
  }

  // Also compares the kept subtrees that this leaf completes.
  void append(Frontier& frontier, LogId log, const Hash& hash) {
    completed_.clear();
    frontier.append(std::span(&hash, 1), completed_);
    for (const Subtree& subtree : completed_) {
      if (subtree.level == 0 || subtree.level % kKeptLevels != 0) continue;
      attempt([&] {
        if (reader_.hashes(log).subtree(subtree.level, subtree.index) != subtree.hash) {
          throw StoreCorrupt("subtree", subtree.index,
                             "it is not the hash of its leaves (level " +
                                 std::to_string(subtree.level) + " of " + leaf_table(log) + ")");
        }
      });
    }
  }

  void check_messages(bool incoming) {
    Statement statement(
        database_, message_table(incoming),
        std::string("SELECT number FROM ") + message_table(incoming) + " ORDER BY number");
    Rows rows = statement.query();
    while (rows.next()) {
      const MessageKey key{.incoming = incoming, .number = rows.as<uint64_t>(0)};
      attempt([&] { reader_.message(key); });
    }
  }

  void check_seals(const char* table, const std::string& columns) {
    attempt([&] {
      Statement statement(database_, table, "SELECT " + columns + " FROM " + table);
      Rows rows = statement.query();
      while (rows.next_sealed()) {
      }
    });
  }

  Database& database_;
  StoreReader& reader_;
  std::vector<Subtree> completed_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_store(Database& database, StoreReader& reader) {
  return StoreCheck(database, reader).run();
}

}  // namespace hotline
