#include "protocol/log/merkle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/sha256.h"

namespace hotline {
namespace {

using limits::kTreeSizeMax;

constexpr uint8_t kLeafPrefix = 0x00;
constexpr uint8_t kNodePrefix = 0x01;
constexpr size_t kNodeSize = 1 + 2 * sizeof(Hash);

// Enough that hashing them together pays, few enough to be looked over in a glance of the cache.
constexpr size_t kWaitingMax = 256;

// Joins neighbouring subtrees, given from left to right with falling sizes, from the right: that is
// how RFC 6962 splits a tree whose size is not a power of two.
Hash fold_from_right(std::span<const Hash> hashes) {
  Hash hash = hashes.back();
  for (size_t i = hashes.size() - 1; i > 0; --i) hash = node_hash(hashes[i - 1], hash);
  return hash;
}

// Log2 of the largest power of two that is at most `count`.
uint8_t level_within(uint64_t count) {
  return static_cast<uint8_t>(std::bit_width(count) - 1);
}

// Where RFC 6962 splits a tree of `count` leaves, count > 1: the largest power of two below it.
uint64_t split_point(uint64_t count) {
  return std::bit_floor(count - 1);
}

// The root of the leaves begin <= i < end. `begin` must be where RFC 6962 could start a subtree of
// that many leaves, so that every piece is a complete subtree.
Hash range_hash(const HashSource& source, uint64_t begin, uint64_t end) {
  std::vector<Hash> hashes;
  while (begin < end) {
    uint8_t level = level_within(end - begin);
    hashes.push_back(source.subtree(level, begin >> level));
    begin += uint64_t{1} << level;
  }
  return fold_from_right(hashes);
}

bool is_odd(uint64_t number) {
  return (number & 1) != 0;
}

}  // namespace

Hash leaf_hash(ByteView leaf) {
  static constexpr uint8_t kPrefix[] = {kLeafPrefix};
  return sha256({kPrefix, leaf});
}

Hash node_hash(const Hash& left, const Hash& right) {
  // One buffer, so that a node costs one call of the hash function.
  std::array<uint8_t, kNodeSize> input;
  input[0] = kNodePrefix;
  std::copy(left.begin(), left.end(), input.begin() + 1);
  std::copy(right.begin(), right.end(), input.begin() + 1 + sizeof(Hash));
  return sha256({input});
}

void leaf_hashes(std::span<const ByteView> leaves, std::span<Hash> hashes) {
  static constexpr uint8_t kPrefix[] = {kLeafPrefix};
  std::vector<TwoPieces> inputs;
  inputs.reserve(leaves.size());
  for (ByteView leaf : leaves) inputs.push_back({kPrefix, leaf});
  sha256_each(inputs, hashes);
}

void node_hashes(std::span<const Hash> below, std::span<Hash> above) {
  HOTLINE_CHECK(below.size() == 2 * above.size());
  constexpr size_t kTogether = 32;
  std::array<std::array<uint8_t, kNodeSize>, kTogether> nodes;
  std::array<ByteView, kTogether> inputs;
  for (size_t first = 0; first < above.size(); first += kTogether) {
    const size_t count = std::min(kTogether, above.size() - first);
    for (size_t i = 0; i < count; ++i) {
      nodes[i][0] = kNodePrefix;
      std::memcpy(nodes[i].data() + 1, below[2 * (first + i)].data(), 2 * sizeof(Hash));
      inputs[i] = nodes[i];
    }
    sha256_each(std::span<const ByteView>(inputs).first(count), above.subspan(first, count));
  }
}

Hash empty_root() {
  return sha256({});
}

Result<Frontier> Frontier::from_hashes(uint64_t size, std::vector<Hash> hashes) {
  if (size > kTreeSizeMax) {
    return make_error(ErrorCode::malformed, "a tree of " + std::to_string(size) +
                                                " leaves is larger than any log may become");
  }
  auto count = static_cast<size_t>(std::popcount(size));
  if (hashes.size() != count) {
    return make_error(ErrorCode::malformed, "a tree of " + std::to_string(size) + " leaves has " +
                                                std::to_string(count) + " complete subtrees, not " +
                                                std::to_string(hashes.size()));
  }
  Frontier frontier;
  frontier.joined_size_ = size;
  frontier.hashes_ = std::move(hashes);
  return frontier;
}

void Frontier::append(const Hash& leaf_hash) {
  HOTLINE_CHECK(size() < kTreeSizeMax);
  waiting_.push_back(leaf_hash);
  if (waiting_.size() == kWaitingMax) join();
}

std::vector<Subtree> Frontier::take_kept() {
  join();
  return std::exchange(kept_, {});
}

void Frontier::join() const {
  if (waiting_.empty()) return;
  const uint64_t size_after = size();
  // As in binary addition, level by level: what is complete at a level on both sides is joined to
  // the next, and one that is left over waits there for its right neighbour.
  std::vector<Hash> left_over;  // From the smallest to the largest.
  std::vector<Hash>& row = waiting_;
  uint8_t level = 0;
  for (; !row.empty(); ++level) {
    const uint64_t before = joined_size_ >> level;
    if (is_odd(before)) {
      row.insert(row.begin(), hashes_.back());
      hashes_.pop_back();
    }
    if (is_odd(row.size())) {
      left_over.push_back(row.back());
      row.pop_back();
    }
    // Written over what was read: each node's two children are copied before anything is written.
    const size_t nodes = row.size() / 2;
    node_hashes(row, std::span(row).first(nodes));
    row.resize(nodes);
    const auto above = static_cast<uint8_t>(level + 1);
    if (above % kKeptLevels != 0) continue;
    for (size_t i = 0; i < nodes; ++i) kept_.push_back({above, before / 2 + i, row[i]});
  }
  hashes_.insert(hashes_.end(), left_over.rbegin(), left_over.rend());
  joined_size_ = size_after;
}

const std::vector<Hash>& Frontier::hashes() const {
  join();
  return hashes_;
}

Hash Frontier::root() const {
  join();
  return joined_size_ == 0 ? empty_root() : fold_from_right(hashes_);
}

Hash root_at(const HashSource& source, uint64_t size) {
  HOTLINE_CHECK(size <= kTreeSizeMax);
  return size == 0 ? empty_root() : range_hash(source, 0, size);
}

std::vector<Hash> inclusion_proof(const HashSource& source, uint64_t index, uint64_t size) {
  HOTLINE_CHECK(index < size && size <= kTreeSizeMax);
  // Walks down from the root to the leaf and notes the sibling at each step.
  std::vector<Hash> proof;
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    uint64_t middle = begin + split_point(end - begin);
    if (index < middle) {
      proof.push_back(range_hash(source, middle, end));
      end = middle;
    } else {
      proof.push_back(range_hash(source, begin, middle));
      begin = middle;
    }
  }
  std::reverse(proof.begin(), proof.end());
  return proof;
}

