// Cosignatures (c2sp.org/tlog-cosignature, Ed25519, v1): another party's timed signature on a
// checkpoint. Under a transcript it is the receipt, "I hold exactly these, on disk"; under a
// journal it is a witness's word that the log only ever grew.
//
// It travels as a whole note: checkpoint, the log's signature, the cosignature's line. The time is
// the cosigner's own UTC in whole seconds since 1970; to judge it is for the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/result.h"
#include "protocol/base/signing.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"

namespace hotline {

// The signature line, with its newline, for append_signature_line(). The text must be a well-formed
// checkpoint's, the key of type cosignature/v1, and the time at most limits::kCosignatureTimeMax.
std::string cosign(std::string_view checkpoint_text, uint64_t time_s, const NoteKey& key,
                   Signer& signer);

// Returns the time in the cosignature by `key`. Fails with malformed, or with verification_failed.
// Says nothing about the log's own signature: see open_cosigned_checkpoint().
Result<uint64_t> verify_cosignature(std::string_view note_text, const NoteKey& key,
                                    const SignatureVerifier& verifier);

// The signers of a good cosigned checkpoint. The verifiers are borrowed.
struct CheckpointTrust {
  std::string origin;
  NoteKey log_key;
  const SignatureVerifier* log_verifier = nullptr;
  NoteKey cosigner_key;
  const SignatureVerifier* cosigner_verifier = nullptr;
};

struct CosignedCheckpoint {
  Checkpoint checkpoint;
  uint64_t time_s = 0;

  bool operator==(const CosignedCheckpoint&) const = default;
};

// Both signatures and the origin, as a receipt or a witness's answer needs: the log's line, then
// the cosigner's, and no other, so that such a note has one spelling. Fails with malformed, or with
// verification_failed. `own_note` is for the log itself: the checkpoint as it signed it. A note
// that begins with exactly these bytes bears its signature, which it need not check.
Result<CosignedCheckpoint> open_cosigned_checkpoint(std::string_view note_text,
                                                    const CheckpointTrust& trust,
                                                    std::string_view own_note = {});

}  // namespace hotline
