#include "protocol/log/merkle.h"

#include <gtest/gtest.h>

#include "protocol/base/limits.h"
#include "tests/memory_hash_source.h"

namespace hotline {
namespace {

// The eight leaves and their roots from the tests of Certificate Transparency's first log.
constexpr const char* kLeaves[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
constexpr const char* kRoots[] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

MemoryHashSource tree_of(size_t size) {
  MemoryHashSource tree;
  for (size_t i = 0; i < size; ++i) tree.append(leaf_hash(*from_hex(kLeaves[i])));
  return tree;
}

TEST(Merkle, RootsOfTheCertificateTransparencyTree) {
  MemoryHashSource tree = tree_of(8);
  for (size_t size = 0; size <= 8; ++size) {
    EXPECT_EQ(to_hex(tree_of(size).frontier().root()), kRoots[size]);
    EXPECT_EQ(to_hex(root_at(tree, size)), kRoots[size]);
  }
  EXPECT_EQ(to_hex(empty_root()), kRoots[0]);
}

// The tree of seven leaves drawn in RFC 6962 section 2.1.3, with the names of its nodes.
struct SevenLeaves {
  MemoryHashSource tree = tree_of(7);
  Hash a = tree.subtree(0, 0), b = tree.subtree(0, 1), c = tree.subtree(0, 2);
  Hash d = tree.subtree(0, 3), e = tree.subtree(0, 4), f = tree.subtree(0, 5);
  Hash j = tree.subtree(0, 6);
  Hash g = node_hash(a, b), h = node_hash(c, d), i = node_hash(e, f);
  Hash k = node_hash(g, h), l = node_hash(i, j);
};

TEST(Merkle, InclusionProofsOfRfc6962) {
  SevenLeaves t;
  EXPECT_EQ(inclusion_proof(t.tree, 0, 7), (std::vector{t.b, t.h, t.l}));
  EXPECT_EQ(inclusion_proof(t.tree, 3, 7), (std::vector{t.c, t.g, t.l}));
  EXPECT_EQ(inclusion_proof(t.tree, 4, 7), (std::vector{t.f, t.j, t.k}));
  EXPECT_EQ(inclusion_proof(t.tree, 6, 7), (std::vector{t.i, t.k}));
  EXPECT_TRUE(inclusion_proof(t.tree, 0, 1).empty());
}

TEST(Merkle, ConsistencyProofsOfRfc6962) {
  SevenLeaves t;
  EXPECT_EQ(consistency_proof(t.tree, 3, 7), (std::vector{t.c, t.d, t.g, t.l}));
  EXPECT_EQ(consistency_proof(t.tree, 4, 7), (std::vector{t.l}));
  EXPECT_EQ(consistency_proof(t.tree, 6, 7), (std::vector{t.i, t.j, t.k}));
  EXPECT_TRUE(consistency_proof(t.tree, 7, 7).empty());
  EXPECT_TRUE(consistency_proof(t.tree, 0, 7).empty());
}

TEST(Merkle, EveryProofOfTheSmallTreeVerifies) {
  MemoryHashSource tree = tree_of(8);
  for (uint64_t size = 0; size <= 8; ++size) {
    Hash root = root_at(tree, size);
    for (uint64_t index = 0; index < size; ++index) {
      EXPECT_TRUE(verify_inclusion(tree.subtree(0, index), index, size,
                                   inclusion_proof(tree, index, size), root));
    }
    for (uint64_t old_size = 0; old_size <= size; ++old_size) {
      EXPECT_TRUE(verify_consistency(old_size, root_at(tree, old_size), size, root,
                                     consistency_proof(tree, old_size, size)));
    }
  }
}

TEST(Merkle, InclusionIsRefusedOutsideTheTree) {
  Hash leaf = leaf_hash({});
  EXPECT_TRUE(verify_inclusion(leaf, 0, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, 0, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 1, 1, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, 0, {}, empty_root()));
  EXPECT_FALSE(verify_inclusion(leaf, UINT64_MAX, UINT64_MAX, {}, leaf));
  EXPECT_FALSE(verify_inclusion(leaf, 0, limits::kTreeSizeMax + 1, {}, leaf));
}

// A proof is as long as the tree is high even where the sizes leave no room in 64 bits.
TEST(Merkle, TheLargestTreeTakesProofsOfExactLength) {
  Hash leaf = leaf_hash(as_bytes("leaf"));
  Hash sibling = leaf_hash(as_bytes("sibling"));
  std::vector<Hash> proof(63, sibling);
  Hash root = leaf;
  for (const Hash& hash : proof) root = node_hash(root, hash);
  EXPECT_TRUE(verify_inclusion(leaf, 0, limits::kTreeSizeMax, proof, root));
  EXPECT_EQ(proof.size(), limits::kProofHashesMax);

  EXPECT_FALSE(verify_inclusion(leaf, 0, limits::kTreeSizeMax, std::span(proof).first(62), root));
  proof.push_back(sibling);
  EXPECT_FALSE(verify_inclusion(leaf, 0, limits::kTreeSizeMax, proof, node_hash(root, sibling)));
  EXPECT_FALSE(verify_inclusion(leaf, 0, limits::kTreeSizeMax, proof, node_hash(sibling, root)));

  // The last leaf of 2^63 - 1 has a sibling on the left at 62 levels and none at its own.
  root = leaf;
  for (size_t i = 0; i < 62; ++i) root = node_hash(sibling, root);
  proof.resize(62);
  EXPECT_TRUE(verify_inclusion(leaf, limits::kTreeSizeMax - 1, limits::kTreeSizeMax, proof, root));
}

TEST(Merkle, ConsistencyAtTheEdges) {
  MemoryHashSource tree = tree_of(8);
  Hash root4 = root_at(tree, 4);
  Hash root8 = root_at(tree, 8);
  std::vector<Hash> proof = consistency_proof(tree, 4, 8);
  EXPECT_FALSE(verify_consistency(8, root8, 4, root4, proof));
  EXPECT_FALSE(verify_consistency(4, root4, 8, root8, {}));
  EXPECT_FALSE(verify_consistency(3, root_at(tree, 3), 8, root8, {}));
  EXPECT_FALSE(verify_consistency(8, root8, 8, root4, {}));
  EXPECT_FALSE(verify_consistency(8, root8, 8, root8, proof));
  EXPECT_FALSE(verify_consistency(0, empty_root(), 8, root8, proof));
  EXPECT_FALSE(verify_consistency(0, root8, 8, root8, {}));
  EXPECT_FALSE(verify_consistency(0, root8, 0, root8, {}));
  EXPECT_FALSE(verify_consistency(0, empty_root(), 0, root8, {}));
  EXPECT_TRUE(verify_consistency(0, empty_root(), 0, empty_root(), {}));
  EXPECT_FALSE(verify_consistency(4, root4, UINT64_MAX, root8, proof));

  // The right roots with a new size that needs a longer proof.
  EXPECT_TRUE(verify_consistency(4, root4, 8, root8, proof));
  EXPECT_FALSE(verify_consistency(4, root4, 9, root8, proof));
  EXPECT_FALSE(verify_consistency(4, root4, 16, root8, proof));
}

TEST(Merkle, FrontierIsRestoredFromItsHashes) {
  Frontier frontier = tree_of(7).frontier();
  Result<Frontier> restored = Frontier::from_hashes(7, frontier.hashes());
  ASSERT_TRUE(restored);
  EXPECT_EQ(*restored, frontier);
  restored->append(leaf_hash(*from_hex(kLeaves[7])));
  EXPECT_EQ(to_hex(restored->root()), kRoots[8]);
  EXPECT_EQ(frontier.size(), 7u) << "appending to a copy changes the original";
}

TEST(Merkle, FrontierRefusesHashesThatDoNotFitItsSize) {
  std::vector<Hash> hashes = tree_of(7).frontier().hashes();
  EXPECT_FALSE(Frontier::from_hashes(8, hashes));
  EXPECT_FALSE(Frontier::from_hashes(0, hashes));
  EXPECT_FALSE(Frontier::from_hashes(7, {}));
  EXPECT_FALSE(Frontier::from_hashes(uint64_t{1} << 63, {Hash{}}));
  EXPECT_EQ(Frontier::from_hashes(8, hashes).error().code, ErrorCode::malformed);
}

TEST(Merkle, FrontierGivesTheSubtreesOfKeptLevelsOnce) {
  constexpr uint64_t kSize = (uint64_t{1} << 2 * kKeptLevels) + 300;
  MemoryHashSource all;
  Frontier frontier;
  std::vector<Subtree> kept;
  for (uint64_t i = 0; i < kSize; ++i) {
    const Hash leaf = leaf_hash(as_bytes(std::to_string(i)));
    all.append(leaf);
    frontier.append(leaf);
    if (i % 1000 != 7) continue;
    const std::vector<Subtree> completed = frontier.take_kept();
    kept.insert(kept.end(), completed.begin(), completed.end());
  }
  const std::vector<Subtree> completed = frontier.take_kept();
  kept.insert(kept.end(), completed.begin(), completed.end());
  EXPECT_TRUE(frontier.take_kept().empty());
  ASSERT_EQ(kept.size(), (kSize >> kKeptLevels) + (kSize >> 2 * kKeptLevels));
  std::array<uint64_t, 2> next{};  // By level.
  for (const Subtree& subtree : kept) {
    ASSERT_TRUE(subtree.level == kKeptLevels || subtree.level == 2 * kKeptLevels);
    ASSERT_EQ(subtree.index, next.at(subtree.level / kKeptLevels - 1u)++);
    ASSERT_EQ(subtree.hash, all.subtree(subtree.level, subtree.index));
  }
}

}  // namespace
}  // namespace hotline
