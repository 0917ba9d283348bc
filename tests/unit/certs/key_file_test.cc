#include "certs/key_file.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "certs/certificate_limits.h"

namespace hotline {
namespace {

namespace fs = std::filesystem;

class KeyFile : public ::testing::Test {
 protected:
  KeyFile() {
    std::string pattern = (fs::temp_directory_path() / "hotline-key-file-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~KeyFile() override { fs::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  std::string write(const std::string& name, const std::string& text, mode_t mode) const {
    std::ofstream(path(name)) << text;
    chmod(path(name).c_str(), mode);
    return path(name);
  }

  static std::string pem_of(EVP_PKEY* key, const char* pass_phrase = nullptr) {
    const BioPtr bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(bio.get(), key, pass_phrase ? EVP_aes_256_cbc() : nullptr,
                                  nullptr, 0, nullptr, const_cast<char*>(pass_phrase));
    const char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<size_t>(size)};
  }

  std::string directory_;
  const Hash seed_ = sha256({as_bytes("a key for tests")});
  const PkeyPtr key_{
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed_.data(), seed_.size())};
};

TEST_F(KeyFile, GivesTheSeedThatWasWritten) {
  auto key = load_private_key(write("a.key", pem_of(key_.get()), 0600));
  ASSERT_TRUE(key) << key.error().reason;
  auto seed = ed25519_seed(key->get());
  ASSERT_TRUE(seed);
  EXPECT_EQ(*seed, seed_);
}

TEST_F(KeyFile, RefusesAKeyThatOthersCanTouchAndSaysWhatToType) {
  for (const mode_t mode : {0640, 0604, 0660, 0620, 0601, 0644}) {
    const std::string file = write("a.key", pem_of(key_.get()), mode);
    auto key = load_private_key(file);
    ASSERT_FALSE(key) << std::oct << mode;
    EXPECT_EQ(key.error().code, ErrorCode::configuration);
    EXPECT_NE(key.error().hint.find("chmod 600 " + file), std::string::npos) << key.error().hint;
  }
  EXPECT_TRUE(load_private_key(write("a.key", pem_of(key_.get()), 0400)));
}

TEST_F(KeyFile, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(mkfifo(path("pipe.key").c_str(), 0600), 0);
  ASSERT_EQ(mkdir(path("folder.key").c_str(), 0700), 0);
  for (const char* name : {"pipe.key", "folder.key"}) {
    auto key = load_private_key(path(name));
    ASSERT_FALSE(key) << name;
    EXPECT_NE(key.error().reason.find("not a regular file"), std::string::npos);
  }
}

TEST_F(KeyFile, RefusesAMissingFileByName) {
  auto key = load_private_key(path("none.key"));
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().reason.find(path("none.key")), std::string::npos);
  EXPECT_NE(key.error().reason.find("No such file"), std::string::npos);
}

TEST_F(KeyFile, RefusesAnEncryptedKeyWithoutAskingForAPassPhrase) {
  auto key = load_private_key(write("a.key", pem_of(key_.get(), "secret"), 0600));
  ASSERT_FALSE(key);
  EXPECT_NE(key.error().reason.find("encrypted"), std::string::npos);
}

TEST_F(KeyFile, RefusesGarbageAndOversize) {
  EXPECT_FALSE(load_private_key(write("a.key", "no key at all\n", 0600)));
  EXPECT_FALSE(load_private_key(write("b.key", "", 0600)));
  auto large =
      load_private_key(write("c.key", std::string(limits::kPemFileSizeMax + 1, '\n'), 0600));
  ASSERT_FALSE(large);
  EXPECT_NE(large.error().reason.find("larger than"), std::string::npos);
}

TEST_F(KeyFile, HasNoSeedForAnotherKindOfKey) {
  const PkeyPtr ec(EVP_EC_gen("P-256"));
  EXPECT_FALSE(ed25519_seed(ec.get()));
  EXPECT_FALSE(ed25519_seed(nullptr));
}

TEST_F(KeyFile, LeavesNoErrorBehindForTheNextTlsOperation) {
  ERR_clear_error();
  EXPECT_FALSE(load_private_key(write("a.key", "no key at all\n", 0600)));
  EXPECT_FALSE(load_certificate(write("a.crt", "no certificate\n", 0600)));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(KeyFile, RefusesFilesWithoutCertificates) {
  EXPECT_FALSE(load_certificate(write("a.crt", "", 0644)));
  EXPECT_FALSE(load_certificate(
      write("b.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", 0644)));
}

}  // namespace
}  // namespace hotline
