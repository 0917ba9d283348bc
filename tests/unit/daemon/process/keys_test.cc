// Keys are refused before the daemon starts if the other side would refuse them later and only the
// other side would say why.
#include "daemon/process/keys.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "certs/dev_pki.h"
#include "daemon/commands/written_check.h"
#include "daemon/process/kept_list.h"
#include "daemon/process/system_clock.h"

namespace hotline {
namespace {

class KeysTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "hotline-keys-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    ASSERT_TRUE(create_dev_pki(directory_ + "/pki", {}, read_clocks().utc));
    config_.party = "north";
    config_.peer = "south";
    config_.ca = north("ca.crt");
    config_.crl = north("ca.crl");
    config_.peer_ca = south("ca.crt");
    config_.tls = {north("tls.crt"), north("tls.key")};
    config_.log = {north("log.crt"), north("log.key")};
    config_.receipt = {north("receipt.crt"), north("receipt.key")};
    config_.witness = {north("witness.crt"), north("witness.key")};
    config_.peer_log_certificate = south("log.crt");
    config_.peer_receipt_certificate = south("receipt.crt");
    config_.peer_witness_certificate = south("witness.crt");
    config_.store_path = directory_ + "/store/journal.db";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string north(const std::string& file) const { return directory_ + "/pki/north/" + file; }
  std::string south(const std::string& file) const { return directory_ + "/pki/south/" + file; }

  // Empty where it loads.
  std::string refusal() const {
    const auto keys = ChannelKeys::load(config_, true);
    return keys ? "" : keys.error().reason;
  }
  void expect_refusal(const std::string& file, const std::string& words) const {
    const std::string said = refusal();
    EXPECT_TRUE(said.starts_with(file)) << said;
    EXPECT_NE(said.find(words), std::string::npos) << said;
  }

  std::string directory_;
  Config config_;
};

TEST_F(KeysTest, TheOwnTlsCertificateIsCheckedAsThePeerWould) {
  EXPECT_EQ(refusal(), "");
  config_.tls = {south("tls.crt"), south("tls.key")};
  expect_refusal(south("tls.crt"), "");
  config_.tls = {north("log.crt"), north("log.key")};
  expect_refusal(north("log.crt"), "for log and not for");
  config_.tls = {north("people/ann.crt"), north("people/ann.key")};
  expect_refusal(north("people/ann.crt"), "");
  config_.tls = {north("tls.crt"), north("log.key")};
  expect_refusal(north("log.key"), "for another key");
  config_.tls = {north("tls.crt"), north("no-such.key")};
  expect_refusal(north("no-such.key"), "");
  ASSERT_TRUE(
      revoke_dev_certificate(directory_ + "/pki/north", north("tls.crt"), read_clocks().utc));
  config_.tls = {north("tls.crt"), north("tls.key")};
  expect_refusal(north("tls.crt"), "revoked");
}

// `hotlined config check` warns of these.
TEST_F(KeysTest, NearEndsAreTold) {
  const auto keys = ChannelKeys::load(config_, true);
  ASSERT_TRUE(keys) << keys.error().reason;
  const UtcMs now = read_clocks().utc;
  EXPECT_TRUE(near_ends(**keys, config_, now).empty()) << "they live for seven days";
  constexpr int64_t kAlmostAll_ms = 13 * 12 * 3'600'000LL;
  std::string told;
  for (const std::string& text : near_ends(**keys, config_, now + kAlmostAll_ms))
    told += text + "\n";
  EXPECT_NE(told.find(" expires in less than a day, at "), std::string::npos) << told;
}

// A list is kept beside the store: that of the CA that was there before a new one.
TEST_F(KeysTest, TheListOfAFormerCaIsNoProblemAndADamagedOneIs) {
  const auto problems = [this] {
    const auto keys = ChannelKeys::load(config_, true);
    EXPECT_TRUE(keys) << keys.error().reason;
    return (*keys)->list_problems();
  };
  const std::string kept = kept_list_path(config_.store_path, config_.party);
  std::filesystem::create_directories(directory_ + "/store");
  EXPECT_TRUE(problems().empty());
  std::filesystem::copy_file(south("ca.crl"), kept);
  EXPECT_TRUE(problems().empty());
  std::filesystem::resize_file(kept, 20);
  EXPECT_EQ(problems().size(), 1u);
}

}  // namespace
}  // namespace hotline
