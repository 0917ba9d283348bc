// Checks that an evidence file proves a fork, with nothing but the CA certificate of the party
// whose log it is: its log key signed two logs of which neither begins as the other one does.
#pragma once

#include <string>
#include <string_view>

#include "certs/check.h"
#include "client/audit/evidence_file.h"
#include "client/audit/trust_directory.h"
#include "protocol/base/result.h"
#include "protocol/log/checkpoint.h"

namespace hotline::audit {

struct ProvedFork {
  std::string party;  // It signed both.
  bool is_journal = false;
  Checkpoint smaller;
  Checkpoint larger;
  Hash root{};  // The larger one's log had it when it was as small.
  CheckedCertificate log_certificate;
};

// Under the key of its own certificate, whoever issued it. For whoever makes one. Errors as those
// of check_evidence().
Result<ProvedFork> check_evidence_under_own_key(const EvidenceFile& evidence);

// Error: malformed or verification_failed; both mean that this proves nothing. configuration, when
// there is no CA certificate of the party: then nobody knows.
Result<ProvedFork> check_evidence(std::string_view file, const TrustDirectory& trust);

}  // namespace hotline::audit
