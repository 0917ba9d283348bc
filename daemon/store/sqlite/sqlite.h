// SQLite's C interface with owners, types and exceptions. Used only by the store's own files.
//
// A Database and its Statements belong to one thread at a time. A Statement must not outlive its
// Database. Everything throws SqliteError.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "daemon/store/failure.h"
#include "daemon/store/sqlite/row_seal.h"
#include "protocol/base/bytes.h"

namespace hotline {

class SqliteError : public StoreError {
 public:
  SqliteError(int extended_code, int system_errno, const std::string& what)
      : StoreError(what), extended_code_(extended_code), system_errno_(system_errno) {}

  int code() const { return extended_code_ & 0xff; }
  int extended_code() const { return extended_code_; }
  // The system's word when a file could not be opened, read or written; 0 otherwise.
  int system_errno() const { return system_errno_; }
  Diagnosis diagnose(const std::string& path) const override;

 private:
  int extended_code_;
  int system_errno_;
};

// SQLite's statistics of its memory are read by nobody, and cost a lock that all threads share at
// every allocation. They can be turned off only before anything else of SQLite is used, so whoever
// does that before opening a Database calls this first; where a test used it before, they stay.
void prepare_sqlite();

class Database {
 public:
  // `flags` are SQLITE_OPEN_*; `vfs` empty means the default one.
  Database(const std::string& path, int flags, const std::string& vfs);

  void execute(const std::string& sql);  // Statements without parameters and results.
  int64_t pragma(const std::string& name);
  // Copies the write-ahead log into the database; SQLITE_CHECKPOINT_*. True: all of it.
  bool checkpoint(int mode);
  // All of `other` as it stands now, in place of what is here. Whoever writes to it goes on.
  void copy_from(Database& other);
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// The rows of one execution. The statement is reset when this goes, because one that is left
// standing holds the file's old state and keeps the write-ahead log from ever being reused.
class Rows {
 public:
  Rows(sqlite3_stmt* statement, const char* table) : statement_(statement), table_(table) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows();

  bool next();
  // The next row, whose last column must be the seal of the columns before it. Throws StoreCorrupt
  // with the first column as index.
  bool next_sealed();

  int type(int column) const { return sqlite3_column_type(statement_, column); }
  bool is_null(int column) const { return type(column) == SQLITE_NULL; }
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  template <typename T>
  T as(int column) const {
    return static_cast<T>(integer(column));
  }
  int columns() const { return sqlite3_column_count(statement_); }
  // Borrowed until the next row.
  ByteView blob(int column) const;
  std::string_view text(int column) const { return as_text(blob(column)); }
  Hash hash(int column) const;
  Hash hash_or_zero(int column) const { return is_null(column) ? Hash{} : hash(column); }

 private:
  sqlite3_stmt* statement_;
  const char* table_;
};

class Statement {
 public:
  // `table` is for messages, and part of the seal: a row is not taken for one of another table.
  Statement(Database& database, const char* table, const std::string& sql);

  // Parameters ?1, ?2 … in order. They are borrowed until the Rows go.
  template <typename... Values>
  Rows query(const Values&... values) {
    int position = 0;
    (bind(++position, values), ...);
    return Rows(statement_.get(), table_);
  }

  template <typename... Values>
  void run(const Values&... values) {
    Rows rows = query(values...);
    while (rows.next()) {
    }
  }

  // Like run(), with one parameter more: the seal of the others. They must be the row's columns, in
  // order.
  template <typename... Values>
  void run_sealed(const Values&... values) {
    seal_.start(table_);
    (add_to_seal(values), ...);
    run(values..., seal_.value());
  }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  template <typename T>
  void bind(int position, const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      bind_integer(position, static_cast<int64_t>(value));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      bind_text(position, value);
    } else if constexpr (std::is_convertible_v<const T&, ByteView>) {
      bind_blob(position, value);
    } else {
      if (value) {
        bind(position, *value);
      } else {
        bind_null(position);
      }
    }
  }
  template <typename T>
  void add_to_seal(const T& value) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      seal_.add_integer(static_cast<int64_t>(value));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      seal_.add_text(value);
    } else if constexpr (std::is_convertible_v<const T&, ByteView>) {
      seal_.add_blob(value);
    } else {
      if (value) {
        add_to_seal(*value);
      } else {
        seal_.add_null();
      }
    }
  }
  void bind_integer(int position, int64_t value);
  void bind_text(int position, std::string_view value);
  void bind_blob(int position, ByteView value);
  void bind_null(int position);

  const char* table_;
  RowSeal seal_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

}  // namespace hotline
