// The seal of a row: 64 bits of SHA-256 over its table's name and its columns, kept in the row's
// last column. It notices what rots: a flipped bit, a page written to the wrong place, two rows
// swapped. It is no defence against a person, who can compute it too; the signed trees are.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/bytes.h"

namespace hotline {

class RowSeal {
 public:
  void start(std::string_view table);
  void add_integer(int64_t value);
  void add_text(std::string_view value);
  void add_blob(ByteView value);
  void add_null();
  int64_t value() const;

 private:
  // One letter, a number, and bytes.
  void add(char kind, uint64_t number, ByteView bytes);

  // Kept between rows, so that sealing a row allocates nothing; the first `size_` bytes count.
  Bytes content_;
  size_t size_ = 0;
};

}  // namespace hotline
