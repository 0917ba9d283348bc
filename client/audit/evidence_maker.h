// The evidence that a journal kept, out of an export: pairs of notes that the other party showed,
// and an evidence file of each that proves a fork.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/evidence_file.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/journal_generated.h"

namespace hotline::audit {

struct KeptEvidence {
  uint64_t entry = 0;  // The journal's.
  UtcMs at = 0;
  wire::EvidenceKind kind = wire::EvidenceKind::unset;
  std::optional<EvidenceFile> file;
  std::string why_none;  // Where the notes alone prove no fork.
};

// In the order of the journal. Error: verification_failed when the export does not hold together.
Result<std::vector<KeptEvidence>> kept_evidence(const std::string& directory);

}  // namespace hotline::audit
