#include "protocol/log/cosignature.h"

#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

constexpr size_t kTimeSize = 8;

// The first line keeps a cosignature from being taken for any other signature by the same key.
std::string signed_message(std::string_view checkpoint_text, uint64_t time_s) {
  return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(checkpoint_text);
}

Error wrong_cosignature(const NoteKey& key, std::string reason) {
  return make_error(ErrorCode::verification_failed,
                    "the cosignature by " + key.name + " " + std::move(reason),
                    "the note was altered or signed by another key; keep it as evidence");
}

}  // namespace

std::string cosign(std::string_view checkpoint_text, uint64_t time_s, const NoteKey& key,
                   Signer& signer) {
  HOTLINE_CHECK(key.type == kNoteTypeCosignatureV1);
  HOTLINE_CHECK(time_s <= limits::kCosignatureTimeMax);
  HOTLINE_CHECK(parse_checkpoint_text(checkpoint_text).has_value());
  Bytes payload;
  for (int shift = 56; shift >= 0; shift -= 8) {
    payload.push_back(static_cast<uint8_t>(time_s >> shift));
  }
  Bytes signature = signer.sign(as_bytes(signed_message(checkpoint_text, time_s)));
  payload.insert(payload.end(), signature.begin(), signature.end());
  return format_signature_line({key.name, key.key_id(), std::move(payload)});
}

Result<uint64_t> verify_cosignature(std::string_view note_text, const NoteKey& key,
                                    const SignatureVerifier& verifier) {
  if (key.type != kNoteTypeCosignatureV1) {
    return make_error(ErrorCode::verification_failed,
                      key.name + " is a log's key and cosigns nothing");
  }
  Result<Note> note = parse_note(note_text);
  if (!note) return note.error();
  Result<Bytes> payload = find_signature(*note, key);
  if (!payload) return payload.error();
  if (payload->size() != kTimeSize + kSignatureSize) {
    return wrong_cosignature(key, "is not a time and an Ed25519 signature");
  }
  uint64_t time_s = 0;
  for (size_t i = 0; i < kTimeSize; ++i) time_s = time_s << 8 | (*payload)[i];
  if (time_s > limits::kCosignatureTimeMax) {
    return wrong_cosignature(key, "bears a time that no clock can show");
  }
  std::string message = signed_message(note->text, time_s);
  if (!verifier.verify(as_bytes(message), ByteView(*payload).subspan(kTimeSize))) {
    return wrong_cosignature(key, "does not fit the checkpoint and the time");
  }
  return time_s;
}

Result<CosignedCheckpoint> open_cosigned_checkpoint(std::string_view note_text,
                                                    const CheckpointTrust& trust,
                                                    std::string_view own_note) {
  HOTLINE_CHECK(trust.log_verifier != nullptr && trust.cosigner_verifier != nullptr);
  auto note = parse_note(note_text);
  if (!note) return note.error();
  if (note->signatures.size() != 2 || note->signatures[0].name != trust.log_key.name ||
      note->signatures[1].name != trust.cosigner_key.name) {
    return make_error(ErrorCode::verification_failed,
                      "the note does not carry the signatures of " + trust.log_key.name + " and " +
                          trust.cosigner_key.name + ", in this order and alone");
  }
  const bool own = !own_note.empty() && note_text.starts_with(own_note);
  Result<Checkpoint> checkpoint =
      own ? parse_checkpoint_text(note->text)
          : open_checkpoint(note_text, trust.origin, trust.log_key, *trust.log_verifier);
  if (!checkpoint) return checkpoint.error();
  Result<uint64_t> time_s =
      verify_cosignature(note_text, trust.cosigner_key, *trust.cosigner_verifier);
  if (!time_s) return time_s.error();
  return CosignedCheckpoint{std::move(*checkpoint), *time_s};
}

}  // namespace hotline
