// Whether a proof file proves what it says, with nothing but the CA certificates of both parties:
// the sender signed for a transcript in which the message stands at this place, and the receiver
// signed that it holds that transcript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/check.h"
#include "client/audit/proof_file.h"
#include "client/audit/trust_directory.h"
#include "protocol/cosignature.h"
#include "protocol/origin.h"
#include "protocol/result.h"

namespace hotline::audit {

struct ProvedMessage {
  ProofFile proof;
  ChannelName channel;
  std::string sender;    // Whose transcript it is: by the signatures, not by the envelope.
  std::string receiver;  // Who cosigned it.
  CosignedCheckpoint signed_for;
  CheckedCertificate log_certificate;
  CheckedCertificate receipt_certificate;
  UtcMs receipted_at() const;  // By the receiver's clock, whole seconds.
  // What could not be checked; empty when all was. Nothing was found wrong.
  std::vector<std::string> unchecked;
};

// Error: malformed or verification_failed; both mean that this proves nothing.
Result<ProvedMessage> check_proof(std::string_view file, const TrustDirectory& trust);

}  // namespace hotline::audit
