// SHA-256 (FIPS 180-4) of many short inputs: an auditor's time goes into it, and much of the
// core's. One input: bytes.h.
//
// A processor with SHA instructions waits for itself most of the time when it hashes one input, so
// of many two are hashed side by side there; elsewhere this is libcrypto, one after the other. The
// hashes are the same ones.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "protocol/base/bytes.h"

namespace hotline {

// hashes[i] becomes SHA-256(inputs[i]); as many hashes as inputs.
void sha256_each(std::span<const ByteView> inputs, std::span<Hash> hashes);

// Inputs that are two pieces each, one behind the other: a prefix or a salt, and what it is for.
using TwoPieces = std::array<ByteView, 2>;
void sha256_each(std::span<const TwoPieces> inputs, std::span<Hash> hashes);

// True where the SHA instructions are used: the processor has them, and before their first use they
// gave the same hashes as libcrypto.
bool hashes_in_pairs();

// For tests: that check, and libcrypto's hashes.
using Sha256Each = void (*)(std::span<const ByteView> inputs, std::span<Hash> hashes);
bool same_as_plainly(Sha256Each each);
Hash sha256_plainly(std::initializer_list<ByteView> parts);
void sha256_each_plainly(std::span<const ByteView> inputs, std::span<Hash> hashes);

}  // namespace hotline
