// Notes, checkpoints, verifier keys and proof files from outside: whatever can be read is written
// back byte for byte, and without a good signature nothing is ever believed. A stand-in that calls
// every signature bad checks them, so that the time goes into the readers; the kept notes name its
// keys.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/base/check.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/note.h"
#include "protocol/log/tlog_proof.h"

namespace {

class NoVerifier : public hotline::SignatureVerifier {
 public:
  bool verify(hotline::ByteView, hotline::ByteView) const override { return false; }
};

void read_note(std::string_view text, const hotline::CheckpointTrust& trust) {
  const hotline::Result<hotline::Note> note = hotline::parse_note(text);
  if (!note) return;
  HOTLINE_CHECK(hotline::format_note(*note) == text);
  const hotline::Result<hotline::Checkpoint> checkpoint =
      hotline::parse_checkpoint_text(note->text);
  if (checkpoint) HOTLINE_CHECK(hotline::format_checkpoint_text(*checkpoint) == note->text);
  HOTLINE_CHECK(!hotline::open_cosigned_checkpoint(text, trust));
}

void read_proof(std::string_view text, const hotline::CheckpointTrust& trust) {
  const hotline::Result<hotline::TlogProof> proof = hotline::parse_tlog_proof(text);
  if (!proof) return;
  HOTLINE_CHECK(hotline::format_tlog_proof(*proof) == text);
  HOTLINE_CHECK(!hotline::verify_tlog_proof(*proof, {}, trust));
  read_note(proof->checkpoint_note, trust);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = hotline::as_text({data, size});
  const NoVerifier verifier;
  const hotline::CheckpointTrust trust{
      "hotline/5a0102030405060708090a0b0c0d0e0f/live/north/transcript/1",
      {"hotline/5a0102030405060708090a0b0c0d0e0f/live/north", hotline::kNoteTypeEd25519,
       hotline::Bytes(hotline::kPublicKeySize)},
      &verifier,
      {"hotline/5a0102030405060708090a0b0c0d0e0f/live/south/receipt",
       hotline::kNoteTypeCosignatureV1, hotline::Bytes(hotline::kPublicKeySize)},
      &verifier};
  read_note(text, trust);
  read_proof(text, trust);
  const hotline::Result<hotline::NoteKey> key = hotline::parse_vkey(text);
  if (key) HOTLINE_CHECK(hotline::format_vkey(*key) == text);
  return 0;
}
