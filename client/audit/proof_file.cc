#include "client/audit/proof_file.h"

#include <algorithm>
#include <utility>

#include "certs/certificate_limits.h"
#include "client/audit/pem.h"
#include "protocol/base/limits.h"
#include "protocol/log/tlog_proof.h"

namespace hotline::audit {
namespace {

constexpr const char* kEnvelopeLabel = "HOTLINE ENVELOPE";
constexpr const char* kSaltLabel = "HOTLINE SALT";
constexpr const char* kBodyLabel = "HOTLINE BODY";
constexpr const char* kCertificateLabel = "CERTIFICATE";

Error malformed_extra(const std::string& reason) {
  return make_error(ErrorCode::malformed, "the proof is malformed: " + reason,
                    "have it made again; a proof file must not be edited");
}

// The next block, which must be this one.
Result<Bytes> take(std::vector<PemBlock>& blocks, size_t& next, const std::string& label,
                   size_t size_max) {
  if (next == blocks.size() || blocks[next].label != label) {
    return malformed_extra("block " + std::to_string(next + 1) + " of its extra data is no " +
                           label);
  }
  Bytes bytes = std::move(blocks[next++].bytes);
  if (bytes.empty() || bytes.size() > size_max) {
    return malformed_extra("its " + label + " is empty or has more than " +
                           std::to_string(size_max) + " bytes");
  }
  return bytes;
}

Result<HeldPart> take_body(std::vector<PemBlock>& blocks, size_t& next) {
  HeldPart part;
  const auto salt = take(blocks, next, kSaltLabel, part.salt.size());
  if (!salt) return salt.error();
  if (salt->size() != part.salt.size()) return malformed_extra("its salt is not of 32 bytes");
  std::copy(salt->begin(), salt->end(), part.salt.begin());
  auto body = take(blocks, next, kBodyLabel, limits::kBodySizeMax);
  if (!body) return body.error();
  part.bytes = std::move(*body);
  return part;
}

}  // namespace

std::string format_proof_file(const ProofFile& proof) {
  std::string extra = format_pem({kEnvelopeLabel, proof.envelope});
  if (proof.body) {
    extra += format_pem({kSaltLabel, {proof.body->salt.begin(), proof.body->salt.end()}});
    extra += format_pem({kBodyLabel, proof.body->bytes});
  }
  extra += format_pem({kCertificateLabel, proof.log_certificate});
  extra += format_pem({kCertificateLabel, proof.receipt_certificate});
  return format_tlog_proof(
      {to_bytes(as_bytes(extra)), proof.index, proof.hashes, proof.checkpoint_note});
}

Result<ProofFile> parse_proof_file(std::string_view text) {
  auto tlog_proof = parse_tlog_proof(text);
  if (!tlog_proof) return tlog_proof.error();
  auto blocks = parse_pem(as_text(tlog_proof->extra));
  if (!blocks) return malformed_extra(blocks.error().reason);
  ProofFile proof;
  proof.index = tlog_proof->index;
  proof.hashes = std::move(tlog_proof->hashes);
  proof.checkpoint_note = std::move(tlog_proof->checkpoint_note);
  size_t next = 0;
  auto envelope = take(*blocks, next, kEnvelopeLabel, limits::kEnvelopeSizeMax);
  if (!envelope) return envelope.error();
  proof.envelope = std::move(*envelope);
  if (next < blocks->size() && (*blocks)[next].label == kSaltLabel) {
    auto body = take_body(*blocks, next);
    if (!body) return body.error();
    proof.body = std::move(*body);
  }
  for (Bytes* certificate : {&proof.log_certificate, &proof.receipt_certificate}) {
    auto der = take(*blocks, next, kCertificateLabel, limits::kCertificateSizeMax);
    if (!der) return der.error();
    *certificate = std::move(*der);
  }
  if (next != blocks->size()) return malformed_extra("it has more blocks than a proof needs");
  return proof;
}

size_t proof_file_size_max() {
  // The extra data in base64, and a checkpoint, hashes and a few short lines.
  return limits::kProofExtraSizeMax / 3 * 4 + limits::kNoteSizeMax + 8 * 1024;
}

}  // namespace hotline::audit
