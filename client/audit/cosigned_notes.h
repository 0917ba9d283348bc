// The cosigned checkpoints of one log of an export: every note of LOG/cosigned, with both
// signatures checked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/audit/export_reader.h"
#include "client/audit/verdict.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/log/cosignature.h"

namespace hotline::audit {

// A note whose signatures hold, as it is kept: about a hundred bytes.
struct SignedNote {
  uint64_t size = 0;
  Hash root{};
  Hash hash{};         // The whole note's, so that another copy of it can be recognised.
  Hash signed_hash{};  // The note's without its cosignature.
  uint64_t epoch = 0;  // That it claims.
};

// From when to when a certificate, and its CA's, hold.
struct Validity {
  UtcMs from = 0;
  UtcMs until = 0;
};

struct CosignedNotes {
  std::vector<SignedNote> notes;  // Rising by size; up to the first fault.
  uint64_t outside_validity = 0;  // Cosignatures made at a time when a certificate did not hold.
  UtcMs first_outside = 0;        // The time in the first of them.
};

// Faults go into `faults`, under the log's own step. `log_size` is the log's in the export.
CosignedNotes check_cosigned(const ExportReader& reader, ExportLog log, uint64_t log_size,
                             const CheckpointTrust& trust, const Validity& validity,
                             unsigned threads, FaultBook& faults);

}  // namespace hotline::audit
