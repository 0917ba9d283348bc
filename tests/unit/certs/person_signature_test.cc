// Statements signed and verified with every kind of key that a person may have.
#include "certs/person_signature.h"

#include <gtest/gtest.h>

#include "certs/key_file.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline::test {
namespace {

Issued person_with(PkeyPtr key) {
  return issue({"ann", leaf_extensions("clientAuth", "URI:hotline://north/person/ann")},
               std::move(key), nullptr);
}

class EveryKindOfKey : public testing::TestWithParam<const char*> {
 protected:
  static PkeyPtr key() {
    const std::string kind = GetParam();
    if (kind == "RSA") return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{3072}));
    if (kind == "ED25519") return ed25519_key();
    return PkeyPtr(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str()));
  }
};

TEST_P(EveryKindOfKey, VerifiesItsOwnSignaturesAndNoOthers) {
  const Issued ann = person_with(key()), bob = person_with(key());
  const std::string statement = "Hotline: I sign what I do, 1\naction: release\n";
  const auto signature = sign_statement(ann.key.get(), statement);
  ASSERT_TRUE(signature) << signature.error().reason;
  const auto verifier = StatementVerifier::of_certificate(certificate_der(ann.get()));
  ASSERT_TRUE(verifier);
  EXPECT_TRUE(verifier->verify(statement, *signature));
  EXPECT_FALSE(verifier->verify(statement + " ", *signature));
  EXPECT_FALSE(verifier->verify("", *signature));
  EXPECT_FALSE(verifier->verify(statement, {}));
  Bytes changed = *signature;
  changed.back() ^= 1;
  EXPECT_FALSE(verifier->verify(statement, changed));
  const auto stranger = StatementVerifier::of_certificate(certificate_der(bob.get()));
  ASSERT_TRUE(stranger);
  EXPECT_FALSE(stranger->verify(statement, *signature));
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKindOfKey,
                         testing::Values("ED25519", "P-256", "P-384", "RSA"));

TEST(PersonSignature, NeedsACertificate) {
  EXPECT_FALSE(StatementVerifier::of_certificate({}));
  EXPECT_FALSE(StatementVerifier::of_certificate(Bytes{1, 2, 3}));
  Bytes longer = certificate_der(person_with(ed25519_key()).get());
  longer.push_back(0);
  EXPECT_FALSE(StatementVerifier::of_certificate(longer));
}

}  // namespace
}  // namespace hotline::test
