// SHA-256 of many short inputs: what an auditor's time goes into.
//
// A processor with SHA instructions waits for itself most of the time when it hashes one input, so
// two are hashed side by side there; elsewhere this is libcrypto, one after the other. The hashes
// are the same ones.
#pragma once

#include <cstdint>
#include <span>

#include "protocol/bytes.h"

namespace hotline::audit {

// hashes[i] becomes SHA-256(inputs[i]); as many hashes as inputs.
void hash_each(std::span<const ByteView> inputs, std::span<Hash> hashes);

// The nodes (RFC 6962 section 2.1) above neighbouring hashes: above[i] is that of below[2 i] and
// below[2 i + 1]. At most kNodesMax of them, and twice as many hashes below.
inline constexpr size_t kNodesMax = 128;
void hash_nodes(std::span<const Hash> below, std::span<Hash> above);

// The root of 2^n hashes, at most 2 kNodesMax of them: a complete subtree.
Hash subtree_root(std::span<const Hash> hashes);

// For tests: whether this processor hashes two inputs at a time, and hash_each() where it does not.
bool hashes_in_pairs();
void hash_each_plainly(std::span<const ByteView> inputs, std::span<Hash> hashes);

}  // namespace hotline::audit
