// The seal of a row: 64 bits over its table's name and its columns, kept in the row's last column.
// It notices what rots: a flipped bit, a page written to the wrong place, two rows swapped. It is
// no defence against a person, who can compute it too; the signed trees are.
//
// Each step takes in eight bytes and can be undone, so that a change within eight bytes always
// changes the seal; any other goes unnoticed once in 2^64 times, or so.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/base/bytes.h"

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
  void add(char kind, uint64_t number, ByteView bytes);
  void take(uint64_t word);

  uint64_t state_ = 0;
};

}  // namespace hotline
