#include "daemon/links/peer_names.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace hotline {
namespace {

using boost::asio::ip::make_address;

// A name service that answers when the test lets it.
class PeerNamesTest : public testing::Test {
 protected:
  void look_up(const std::string& name) {
    outcome.reset();
    names.resolve()(name, [this](Result<Addresses> found) { outcome.emplace(std::move(found)); });
  }
  void answer(Result<Addresses> found) {
    const Resolved done = std::move(waiting);
    done(std::move(found));
  }
  bool run_until_outcome() {
    while (!outcome && io.run_one_for(std::chrono::seconds(60)) != 0) {
    }
    return outcome.has_value();
  }

  boost::asio::io_context io;
  Resolved waiting;
  size_t told = 0;
  std::optional<Result<Addresses>> outcome;
  PeerNames names{io, [this](const Addresses& addresses) { told += addresses.size(); },
                  [this](const std::string&, Resolved done) { waiting = std::move(done); }};
  const Addresses first{make_address("192.0.2.1"), make_address("192.0.2.2")};
  const Error gone = make_error(ErrorCode::unreachable, "the name cannot be resolved");
};

TEST_F(PeerNamesTest, F3_WhatIsNotKnownYetFails) {
  look_up("peer.test");
  answer(gone);
  ASSERT_TRUE(outcome);
  EXPECT_FALSE(*outcome);
  EXPECT_EQ(told, 0u);
}

TEST_F(PeerNamesTest, F3_TheLastAnswerStandsInForAFailure) {
  look_up("peer.test");
  answer(first);
  EXPECT_EQ(told, first.size());
  look_up("peer.test");
  answer(gone);
  ASSERT_TRUE(outcome && *outcome);
  EXPECT_EQ(**outcome, first);
  look_up("other.test");
  answer(gone);
  EXPECT_FALSE(*outcome);
}

TEST_F(PeerNamesTest, F3_TheLastAnswerStandsInForANameServiceThatHangs) {
  look_up("peer.test");
  answer(first);
  look_up("peer.test");
  ASSERT_TRUE(run_until_outcome());
  ASSERT_TRUE(*outcome);
  EXPECT_EQ(**outcome, first);
  // An answer that comes too late counts the next time.
  outcome.reset();
  answer(Addresses{make_address("192.0.2.3")});
  EXPECT_FALSE(outcome);
  look_up("peer.test");
  answer(gone);
  EXPECT_EQ((**outcome).front(), make_address("192.0.2.3"));
}

}  // namespace
}  // namespace hotline
