#include "protocol/channel/key_set.h"

#include <utility>

#include "protocol/base/check.h"

namespace hotline {

uint64_t KeySet::first() const {
  HOTLINE_CHECK(!empty());
  uint64_t number = 0;
  visit([&](uint64_t least) {
    number = least;
    return false;
  });
  return number;
}

uint64_t KeySet::last() const {
  HOTLINE_CHECK(!empty());
  uint64_t number = 0;
  visit_blocks([&](uint64_t first, uint64_t mask) {
    number = first + 63 - static_cast<uint64_t>(std::countl_zero(mask));
    return true;
  });
  return number;
}

bool KeySet::contains(uint64_t number) const {
  const uint64_t* mask = blocks_.find(number / kBlock);
  return mask != nullptr && (*mask & bit(number)) != 0;
}

bool KeySet::insert(uint64_t number) {
  uint64_t& mask = *blocks_.insert(number / kBlock).first;
  if ((mask & bit(number)) != 0) return false;
  mask |= bit(number);
  ++size_;
  return true;
}

bool KeySet::erase(uint64_t number) {
  uint64_t* mask = blocks_.find(number / kBlock);
  if (mask == nullptr || (*mask & bit(number)) == 0) return false;
  *mask &= ~bit(number);
  if (*mask == 0) blocks_.erase(number / kBlock);
  --size_;
  return true;
}

void KeySet::insert_block(uint64_t first, uint64_t mask) {
  if (mask == 0) return;
  uint64_t& own = *blocks_.insert(first / kBlock).first;
  size_ += static_cast<size_t>(std::popcount(mask & ~own));
  own |= mask;
}

void KeySet::insert_all(const KeySet& others) {
  others.visit_blocks([&](uint64_t first, uint64_t mask) {
    insert_block(first, mask);
    return true;
  });
}

KeySet KeySet::take_blocks(size_t blocks_max) {
  if (block_count() <= blocks_max) return std::exchange(*this, {});
  KeySet taken;
  visit_blocks([&](uint64_t first, uint64_t mask) {
    if (taken.block_count() == blocks_max) return false;
    taken.insert_block(first, mask);
    return true;
  });
  erase_all(taken);
  return taken;
}

void KeySet::erase_all(const KeySet& others) {
  others.visit_blocks([&](uint64_t first, uint64_t mask) {
    uint64_t* own = blocks_.find(first / kBlock);
    if (own == nullptr) return true;
    size_ -= static_cast<size_t>(std::popcount(mask & *own));
    *own &= ~mask;
    if (*own == 0) blocks_.erase(first / kBlock);
    return true;
  });
}

KeySet KeySet::intersected(const KeySet& others) const {
  KeySet both;
  visit_blocks([&](uint64_t first, uint64_t mask) {
    const uint64_t* other = others.blocks_.find(first / kBlock);
    if (other != nullptr) both.insert_block(first, mask & *other);
    return true;
  });
  return both;
}

bool operator==(const KeySet& a, const KeySet& b) {
  return a.size() == b.size() && a.intersected(b).size() == a.size();
}

}  // namespace hotline
