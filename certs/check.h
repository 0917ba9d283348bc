// Judges a certificate for what it is shown for: the chain to one party's own CA, the name, the
// purpose, the time, revocation and the strength of every key.
//
// OpenSSL's path validation (RFC 5280 section 6, strict) does its part; what it leaves to the
// caller, or lets pass, is refused here: see check.cc. All sizes are bounded before OpenSSL
// compares anything. Nothing here reads a clock. One thread at a time for one TrustAnchor.
#pragma once

#include <string>
#include <string_view>

#include "certs/identity.h"
#include "certs/openssl_ptr.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

// Every certificate of a development PKI has this organization in its subject.
inline constexpr const char* kDevOnlyMark = "DEV ONLY";

struct CheckedCertificate {
  Identity identity;
  std::string serial_hex;  // "4A:19"
  UtcMs not_before = 0;
  UtcMs not_after = 0;    // The last moment it holds.
  bool dev_only = false;  // It, or an issuer of it, is marked kDevOnlyMark.
  bool exercise = false;  // For exercises alone: it has kExercisePolicyOid; else for what is live.
  Hash sha256 = {};       // The DER's.
  Bytes public_key;       // 32 raw bytes where the key is Ed25519, else empty.
  Bytes der;              // As it was signed.
};

// Reads a list, and checks nothing of it. Error: configuration.
Result<X509CrlPtr> load_crl(const std::string& path);

// The CA certificate of one party, and what that CA has revoked.
class TrustAnchor {
 public:
  // `crl_pem_path` may be empty: then nothing is revoked. Refuses (configuration) a CA certificate
  // that may not sign certificates, is weak, or is not strict; not one that has expired, because
  // that is judged at each use. The CRL is refused as reload_crl() says.
  static Result<TrustAnchor> load(const std::string& ca_pem_path, const std::string& crl_pem_path);

  // The same of what was read otherwise; `crl` may be null, and `from` names both in messages.
  static Result<TrustAnchor> of(X509Ptr certificate, X509CrlPtr crl, const std::string& from);

  // Reads the list anew. Refuses (configuration), and keeps the old one: another issuer, a bad or
  // weak signature, a CA without cRLSign, a missing or critical CRLNumber, any other critical
  // extension, a number lower than the loaded one, and the same number with other contents.
  Status reload_crl(const std::string& crl_pem_path);
  Status take_crl(X509CrlPtr crl, const std::string& from);

  bool has_crl() const { return crl_ != nullptr; }
  std::string crl_number_hex() const;  // Empty without a list.
  std::string crl_pem() const;         // Empty without a list.
  UtcMs crl_this_update() const { return crl_this_update_; }
  UtcMs crl_next_update() const { return crl_next_update_; }  // 0 when the list names none.

  // By issuer and serial: another issuer's certificate with a revoked serial is not revoked.
  bool is_revoked(X509* certificate) const;

  X509* certificate() const { return certificate_.get(); }
  const std::string& name() const { return name_; }  // The subject, to be shown.

 private:
  explicit TrustAnchor(X509Ptr certificate);

  X509Ptr certificate_;
  X509CrlPtr crl_;
  std::string name_;
  UtcMs crl_this_update_ = 0;
  UtcMs crl_next_update_ = 0;
};

// The extended key usage (RFC 5280 section 4.2.1.12) is exactly serverAuth and clientAuth for tls
// (either side may dial), clientAuth for a person, and there is none for the keys that sign notes:
// no usage that others know is theirs.
//
// Judges `leaf`, with what came along in `untrusted` (may be null, may contain the leaf), at `now`.
// `as_server` matters for Purpose::tls only: true when the certificate is shown by the side that
// was dialled. Every refusal is not_allowed and says which certificate, what is wrong with it, and
// what to do. The name is not compared: the caller does that with check_party() below.
Result<CheckedCertificate> check_certificate(X509* leaf, const STACK_OF(X509) * untrusted,
                                             const TrustAnchor& anchor, Purpose purpose,
                                             bool as_server, UtcMs now);

// A CA may certify more than one name: refuses (not_allowed) a good certificate of another party.
Status check_party(const CheckedCertificate& certificate, std::string_view party);

// Refuses (not_allowed) a good certificate of an exercise where a channel is live, and the other
// way round.
Status check_mode(const CheckedCertificate& certificate, bool exercise);

// Reads what a certificate says about itself, for `hotline pki show`, and checks nothing else.
Result<CheckedCertificate> read_certificate(X509* certificate);

}  // namespace hotline
