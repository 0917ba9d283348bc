// Numbers of messages of one side (MessageKey::number), as many as a flood has: neighbours share a
// block of 64, so that a hundred thousand cost 25 KB in memory and in a journal entry
// (protocol/channel/key_blocks.h), and one costs 16 bytes. Ascending, so the first is the oldest.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "protocol/base/sorted_blocks.h"

namespace hotline {

class KeySet {
 public:
  static constexpr uint64_t kBlock = 64;  // Numbers in one block; its first is a multiple of it.

  KeySet() = default;
  KeySet(std::initializer_list<uint64_t> numbers) {
    for (uint64_t number : numbers) insert(number);
  }

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  uint64_t first() const;  // There must be one. Likewise:
  uint64_t last() const;
  bool contains(uint64_t number) const;

  // False: nothing changed.
  bool insert(uint64_t number);
  bool erase(uint64_t number);
  void insert_all(const KeySet& others);
  void erase_all(const KeySet& others);
  void clear() { *this = {}; }
  KeySet intersected(const KeySet& others) const;
  // Takes the least numbers out, as many as stand in so many blocks.
  KeySet take_blocks(size_t blocks_max);
  // A block as visit_blocks() gave it.
  void insert_block(uint64_t first, uint64_t mask);

  // Each number, ascending, until `visit` returns false.
  template <typename Visit>
  void visit(Visit visit) const {
    visit_blocks([&](uint64_t first, uint64_t mask) {
      for (; mask != 0; mask &= mask - 1) {
        if (!visit(first + static_cast<uint64_t>(std::countr_zero(mask)))) return false;
      }
      return true;
    });
  }
  // Each block: bit i of `mask` is the number first + i. Likewise.
  template <typename Visit>
  void visit_blocks(Visit visit) const {
    blocks_.visit_from(0,
                       [&](uint64_t block, uint64_t mask) { return visit(block * kBlock, mask); });
  }
  size_t block_count() const { return blocks_.size(); }

  friend bool operator==(const KeySet& a, const KeySet& b);

 private:
  static uint64_t bit(uint64_t number) { return uint64_t{1} << (number % kBlock); }

  SortedBlocks<uint64_t, uint64_t> blocks_;  // By number / kBlock; no mask is 0.
  size_t size_ = 0;
};

}  // namespace hotline
