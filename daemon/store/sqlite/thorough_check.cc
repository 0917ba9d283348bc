#include "daemon/store/sqlite/thorough_check.h"

#include <functional>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/hashes.h"
#include "daemon/store/sqlite/row_packs.h"
#include "daemon/store/sqlite/runs.h"
#include "daemon/store/sqlite/schema.h"
#include "protocol/log/merkle.h"

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
    attempt([this] { check_own_leaves(); });
    attempt([this] { check_peer_leaves(); });
    for (const bool incoming : {false, true}) {
      attempt([this, incoming] { check_messages(incoming); });
    }
    check_seals("own_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("peer_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("journal_receipt", "size, at, time_s, journal_index, note, seal");
    check_seals("fact", "id, incoming, number, kind, at, journal_index, code, detail, seal");
    check_seals("group_fact",
                "id, incoming, first, members, kind, at, journal_index, code, detail, seal");
    check_seals("person", "id, certificate, seal");
    check_seals("run", "map, first, count, target, seal");
    check_seals("subtree", "log, level, idx, hash, seal");
    return std::move(faults_);
  }

 private:
  // A fault that stops one part of the check must not hide the others.
  void attempt(const std::function<void()>& part) {
    try {
      part();
    } catch (const StoreError& error) {
      if (!is_damage(error)) throw;  // Then nothing is known of the rows.
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

  void check_own_leaves() {
    Frontier frontier;
    const uint64_t size = reader_.log_size(LogId::own_transcript);
    for (uint64_t index = 0; index < size; ++index) {
      const std::optional<uint64_t> serial = reader_.serial_at(index);
      const auto message = serial ? reader_.message({.incoming = false, .number = *serial})
                                  : std::optional<MessageRecord>();
      if (!message) {
        throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::own_serial_at),
                           "no message stands at place " + std::to_string(index));
      }
      append(frontier, LogId::own_transcript, message->leaf_hash);
    }
  }

  void check_peer_leaves() {
    Frontier frontier;
    const uint64_t size = reader_.log_size(LogId::peer_transcript);
    for (uint64_t index = 0; index < size; ++index) {
      const auto message = reader_.message({.incoming = true, .number = index});
      if (!message) throw StoreCorrupt("peer_message", index, "it is missing");
      append(frontier, LogId::peer_transcript, message->leaf_hash);
    }
  }

  // Also compares the kept subtrees that this leaf completes.
  void append(Frontier& frontier, LogId log, const Hash& hash) {
    frontier.append(hash);
    if (frontier.size() >> kKeptLevels << kKeptLevels != frontier.size()) return;
    for (const Subtree& subtree : frontier.take_kept()) {
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
    PackReader messages(database_, message_table(incoming));
    for (bool found = messages.seek(0); found; found = messages.next()) {
      const MessageKey key{.incoming = incoming, .number = messages.key()};
      attempt([&] { check_ways_to(key); });
    }
  }

  // Whoever asks for it by its serial or its submission finds it.
  void check_ways_to(MessageKey key) {
    const std::optional<MessageRecord> record = reader_.message(key);
    if (!record) throw StoreCorrupt(message_table(key.incoming), key.number, "it is missing");
    if (key.incoming && record->serial != 0 && !reader_.find_incoming(record->serial)) {
      throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::peer_place_of),
                         "serial " + std::to_string(record->serial) + " is missing");
    }
    if (record->submitter != Hash{} &&
        reader_.find_submission(record->submitter, record->counter) != key) {
      throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::submissions),
                         "submission " + std::to_string(record->counter) + " is missing");
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
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_store(Database& database, StoreReader& reader) {
  return StoreCheck(database, reader).run();
}

}  // namespace hotline
