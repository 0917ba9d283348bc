#include "daemon/store/sqlite/schema.h"

#include <unistd.h>

#include <cerrno>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/large_writes_vfs.h"
#include "daemon/store/sqlite/row_packs.h"
#include "protocol/base/check.h"

namespace hotline {
namespace {

constexpr char kReceiptTable[] =
    "(size INTEGER PRIMARY KEY, at INTEGER NOT NULL, time_s INTEGER NOT NULL, "
    "journal_index INTEGER NOT NULL, note TEXT NOT NULL, seal INTEGER NOT NULL) STRICT";

std::vector<std::string> make_schema() {
  return {
      "CREATE TABLE store(id INTEGER PRIMARY KEY CHECK (id = 1), party TEXT NOT NULL, "
      "peer TEXT NOT NULL, channel BLOB NOT NULL, exercise INTEGER NOT NULL, "
      "created_at INTEGER NOT NULL, seal INTEGER NOT NULL) STRICT",
      "CREATE TABLE head(id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, "
      "root BLOB NOT NULL, open_runs BLOB NOT NULL, seal INTEGER NOT NULL) STRICT",
      packs_schema("journal"),
      // One row for 256 children: what proofs need beside the leaves (hashes.h).
      "CREATE TABLE subtree(log INTEGER NOT NULL, level INTEGER NOT NULL, idx INTEGER NOT NULL, "
      "hash BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (log, level, idx)) "
      "STRICT, WITHOUT ROWID",
      packs_schema("own_message"),
      packs_schema("peer_message"),
      // Which message stands where, and the idempotency keys, never forgotten (runs.h).
      "CREATE TABLE run(map INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL, "
      "target INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (map, first)) "
      "STRICT, WITHOUT ROWID",
      std::string("CREATE TABLE own_receipt") + kReceiptTable,
      std::string("CREATE TABLE peer_receipt") + kReceiptTable,
      // The journal's checkpoints that the peer cosigned as its witness.
      std::string("CREATE TABLE journal_receipt") + kReceiptTable,
      "CREATE TABLE fact(id INTEGER PRIMARY KEY, incoming INTEGER NOT NULL, "
      "number INTEGER NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, "
      "journal_index INTEGER NOT NULL, code INTEGER NOT NULL, detail TEXT NOT NULL, "
      "seal INTEGER NOT NULL) STRICT",
      "CREATE INDEX fact_message ON fact(incoming, number, kind)",
      // A fact of many messages: those of GroupFactRecord::kGroup from `first` on whose bits are
      // set.
      "CREATE TABLE group_fact(id INTEGER PRIMARY KEY, incoming INTEGER NOT NULL, "
      "first INTEGER NOT NULL, members BLOB NOT NULL, kind INTEGER NOT NULL, at INTEGER NOT NULL, "
      "journal_index INTEGER NOT NULL, code INTEGER NOT NULL, detail TEXT NOT NULL, "
      "seal INTEGER NOT NULL) STRICT",
      "CREATE INDEX group_fact_first ON group_fact(incoming, first)",
      // Submitters, by certificate: one number for many messages.
      "CREATE TABLE person(id INTEGER PRIMARY KEY, certificate BLOB NOT NULL UNIQUE, "
      "seal INTEGER NOT NULL) STRICT",
  };
}

std::string journal_mode(Database& database) {
  Statement statement(database, "", "PRAGMA journal_mode");
  Rows rows = statement.query();
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

Error other_tables(const std::string& path) {
  return make_error(ErrorCode::store_failed,
                    "the store " + path + " is damaged: its tables are not those of format " +
                        std::to_string(kStoreFormat),
                    kKeepAsEvidence);
}

void set_up(Database& database, const SqliteOptions& options) {
  sqlite3_busy_timeout(database.handle(), options.busy_timeout_ms);
  // The store alone decides when the write-ahead log is copied: not whoever closes last, and never
  // after a failure.
  int unused = 0;
  HOTLINE_CHECK(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
                                  &unused) == SQLITE_OK);
  // A hostile file could make SQLite do things that are of no use to us.
  HOTLINE_CHECK(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &unused) ==
                SQLITE_OK);
  HOTLINE_CHECK(sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, &unused) ==
                SQLITE_OK);
  database.execute("PRAGMA cell_size_check = 1");
  database.execute("PRAGMA mmap_size = 0");  // A disk's error must be an error, not a signal.
}

}  // namespace

const std::vector<std::string>& store_schema() {
  static const std::vector<std::string> schema = make_schema();
  return schema;
}

