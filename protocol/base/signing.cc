#include "protocol/base/signing.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium/crypto_sign_ed25519.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "protocol/base/ed25519_rule.h"

namespace hotline {
namespace {

constexpr char kWrongKeyHint[] = "ask its owner for the key again, and compare it by voice";

// An encoded y coordinate: little-endian, without the sign of x in the highest bit.
using Coordinate = std::array<uint8_t, kPublicKeySize>;

// p = 2^255 - 19.
constexpr Coordinate kFieldPrime = {
    0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f};

// The y coordinates of the eight points whose order divides 8. Two points each share all of them
// but 1 and p - 1, for which x is 0; so the sign bit need not be looked at.
constexpr Coordinate kSmallOrder[] = {
    {0x00},  // Order 4.
    {0x01},  // The neutral point.
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},  // p - 1: order 2.
    {0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
     0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
     0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05},  // Order 8.
    {0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
     0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
     0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a},  // Order 8: the negative of the
                                                                   // one before.
};

bool less_than(const Coordinate& a, const Coordinate& b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

void check_library(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("the cryptographic library could not ") + what);
}

struct FreeBignum {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct FreeBignumContext {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Bignum = std::unique_ptr<BIGNUM, FreeBignum>;

// Whether some x lies on the curve with this y: x^2 = (y^2 - 1) / (d y^2 + 1) must be a square,
// which it is exactly when the product of numerator and denominator is. d = -121665/121666, and
// multiplying the denominator by 121666 and the numerator too leaves whole numbers.
bool is_on_curve(const Coordinate& y_bytes) {
  constexpr BN_ULONG kDenominatorOfD = 121666;
  constexpr BN_ULONG kMinusNumeratorOfD = 121665;
  std::unique_ptr<BN_CTX, FreeBignumContext> context(BN_CTX_new());
  Bignum p(BN_lebin2bn(kFieldPrime.data(), static_cast<int>(kFieldPrime.size()), nullptr));
  Bignum numerator(BN_lebin2bn(y_bytes.data(), static_cast<int>(y_bytes.size()), nullptr));
  Bignum denominator(BN_new());
  Bignum shift(BN_new());
  check_library(context && p && numerator && denominator && shift, "allocate numbers");

  bool good =
      BN_mod_sqr(numerator.get(), numerator.get(), p.get(), context.get()) == 1 &&
      BN_copy(denominator.get(), numerator.get()) != nullptr &&
      // 121666 (y^2 - 1)
      BN_sub_word(numerator.get(), 1) == 1 && BN_mul_word(numerator.get(), kDenominatorOfD) == 1 &&
      // 121666 - 121665 y^2
      BN_mul_word(denominator.get(), kMinusNumeratorOfD) == 1 &&
      BN_set_word(shift.get(), kDenominatorOfD) == 1 &&
      BN_sub(denominator.get(), shift.get(), denominator.get()) == 1 &&
      BN_mod_mul(numerator.get(), numerator.get(), denominator.get(), p.get(), context.get()) == 1;
  check_library(good, "compute with numbers");
  int symbol = BN_kronecker(numerator.get(), p.get(), context.get());
  check_library(symbol >= -1, "compute a Legendre symbol");
  return symbol != -1;
}

struct FreeDigestContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

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
  Coordinate y;
  std::copy(public_key.begin(), public_key.end(), y.begin());
  y.back() &= 0x7f;
  // x = 0 with the sign bit set is not canonical either, but has small order and is refused as
  // such.
  if (!less_than(y, kFieldPrime)) {
    return make_error(ErrorCode::malformed, "the Ed25519 public key is not in canonical encoding",
                      kWrongKeyHint);
  }
  if (std::find(std::begin(kSmallOrder), std::end(kSmallOrder), y) != std::end(kSmallOrder)) {
    return make_error(ErrorCode::malformed,
                      "the Ed25519 public key has small order: anyone could sign for it",
                      kWrongKeyHint);
  }
  if (!is_on_curve(y)) {
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
