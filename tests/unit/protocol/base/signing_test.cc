#include "protocol/base/signing.h"

#include <gtest/gtest.h>
#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_hash_sha512.h>
#include <sodium/crypto_sign_ed25519.h>

#include <algorithm>
#include <fstream>

#include "protocol/base/ed25519_rule.h"
#include "protocol/base/text.h"

namespace hotline {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1, TEST 1 to TEST 3.
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Signing, VectorsOfRfc8032) {
  for (const Vector& vector : kVectors) {
    Result<Ed25519Signer> signer = Ed25519Signer::create(hex(vector.seed));
    ASSERT_TRUE(signer);
    EXPECT_EQ(to_hex(signer->public_key()), vector.public_key);
    EXPECT_EQ(to_hex(signer->sign(hex(vector.message))), vector.signature);

    Result<Ed25519Verifier> verifier = Ed25519Verifier::create(hex(vector.public_key));
    ASSERT_TRUE(verifier) << verifier.error().reason;
    EXPECT_TRUE(verifier->verify(hex(vector.message), hex(vector.signature)));
    EXPECT_FALSE(verifier->verify(as_bytes("another message"), hex(vector.signature)));
  }
}

TEST(Signing, OneChangedBitOfASignatureIsNoticed) {
  Result<Ed25519Verifier> verifier = Ed25519Verifier::create(hex(kVectors[2].public_key));
  for (size_t bit = 0; bit < kSignatureSize * 8; ++bit) {
    Bytes signature = hex(kVectors[2].signature);
    signature[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(verifier->verify(hex(kVectors[2].message), signature)) << "bit " << bit;
  }
}

TEST(Signing, SignatureOfAnotherLengthIsFalse) {
  Result<Ed25519Verifier> verifier = Ed25519Verifier::create(hex(kVectors[1].public_key));
  Bytes signature = hex(kVectors[1].signature);
  EXPECT_FALSE(verifier->verify(hex("72"), {}));
  EXPECT_FALSE(verifier->verify(hex("72"), ByteView(signature).first(63)));
  signature.push_back(0);
  EXPECT_FALSE(verifier->verify(hex("72"), signature));
}

// S + L verifies by the bare equation; RFC 8032 section 5.1.7 wants S < L, so that nobody can make
// a second signature out of a first.
TEST(Signing, SignatureWithSNotReducedIsFalse) {
  constexpr uint8_t kOrder[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                  0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  for (const Vector& vector : kVectors) {
    Bytes signature = hex(vector.signature);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; ++i) {
      carry += unsigned{signature[32 + i]} + kOrder[i];
      signature[32 + i] = static_cast<uint8_t>(carry);
      carry >>= 8;
    }
    ASSERT_EQ(carry, 0u);
    EXPECT_FALSE(
        Ed25519Verifier::create(hex(vector.public_key))->verify(hex(vector.message), signature));
  }
}

// The key's owner can make one whose R is the neutral point: R = 0, S = SHA-512(R, A, M) a. RFC
// 8032 lets it pass, and so do libcrypto and the openssl of every auditor.
TEST(Signing, OfASignatureThatLibsodiumRefusesLibcryptoJudges) {
  const Bytes seed = hex(kVectors[1].seed);
  const Bytes public_key = hex(kVectors[1].public_key);
  const Bytes message = hex(kVectors[1].message);
  Bytes signature(kSignatureSize);
  signature[0] = 1;

  std::array<uint8_t, crypto_hash_sha512_BYTES> hash;
  crypto_hash_sha512(hash.data(), seed.data(), seed.size());
  std::array<uint8_t, crypto_hash_sha512_BYTES> wide{};
  std::copy_n(hash.begin(), 32, wide.begin());
  wide[0] &= 0xf8;
  wide[31] = static_cast<uint8_t>((wide[31] & 0x7f) | 0x40);
  std::array<uint8_t, 32> a;
  crypto_core_ed25519_scalar_reduce(a.data(), wide.data());

  Bytes hashed(signature.begin(), signature.begin() + 32);
  hashed.insert(hashed.end(), public_key.begin(), public_key.end());
  hashed.insert(hashed.end(), message.begin(), message.end());
  crypto_hash_sha512(hash.data(), hashed.data(), hashed.size());
  std::array<uint8_t, 32> h;
  crypto_core_ed25519_scalar_reduce(h.data(), hash.data());
  crypto_core_ed25519_scalar_mul(signature.data() + 32, h.data(), a.data());

  ASSERT_NE(crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                                public_key.data()),
            0);
  const Result<Ed25519Verifier> verifier = Ed25519Verifier::create(public_key);
  EXPECT_TRUE(verifier->verify(message, signature));
  EXPECT_FALSE(verifier->verify(as_bytes("another message"), signature));
}

// Every case that libraries are known to judge differently, computed from the rule.
enum Column : size_t { kId, kClause, kPublicKey, kMessage, kSignature, kHolds };
std::vector<std::vector<std::string>> read_rule_cases() {
  std::ifstream file(std::string(HOTLINE_TEST_CASES_DIR) + "/ed25519_cases.csv");
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    auto& row = rows.emplace_back();
    for (std::string_view piece : split(line, ',')) row.emplace_back(piece);
  }
  return rows;
}
const std::vector<std::vector<std::string>>& rule_cases() {
  static const std::vector<std::vector<std::string>> rows = read_rule_cases();
  return rows;
}

TEST(Signing, V3_EachClauseOfTheRule) {
  size_t held = 0;
  for (const auto& row : rule_cases()) {
    const auto verifier = Ed25519Verifier::create(hex(row[kPublicKey]));
    const bool holds = verifier && verifier->verify(hex(row[kMessage]), hex(row[kSignature]));
    EXPECT_EQ(holds, row[kHolds] == "yes") << row[kId] << " " << row[kClause];
    EXPECT_EQ(verifier.has_value(), !row[kClause].starts_with("a key")) << row[kId];
    held += holds ? 1 : 0;
  }
  EXPECT_EQ(held, 4u);
  EXPECT_EQ(rule_cases().size(), 48u);
}

