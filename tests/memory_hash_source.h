// Every complete subtree of a log, in memory: what a store keeps on disk.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "protocol/merkle.h"

namespace hotline {

class MemoryHashSource : public HashSource {
 public:
  void append(const Hash& leaf_hash) {
    std::vector<Subtree> completed;
    frontier_.append(std::span(&leaf_hash, 1), completed);
    for (const Subtree& subtree : completed) {
      hashes_[{subtree.level, subtree.index}] = subtree.hash;
    }
  }

  // Throws std::out_of_range for a subtree that is not complete: the code under test asked too
  // much.
  Hash subtree(uint8_t level, uint64_t index) const override { return hashes_.at({level, index}); }

  const Frontier& frontier() const { return frontier_; }

 private:
  Frontier frontier_;
  std::map<std::pair<uint8_t, uint64_t>, Hash> hashes_;
};

}  // namespace hotline
