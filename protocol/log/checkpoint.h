// Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a transcript or journal, as the text
// of a note that its owner signs.
//
// A checkpoint has exactly one text: format_checkpoint_text() of what was opened gives back the
// signed bytes. Extension lines are refused, because this system never writes any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/base/signing.h"
#include "protocol/log/note.h"

namespace hotline {

struct Checkpoint {
  std::string origin;  // See protocol/log/origin.h.
  uint64_t size = 0;   // Leaves.
  Hash root{};

  bool operator==(const Checkpoint&) const = default;
};

// The note text: three lines, each with its newline.
std::string format_checkpoint_text(const Checkpoint& checkpoint);

// Refuses (malformed) all but three lines in canonical spelling, sizes above limits::kTreeSizeMax,
// and a size of 0 with another root than the empty tree's.
Result<Checkpoint> parse_checkpoint_text(std::string_view text);

// The whole note, signed by the log's key (type Ed25519).
std::string sign_checkpoint(const Checkpoint& checkpoint, const NoteKey& key, Signer& signer);

// Checks first the signature under `key`, then that the checkpoint is of the log `expected_origin`.
// Fails with malformed, or with verification_failed. Signatures by other keys are left alone.
Result<Checkpoint> open_checkpoint(std::string_view note_text, std::string_view expected_origin,
                                   const NoteKey& key, const SignatureVerifier& verifier);

}  // namespace hotline
