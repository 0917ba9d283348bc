// Rows that are written once, in rising order of their keys, and many at a time: a batch's journal
// entries and messages. As rows of SQLite each would cost an insert, and leave a part of its page
// empty; so they stand one after the other in packs, and a row of SQLite is a pack:
//
//     table(first INTEGER PRIMARY KEY, rows BLOB)
//     rows  = one row after the other
//     row   = its size below (4 bytes), key (8), columns, seal (8)
//
// An integer column is a zigzag LEB128, any other its size (LEB128) and its bytes; fixed numbers
// are little-endian. The seal (row_seal.h) is over key and columns, so that a row is checked alone.
//
// A writer or reader belongs to one thread, and must not outlive its Database. A row that is not as
// it was written throws StoreCorrupt with the key.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/store/sqlite/row_seal.h"
#include "daemon/store/sqlite/sqlite.h"
#include "protocol/base/bytes.h"

namespace hotline {

// The statement that makes such a table.
std::string packs_schema(const char* table);

class PackWriter {
 public:
  PackWriter(Database& database, const char* table);

  // To be written by flush(), in the caller's transaction. Keys rise, also across flushes. Columns
  // are integers, enums, text, blobs and hashes.
  template <typename... Columns>
  void add(uint64_t key, const Columns&... columns) {
    begin(key);
    (put(columns), ...);
    end();
  }
  void flush();

 private:
  template <typename T>
  void put(const T& column) {
    if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
      put_integer(static_cast<int64_t>(column));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      put_bytes(as_bytes(column));
    } else {
      put_bytes(column);
    }
  }
  void begin(uint64_t key);
  void put_integer(int64_t value);
  void put_bytes(ByteView bytes);
  void end();

  const char* table_;
  Statement insert_;
  uint64_t next_key_ = 0;  // No smaller one may come.
  uint64_t first_ = 0;     // The first key of the pack that is gathered.
  size_t row_begin_ = 0;
  Bytes pack_;
};

// A row's columns, to be taken in their order. Borrows the reader's pack.
class PackedRow {
 public:
  PackedRow(const char* table, uint64_t key, ByteView columns)
      : table_(table), key_(key), left_(columns) {}

  uint64_t key() const { return key_; }

  int64_t integer();
  template <typename T>
  T as() {
    return static_cast<T>(integer());
  }
  ByteView blob();
  std::string_view text() { return as_text(blob()); }
  Hash hash();
  Hash hash_or_zero();  // Zero where it is empty.

 private:
  [[noreturn]] void malformed() const;
  uint64_t take_number();
  Hash hash_of(ByteView bytes) const;

  const char* table_;
  uint64_t key_;
  ByteView left_;
};

// Stands at a row, or at none. It keeps the pack that it read last: packs are never changed.
class PackReader {
 public:
  PackReader(Database& database, const char* table);

  // To the first row whose key is not below `key`; false when there is none.
  bool seek(uint64_t key);
  // To the last row whose key is below `key`; false when there is none.
  bool seek_before(uint64_t key);
  // To the one after or before; false when there is none. Only where it stands at a row.
  bool next();
  bool previous();
  // One more than the highest key; 0 when there is none.
  uint64_t end_key();

  uint64_t key() const { return places_[at_].key; }
  // The row where it stands, borrowed until it goes on.
  PackedRow row() const;
  // Without looking at its seal: for who hashes what it takes.
  PackedRow unchecked_row() const;

 private:
  struct Place {
    uint64_t key;
    size_t begin;  // The key's, in the pack.
    size_t end;    // The seal's.
  };

  bool load(Statement& statement, uint64_t key);
  size_t first_at_or_after(uint64_t key) const;

  const char* table_;
  Statement at_or_before_;
  Statement after_;
  Bytes pack_;
  std::vector<Place> places_;  // The places of the rows in the pack.
  size_t at_ = 0;
};

}  // namespace hotline
