#include "daemon/row_seal.h"

#include <algorithm>

namespace hotline {

void RowSeal::start(std::string_view table) {
  size_ = 0;
  add_text(table);
}

void RowSeal::add_integer(int64_t value) {
  add('i', static_cast<uint64_t>(value), {});
}

void RowSeal::add_text(std::string_view value) {
  add('t', value.size(), as_bytes(value));
}

void RowSeal::add_blob(ByteView value) {
  add('b', value.size(), value);
}

void RowSeal::add_null() {
  if (content_.size() == size_) content_.resize(2 * size_ + 1);
  content_[size_++] = 'n';
}

int64_t RowSeal::value() const {
  const Hash hash = sha256({ByteView(content_.data(), size_)});
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) value = value << 8 | hash[i];
  return static_cast<int64_t>(value);
}

void RowSeal::add(char kind, uint64_t number, ByteView bytes) {
  constexpr size_t kHeaderSize = 1 + sizeof number;
  const size_t needed = size_ + kHeaderSize + bytes.size();
  if (content_.size() < needed) content_.resize(2 * needed);
  uint8_t* at = content_.data() + size_;
  *at++ = static_cast<uint8_t>(kind);
  for (int shift = 56; shift >= 0; shift -= 8) *at++ = static_cast<uint8_t>(number >> shift);
  std::copy(bytes.begin(), bytes.end(), at);
  size_ = needed;
}

}  // namespace hotline
