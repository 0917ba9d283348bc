#include "protocol/transport/dial.h"

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

using boost::asio::ip::tcp;

class Dial : public TwoEnds {
 protected:
  void dial_port(uint16_t port, int64_t deadline_ms = limits::kHandshakeDeadline_ms) {
    attempt =
        dial(io, "127.0.0.1", port, context_of(settings_of({"north"}, TlsUse::peer_link, "south")),
             [this](auto outcome) { dialled.emplace(std::move(outcome)); },
             {.deadline_ms = deadline_ms});
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

// A name with several addresses, given in the order in which they are to be tried. South listens at
// the last one, at 127.0.0.1.
class DialName : public Dial {
 protected:
  static boost::asio::ip::address at(int host) {
    return boost::asio::ip::make_address("127.0.0." + std::to_string(host));
  }
  DialName() {
    listen(context_of(settings_of({"south"}, TlsUse::peer_link, "north")));
    port = listener->port();
  }
  void dial_name(Addresses addresses, DialSettings settings) {
    settings.resolve = [this, addresses](const std::string&, Resolved done) {
      boost::asio::post(io, [addresses, done] { done(addresses); });
    };
    dial_with(std::move(settings));
  }
  void dial_with(DialSettings settings) {
    attempt = dial(
        io, "peer.test", port, context_of(settings_of({"north"}, TlsUse::peer_link, "south")),
        [this](auto outcome) { dialled.emplace(std::move(outcome)); }, std::move(settings));
  }
  void expect_link() {
    ASSERT_TRUE(run_until([&] { return dialled.has_value(); }));
    ASSERT_TRUE(*dialled) << dialled->error().reason;
    EXPECT_EQ((**dialled)->peer().address, "127.0.0.1:" + std::to_string(port));
  }
  // Nothing that is sent to this address is answered: its queue of connections is full.
  void drop_all_at(int host) {
    acceptors.emplace_back(io);
    acceptors.back().open(tcp::v4());
    acceptors.back().set_option(tcp::acceptor::reuse_address(true));
    acceptors.back().bind({at(host), port});
    acceptors.back().listen(0);
    fillers.emplace_back(io).connect({at(host), port});
  }

  uint16_t port = 0;
  std::vector<tcp::acceptor> acceptors;
  std::vector<tcp::socket> fillers;
};

TEST_F(DialName, F3_AnAddressThatAnswersNothingGivesWayToTheNext) {
  drop_all_at(9);
  drop_all_at(8);
  dial_name({at(9), at(8), at(1)}, {.next_address_ms = 5});
  expect_link();
}

TEST_F(DialName, F3_AnAddressThatRefusesGivesWayAtOnce) {
  dial_name({at(9), at(1)}, {.next_address_ms = limits::kHandshakeDeadline_ms});
  expect_link();
}

TEST_F(DialName, F3_AnAddressThatSaysNothingAfterConnectingGivesWayToTheNext) {
  acceptors.emplace_back(io, tcp::endpoint(at(9), port));
  dial_name({at(9), at(1)},
            {.next_address_ms = limits::kHandshakeDeadline_ms, .next_address_connected_ms = 5});
  expect_link();
}

TEST_F(DialName, F3_AnAddressOfSomebodyElseGivesWayToTheNext) {
  auto east =
      Listener::on_tcp(io, "127.0.0.9", port,
                       context_of(settings_of({"east"}, TlsUse::peer_link, "north")), callbacks());
  ASSERT_TRUE(east) << east.error().reason;
  dial_name({at(9), at(1)}, {.next_address_ms = limits::kHandshakeDeadline_ms});
  expect_link();
}

TEST_F(DialName, F3_TheFirstThatIsReachedIsTheOnlyOne) {
  auto second =
      Listener::on_tcp(io, "127.0.0.9", port,
                       context_of(settings_of({"south"}, TlsUse::peer_link, "north")), callbacks());
  ASSERT_TRUE(second) << second.error().reason;
  dial_name({at(1), at(9)}, {});
  expect_link();
  settle();
  EXPECT_EQ(accepted.size(), 1u);
  EXPECT_TRUE(refusals.empty());
}

TEST_F(DialName, B2_WhatLedNowhereIsBegunLast) {
  std::vector<std::unique_ptr<Listener>> others;
  for (int host : {9, 8}) {
    others.push_back(*Listener::on_tcp(
        io, at(host).to_string(), port,
        context_of(settings_of({"south"}, TlsUse::peer_link, "north")), callbacks()));
  }
  const std::string end = ":" + std::to_string(port);
  dial_name({at(9), at(8), at(1)}, {.try_last = {"127.0.0.8" + end, "127.0.0.9" + end}});
  expect_link();
  listener.reset();
  dialled.reset();
  dial_name({at(9), at(8), at(1)}, {.try_last = {"127.0.0.8" + end, "127.0.0.9" + end}});
  ASSERT_TRUE(run_until([&] { return dialled.has_value(); }));
  ASSERT_TRUE(*dialled) << dialled->error().reason;
  EXPECT_EQ((**dialled)->peer().address, "127.0.0.8" + end);
}

TEST_F(DialName, F3_AllThatFailAreTold) {
  listener.reset();
  drop_all_at(8);
  dial_name({at(9), at(8)}, {.deadline_ms = 500, .next_address_ms = 5});
  const std::string end = ":" + std::to_string(port) + ": ";
  expect_failure(ErrorCode::timed_out, "south (peer.test" + end.substr(0, end.size() - 2) +
                                           "): 127.0.0.8" + end + "no answer in 500 ms; 127.0.0.9" +
                                           end + "connection refused");
}

TEST_F(DialName, F3_ANameWithVeryManyAddressesIsBounded) {
  Addresses many(limits::kAddressesPerNameMax, at(9));
  many.push_back(at(1));
  dial_name(many, {});
  expect_failure(ErrorCode::unreachable,
                 "and " + std::to_string(limits::kAddressesPerNameMax - 4) + " more addresses");
  many[limits::kAddressesPerNameMax - 1] = at(1);
  dialled.reset();
  dial_name(many, {});
  expect_link();
}

TEST_F(DialName, F22_ANameServiceThatHangsIsNotCalledASilentHost) {
  dial_with({.deadline_ms = 50, .resolve = [](const std::string&, Resolved) {}});
  expect_failure(ErrorCode::timed_out, "the name service does not answer");
}

TEST_F(DialName, TheOperatingSystemKnowsThisHost) {
  std::optional<Result<Addresses>> found;
  resolve(io, "localhost", [&](Result<Addresses> outcome) { found.emplace(std::move(outcome)); });
  const auto keep_running = boost::asio::make_work_guard(io);
  ASSERT_TRUE(run_until([&] { return found.has_value(); }));
  ASSERT_TRUE(*found) << found->error().reason;
  EXPECT_TRUE((*found)->front().is_loopback());
}

TEST_F(DialName, QuestionsBeyondTheBoundAreAnsweredAtOnceAndNoneOutlivesItsLoop) {
  boost::asio::io_context brief;
  const auto never = [](Result<Addresses>) {};
  size_t refused = 0;
  for (size_t i = 0; i < limits::kLookupsMax; ++i) resolve(brief, "localhost", never);
  resolve(brief, "localhost", [&](Result<Addresses> outcome) { refused += outcome ? 0 : 1; });
  while (refused == 0 && brief.run_one() != 0) {
  }
  EXPECT_EQ(refused, 1u);
}

}  // namespace
}  // namespace hotline
