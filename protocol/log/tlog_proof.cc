#include "protocol/log/tlog_proof.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "protocol/base/check.h"
#include "protocol/base/limits.h"
#include "protocol/base/text_lines.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"

namespace hotline {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtraPrefix = "extra ";
constexpr std::string_view kIndexPrefix = "index ";

constexpr size_t base64_size(size_t size) {
  return (size + 2) / 3 * 4;
}

// The longest file that can be well-formed: looked at before anything is read.
constexpr size_t kDecimalSizeMax = 20;
constexpr size_t kProofSizeMax =
    kHeader.size() + 1 + kExtraPrefix.size() + base64_size(limits::kProofExtraSizeMax) + 1 +
    kIndexPrefix.size() + kDecimalSizeMax + 1 +
    limits::kProofHashesMax * (base64_size(sizeof(Hash)) + 1) + 1 + limits::kNoteSizeMax;

Error malformed_proof(std::string reason) {
  return make_error(ErrorCode::malformed, "the proof is malformed: " + std::move(reason),
                    "have it made again; a proof file must not be edited");
}

// Reads the lines up to the empty one that ends them.
Result<std::vector<Hash>> parse_hashes(std::string_view& rest) {
  std::vector<Hash> hashes;
  while (true) {
    std::optional<std::string_view> line = take_line(rest);
    if (!line) return malformed_proof("no empty line follows its hashes");
    if (line->empty()) return hashes;
    if (hashes.size() == limits::kProofHashesMax) {
      return malformed_proof("it has more hashes than any log needs");
    }
    std::optional<Bytes> bytes = from_base64(*line);
    if (!bytes || bytes->size() != sizeof(Hash)) {
      return malformed_proof("a hash is not 32 bytes in strict base64");
    }
    std::copy(bytes->begin(), bytes->end(), hashes.emplace_back().begin());
  }
}

}  // namespace

std::string format_tlog_proof(const TlogProof& proof) {
  HOTLINE_CHECK(proof.extra.size() <= limits::kProofExtraSizeMax);
  HOTLINE_CHECK(proof.index < limits::kTreeSizeMax);
  HOTLINE_CHECK(proof.hashes.size() <= limits::kProofHashesMax);
  HOTLINE_CHECK(parse_note(proof.checkpoint_note).has_value());
  std::string text(kHeader);
  text += "\n";
  if (!proof.extra.empty()) {
    text += kExtraPrefix;
    text += to_base64(proof.extra) + "\n";
  }
  text += kIndexPrefix;
  text += std::to_string(proof.index) + "\n";
  for (const Hash& hash : proof.hashes) text += to_base64(hash) + "\n";
  return text + "\n" + proof.checkpoint_note;
}

Result<TlogProof> parse_tlog_proof(std::string_view text) {
  if (text.size() > kProofSizeMax) {
    return malformed_proof("it has more than " + std::to_string(kProofSizeMax) + " bytes");
  }
  if (take_line(text) != kHeader) {
    return malformed_proof("its first line is not " + std::string(kHeader));
  }
  TlogProof proof;
  std::optional<std::string_view> line = take_line(text);
  if (line && line->starts_with(kExtraPrefix)) {
    std::optional<Bytes> extra = from_base64(line->substr(kExtraPrefix.size()));
    if (!extra || extra->empty() || extra->size() > limits::kProofExtraSizeMax) {
      return malformed_proof("its extra data is empty, too long or not in strict base64");
    }
    proof.extra = std::move(*extra);
    line = take_line(text);
  }
  if (!line || !line->starts_with(kIndexPrefix)) return malformed_proof("it has no index");
  std::optional<uint64_t> index =
      parse_decimal(line->substr(kIndexPrefix.size()), limits::kTreeSizeMax - 1);
  if (!index) return malformed_proof("its index is no canonical decimal within bounds");
  proof.index = *index;
  Result<std::vector<Hash>> hashes = parse_hashes(text);
  if (!hashes) return hashes.error();
  proof.hashes = std::move(*hashes);
  Result<Note> note = parse_note(text);
  if (!note) return note.error();
  proof.checkpoint_note = text;
  return proof;
}

Result<CosignedCheckpoint> verify_tlog_proof(const TlogProof& proof, const Hash& leaf_hash,
                                             const CheckpointTrust& trust) {
  Result<CosignedCheckpoint> opened = open_cosigned_checkpoint(proof.checkpoint_note, trust);
  if (!opened) return opened.error();
  const Checkpoint& checkpoint = opened->checkpoint;
  if (!verify_inclusion(leaf_hash, proof.index, checkpoint.size, proof.hashes, checkpoint.root)) {
    return make_error(ErrorCode::verification_failed,
                      "the leaf does not stand at index " + std::to_string(proof.index) +
                          " of the log " + checkpoint.origin + " of " +
                          std::to_string(checkpoint.size) + " leaves",
                      "the message or the proof was altered, or they do not belong together");
  }
  return opened;
}

}  // namespace hotline
