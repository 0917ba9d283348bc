#include "daemon/commands/written_check.h"

#include <gtest/gtest.h>

#include "protocol/message/message_generated.h"

namespace hotline {
namespace {

class WrittenCheckTest : public testing::Test {
 protected:
  void SetUp() override {
    config_.party = "north";
    config_.peer = "south";
    config_.channel.fill(7);
    config_.crl = config_.peer_crl = "ca.crl";
    config_.policy = default_policy();
    config_.peer_addresses = {{"10.1.2.3", 4711}};
    config_.listen_peer = {"0.0.0.0", 4711};
    config_.listen_client = {"127.0.0.1", 4712};
    config_.people = {{"ann", {static_cast<uint8_t>(wire::Role::operator_)}, {}}};
  }

  std::string faults() const {
    std::string all;
    for (const Error& fault : look_at_what_is_written(config_).faults) {
      EXPECT_EQ(fault.code, ErrorCode::configuration);
      EXPECT_FALSE(fault.hint.empty()) << fault.reason;
      all += fault.reason + "\n";
    }
    return all;
  }
  std::string notes() const {
    std::string all;
    for (const std::string& note : look_at_what_is_written(config_).notes) all += note + "\n";
    return all;
  }

  Config config_;
};

TEST_F(WrittenCheckTest, NothingIsSaidOfAGoodOne) {
  EXPECT_EQ(faults() + notes(), "");
  config_.listen_peer.port = config_.listen_client.port = 0;  // Two that are free.
  EXPECT_EQ(faults() + notes(), "");
}

TEST_F(WrittenCheckTest, WhatNoRunCouldUseIsAFault) {
  config_.listen_client.port = 4711;
  EXPECT_EQ(faults(), "[listen] peer and client are both on port 4711\n");
  config_.listen_peer.host = "10.1.2.4";
  EXPECT_EQ(faults(), "") << "one port of two addresses";
  config_.peer_addresses = {{"10.1.2.3", 0}};
  EXPECT_EQ(faults(), "[peer] addresses: nobody can be called on port 0\n");
  config_.peer_addresses = {{"10.1.2.3", 1}};
  config_.people.front().roles.clear();
  EXPECT_EQ(faults(), "person ann has no role and may do nothing\n");
  config_.people.clear();
  EXPECT_EQ(faults(), "there is no [[person]]: nobody could use this channel\n");
}

TEST_F(WrittenCheckTest, WhatIsLeftOutIsNoted) {
  config_.peer_addresses.clear();
  config_.crl.clear();
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(notes(),
            "[peer] addresses is empty: this side never calls south, which must call it\n"
            "[keys] has no crl: whoever the CA of north has revoked is still taken\n");
}

TEST_F(WrittenCheckTest, PlaceholdersOfTheExampleAreNoted) {
  for (size_t i = 0; i < config_.channel.size(); ++i) {
    config_.channel[i] = static_cast<uint8_t>(0x11 * i);
  }
  config_.peer_addresses = {
      {"198.51.100.7", 4711}, {"south.example.org", 4711}, {"myexample.org", 4711}};
  config_.policy.contacts = {{"north-duty-officer", "+00 000 000 001, in English"},
                             {"south-duty-officer", "+49 30 1, in English"}};
  EXPECT_EQ(notes(),
            "[channel] id is that of the example: openssl rand -hex 16\n"
            "[peer] addresses: 198.51.100.7 is an address of examples\n"
            "[peer] addresses: south.example.org is an address of examples\n"
            "[contacts] north-duty-officer has the number of the example\n");
}

}  // namespace
}  // namespace hotline