// A judge that is lax in one clause, as some libraries are.
std::string lax_clause;
bool lax_judge(ByteView public_key, ByteView message, ByteView signature) {
  for (const auto& row : rule_cases()) {
    if (hex(row[kPublicKey]) == to_bytes(public_key) && hex(row[kMessage]) == to_bytes(message) &&
        hex(row[kSignature]) == to_bytes(signature)) {
      return row[kHolds] == "yes" || row[kClause].starts_with(lax_clause);
    }
  }
  ADD_FAILURE() << "a case that is not in the table";
  return false;
}

TEST(Signing, V3_ALibraryWithAnotherRuleIsFoundOut) {
  for (const char* clause : {"S not reduced", "holds with the cofactor only: R has a part",
                             "holds with the cofactor only: R has small order",
                             "holds with the cofactor only: the reduced", "R not canonical"}) {
    lax_clause = clause;
    EXPECT_FALSE(refuses_by_the_rule(lax_judge)) << clause;
    EXPECT_FALSE(judges_by_the_rule(lax_judge)) << clause;
  }
  lax_clause = "nothing";
  EXPECT_TRUE(refuses_by_the_rule(lax_judge));
  EXPECT_TRUE(judges_by_the_rule(lax_judge));
  const auto refuses_all = [](ByteView, ByteView, ByteView) { return false; };
  EXPECT_TRUE(refuses_by_the_rule(refuses_all));
  EXPECT_FALSE(judges_by_the_rule(refuses_all));
}

// With another libsodium Hotline judges the same, at half the speed; whoever builds it shall know.
TEST(Signing, V3_TheLibsodiumOfThisBuildKeepsTheRule) {
  EXPECT_TRUE(refuses_by_the_rule([](ByteView public_key, ByteView message, ByteView signature) {
    return crypto_sign_ed25519_verify_detached(signature.data(), message.data(), message.size(),
                                               public_key.data()) == 0;
  }));
}

TEST(Signing, SeedOfAnotherLengthIsRefused) {
  EXPECT_EQ(Ed25519Signer::create(Bytes(31)).error().code, ErrorCode::malformed);
  EXPECT_EQ(Ed25519Signer::create(Bytes(64)).error().code, ErrorCode::malformed);
  EXPECT_EQ(Ed25519Signer::create({}).error().code, ErrorCode::malformed);
}

TEST(Signing, PublicKeyOfAnotherLengthIsRefused) {
  Bytes key = hex(kVectors[0].public_key);
  EXPECT_FALSE(Ed25519Verifier::create(ByteView(key).first(31)));
  EXPECT_FALSE(Ed25519Verifier::create({}));
  key.push_back(0);
  EXPECT_FALSE(Ed25519Verifier::create(key));
}

// The eight points of small order and their six further encodings, as in C2SP's CCTV.
TEST(Signing, PublicKeyOfSmallOrderIsRefusedInEveryEncoding) {
  for (auto bad : {
           "0100000000000000000000000000000000000000000000000000000000000000",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0000000000000000000000000000000000000000000000000000000000000080",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
           "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
           "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
           "0100000000000000000000000000000000000000000000000000000000000080",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
       }) {
    Result<Ed25519Verifier> verifier = Ed25519Verifier::create(hex(bad));
    ASSERT_FALSE(verifier) << bad;
    EXPECT_EQ(verifier.error().code, ErrorCode::malformed);
  }
}

// Such a key is its owner's fault, and nobody else can sign for it: the rule takes it. Seven of the
// eight sums have a part of small order, which libsodium's check of points would refuse.
TEST(Signing, PublicKeyWithAPartOfSmallOrderIsTaken) {
  // A point of order 8, which seven additions take through all eight.
  Bytes part = hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
  Bytes key = hex(kVectors[0].public_key);
  size_t refused_by_libsodium = 0;
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(crypto_core_ed25519_add(key.data(), key.data(), part.data()), 0);
    EXPECT_TRUE(check_ed25519_public_key(key)) << to_hex(key);
    refused_by_libsodium += crypto_core_ed25519_is_valid_point(key.data()) == 1 ? 0 : 1;
  }
  EXPECT_EQ(to_hex(key), kVectors[0].public_key);
  EXPECT_EQ(refused_by_libsodium, 7u);
}

// All nineteen y from p to 2^255 - 1, under both signs: some are points, all are second encodings.
TEST(Signing, PublicKeyNotInCanonicalEncodingIsRefused) {
  for (int low = 0xed; low <= 0xff; ++low) {
    for (uint8_t high : {0x7f, 0xff}) {
      Bytes key(kPublicKeySize, 0xff);
      key.front() = static_cast<uint8_t>(low);
      key.back() = high;
      Status checked = check_ed25519_public_key(key);
      ASSERT_FALSE(checked) << to_hex(key);
      EXPECT_NE(checked.error().reason.find("canonical"), std::string::npos);
    }
  }
}

TEST(Signing, PublicKeyThatIsNoPointIsRefused) {
  // y = 2 has no x; y = 3 has two.
  Bytes key(kPublicKeySize);
  key.front() = 2;
  Status checked = check_ed25519_public_key(key);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().reason.find("not a point"), std::string::npos);
  key.front() = 3;
  EXPECT_TRUE(check_ed25519_public_key(key));
  key.back() = 0x80;
  EXPECT_TRUE(check_ed25519_public_key(key));
}

}  // namespace
}  // namespace hotline
