#include "client/audit/evidence_file.h"

#include <algorithm>
#include <utility>

#include "certs/certificate_limits.h"
#include "client/audit/format_line.h"
#include "client/audit/pem.h"
#include "protocol/base/limits.h"

namespace hotline::audit {
namespace {

constexpr const char* kNoteLabel = "HOTLINE NOTE";
constexpr const char* kPathLabel = "HOTLINE PATH";
constexpr const char* kCertificateBlock = "CERTIFICATE";

Error malformed_evidence(const std::string& reason) {
  return make_error(ErrorCode::malformed, "the evidence is malformed: " + reason,
                    "have it made again; an evidence file must not be edited");
}

}  // namespace

std::string format_evidence_file(const EvidenceFile& evidence) {
  Bytes path(evidence.root.begin(), evidence.root.end());
  for (const Hash& hash : evidence.hashes) path.insert(path.end(), hash.begin(), hash.end());
  return std::string(kEvidenceVersionLine) +
         format_pem({kNoteLabel, to_bytes(as_bytes(evidence.smaller_note))}) +
         format_pem({kNoteLabel, to_bytes(as_bytes(evidence.larger_note))}) +
         format_pem({kPathLabel, path}) + format_pem({kCertificateBlock, evidence.log_certificate});
}

Result<EvidenceFile> parse_evidence_file(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n') + 1);
  if (Status format = check_format_line(line, kEvidenceVersionLine); !format) {
    return malformed_evidence(format.error().reason);
  }
  text.remove_prefix(line.size());
  auto blocks = parse_pem(text);
  if (!blocks) return malformed_evidence(blocks.error().reason);
  const char* const labels[] = {kNoteLabel, kNoteLabel, kPathLabel, kCertificateBlock};
  const bool fits =
      std::equal(blocks->begin(), blocks->end(), std::begin(labels), std::end(labels),
                 [](const PemBlock& block, const char* label) { return block.label == label; });
  if (!fits) return malformed_evidence("its blocks are not two notes, a path and a certificate");
  EvidenceFile evidence;
  evidence.smaller_note = std::string(as_text((*blocks)[0].bytes));
  evidence.larger_note = std::string(as_text((*blocks)[1].bytes));
  const Bytes& path = (*blocks)[2].bytes;
  const size_t count = path.size() / sizeof(Hash);
  if (path.size() % sizeof(Hash) != 0 || count == 0 || count > 1 + limits::kProofHashesMax) {
    return malformed_evidence("its path is not of hashes, or too long");
  }
  for (size_t i = 0; i < count; ++i) {
    Hash hash;
    std::copy_n(path.begin() + static_cast<ptrdiff_t>(i * sizeof(Hash)), sizeof(Hash),
                hash.begin());
    if (i == 0) {
      evidence.root = hash;
    } else {
      evidence.hashes.push_back(hash);
    }
  }
  evidence.log_certificate = std::move((*blocks)[3].bytes);
  if (evidence.log_certificate.size() > limits::kCertificateSizeMax) {
    return malformed_evidence("its certificate is too long");
  }
  return evidence;
}

}  // namespace hotline::audit
