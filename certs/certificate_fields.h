// One certificate read strictly: its fields and the five extensions that decide anything, each
// parsed whole, none twice. OpenSSL mostly lets pass what this refuses, or finds it out too late.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "certs/openssl_ptr.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

// The certificate policy (RFC 5280 section 4.2.1.4) of certificates for exercises alone. Its arc
// needs no registration: a UUID (ITU-T X.667).
inline constexpr const char* kExercisePolicyOid = "2.25.150689063991174703518249449088850562727";

struct CertificateFields {
  std::string label;       // `certificate "O=..., CN=..." (serial 4A:19)`, to begin a message with.
  std::string serial_hex;  // "4A:19"
  UtcMs not_before = 0;
  UtcMs not_after = 0;
  bool dev_only = false;

  bool has_basic_constraints = false;
  bool is_ca = false;
  // Each is absent where the certificate does not have the extension.
  std::optional<bool> may_sign_data;                           // keyUsage digitalSignature
  std::optional<bool> may_sign_certificates;                   // keyUsage keyCertSign
  std::optional<bool> may_sign_lists;                          // keyUsage cRLSign
  std::optional<std::vector<std::string>> extended_key_usage;  // Dotted OIDs.
  std::optional<std::vector<std::string>> alternative_names;   // URIs; other kinds as "DNS:...".
  bool has_name_constraints = false;
  bool has_exercise_policy = false;  // The only policy that is acted on.
  bool names_issuer_key = false;     // By the keyIdentifier of an authorityKeyIdentifier.
};

// Refuses (not_allowed): a size or count above certs/certificate_limits.h, a version other than 3,
// a serial that is not positive or longer than 20 bytes, a time that does not parse, an extension
// that comes twice, does not parse to its last byte, is critical and not one of the five, or is not
// critical where RFC 5280 section 4.2 wants it so.
Result<CertificateFields> read_certificate_fields(X509* certificate);

// Refuses (not_allowed) a certificate that does not name the key it was signed with, as everyone
// must that was not signed with its own (RFC 5280 section 4.2.1.1). Its key has been found strong.
Status check_issuer_key_named(X509* certificate, const CertificateFields& fields);

// Refuses (not_allowed) a key or a signature that is too weak or not of a kind we know. Allowed are
// Ed25519, P-256, P-384 (named, not by explicit parameters) and RSA of 2048 to 8192 bits in whole
// bytes; and signatures with Ed25519, ECDSA or RSA (PKCS #1 v1.5) over SHA-256, SHA-384, SHA-512.
Status check_key_strength(X509* certificate, const std::string& label);
Status check_signature_algorithm(int signature_nid, const std::string& label);

// "4A:19", as certificate authorities and browsers print it.
std::string serial_text(const ASN1_INTEGER* serial);

// "O=DEV ONLY, CN=north", fit for a terminal.
std::string name_text(const X509_NAME* name);

std::optional<UtcMs> to_utc_ms(const ASN1_TIME* time);

}  // namespace hotline
