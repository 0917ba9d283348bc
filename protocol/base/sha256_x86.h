// SHA-256 by the SHA instructions of an x86-64 processor: for sha256.cc alone, which holds them
// against libcrypto before they are used.
#pragma once

#include <span>

#include "protocol/base/bytes.h"

namespace hotline::sha256_x86 {

// False where this processor, or the one that this was built for, has no such instructions: then
// nothing else here may be called.
bool is_there();

Hash alone(ByteView input);

// hashes[i] becomes that of inputs[i]; as many hashes as inputs. Two are hashed side by side.
void in_pairs(std::span<const ByteView> inputs, std::span<Hash> hashes);

}  // namespace hotline::sha256_x86
