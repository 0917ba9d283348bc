// A daemon to which many programs connect at once: each gets its turn.
#include "client/connect/connection.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/client/fake_daemon.h"

namespace hotline::client {
namespace {

class ConnectionTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Connection>> open() {
    return Connection::open(
        {{}, daemon_.connector(), [this](int64_t pause_ms) { pauses_ms_.push_back(pause_ms); }});
  }
  int64_t paused_ms() const {
    int64_t sum = 0;
    for (const int64_t pause_ms : pauses_ms_) sum += pause_ms;
    return sum;
  }

  FakeDaemon daemon_;
  std::vector<int64_t> pauses_ms_;
};

TEST_F(ConnectionTest, OneThatIsCutBeforeItAskedComesAgain) {
  for (const bool told : {false, true}) {
    daemon_.without_a_place = 3;
    daemon_.tells_that_it_is_full = told;
    pauses_ms_.clear();
    const auto connection = open();
    ASSERT_TRUE(connection) << connection.error().reason;
    EXPECT_EQ(pauses_ms_, (std::vector<int64_t>{100, 200, 400}));
    EXPECT_EQ((*connection)->party(), "north");
  }
}

TEST_F(ConnectionTest, WhereThereIsNeverAPlaceItEndsInTheTimeOfOneAttempt) {
  daemon_.without_a_place = 1'000;
  daemon_.tells_that_it_is_full = true;
  const auto connection = open();
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code, ErrorCode::unreachable);
  EXPECT_EQ(connection.error().reason, "ann has 64 connections already");
  EXPECT_LE(paused_ms(), limits::kHandshakeDeadline_ms);
  EXPECT_GT(paused_ms(), limits::kHandshakeDeadline_ms / 2);
}

TEST_F(ConnectionTest, WhereNobodyListensItIsSaidAtOnce) {
  daemon_.reachable = false;
  ASSERT_FALSE(open());
  EXPECT_EQ(daemon_.connections, 1);
  EXPECT_TRUE(pauses_ms_.empty());
}

TEST_F(ConnectionTest, ADaemonThatSaysNothingIsAskedOnce) {
  daemon_.answers_hello = false;
  const auto connection = open();
  ASSERT_FALSE(connection);
  EXPECT_NE(connection.error().reason.find("did not answer in 15 s"), std::string::npos);
  EXPECT_EQ(daemon_.connections, 1);
}

}  // namespace
}  // namespace hotline::client
