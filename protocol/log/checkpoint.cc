#include "protocol/log/checkpoint.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"
#include "protocol/log/merkle.h"

namespace hotline {
namespace {

Error malformed_checkpoint(std::string reason) {
  return make_error(ErrorCode::malformed, "the checkpoint is malformed: " + std::move(reason));
}

}  // namespace

std::string format_checkpoint_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
         to_base64(checkpoint.root) + "\n";
}

Result<Checkpoint> parse_checkpoint_text(std::string_view text) {
  std::optional<std::string_view> origin = take_line(text);
  std::optional<std::string_view> size_line = take_line(text);
  std::optional<std::string_view> root_line = take_line(text);
  if (!origin || !size_line || !root_line) {
    return malformed_checkpoint("it has fewer than three lines");
  }
  if (!text.empty()) return malformed_checkpoint("something follows its three lines");
  if (!is_note_key_name(*origin)) return malformed_checkpoint("its origin is empty or has spaces");
  std::optional<uint64_t> size = parse_decimal(*size_line, limits::kTreeSizeMax);
  if (!size) return malformed_checkpoint("its size is no canonical decimal within bounds");
  std::optional<Bytes> root = from_base64(*root_line);
  if (!root || root->size() != sizeof(Hash)) {
    return malformed_checkpoint("its root is not 32 bytes in strict base64");
  }
  Checkpoint checkpoint{std::string(*origin), *size, {}};
  std::copy(root->begin(), root->end(), checkpoint.root.begin());
  if (checkpoint.size == 0 && checkpoint.root != empty_root()) {
    return malformed_checkpoint("its root is not that of a log without leaves");
  }
  return checkpoint;
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const NoteKey& key, Signer& signer) {
  return sign_note(format_checkpoint_text(checkpoint), key, signer);
}

Result<Checkpoint> open_checkpoint(std::string_view note_text, std::string_view expected_origin,
                                   const NoteKey& key, const SignatureVerifier& verifier) {
  Result<Note> note = parse_note(note_text);
  if (!note) return note.error();
  Status verified = verify_note(*note, key, verifier);
  if (!verified) return verified.error();
  Result<Checkpoint> checkpoint = parse_checkpoint_text(note->text);
  if (checkpoint && checkpoint->origin != expected_origin) {
    return make_error(ErrorCode::verification_failed, "the checkpoint is of the log " +
                                                          checkpoint->origin + ", not of " +
                                                          std::string(expected_origin));
  }
  return checkpoint;
}

}  // namespace hotline
