#include "protocol/base/signing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_sign_ed25519.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "protocol/base/digest_context.h"
#include "protocol/base/ed25519_rule.h"

namespace hotline {
namespace {

constexpr char kWrongKeyHint[] = "ask its owner for the key again, and compare it by voice";

// An encoded point: y, little-endian, with the sign of x in the highest bit.
using EncodedPoint = std::array<uint8_t, kPublicKeySize>;

// p = 2^255 - 19.
constexpr EncodedPoint kFieldPrime = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};

bool less_than(const EncodedPoint& a, const EncodedPoint& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

void check_library(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("the cryptographic library could not ") + what);
}

// Twice the point. False where the bytes are no point of the curve; libsodium asks that of both
// that it adds, and nothing else: not for their order, nor for their encoding.
bool doubled(const EncodedPoint& point, EncodedPoint& sum) {
  return crypto_core_ed25519_add(sum.data(), point.data(), point.data()) == 0;
}

// One of the eight points whose order divides 8.
bool has_small_order(EncodedPoint point) {
  for (int i = 0; i < 3; ++i) {
    if (!doubled(point, point)) return false;
  }
  constexpr EncodedPoint kNeutral = {0x01};
  return point == kNeutral;
}

EvpKey load_public_key(ByteView public_key) {
  EvpKey key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  check_library(key != nullptr, "load an Ed25519 public key");
  return key;
}

bool libcrypto_takes(evp_pkey_st* key, ByteView message, ByteView signature) {
  DigestContext context(EVP_MD_CTX_new());
  check_library(context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1,
                "begin to check an Ed25519 signature");
  return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                          message.size()) == 1;
}

bool libsodium_takes(ByteView public_key, ByteView message, ByteView signature) {
  return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                             public_key.data()) == 0;
}

}  // namespace

void FreeEvpKey::operator()(evp_pkey_st* key) const {
  EVP_PKEY_free(key);
}

Result<Ed25519Signer> Ed25519Signer::create(ByteView seed) {
  if (seed.size() != kSeedSize) {
    return make_error(ErrorCode::malformed, "an Ed25519 private key has " +
                                                std::to_string(kSeedSize) + " bytes, not " +
                                                std::to_string(seed.size()));
  }
  auto key = std::make_unique<PrivateKey>();
  Bytes public_key(kPublicKeySize);
  check_library(
      crypto_sign_ed25519_seed_keypair(public_key.data(), key->bytes.data(), seed.data()) == 0,
      "derive an Ed25519 public key");
  return Ed25519Signer(std::move(key), std::move(public_key));
}

Ed25519Signer::PrivateKey::~PrivateKey() {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

Ed25519Signer::Ed25519Signer(std::unique_ptr<PrivateKey> key, Bytes public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

Bytes Ed25519Signer::sign(ByteView message) {
  Bytes signature(kSignatureSize);
  check_library(crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(),
                                             message.size(), key_->bytes.data()) == 0,
                "sign with Ed25519");
  return signature;
}

Status check_ed25519_public_key(ByteView public_key) {
  if (public_key.size() != kPublicKeySize) {
    return make_error(ErrorCode::malformed,
                      "an Ed25519 public key has " + std::to_string(kPublicKeySize) +
                          " bytes, not " + std::to_string(public_key.size()),
                      kWrongKeyHint);
  }
  EncodedPoint point;
  std::copy(public_key.begin(), public_key.end(), point.begin());
  EncodedPoint y = point;
  y.back() &= 0x7f;
  // x = 0 with the sign bit set is not canonical either, but has small order and is refused as
  // such.
  if (!less_than(y, kFieldPrime)) {
    return make_error(ErrorCode::malformed, "the Ed25519 public key is not in canonical encoding",
                      kWrongKeyHint);
  }
  if (has_small_order(point)) {
    return make_error(ErrorCode::malformed,
                      "the Ed25519 public key has small order: anyone could sign for it",
                      kWrongKeyHint);
  }
  EncodedPoint sum;
  if (!doubled(point, sum)) {
    return make_error(ErrorCode::malformed, "the Ed25519 public key is not a point of the curve",
                      kWrongKeyHint);
  }
  return ok();
}

Result<Ed25519Verifier> Ed25519Verifier::create(ByteView public_key) {
  Status checked = check_ed25519_public_key(public_key);
  if (!checked) return checked.error();
  static const bool keeps_the_rule =
      judges_by_the_rule([](ByteView key, ByteView message, ByteView signature) {
        return libcrypto_takes(load_public_key(key).get(), message, signature);
      });
  check_library(keeps_the_rule, "judge Ed25519 signatures by RFC 8032 without the cofactor");
  return Ed25519Verifier(load_public_key(public_key), public_key);
}

Ed25519Verifier::Ed25519Verifier(EvpKey key, ByteView public_key) : key_(std::move(key)) {
  std::copy(public_key.begin(), public_key.end(), public_key_.begin());
}

bool Ed25519Verifier::verify(ByteView message, ByteView signature) const {
  if (signature.size() != kSignatureSize) return false;
  static const bool libsodium_keeps_the_rule = refuses_by_the_rule(libsodium_takes);
  if (libsodium_keeps_the_rule && libsodium_takes(public_key_, message, signature)) return true;
  return libcrypto_takes(key_.get(), message, signature);
}

}  // namespace hotline
