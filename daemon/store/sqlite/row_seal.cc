#include "daemon/store/sqlite/row_seal.h"

#include <array>
#include <cstring>

#include "daemon/store/sqlite/little_endian.h"

namespace hotline {
namespace {

constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio: odd, and mixed.

// Little-endian; fewer than eight bytes are the lowest ones.
uint64_t word_at(const uint8_t* bytes, size_t size = sizeof(uint64_t)) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return little_endian(word);
}

uint64_t mix(uint64_t state, uint64_t word) {
  state = (state ^ word) * kMultiplier;
  return state ^ state >> 32;
}

}  // namespace

void RowSeal::start(std::string_view table) {
  state_ = 0;
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
  add('n', 0, {});
}

int64_t RowSeal::value() const {
  return static_cast<int64_t>(mix(state_, 0));
}

void RowSeal::add(char kind, uint64_t number, ByteView bytes) {
  take(static_cast<uint64_t>(kind));
  take(number);
  const uint8_t* at = bytes.data();
  size_t left = bytes.size();
  // Four words side by side: each waits for the one before it only.
  if (constexpr size_t kStripe = 4 * sizeof(uint64_t); left >= kStripe) {
    std::array<uint64_t, 4> lanes = {1, 2, 3, 4};
    for (; left >= kStripe; at += kStripe, left -= kStripe) {
      for (size_t i = 0; i < lanes.size(); ++i) {
        lanes[i] = mix(lanes[i], word_at(at + i * sizeof(uint64_t)));
      }
    }
    for (uint64_t lane : lanes) take(lane);
  }
  for (; left >= sizeof(uint64_t); at += sizeof(uint64_t), left -= sizeof(uint64_t)) {
    take(word_at(at));
  }
  if (left != 0) take(word_at(at, left));
}

void RowSeal::take(uint64_t word) {
  state_ = mix(state_, word);
}

}  // namespace hotline
