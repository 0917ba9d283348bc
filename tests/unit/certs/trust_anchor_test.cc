// Reloading a revocation list: what is refused leaves the old list in force.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "certs/check.h"
#include "tests/unit/certs/certificate_factory.h"

namespace hotline {
namespace {

using test::CrlSpec;
using test::issue;
using test::Issued;

class TrustAnchorTest : public ::testing::Test {
 protected:
  TrustAnchorTest() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "hotline-trust-anchor-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    write("ca.crt", test::pem(ca_.get()));
  }
  ~TrustAnchorTest() override { std::filesystem::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ + "/" + name) << text;
    return directory_ + "/" + name;
  }

  std::string list(const std::string& number, std::vector<int64_t> serials) const {
    const CrlSpec spec{.serials = std::move(serials), .extensions = {{"crlNumber", number}}};
    return write("ca.crl", test::pem(issue_crl(spec, ca_, ca_.key.get()).get()));
  }

  TrustAnchor load(const std::string& crl_path) const {
    auto anchor = TrustAnchor::load(directory_ + "/ca.crt", crl_path);
    EXPECT_TRUE(anchor) << anchor.error().reason;
    return std::move(*anchor);
  }

  static void expect_refused(TrustAnchor& anchor, const std::string& path,
                             const std::string& reason) {
    const std::string number_before = anchor.crl_number_hex();
    const Status status = anchor.reload_crl(path);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::configuration);
    EXPECT_NE(status.error().reason.find(reason), std::string::npos) << status.error().reason;
    EXPECT_NE(status.error().reason.find(path), std::string::npos) << status.error().reason;
    EXPECT_EQ(anchor.crl_number_hex(), number_before);
  }

  std::string directory_;
  const Issued ca_ = issue({.common_name = "north CA", .extensions = test::ca_extensions()},
                           test::ed25519_key(), nullptr);
  const Issued leaf_ = issue({.common_name = "north",
                              .extensions = test::leaf_extensions("serverAuth", "DNS:n"),
                              .serial = 0x4a19},
                             test::ed25519_key(), &ca_);
};

TEST_F(TrustAnchorTest, HasNoListUnlessGivenOne) {
  const TrustAnchor anchor = load("");
  EXPECT_FALSE(anchor.has_crl());
  EXPECT_EQ(anchor.crl_number_hex(), "");
  EXPECT_FALSE(anchor.is_revoked(leaf_.get()));
}

TEST_F(TrustAnchorTest, TakesANewerList) {
  TrustAnchor anchor = load(list("5", {}));
  EXPECT_FALSE(anchor.is_revoked(leaf_.get()));
  const Status status = anchor.reload_crl(list("6", {0x4a19}));
  ASSERT_TRUE(status) << status.error().reason;
  EXPECT_TRUE(anchor.is_revoked(leaf_.get()));
  EXPECT_EQ(anchor.crl_number_hex(), "06");
  EXPECT_EQ(anchor.crl_this_update(), test::kNow - test::kDay_ms);
  EXPECT_EQ(anchor.crl_next_update(), test::kNow + 30 * test::kDay_ms);
}

TEST_F(TrustAnchorTest, TakesTheSameListAgain) {
  const std::string path = list("5", {0x4a19});
  TrustAnchor anchor = load(path);
  EXPECT_TRUE(anchor.reload_crl(path));
  EXPECT_TRUE(anchor.is_revoked(leaf_.get()));
}

TEST_F(TrustAnchorTest, NeverGoesBackToALowerNumber) {
  TrustAnchor anchor = load(list("256", {0x4a19}));
  expect_refused(anchor, list("255", {}), "it is older than the one loaded (number FF, loaded is");
  EXPECT_TRUE(anchor.is_revoked(leaf_.get()));
}

TEST_F(TrustAnchorTest, RefusesOneNumberWithTwoContents) {
  TrustAnchor anchor = load(list("5", {0x4a19}));
  expect_refused(anchor, list("5", {}), "the number of the one loaded and other contents");
  EXPECT_TRUE(anchor.is_revoked(leaf_.get()));
}

TEST_F(TrustAnchorTest, KeepsTheOldListWhenTheNewOneIsBad) {
  TrustAnchor anchor = load(list("5", {0x4a19}));
  const CrlSpec next{.extensions = {{"crlNumber", "6"}}};
  const PkeyPtr stranger_key = test::ed25519_key();
  expect_refused(anchor,
                 write("stranger.crl", test::pem(issue_crl(next, ca_, stranger_key.get()).get())),
                 "its signature is not that of");
  const Issued other = issue({.common_name = "south CA", .extensions = test::ca_extensions()},
                             test::ed25519_key(), nullptr);
  expect_refused(anchor,
                 write("south.crl", test::pem(issue_crl(next, other, other.key.get()).get())),
                 "it was issued by \"CN=south CA\", not by \"CN=north CA\"");
  expect_refused(anchor, write("garbage.crl", "no list\n"), "it cannot be read");
  expect_refused(anchor, directory_ + "/missing.crl", "No such file");
  EXPECT_TRUE(anchor.is_revoked(leaf_.get()));
  EXPECT_TRUE(anchor.reload_crl(list("6", {})));
  EXPECT_FALSE(anchor.is_revoked(leaf_.get()));
}

TEST_F(TrustAnchorTest, RefusesAFileOfTwoCaCertificates) {
  const std::string both = write("both.crt", test::pem(ca_.get()) + test::pem(ca_.get()));
  auto anchor = TrustAnchor::load(both, "");
  ASSERT_FALSE(anchor);
  EXPECT_NE(anchor.error().reason.find("more than 1 certificate"), std::string::npos);
}

}  // namespace
}  // namespace hotline
