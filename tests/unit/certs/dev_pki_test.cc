#include "certs/dev_pki.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "certs/check.h"
#include "certs/key_file.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

namespace fs = std::filesystem;

using test::kDay_ms;
using test::kNow;

class DevPkiTest : public ::testing::Test {
 protected:
  DevPkiTest() {
    std::string pattern = (fs::temp_directory_path() / "hotline-dev-pki-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    pki_ = directory_ + "/pki";
  }
  ~DevPkiTest() override { fs::remove_all(directory_); }

  void create() {
    auto made = create_dev_pki(pki_, DevPkiOptions{}, kNow);
    ASSERT_TRUE(made) << made.error().reason;
  }

  TrustAnchor anchor(const std::string& party) const {
    auto loaded = TrustAnchor::load(pki_ + "/trust/" + party + "-ca.crt",
                                    pki_ + "/trust/" + party + "-ca.crl");
    EXPECT_TRUE(loaded) << loaded.error().reason;
    return std::move(*loaded);
  }

  Result<CheckedCertificate> check(const std::string& file, const TrustAnchor& trust,
                                   Purpose purpose, UtcMs now = kNow) const {
    auto chain = load_chain(pki_ + "/" + file);
    if (!chain) return chain.error();
    return check_certificate(sk_X509_value(chain->get(), 0), chain->get(), trust, purpose, true,
                             now);
  }

  std::string directory_;
  std::string pki_;
};

TEST_F(DevPkiTest, WritesWhatTheHeaderPromises) {
  auto made = create_dev_pki(pki_, DevPkiOptions{}, kNow);
  ASSERT_TRUE(made) << made.error().reason;
  EXPECT_EQ(made->not_after, kNow + 7 * kDay_ms);
  for (const std::string party : {"north", "south"}) {
    for (const char* name :
         {"ca.crt", "ca.key", "ca.crl", "tls.crt", "tls.key", "log.crt", "log.key", "receipt.crt",
          "receipt.key", "witness.crt", "witness.key", "people/ann.crt", "people/ann.key",
          "people/bob.crt", "people/bob.key", "people/eve.crt", "people/eve.key"}) {
      EXPECT_TRUE(fs::exists(pki_ + "/" + party + "/" + name)) << party << "/" << name;
    }
    EXPECT_TRUE(fs::exists(pki_ + "/trust/" + party + "-ca.crt"));
    EXPECT_TRUE(fs::exists(pki_ + "/trust/" + party + "-ca.crl"));
  }
  size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(pki_)) {
    if (entry.is_regular_file()) ++found;
  }
  EXPECT_EQ(made->files.size(), found);
}

TEST_F(DevPkiTest, IsForWhatIsLiveOrForExercises) {
  for (const bool exercise : {false, true}) {
    fs::remove_all(pki_);
    ASSERT_TRUE(create_dev_pki(pki_, {.exercise = exercise}, kNow));
    const TrustAnchor north = anchor("north");
    for (const Purpose purpose :
         {Purpose::tls, Purpose::log, Purpose::receipt, Purpose::witness, Purpose::person}) {
      const std::string file = purpose == Purpose::person ? "people/ann" : purpose_name(purpose);
      const auto checked = check("north/" + file + ".crt", north, purpose);
      ASSERT_TRUE(checked) << checked.error().reason;
      EXPECT_EQ(checked->exercise, exercise);
      EXPECT_TRUE(check_mode(*checked, exercise));
      const Status other = check_mode(*checked, !exercise);
      ASSERT_FALSE(other);
      EXPECT_EQ(other.error().code, ErrorCode::not_allowed);
      EXPECT_TRUE(other.error().reason.ends_with(
          exercise ? "of exercises, and this channel is live"
                   : "of what is live, and this channel is an exercise"))
          << other.error().reason;
    }
  }
}

TEST_F(DevPkiTest, KeepsPrivateKeysPrivate) {
  create();
  size_t keys = 0;
  for (const auto& entry : fs::recursive_directory_iterator(pki_)) {
    if (entry.path().extension() != ".key") continue;
    ++keys;
    struct stat status = {};
    ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    EXPECT_TRUE(load_private_key(entry.path())) << entry.path();
  }
  EXPECT_EQ(keys, 16u);
}

TEST_F(DevPkiTest, CertifiesEachKeyForItsPurposeAndNoOther) {
  create();
  const TrustAnchor north = anchor("north");
  const std::pair<std::string, Purpose> files[] = {{"north/tls", Purpose::tls},
                                                   {"north/log", Purpose::log},
                                                   {"north/receipt", Purpose::receipt},
                                                   {"north/witness", Purpose::witness},
                                                   {"north/people/ann", Purpose::person}};
  for (const auto& [file, certified] : files) {
    for (const Purpose asked : kPurposes) {
      auto checked = check(file + ".crt", north, asked);
      EXPECT_EQ(checked.has_value(), asked == certified)
          << file << " for " << purpose_name(asked)
          << (checked ? "" : ": " + checked.error().reason);
    }
  }
}