void create_store_tables(Database& database, const StoreIdentity& identity) {
  database.execute("PRAGMA page_size = 4096");
  database.execute("PRAGMA journal_mode = WAL");
  database.execute("PRAGMA synchronous = FULL");
  database.execute("BEGIN IMMEDIATE");
  database.execute("PRAGMA application_id = " + std::to_string(kStoreApplicationId));
  database.execute("PRAGMA user_version = " + std::to_string(kStoreFormat));
  for (const std::string& statement : store_schema()) database.execute(statement);
  Statement store(database, "store", "INSERT INTO store VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  store.run_sealed(1, identity.party, identity.peer, ByteView(identity.channel), identity.exercise,
                   identity.created_at);
  Statement head(database, "head", "INSERT INTO head VALUES (?1, ?2, ?3, ?4, ?5)");
  head.run_sealed(1, 0, sha256({}), Bytes());
  database.execute("COMMIT");
}

Status check_format_number(Database& database, const std::string& path) {
  if (database.pragma("application_id") != kStoreApplicationId) {
    return make_error(ErrorCode::configuration,
                      path + " is a database, but not a store of hotlined",
                      "check `store.path` in the configuration");
  }
  const int64_t format = database.pragma("user_version");
  if (format > kStoreFormat) {
    return make_error(ErrorCode::configuration,
                      "the store " + path + " was written by a newer hotlined (format " +
                          std::to_string(format) + ", this program knows " +
                          std::to_string(kStoreFormat) + ")",
                      "run the hotlined that wrote it, or a later one; nothing was changed");
  }
  if (format < kStoreFormat && format > 0) {
    return make_error(ErrorCode::configuration,
                      "the store " + path + " was written by an older hotlined (format " +
                          std::to_string(format) + ", this program writes " +
                          std::to_string(kStoreFormat) + ")",
                      "run the hotlined that wrote it; nothing was changed");
  }
  return format == kStoreFormat ? ok() : Status(other_tables(path));
}

Status check_store_format(Database& database, const std::string& path) {
  if (Status number = check_format_number(database, path); !number) return number;
  const Error damaged = other_tables(path);
  if (access(path.c_str(), W_OK) != 0) {
    return describe_refusal("the store " + path + " cannot be written", errno,
                            "ls -l " + path + "    and see that its disk is mounted for writing");
  }
  // Two bytes of the file's header say so; without the log, a reader would block the writer.
  if (journal_mode(database) != "wal" || sqlite3_db_readonly(database.handle(), "main") != 0) {
    return damaged;
  }
  Statement statement(database, "sqlite_master",
                      "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
  Rows rows = statement.query();
  for (const std::string& expected : store_schema()) {
    if (!rows.next() || rows.text(0) != expected) return damaged;
  }
  if (rows.next()) return damaged;
  return ok();
}

StoreIdentity read_store_identity(Database& database) {
  Statement statement(database, "store",
                      "SELECT id, party, peer, channel, exercise, created_at, seal FROM store");
  Rows rows = statement.query();
  StoreIdentity identity;
  if (!rows.next_sealed() || rows.blob(3).size() != identity.channel.size()) {
    throw StoreCorrupt("store", 1, "it does not say whose store this is");
  }
  identity.party = rows.text(1);
  identity.peer = rows.text(2);
  const ByteView channel = rows.blob(3);
  std::copy(channel.begin(), channel.end(), identity.channel.begin());
  identity.exercise = rows.integer(4) != 0;
  identity.created_at = rows.integer(5);
  return identity;
}

Database open_for_writing(const std::string& path, const SqliteOptions& options) {
  Database database(path, SQLITE_OPEN_READWRITE, large_writes_vfs(options.vfs));
  set_up(database, options);
  database.execute("PRAGMA synchronous = FULL");
  database.execute("PRAGMA cache_size = -16384");
  // A long write-ahead log is cut back when it starts again from its beginning.
  database.execute("PRAGMA journal_size_limit = 67108864");
  database.execute("PRAGMA wal_autocheckpoint = 0");
  return database;
}

Database open_for_reading(const std::string& path, const SqliteOptions& options) {
  Database database(path, SQLITE_OPEN_READONLY, options.vfs);
  set_up(database, options);
  database.execute("PRAGMA cache_size = -4096");
  return database;
}

const char* receipt_table(LogId log) {
  switch (log) {
    case LogId::journal:
      return "journal_receipt";
    case LogId::own_transcript:
      return "own_receipt";
    case LogId::peer_transcript:
      return "peer_receipt";
  }
  HOTLINE_CHECK(false);
}

}  // namespace hotline
