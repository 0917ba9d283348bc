#include "protocol/transport/dial.h"

#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

using boost::asio::ip::tcp;

class Dial : public TwoEnds {
 protected:
  void dial_port(uint16_t port, int64_t deadline_ms = limits::kHandshakeDeadline_ms) {
    attempt = dial(
        io, "127.0.0.1", port, context_of(settings_of({"north"}, TlsUse::peer_link, "south")),
        [this](auto outcome) { dialled.emplace(std::move(outcome)); }, deadline_ms);
  }
  void expect_failure(ErrorCode code, const std::string& words) {
    ASSERT_TRUE(run_until([&] { return dialled.has_value(); }));
    ASSERT_FALSE(*dialled);
    EXPECT_EQ(dialled->error().code, code) << dialled->error().reason;
    EXPECT_NE(dialled->error().reason.find(words), std::string::npos) << dialled->error().reason;
  }

  // The attempt begins with the event loop, and accept() waits for it.
  tcp::socket accept_it() {
    settle();
    return silent.accept();
  }

  // Listens and does nothing: what connects there gets no answer.
  tcp::acceptor silent{io, tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)};
};

TEST_F(Dial, SaysThatNobodyListens) {
  const uint16_t port = silent.local_endpoint().port();
  silent.close();
  dial_port(port);
  expect_failure(ErrorCode::unreachable,
                 "south (127.0.0.1:" + std::to_string(port) + "): connection refused");
}

TEST_F(Dial, SaysHowLongItWaitedForTheHandshake) {
  dial_port(silent.local_endpoint().port(), 500);
  expect_failure(ErrorCode::timed_out, "connected, but no TLS handshake in 500 ms");
}

TEST_F(Dial, SaysThatSomethingElseListens) {
  dial_port(silent.local_endpoint().port());
  tcp::socket other = accept_it();
  boost::asio::write(other, boost::asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n"));
  expect_failure(ErrorCode::malformed, "does not speak TLS");
}

TEST_F(Dial, SaysThatTheConnectionEndedInTheHandshake) {
  dial_port(silent.local_endpoint().port());
  accept_it().close();
  expect_failure(ErrorCode::unreachable, "during the TLS handshake");
}

TEST_F(Dial, ADroppedAttemptNeverCallsBack) {
  dial_port(silent.local_endpoint().port());
  attempt.reset();  // Before it began.
  settle();
  EXPECT_TRUE(io.stopped()) << "something of the attempt goes on";

  dial_port(silent.local_endpoint().port());
  tcp::socket other = accept_it();
  attempt.reset();  // In the middle of the handshake.
  settle();
  EXPECT_TRUE(io.stopped()) << "something of the attempt goes on";
  EXPECT_FALSE(dialled);
}

TEST_F(Dial, TheAttemptMayBeReplacedInItsCallback) {
  const uint16_t port = silent.local_endpoint().port();
  silent.close();
  int calls = 0;
  std::function<void()> again = [&] {
    attempt = dial(io, "127.0.0.1", port,
                   context_of(settings_of({"north"}, TlsUse::peer_link, "south")), [&](auto) {
                     if (++calls < 3) again();
                   });
  };
  again();
  EXPECT_TRUE(run_until([&] { return calls == 3; }));
}

TEST_F(Dial, AUnixSocketThatIsNotThere) {
  const TemporaryDirectory directory;
  attempt = dial_unix(io, directory.file("absent"),
                      [this](auto outcome) { dialled.emplace(std::move(outcome)); });
  expect_failure(ErrorCode::unreachable, "no such socket");
  EXPECT_EQ(dialled->error().hint, "is the daemon running?");
  dialled.reset();
  attempt = dial_unix(io, std::string(200, 'x'),
                      [this](auto outcome) { dialled.emplace(std::move(outcome)); });
  expect_failure(ErrorCode::configuration, "too long");
}

}  // namespace
}  // namespace hotline
