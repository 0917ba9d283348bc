// Signers and verifiers: two small interfaces, so that the simulator can put a keyed hash in the
// place of Ed25519 (RFC 8032) where speed matters more than secrecy, and Ed25519 itself.
//
// Signing and checking are deterministic and read no clock and no random numbers. libsodium does
// both in about half of libcrypto's time, and a message that is sent alone waits for two of each,
// one after the other. But whether a signature holds is decided by one rule (ed25519_rule.h), and
// not by the release of a library: libsodium is believed where it accepts, as long as it accepts
// nothing that the rule refuses, which is tried before it is first asked. Signatures that it
// refuses are asked of libcrypto, because it refuses some that the rule lets pass (an R of small
// order, which only the key's owner can make). A libcrypto with another rule is not used at all.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

struct evp_pkey_st;  // libcrypto's EVP_PKEY.

namespace hotline {

inline constexpr size_t kSignatureSize = 64;
inline constexpr size_t kPublicKeySize = 32;
inline constexpr size_t kSeedSize = 32;

class Signer {
 public:
  virtual ~Signer() = default;
  // Returns kSignatureSize bytes, the same ones for the same message.
  virtual Bytes sign(ByteView message) = 0;
};

class SignatureVerifier {
 public:
  virtual ~SignatureVerifier() = default;
  // Takes any bytes from outside; a signature of another length than kSignatureSize is false.
  virtual bool verify(ByteView message, ByteView signature) const = 0;
};

struct FreeEvpKey {
  void operator()(evp_pkey_st* key) const;
};
using EvpKey = std::unique_ptr<evp_pkey_st, FreeEvpKey>;

// Holds a private key, in memory that stays where it is and is overwritten when the signer ends; to
// overwrite the bytes it was made from is up to the caller.
class Ed25519Signer : public Signer {
 public:
  // Refuses (malformed) a seed that is not kSeedSize bytes.
  static Result<Ed25519Signer> create(ByteView seed);

  Bytes sign(ByteView message) override;
  const Bytes& public_key() const { return public_key_; }

 private:
  struct PrivateKey {
    PrivateKey() = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;
    ~PrivateKey();
    std::array<uint8_t, kSeedSize + kPublicKeySize> bytes{};  // As libsodium has it.
  };
  Ed25519Signer(std::unique_ptr<PrivateKey> key, Bytes public_key);

  std::unique_ptr<PrivateKey> key_;
  Bytes public_key_;
};

class Ed25519Verifier : public SignatureVerifier {
 public:
  // Throws std::runtime_error where libcrypto judges by another rule than ours. Refuses (malformed)
  // what libcrypto would let pass: a wrong length, an encoding that is not the
  // canonical one of its point, bytes that are no point at all, and the eight points of small
  // order, under which one signature can hold for many messages.
  static Result<Ed25519Verifier> create(ByteView public_key);

  // By the rule of ed25519_rule.h.
  bool verify(ByteView message, ByteView signature) const override;

 private:
  Ed25519Verifier(EvpKey key, ByteView public_key);

  EvpKey key_;
  std::array<uint8_t, kPublicKeySize> public_key_{};
};

// The check of Ed25519Verifier::create alone, for whoever imports a certificate or a key.
Status check_ed25519_public_key(ByteView public_key);

}  // namespace hotline
