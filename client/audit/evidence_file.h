// Evidence files as `hotline audit evidence` writes them: two notes under one party's log key that
// cannot both be honest, and what shows it (docs/protocol.md, "Evidence files"). Reading is strict:
// format_evidence_file() of what was parsed gives back the same bytes. Parsing proves nothing: that
// is client/audit/evidence_check.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline::audit {

struct EvidenceFile {
  std::string smaller_note;  // The one of the smaller log; they may be of one size.
  std::string larger_note;
  Hash root{};               // That the larger one's log had when it was as small,
  std::vector<Hash> hashes;  // and the consistency proof from there.
  Bytes log_certificate;     // DER.

  bool operator==(const EvidenceFile&) const = default;
};

inline constexpr std::string_view kEvidenceVersionLine = "hotline-evidence/v1\n";

std::string format_evidence_file(const EvidenceFile& evidence);

// Error: malformed.
Result<EvidenceFile> parse_evidence_file(std::string_view text);

}  // namespace hotline::audit
