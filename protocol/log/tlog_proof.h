// Proof files (c2sp.org/tlog-proof@v1): everything a third person needs, beside the leaf and the
// keys, to see that a leaf stands at one place of a log that its owner signed and the other party
// cosigned.
//
// Reading is strict: format_tlog_proof() of what was parsed gives back the same bytes. Parsing
// proves nothing; verify_tlog_proof() does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/log/cosignature.h"

namespace hotline {

struct TlogProof {
  Bytes extra;               // Unsigned; at most limits::kProofExtraSizeMax. Empty: no such line.
  uint64_t index = 0;        // The leaf's, counted from 0.
  std::vector<Hash> hashes;  // The inclusion proof, from the leaf upwards.
  std::string checkpoint_note;  // Whole, with every signature line.

  bool operator==(const TlogProof&) const = default;
};

// The checkpoint note must be one that parse_note() accepts, and the rest within the limits.
std::string format_tlog_proof(const TlogProof& proof);

// Refuses (malformed) what is too long or not spelt as the format wants it.
Result<TlogProof> parse_tlog_proof(std::string_view text);

// Checks both signatures and the origin of the checkpoint, then that `leaf_hash` stands at the
// proof's index. Fails with malformed, or with verification_failed. Gives the size and root it was
// proved against, and when the cosigner says it held them.
Result<CosignedCheckpoint> verify_tlog_proof(const TlogProof& proof, const Hash& leaf_hash,
                                             const CheckpointTrust& trust);

}  // namespace hotline
