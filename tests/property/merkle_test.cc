#include "protocol/log/merkle.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <string>

#include "tests/memory_hash_source.h"

namespace hotline {
namespace {

// One tree for all properties: leaf i is the decimal of i.
constexpr uint64_t kSizeMax = 600;

const std::vector<Hash>& leaf_hashes() {
  static const std::vector<Hash> hashes = [] {
    std::vector<Hash> made;
    for (uint64_t i = 0; i < kSizeMax; ++i) made.push_back(leaf_hash(as_bytes(std::to_string(i))));
    return made;
  }();
  return hashes;
}

const MemoryHashSource& tree() {
  static const MemoryHashSource source = [] {
    MemoryHashSource made;
    for (const Hash& hash : leaf_hashes()) made.append(hash);
    return made;
  }();
  return source;
}

// The definition of RFC 6962 section 2.1, word for word.
Hash naive_root(std::span<const Hash> leaves) {
  if (leaves.empty()) return sha256({});
  if (leaves.size() == 1) return leaves[0];
  size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  return node_hash(naive_root(leaves.first(split)), naive_root(leaves.subspan(split)));
}

uint64_t any_size(uint64_t least) {
  return *rc::gen::inRange<uint64_t>(least, kSizeMax + 1);
}

// One of the ways in which a proof can be wrong by one hash.
std::vector<Hash> mutated(std::vector<Hash> proof) {
  int kind = *rc::gen::inRange(0, 5);
  if (proof.empty() || kind == 0) {
    size_t at = *rc::gen::inRange<size_t>(0, proof.size() + 1);
    proof.insert(proof.begin() + static_cast<std::ptrdiff_t>(at), leaf_hashes()[0]);
    return proof;
  }
  size_t at = *rc::gen::inRange<size_t>(0, proof.size());
  auto place = proof.begin() + static_cast<std::ptrdiff_t>(at);
  if (kind == 1) {
    proof.erase(place);
  } else if (kind == 2) {
    proof.insert(place, *place);
  } else if (kind == 3 && proof.size() > 1) {
    std::swap(proof[at], proof[(at + 1) % proof.size()]);
  } else {
    (*place)[*rc::gen::inRange<size_t>(0, 32)] ^=
        static_cast<uint8_t>(1 << *rc::gen::inRange(0, 8));
  }
  return proof;
}

RC_GTEST_PROP(MerkleProperty, FrontierHasTheNaiveRoot, ()) {
  uint64_t size = any_size(0);
  Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.append(leaf_hashes()[i]);
  RC_ASSERT(frontier.root() == naive_root(std::span(leaf_hashes()).first(size)));
  RC_ASSERT(frontier.root() == root_at(tree(), size));
  RC_ASSERT(frontier.hashes().size() == static_cast<size_t>(std::popcount(size)));
}

RC_GTEST_PROP(MerkleProperty, InclusionProofsVerifyAndMutatedOnesDoNot, ()) {
  uint64_t size = any_size(1);
  uint64_t index = *rc::gen::inRange<uint64_t>(0, size);
  Hash root = root_at(tree(), size);
  const Hash& leaf = leaf_hashes()[index];
  std::vector<Hash> proof = inclusion_proof(tree(), index, size);
  RC_ASSERT(verify_inclusion(leaf, index, size, proof, root));

  std::vector<Hash> wrong = mutated(proof);
  RC_ASSERT(!verify_inclusion(leaf, index, size, wrong, root));
  uint64_t other = *rc::gen::inRange<uint64_t>(0, kSizeMax);
  if (other != index) {
    RC_ASSERT(!verify_inclusion(leaf, other, size, proof, root));
    RC_ASSERT(!verify_inclusion(leaf_hashes()[other], index, size, proof, root));
  }
}

// Not every wrong size can be noticed: an inclusion proof speaks of a root, and many sizes share
// the shape of one path. It may never hold for a size whose path has another length.
RC_GTEST_PROP(MerkleProperty, InclusionProofsHaveTheLengthOfTheirPath, ()) {
  uint64_t size = any_size(1);
  uint64_t other_size = any_size(1);
  uint64_t index = *rc::gen::inRange<uint64_t>(0, std::min(size, other_size));
  std::vector<Hash> proof = inclusion_proof(tree(), index, size);
  if (inclusion_proof(tree(), index, other_size).size() != proof.size()) {
    RC_ASSERT(
        !verify_inclusion(leaf_hashes()[index], index, other_size, proof, root_at(tree(), size)));
  }
}

RC_GTEST_PROP(MerkleProperty, ConsistencyProofsVerifyAndMutatedOnesDoNot, ()) {
  uint64_t new_size = any_size(0);
  uint64_t old_size = *rc::gen::inRange<uint64_t>(0, new_size + 1);
  Hash old_root = root_at(tree(), old_size);
  Hash new_root = root_at(tree(), new_size);
  std::vector<Hash> proof = consistency_proof(tree(), old_size, new_size);
  RC_ASSERT(verify_consistency(old_size, old_root, new_size, new_root, proof));

  std::vector<Hash> wrong = mutated(proof);
  RC_ASSERT(!verify_consistency(old_size, old_root, new_size, new_root, wrong));
  Hash other_root = root_at(tree(), any_size(0));
  if (other_root != old_root) {
    RC_ASSERT(!verify_consistency(old_size, other_root, new_size, new_root, proof));
  }
  if (other_root != new_root && old_size != 0) {
    RC_ASSERT(!verify_consistency(old_size, old_root, new_size, other_root, proof));
  }
}

// A log that rewrote one old leaf would have to pass this off as its own continuation.
RC_GTEST_PROP(MerkleProperty, ARewrittenLeafIsNeverConsistent, ()) {
  uint64_t new_size = any_size(1);
  uint64_t old_size = *rc::gen::inRange<uint64_t>(1, new_size + 1);
  uint64_t rewritten = *rc::gen::inRange<uint64_t>(0, old_size);
  MemoryHashSource forged;
  for (uint64_t i = 0; i < new_size; ++i) {
    forged.append(i == rewritten ? leaf_hash(as_bytes("rewritten")) : leaf_hashes()[i]);
  }
  RC_ASSERT(!verify_consistency(old_size, root_at(tree(), old_size), new_size,
                                root_at(forged, new_size),
                                consistency_proof(forged, old_size, new_size)));
  RC_ASSERT(!verify_consistency(old_size, root_at(tree(), old_size), new_size,
                                root_at(forged, new_size),
                                consistency_proof(tree(), old_size, new_size)));
}

}  // namespace
}  // namespace hotline
