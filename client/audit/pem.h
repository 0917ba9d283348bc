// Textual encodings (RFC 7468) in the one spelling that OpenSSL writes: lines of 64 characters,
// "\n" at their ends, nothing before, between or after the blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::audit {

struct PemBlock {
  std::string label;  // "CERTIFICATE": capital letters and single spaces.
  Bytes bytes;

  bool operator==(const PemBlock&) const = default;
};

std::string format_pem(const PemBlock& block);

// Strict: format_pem() of the blocks, one after the other, gives back the same text. Error:
// malformed.
Result<std::vector<PemBlock>> parse_pem(std::string_view text);

}  // namespace hotline::audit
