// The CA certificates that an auditor was given by a way they trust: `--trust DIR`, with one file
// PARTY-ca.crt for each party. Nothing else is believed.
#pragma once

#include <map>
#include <string>

#include "certs/check.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::audit {

// A certificate that chains to its party's CA, names the party and is for the purpose asked for.
struct TrustedCertificate {
  CheckedCertificate checked;
  // Both it and its CA's certificate hold from the first moment to the last. A note signed at
  // another time is not known to be wrong, but nobody vouches for it.
  UtcMs held_from = 0;
  UtcMs held_until = 0;

  bool held_at(UtcMs time) const { return held_from <= time && time <= held_until; }
};

// Reads what a certificate in DER says of itself, and checks nothing else. Error:
// verification_failed.
Result<CheckedCertificate> read_der(ByteView der);

class TrustDirectory {
 public:
  // Reads every PARTY-ca.crt in it. Error: configuration, when there is none or one cannot be used.
  static Result<TrustDirectory> open(const std::string& directory);

  // Judges a certificate in DER, in the one encoding that OpenSSL gives it, at no particular time.
  // Revocation lists are not asked: what was signed before a key was revoked stays signed. Error:
  // verification_failed, or configuration when the party's CA certificate is not in the directory.
  Result<TrustedCertificate> judge(ByteView der, const std::string& party, Purpose purpose) const;

  // "north-ca.crt", for what is printed.
  static std::string file_name(const std::string& party) { return party + "-ca.crt"; }

 private:
  explicit TrustDirectory(std::string directory) : directory_(std::move(directory)) {}

  std::string directory_;
  std::map<std::string, TrustAnchor> anchors_;
};

// The error of a proof that does not hold, or of keys under which none could.
Error not_proved(const std::string& reason, const std::string& hint = "");

}  // namespace hotline::audit
