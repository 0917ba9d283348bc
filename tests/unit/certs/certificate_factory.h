// Certificates and revocation lists for tests, good and bad: everything can be said that a
// certificate should not say. Times and serials are given, so a case is the same on every run.
#pragma once

#include <string>
#include <vector>

#include "certs/openssl_ptr.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"

namespace hotline::test {

inline constexpr UtcMs kNow = 1'795'356'600'000;  // 2026-11-22T14:10:00Z
inline constexpr int64_t kDay_ms = int64_t{24} * 60 * 60 * 1000;

// In the words of x509v3_config(5); a value that begins with "DER:" is taken as hex bytes, with
// "critical,DER:" before it if need be. `oid` is a short name or dotted.
struct ExtensionSpec {
  std::string oid;
  std::string value;
};

struct CertificateSpec {
  std::string common_name;
  std::vector<ExtensionSpec> extensions;
  int64_t serial = 0x4a19;
  UtcMs not_before = kNow - 10 * kDay_ms;
  UtcMs not_after = kNow + 100 * kDay_ms;
  int version = X509_VERSION_3;
  const EVP_MD* digest = nullptr;  // For RSA and ECDSA signatures; SHA-256 unless told.
};

struct Issued {
  PkeyPtr key;  // Empty where nobody has it (a key of small order).
  X509Ptr certificate;

  X509* get() const { return certificate.get(); }
};

PkeyPtr ed25519_key();

// Signed by `issuer`, or by itself where that is null. Aborts the test program on a specification
// that OpenSSL cannot make.
Issued issue(const CertificateSpec& spec, PkeyPtr key, const Issued* issuer);

// Extensions as they should be; tests change one thing. An empty `usage`: no extended key usage.
std::vector<ExtensionSpec> ca_extensions();
std::vector<ExtensionSpec> leaf_extensions(const std::string& usage, const std::string& names);

// `extensions` without those of `oid`.
std::vector<ExtensionSpec> without(std::vector<ExtensionSpec> extensions, const std::string& oid);
// `extensions` with the one of the same oid put in the place of the first, or at the end.
std::vector<ExtensionSpec> with(std::vector<ExtensionSpec> extensions, ExtensionSpec extension);

struct CrlSpec {
  std::vector<int64_t> serials = {};
  std::vector<ExtensionSpec> extensions = {{"crlNumber", "1"}};
  std::vector<ExtensionSpec> entry_extensions = {};  // Each entry's.
  UtcMs this_update = kNow - kDay_ms;
  UtcMs next_update = kNow + 30 * kDay_ms;
  int version = X509_CRL_VERSION_2;
};

// In the name of `issuer`, signed with `key`.
X509CrlPtr issue_crl(const CrlSpec& spec, const Issued& issuer, EVP_PKEY* key);

std::string pem(X509* certificate);
std::string pem(X509_CRL* crl);

}  // namespace hotline::test