TEST_F(DevPkiTest, SaysWhoItIsForHowLongAndThatItIsForDevelopment) {
  create();
  auto checked = check("north/people/ann.crt", anchor("north"), Purpose::person);
  ASSERT_TRUE(checked) << checked.error().reason;
  EXPECT_EQ(checked->identity, (Identity{"north", Purpose::person, "ann"}));
  EXPECT_TRUE(checked->dev_only);
  EXPECT_EQ(checked->not_after, kNow + 7 * kDay_ms);
  auto key = load_private_key(pki_ + "/north/people/ann.key");
  ASSERT_TRUE(key);
  Bytes raw(32);
  size_t size = raw.size();
  ASSERT_EQ(EVP_PKEY_get_raw_public_key(key->get(), raw.data(), &size), 1);
  EXPECT_EQ(checked->public_key, raw);
  auto certificate = load_certificate(pki_ + "/north/people/ann.crt");
  ASSERT_TRUE(certificate);
  EXPECT_TRUE(check_key_matches(key->get(), certificate->get()));
  auto other = load_private_key(pki_ + "/north/people/bob.key");
  ASSERT_TRUE(other);
  EXPECT_FALSE(check_key_matches(other->get(), certificate->get()));
}

TEST_F(DevPkiTest, EndsAfterSevenDays) {
  create();
  const TrustAnchor north = anchor("north");
  EXPECT_TRUE(check("north/tls.crt", north, Purpose::tls, kNow + 7 * kDay_ms - 1));
  EXPECT_FALSE(check("north/tls.crt", north, Purpose::tls, kNow + 7 * kDay_ms + 1000));
}

TEST_F(DevPkiTest, ACaCannotSpeakForTheOtherParty) {
  create();
  EXPECT_FALSE(check("south/tls.crt", anchor("north"), Purpose::tls));
}

TEST_F(DevPkiTest, NeverWritesOverAnything) {
  create();
  std::ifstream before_file(pki_ + "/north/ca.key");
  const std::string before(std::istreambuf_iterator<char>(before_file), {});
  auto again = create_dev_pki(pki_, DevPkiOptions{}, kNow);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  std::ifstream after_file(pki_ + "/north/ca.key");
  EXPECT_EQ(before, std::string(std::istreambuf_iterator<char>(after_file), {}));
}

TEST_F(DevPkiTest, RefusesNamesThatCannotStandInACertificate) {
  for (const char* name : {"", "North", "../x", "trust", "a b"}) {
    DevPkiOptions options;
    options.parties = {"south", name};
    auto made = create_dev_pki(pki_, options, kNow);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, ErrorCode::usage);
  }
  DevPkiOptions twice;
  twice.people = {"ann", "ann"};
  EXPECT_FALSE(create_dev_pki(pki_, twice, kNow));
  EXPECT_FALSE(fs::exists(pki_));
}

TEST_F(DevPkiTest, RevokesOneCertificateAndNoOther) {
  create();
  TrustAnchor north = anchor("north");
  ASSERT_TRUE(check("north/people/ann.crt", north, Purpose::person));
  EXPECT_EQ(north.crl_number_hex(), "01");
  Status status = revoke_dev_certificate(pki_ + "/north", pki_ + "/north/people/ann.crt", kNow);
  ASSERT_TRUE(status) << status.error().reason;
  for (const char* list : {"/north/ca.crl", "/trust/north-ca.crl"}) {
    TrustAnchor reloaded = anchor("north");
    status = reloaded.reload_crl(pki_ + list);
    ASSERT_TRUE(status) << status.error().reason;
    EXPECT_EQ(reloaded.crl_number_hex(), "02");
    auto checked = check("north/people/ann.crt", reloaded, Purpose::person);
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().reason.find("was revoked"), std::string::npos);
    EXPECT_NE(checked.error().reason.find("list of 2026-11-22"), std::string::npos)
        << checked.error().reason;
    EXPECT_TRUE(check("north/people/bob.crt", reloaded, Purpose::person));
  }
}

TEST_F(DevPkiTest, RevokesSeveralOneAfterTheOther) {
  create();
  ASSERT_TRUE(revoke_dev_certificate(pki_ + "/north", pki_ + "/north/tls.crt", kNow));
  ASSERT_TRUE(revoke_dev_certificate(pki_ + "/north", pki_ + "/north/log.crt", kNow + 1000));
  const TrustAnchor north = anchor("north");
  EXPECT_EQ(north.crl_number_hex(), "03");
  EXPECT_FALSE(check("north/tls.crt", north, Purpose::tls));
  EXPECT_FALSE(check("north/log.crt", north, Purpose::log));
  EXPECT_TRUE(check("north/receipt.crt", north, Purpose::receipt));
}

TEST_F(DevPkiTest, RefusesToRevokeTwiceOrForAnotherCa) {
  create();
  ASSERT_TRUE(revoke_dev_certificate(pki_ + "/north", pki_ + "/north/tls.crt", kNow));
  auto twice = revoke_dev_certificate(pki_ + "/north", pki_ + "/north/tls.crt", kNow);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, ErrorCode::conflict);
  auto foreign = revoke_dev_certificate(pki_ + "/north", pki_ + "/south/tls.crt", kNow);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::usage);
}

}  // namespace
}  // namespace hotline
