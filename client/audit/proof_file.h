// Proof files as `hotline audit prove` writes them: a c2sp.org/tlog-proof whose extra data carries
// the message and the two certificates (docs/protocol.md, "Proof files").
//
// Reading is strict: format_proof_file() of what was parsed gives back the same bytes. Parsing
// proves nothing: that is client/audit/proof_check.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// A part of a message with its salt, as they are kept and erased together.
struct HeldPart {
  Hash salt{};
  Bytes bytes;

  bool operator==(const HeldPart&) const = default;
};

struct ProofFile {
  uint64_t index = 0;           // The leaf's in the sender's transcript, counted from 0.
  std::vector<Hash> hashes;     // The inclusion proof, from the leaf upwards.
  std::string checkpoint_note;  // With the sender's signature and the receiver's cosignature.
  Bytes envelope;               // The leaf.
  std::optional<HeldPart> body;
  Bytes log_certificate;      // DER; the sender's log key.
  Bytes receipt_certificate;  // DER; the receiver's receipt key.

  bool operator==(const ProofFile&) const = default;
};

// The parts must be within limits.h, and the note one that parse_note() accepts.
std::string format_proof_file(const ProofFile& proof);

// Error: malformed.
Result<ProofFile> parse_proof_file(std::string_view text);

// The longest file that parse_proof_file() takes, bytes.
size_t proof_file_size_max();

}  // namespace hotline::audit
