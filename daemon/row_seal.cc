#include "daemon/row_seal.h"

#include <array>

namespace hotline {

void RowSeal::start(std::string_view table) {
  content_.clear();
  add_text(table);
}

void RowSeal::add_integer(int64_t value) {
  content_.push_back('i');
  add_number(static_cast<uint64_t>(value));
}

void RowSeal::add_text(std::string_view value) {
  content_.push_back('t');
  add_number(value.size());
  const ByteView bytes = as_bytes(value);
  content_.insert(content_.end(), bytes.begin(), bytes.end());
}

void RowSeal::add_blob(ByteView value) {
  content_.push_back('b');
  add_number(value.size());
  content_.insert(content_.end(), value.begin(), value.end());
}

void RowSeal::add_null() {
  content_.push_back('n');
}

int64_t RowSeal::value() const {
  const Hash hash = sha256({content_});
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | hash[i];
  return static_cast<int64_t>(value);
}

void RowSeal::add_number(uint64_t value) {
  std::array<uint8_t, 8> bytes;
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  content_.insert(content_.end(), bytes.begin(), bytes.end());
}

}  // namespace hotline