std::vector<Hash> consistency_proof(const HashSource& source, uint64_t old_size,
                                    uint64_t new_size) {
  HOTLINE_CHECK(old_size <= new_size && new_size <= kTreeSizeMax);
  if (old_size == 0) return {};
  // Walks down to the subtree whose right edge is the old tree's, and notes the sibling at each
  // step.
  std::vector<Hash> proof;
  uint64_t begin = 0;
  uint64_t end = new_size;
  while (end != old_size) {
    uint64_t middle = begin + split_point(end - begin);
    if (old_size <= middle) {
      proof.push_back(range_hash(source, middle, end));
      end = middle;
    } else {
      proof.push_back(range_hash(source, begin, middle));
      begin = middle;
    }
  }
  // A walk that never turned right ended at the old root itself, which the verifier has.
  if (begin != 0) proof.push_back(range_hash(source, begin, end));
  std::reverse(proof.begin(), proof.end());
  return proof;
}

bool verify_inclusion(const Hash& leaf_hash, uint64_t index, uint64_t size,
                      std::span<const Hash> proof, const Hash& root) {
  if (size > kTreeSizeMax || index >= size) return false;
  // RFC 9162 section 2.1.3.2. `node` and `last` are the positions, within their level, of the
  // subtree that holds the leaf and of the last subtree. Where they meet there is no right sibling,
  // and the levels without any sibling are skipped.
  uint64_t node = index;
  uint64_t last = size - 1;
  Hash hash = leaf_hash;
  for (const Hash& sibling : proof) {
    if (last == 0) return false;
    if (is_odd(node) || node == last) {
      hash = node_hash(sibling, hash);
      while (!is_odd(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      hash = node_hash(hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && hash == root;
}

bool verify_consistency(uint64_t old_size, const Hash& old_root, uint64_t new_size,
                        const Hash& new_root, std::span<const Hash> proof) {
  if (new_size > kTreeSizeMax || old_size > new_size) return false;
  if (new_size == 0 && new_root != empty_root()) return false;
  if (old_size == 0) return proof.empty() && old_root == empty_root();
  if (old_size == new_size) return proof.empty() && old_root == new_root;

  // RFC 9162 section 2.1.4.2. Both roots are computed from the same proof: `node` is the position,
  // within its level, of the old tree's last subtree, `last` that of the new tree's.
  uint64_t node = old_size - 1;
  uint64_t last = new_size - 1;
  while (is_odd(node)) {
    node >>= 1;
    last >>= 1;
  }
  Hash old_hash = old_root;
  if (node != 0) {
    // The old tree is not one complete subtree, so its last complete one comes with the proof.
    if (proof.empty()) return false;
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  Hash new_hash = old_hash;
  for (const Hash& sibling : proof) {
    if (last == 0) return false;
    if (is_odd(node) || node == last) {
      old_hash = node_hash(sibling, old_hash);
      new_hash = node_hash(sibling, new_hash);
      while (!is_odd(node) && node != 0) {
        node >>= 1;
        last >>= 1;
      }
    } else {
      new_hash = node_hash(new_hash, sibling);
    }
    node >>= 1;
    last >>= 1;
  }
  return last == 0 && old_hash == old_root && new_hash == new_root;
}

}  // namespace hotline
