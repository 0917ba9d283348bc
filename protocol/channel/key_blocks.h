// A KeySet as journal entries carry it: pairs of numbers, a block's first and its mask. Not a
// vector of structs, because the FlatBuffers verifier takes each for the size of a pointer.
#pragma once

#include <vector>

#include "protocol/channel/journal_generated.h"
#include "protocol/channel/key_set.h"

namespace hotline {

inline std::vector<uint64_t> to_blocks(const KeySet& messages) {
  std::vector<uint64_t> pairs;
  pairs.reserve(2 * messages.block_count());
  messages.visit_blocks([&](uint64_t first, uint64_t mask) {
    pairs.push_back(first);
    pairs.push_back(mask);
    return true;
  });
  return pairs;
}

// Whatever the pairs are, so that a foreign journal can be read; a half one at the end is none.
// Absent: empty.
inline KeySet from_blocks(const flatbuffers::Vector<uint64_t>* pairs) {
  KeySet messages;
  if (pairs == nullptr) return messages;
  for (flatbuffers::uoffset_t i = 0; i + 1 < pairs->size(); i += 2) {
    messages.insert_block(pairs->Get(i), pairs->Get(i + 1));
  }
  return messages;
}

}  // namespace hotline
