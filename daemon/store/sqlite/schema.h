// The file of a store: its tables, and how a connection to it is set up.
//
// Hot tables are keyed by numbers that only grow, so that every insert goes to the end of a tree of
// pages and a commit writes few of them; entries and messages stand there many in one row
// (row_packs.h). Golden files (tests/data/golden/store_schema.txt) notice a
// change; a change of meaning needs a new kStoreFormat.
#pragma once

#include <string>
#include <vector>

#include "daemon/store/sqlite/sqlite.h"
#include "daemon/store/sqlite/sqlite_store.h"

namespace hotline {

inline constexpr int32_t kStoreApplicationId = 0x484c5354;  // "HLST", in the file's header.
inline constexpr int32_t kStoreFormat = 6;                  // PRAGMA user_version.

// The statements that make an empty store, as SQLite keeps them in sqlite_master.
const std::vector<std::string>& store_schema();

// Makes the tables in an empty database.
void create_store_tables(Database& database, const StoreIdentity& identity);

// Refuses a database that is no store, or says that it is of another format.
Status check_format_number(Database& database, const std::string& path);

// Refuses a database that is not a store of this format, with its tables, to be written.
Status check_store_format(Database& database, const std::string& path);

StoreIdentity read_store_identity(Database& database);

// Throws SqliteError when the file cannot be opened. The file must exist.
Database open_for_writing(const std::string& path, const SqliteOptions& options);
Database open_for_reading(const std::string& path, const SqliteOptions& options);

// The table of one log's receipts. Those of its leaves, and of one side's messages: failure.h.
const char* receipt_table(LogId log);
// The one row of the head.
inline constexpr char kHeadQuery[] = "SELECT id, size, root, open_runs, seal FROM head";

}  // namespace hotline
