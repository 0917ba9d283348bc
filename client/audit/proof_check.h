// Checks that a proof file proves what it says, with nothing but the CA certificates of both
// parties: the sender signed for a transcript in which the message stands at this place, and the
// receiver signed that it holds that transcript.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "certs/check.h"
#include "client/audit/proof_file.h"
#include "client/audit/trust_directory.h"
#include "protocol/base/result.h"
#include "protocol/log/cosignature.h"
#include "protocol/log/origin.h"

namespace hotline::audit {

// A proof's own words: who signed which log. Nothing of it is to be believed yet.
struct ProofNames {
  ChannelName channel;
  std::string sender;    // The transcript's owner: by the signatures, not by the envelope.
  std::string receiver;  // Its cosigner.
  uint64_t epoch = 0;
};
// Error: malformed, or verification_failed where these are not the signatures a proof needs.
Result<ProofNames> read_proof_names(const std::string& checkpoint_note);

struct ProvedMessage {
  ProofFile proof;
  ProofNames names;
  CosignedCheckpoint signed_for;
  CheckedCertificate log_certificate;
  CheckedCertificate receipt_certificate;
  UtcMs receipted_at() const;  // By the receiver's clock, whole seconds.
  // Checks that could not be made; empty when all were. Nothing was found wrong.
  std::vector<std::string> unchecked;
};

// Checks the proof under the keys of its own certificates, whoever issued them. For whoever makes
// one. Errors as those of check_proof().
Status check_under_own_keys(const ProofFile& proof);

// Error: malformed or verification_failed; both mean that this proves nothing. configuration, when
// there is no CA certificate of one of the parties: then nobody knows.
Result<ProvedMessage> check_proof(std::string_view file, const TrustDirectory& trust);

}  // namespace hotline::audit
