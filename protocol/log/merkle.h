// The Merkle tree of transcripts and journals: RFC 6962 section 2.1 for hashes and proofs, RFC 9162
// sections 2.1.3 and 2.1.4 for checking them.
//
// Three ways to hold a tree, for three needs: Frontier (the roots of its maximal complete subtrees,
// at most 63 hashes) to append and to know the root; HashSource (every complete subtree, read from
// a store) to make proofs; nothing but a root to check them.
//
// Sizes and indices count leaves and go up to limits::kTreeSizeMax; a leaf index is zero-based.
// Everything here is a pure function of its arguments and owns what it returns.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline {

// The prefixes keep a leaf from being taken for a node (second preimages, RFC 6962 section 2.1).
Hash leaf_hash(ByteView leaf);
Hash node_hash(const Hash& left, const Hash& right);

// The same of many, which costs half as much: of each leaf, and of each two neighbours below[2 i]
// and below[2 i + 1].
void leaf_hashes(std::span<const ByteView> leaves, std::span<Hash> hashes);
void node_hashes(std::span<const Hash> below, std::span<Hash> above);

// The root of the tree without leaves: SHA-256 of nothing.
Hash empty_root();

// A complete subtree: the 2^level leaves from index * 2^level on. Level 0 is a leaf hash.
struct Subtree {
  uint8_t level = 0;
  uint64_t index = 0;
  Hash hash{};

  bool operator==(const Subtree&) const = default;
};

// The levels of a log's tree that a store keeps are the multiples of this: one hash for so many
// children as that leaves between two of them, 256.
inline constexpr uint8_t kKeptLevels = 8;

// The part of a log that one has to keep to go on with it. A copy to which leaves are appended
// gives the root of those that are not committed yet.
class Frontier {
 public:
  // The frontier of the empty tree.
  Frontier() = default;

  // Restores what hashes() gave. Refused (malformed) when the count of hashes does not fit the
  // size. That the hashes are the right ones shows in root(), which the owner compares with a
  // checkpoint.
  static Result<Frontier> from_hashes(uint64_t size, std::vector<Hash> hashes);

  // The tree must be smaller than limits::kTreeSizeMax. Nodes are hashed many at a time, at the
  // latest when somebody asks for the root.
  void append(const Hash& leaf_hash);

  // The subtrees of kept levels that were completed since this was asked last, lower ones before
  // those above them. A store that writes them all down, beside the leaves, can serve every proof
  // (see HashSource).
  std::vector<Subtree> take_kept();

  uint64_t size() const { return joined_size_ + waiting_.size(); }
  Hash root() const;

  // The maximal complete subtrees from left to right, so from the largest to the smallest.
  const std::vector<Hash>& hashes() const;

  bool operator==(const Frontier& other) const {
    return size() == other.size() && hashes() == other.hashes();
  }

 private:
  void join() const;

  // Leaves appended and not yet joined to the rest: that changes nothing which a caller sees.
  mutable std::vector<Hash> waiting_;
  mutable uint64_t joined_size_ = 0;
  mutable std::vector<Hash> hashes_;
  mutable std::vector<Subtree> kept_;
};

// The complete subtrees of a stored log. Only asked for subtrees that lie wholly within the tree
// size given to the functions below; an implementation that lacks one of those is damaged, which is
// for it to report.
class HashSource {
 public:
  virtual ~HashSource() = default;
  virtual Hash subtree(uint8_t level, uint64_t index) const = 0;
};

Hash root_at(const HashSource& source, uint64_t size);

// PATH(index, D[0:size]) of RFC 6962 section 2.1.1, from the leaf upwards. index < size.
std::vector<Hash> inclusion_proof(const HashSource& source, uint64_t index, uint64_t size);

// PROOF(old_size, D[0:new_size]) of RFC 6962 section 2.1.2. old_size <= new_size; empty when the
// sizes are equal, and when old_size is 0, because every log begins empty.
std::vector<Hash> consistency_proof(const HashSource& source, uint64_t old_size, uint64_t new_size);

// True: the leaf stands at `index` in the tree of `size` leaves with this root. Takes anything from
// outside; a proof that is longer or shorter than the one proof there can be is false.
bool verify_inclusion(const Hash& leaf_hash, uint64_t index, uint64_t size,
                      std::span<const Hash> proof, const Hash& root);

// True: the tree of `new_size` leaves begins with the leaves of the tree of `old_size`. Takes
// anything from outside. Equal sizes need equal roots, size 0 needs empty_root(), both an empty
// proof.
bool verify_consistency(uint64_t old_size, const Hash& old_root, uint64_t new_size,
                        const Hash& new_root, std::span<const Hash> proof);

}  // namespace hotline
