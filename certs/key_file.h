// Private keys and certificates as PEM files (RFC 7468), and other secrets. Everything is read
// once, bounded, from one open descriptor, so that what was checked is what is used.
#pragma once

#include <string>

#include "certs/openssl_ptr.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline {

// Refuses (configuration): what is not a regular file, what group or others may touch, what belongs
// to somebody else than this process's user or root, and keys that are encrypted or do not parse.
Result<PkeyPtr> load_private_key(const std::string& path);

// One line of text that nobody else may know, such as a token, from a file that is refused
// (configuration) as one with a private key is. Printable ASCII without blanks, at most `size_max`
// bytes; a line feed at the end does not count.
Result<std::string> load_token(const std::string& path, size_t size_max);

// The 32 bytes an Ed25519 key is made from (RFC 8032 section 5.1.5), for Ed25519Signer; refuses
// (configuration) any other kind of key. The caller overwrites them after use.
Result<Hash> ed25519_seed(const EVP_PKEY* key);

// Exactly one certificate in the file.
Result<X509Ptr> load_certificate(const std::string& path);

// One to limits::kCertificateChainMax certificates, the leaf first, then its issuers.
Result<X509StackPtr> load_chain(const std::string& path);

// Refuses (configuration) a certificate that is for another key than `key`.
Status check_key_matches(const EVP_PKEY* key, X509* certificate);

// The certificate as it was signed (X.690 DER).
Bytes certificate_der(const X509* certificate);

// The bytes of a regular file of at most `size_max` bytes; configuration where it cannot be read.
Result<Bytes> read_bounded_file(const std::string& path, size_t size_max);

}  // namespace hotline
