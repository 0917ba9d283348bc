#include "certs/person_signature.h"

#include <openssl/rsa.h>

#include "certs/key_file.h"

namespace hotline {
namespace {

// Null: the kind of key has its own.
const EVP_MD* digest_for(const EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return nullptr;
    case EVP_PKEY_EC:
      return EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
    default:
      return EVP_sha256();
  }
}

bool set_padding(const EVP_PKEY* key, EVP_PKEY_CTX* context) {
  if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

using DigestContextPtr = std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

}  // namespace

Result<Bytes> sign_statement(EVP_PKEY* key, std::string_view statement) {
  const OpensslErrorScope scope;
  const Error failed = make_error(ErrorCode::failed, "this key cannot sign");
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), &key_context, digest_for(key), nullptr, key) != 1 ||
      !set_padding(key, key_context)) {
    return failed;
  }
  const ByteView bytes = as_bytes(statement);
  size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, bytes.data(), bytes.size()) != 1) return failed;
  Bytes signature(size);
  if (EVP_DigestSign(context.get(), signature.data(), &size, bytes.data(), bytes.size()) != 1) {
    return failed;
  }
  signature.resize(size);
  return signature;
}

std::function<Result<Bytes>(std::string_view)> statement_signer(std::string key_path) {
  return [path = std::move(key_path),
          key = std::make_shared<PkeyPtr>()](std::string_view statement) -> Result<Bytes> {
    if (*key == nullptr) {
      auto loaded = load_private_key(path);
      if (!loaded) return loaded.error();
      *key = *std::move(loaded);
    }
    return sign_statement(key->get(), statement);
  };
}

Result<StatementVerifier> StatementVerifier::of_certificate(ByteView certificate) {
  const OpensslErrorScope scope;
  const unsigned char* at = certificate.data();
  const X509Ptr read(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
  if (read == nullptr || at != certificate.data() + certificate.size()) {
    return make_error(ErrorCode::malformed, "this is no certificate");
  }
  PkeyPtr key(X509_get_pubkey(read.get()));
  if (key == nullptr) return make_error(ErrorCode::malformed, "the certificate has no usable key");
  return StatementVerifier(std::move(key));
}

bool StatementVerifier::verify(std::string_view statement, ByteView signature) const {
  const OpensslErrorScope scope;
  const DigestContextPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* key_context = nullptr;
  const ByteView bytes = as_bytes(statement);
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), &key_context, digest_for(key_.get()), nullptr,
                              key_.get()) == 1 &&
         set_padding(key_.get(), key_context) &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytes.data(),
                          bytes.size()) == 1;
}

}  // namespace hotline
