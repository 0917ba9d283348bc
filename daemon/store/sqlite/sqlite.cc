#include "daemon/store/sqlite/sqlite.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "protocol/base/check.h"

namespace hotline {
namespace {

// SQLite does not ask its layer why a commit failed, so the file is asked first: where the layer is
// that of large_writes_vfs.h, it answers for the log too.
int errno_of(sqlite3* handle, int kind) {
  int kept = 0;
  if (kind == SQLITE_IOERR) {
    sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &kept);
  }
  return kept != 0 ? kept : sqlite3_system_errno(handle);
}

[[noreturn]] void fail(sqlite3* handle, int code, const std::string& what) {
  const int extended_code = handle ? sqlite3_extended_errcode(handle) : code;
  std::string reason = what + ": " + (handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
  reason += " (SQLite " + std::to_string(extended_code) + ")";
  const int kind = extended_code & 0xff;
  const bool of_system = handle && (kind == SQLITE_CANTOPEN || kind == SQLITE_IOERR);
  const int system_errno = of_system ? errno_of(handle, kind) : 0;
  if (system_errno != 0) reason += std::string(", ") + std::strerror(system_errno);
  throw SqliteError(extended_code, system_errno, reason);
}

}  // namespace

Diagnosis SqliteError::diagnose(const std::string& path) const {
  if (auto known = diagnose_errno(system_errno_, path)) return *known;
  switch (code()) {
    case SQLITE_FULL:
      return *diagnose_errno(ENOSPC, path);
    case SQLITE_NOMEM:
      return *diagnose_errno(ENOMEM, path);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      return *diagnose_errno(EACCES, path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return {StoreFailure::busy, "another program kept it locked",
              "end that program (fuser " + path + "), then start hotlined again"};
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
      return {StoreFailure::inconsistent, "a record was there before", kKeepAsEvidence};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {StoreFailure::damaged, "it is damaged", kKeepAsEvidence};
    default:
      return {StoreFailure::disk, "the disk did not do what it was asked",
              "examine the disk (dmesg), then start hotlined again"};
  }
}

void prepare_sqlite() {
  static const int code = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(code);
}

Database::Database(const std::string& path, int flags, const std::string& vfs) {
  prepare_sqlite();
  sqlite3* handle = nullptr;
  // Each connection stays on one thread, so SQLite's own locks on it are not needed.
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  handle_.reset(handle);
  if (code != SQLITE_OK) fail(handle, code, "cannot open " + path);
  sqlite3_extended_result_codes(handle, 1);
}

void Database::Close::operator()(sqlite3* handle) const {
  // Refuses while a statement is left: then somebody's order of members is wrong.
  HOTLINE_CHECK(sqlite3_close(handle) == SQLITE_OK);
}

void Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(handle(), code, sql);
}

int64_t Database::pragma(const std::string& name) {
  Statement statement(*this, "", "PRAGMA " + name);
  Rows rows = statement.query();
  HOTLINE_CHECK(rows.next());
  return rows.integer(0);
}

bool Database::checkpoint(int mode) {
  int pages = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle(), nullptr, mode, &pages, &copied);
  // Busy: somebody else copies, or reads an older state. It will be done the next time.
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) {
    fail(handle(), code, "copying the write-ahead log into the database");
  }
  return code == SQLITE_OK && pages == copied;
}

void Database::copy_from(Database& other) {
  sqlite3_backup* backup = sqlite3_backup_init(handle(), "main", other.handle(), "main");
  if (backup == nullptr) fail(handle(), sqlite3_extended_errcode(handle()), "copying the database");
  const int code = sqlite3_backup_step(backup, -1);
  // The other one knows more of an error while it read.
  if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE) {
    const bool read_failed = sqlite3_errcode(other.handle()) != SQLITE_OK;
    fail((read_failed ? other : *this).handle(), code, "copying the database");
  }
}

Rows::~Rows() {
  sqlite3_reset(statement_);
}

bool Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_), code, sqlite3_sql(statement_));
}

bool Rows::next_sealed() {
  if (!next()) return false;
  thread_local RowSeal seal;
  seal.start(table_);
  const int columns = sqlite3_column_count(statement_) - 1;
  for (int i = 0; i < columns; ++i) {
    switch (sqlite3_column_type(statement_, i)) {
      case SQLITE_INTEGER:
        seal.add_integer(integer(i));
        break;
      case SQLITE_TEXT:
        seal.add_text(text(i));
        break;
      case SQLITE_BLOB:
        seal.add_blob(blob(i));
        break;
      default:  // A floating point number is in no row of ours: the seal will not fit.
        seal.add_null();
    }
  }
  if (sqlite3_column_type(statement_, columns) != SQLITE_INTEGER ||
      integer(columns) != seal.value()) {
    throw StoreCorrupt(table_, static_cast<uint64_t>(integer(0)),
                       "its content is not what was written");
  }
  return true;
}

ByteView Rows::blob(int column) const {
  // SQLite wants the pointer asked for before the size.
  const void* data = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return {static_cast<const uint8_t*>(data), static_cast<size_t>(size)};
}

Hash Rows::hash(int column) const {
  const ByteView bytes = blob(column);
  Hash hash{};
  if (bytes.size() != hash.size()) {
    throw StoreCorrupt(table_, static_cast<uint64_t>(integer(0)),
                       "a hash in it has the wrong size");
  }
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

Statement::Statement(Database& database, const char* table, const std::string& sql)
    : table_(table) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(database.handle(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) fail(database.handle(), code, sql);
  statement_.reset(statement);
}

void Statement::bind_integer(int position, int64_t value) {
  HOTLINE_CHECK(sqlite3_bind_int64(statement_.get(), position, value) == SQLITE_OK);
}

void Statement::bind_text(int position, std::string_view value) {
  // A null pointer would be bound as NULL, not as the empty text.
  const char* data = value.data() ? value.data() : "";
  HOTLINE_CHECK(sqlite3_bind_text64(statement_.get(), position, data, value.size(), SQLITE_STATIC,
                                    SQLITE_UTF8) == SQLITE_OK);
}

void Statement::bind_blob(int position, ByteView value) {
  const void* data = value.data() ? static_cast<const void*>(value.data()) : "";
  HOTLINE_CHECK(sqlite3_bind_blob64(statement_.get(), position, data, value.size(),
                                    SQLITE_STATIC) == SQLITE_OK);
}

void Statement::bind_null(int position) {
  HOTLINE_CHECK(sqlite3_bind_null(statement_.get(), position) == SQLITE_OK);
}

}  // namespace hotline
