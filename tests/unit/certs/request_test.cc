#include "certs/request.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "certs/openssl_ptr.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

class RequestTest : public ::testing::Test {
 protected:
  RequestTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hotline-request-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~RequestTest() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& text) {
    const std::string path = directory_ + "/one.csr";
    std::ofstream(path, std::ios::trunc) << text;
    return path;
  }

  std::string directory_;
};

TEST_F(RequestTest, EachAsksForItsNameAndMode) {
  for (const Identity& identity :
       {Identity{"north", Purpose::tls, ""}, Identity{"north", Purpose::log, ""},
        Identity{"south", Purpose::receipt, ""}, Identity{"south", Purpose::witness, ""},
        Identity{"north", Purpose::person, "ann"}}) {
    for (const bool exercise : {false, true}) {
      const auto made = make_request(identity, exercise);
      ASSERT_TRUE(made) << made.error().reason;
      EXPECT_TRUE(made->key.starts_with("-----BEGIN PRIVATE KEY-----"));
      const auto read = load_request(write(made->request));
      ASSERT_TRUE(read) << read.error().reason;
      EXPECT_EQ(read->identity, identity);
      EXPECT_EQ(read->exercise, exercise);
    }
  }
}

TEST_F(RequestTest, AKeyThatIsThereIsAskedForAndNotWrittenAgain) {
  const PkeyPtr key = test::ed25519_key();
  const auto made = make_request({"north", Purpose::log, ""}, false, key.get());
  ASSERT_TRUE(made);
  EXPECT_EQ(made->key, "");
  const BioPtr bio(BIO_new_mem_buf(made->request.data(), static_cast<int>(made->request.size())));
  X509_REQ* request = PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(EVP_PKEY_eq(X509_REQ_get0_pubkey(request), key.get()), 1);
  X509_REQ_free(request);
}

TEST_F(RequestTest, WhatIsNoRequestOfOursIsRefused) {
  EXPECT_FALSE(load_request(directory_ + "/none.csr"));
  EXPECT_FALSE(load_request(write("")));
  EXPECT_FALSE(load_request(write("-----BEGIN CERTIFICATE REQUEST-----\n")));
  const auto made = make_request({"north", Purpose::tls, ""}, false);
  size_t refused = 0;
  // Each letter of its base64, but for those that say nothing.
  for (size_t at = made->request.find('\n') + 1; at < made->request.rfind("\n-----END"); at += 7) {
    std::string edited = made->request;
    edited[at] = edited[at] == 'A' ? 'B' : 'A';
    refused += load_request(write(edited)) ? 0 : 1;
  }
  EXPECT_GT(refused, made->request.size() / 10);
}

}  // namespace
}  // namespace hotline
