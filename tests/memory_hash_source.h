// Every complete subtree of a log, in memory, each computed from the leaves below it.
#pragma once

#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "protocol/log/merkle.h"

namespace hotline {

class MemoryHashSource : public HashSource {
 public:
  void append(const Hash& leaf_hash) {
    frontier_.append(leaf_hash);
    leaves_.push_back(leaf_hash);
  }

  // Throws std::out_of_range for a subtree that is not complete: the code under test asked too
  // much.
  Hash subtree(uint8_t level, uint64_t index) const override {
    if (level == 0) return leaves_.at(index);
    const std::pair name{level, index};
    if (const auto found = hashes_.find(name); found != hashes_.end()) return found->second;
    const auto below = static_cast<uint8_t>(level - 1);
    return hashes_[name] = node_hash(subtree(below, 2 * index), subtree(below, 2 * index + 1));
  }

  const Frontier& frontier() const { return frontier_; }

 private:
  Frontier frontier_;
  std::vector<Hash> leaves_;
  mutable std::map<std::pair<uint8_t, uint64_t>, Hash> hashes_;
};

}  // namespace hotline
