// Signatures of persons on statements (protocol/message/statement.h), by the key of the person's
// certificate, whichever kind it is (check.h), in the way in which TLS 1.3 signs with it (RFC 8446
// section 4.2.3): Ed25519 (RFC 8032), ECDSA over P-256 with SHA-256 and over P-384 with SHA-384
// (DER), RSASSA-PSS over SHA-256 with a salt of 32 bytes. No statement begins as what TLS signs
// does, with 64 blanks, so that neither can be taken for the other.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "certs/openssl_ptr.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace hotline {

// Error: failed.
Result<Bytes> sign_statement(EVP_PKEY* key, std::string_view statement);

// Signs with the key in a file (key_file.h), which is read at the first statement.
std::function<Result<Bytes>(std::string_view)> statement_signer(std::string key_path);

// The public key of one certificate.
class StatementVerifier {
 public:
  // `certificate`: DER. Error: malformed.
  static Result<StatementVerifier> of_certificate(ByteView certificate);

  bool verify(std::string_view statement, ByteView signature) const;

 private:
  explicit StatementVerifier(PkeyPtr key) : key_(std::move(key)) {}

  PkeyPtr key_;
};

}  // namespace hotline
