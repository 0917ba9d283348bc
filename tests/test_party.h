// Two parties with fixed keys, for tests of what they sign.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/signing.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/note.h"
#include "protocol/log/origin.h"

namespace hotline {

inline Ed25519Signer test_signer(std::string_view name) {
  return Ed25519Signer::create(sha256({as_bytes(name)})).value();
}

// A key that belongs to its name, with both halves.
struct TestKey {
  TestKey(std::string name, uint8_t type)
      : signer(test_signer(name)),
        key{std::move(name), type, signer.public_key()},
        verifier(Ed25519Verifier::create(key.public_key).value()) {}

  Ed25519Signer signer;
  NoteKey key;
  Ed25519Verifier verifier;
};

// North owns the transcript, South gives receipts on it.
struct TestChannel {
  ChannelName channel{{0x5a, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, false};
  TestKey log{log_key_name(channel, "north"), kNoteTypeEd25519};
  TestKey receipt{receipt_key_name(channel, "south"), kNoteTypeCosignatureV1};
  std::string origin = transcript_origin(channel, "north", 1);

  CheckpointTrust trust() const {
    return {origin, log.key, &log.verifier, receipt.key, &receipt.verifier};
  }

  std::string receipted(const Checkpoint& checkpoint, uint64_t time_s) {
    return append_signature_line(
        sign_checkpoint(checkpoint, log.key, log.signer),
        cosign(format_checkpoint_text(checkpoint), time_s, receipt.key, receipt.signer));
  }
};

}  // namespace hotline
