#include "protocol/transport/listen.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>

#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

using boost::asio::ip::tcp;
using Local = boost::asio::local::stream_protocol;

class ListenTest : public TwoEnds {
 protected:
  std::shared_ptr<const TlsContext> south_context() {
    return context_of(settings_of({"south"}, TlsUse::peer_link, "north"));
  }
  std::shared_ptr<const TlsContext> north_context() {
    return context_of(settings_of({"north"}, TlsUse::peer_link, "south"));
  }
  // Connects and says nothing.
  void add_silent_one() {
    silent.emplace_back(io);
    silent.back().connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
  }

  std::vector<tcp::socket> silent;
};

TEST_F(ListenTest, ManySilentConnectionsTouchNeitherALinkNorTheNextHandshake) {
  connect();
  // All come from the link's own address, so that the cap of the known is what holds.
  for (int i = 0; i < 200; ++i) {
    add_silent_one();
    if (i % 20 == 0) settle();
  }
  settle();
  EXPECT_LE(listener->handshakes_under_way(), limits::kHandshakesKnownMax);
  ASSERT_EQ(north.link->send(as_bytes("still there?")), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return south.frames.size() == 1; }));

  dial_it(north_context());
  EXPECT_TRUE(run_until([&] { return dialled && accepted.size() == 1; }));
  EXPECT_TRUE(*dialled) << dialled->error().reason;
  EXPECT_TRUE(north.ends.empty());
}

TEST_F(ListenTest, AFloodOfRefusalsIsToldInSumAndNoneIsForgotten) {
  listen(south_context(), {.handshakes = {1, 32, 1}, .report_window_ms = 3000});
  for (int i = 0; i < 41; ++i) {
    add_silent_one();
    settle();
  }
  const auto count = [&] {
    size_t sum = 0;
    for (const RefusedCaller& refusal : refusals) sum += refusal.count;
    return sum;
  };
  EXPECT_TRUE(run_until([&] { return count() == 40; }));
  EXPECT_LT(refusals.size(), 40u);
  EXPECT_GT(refusals.back().count, 1u);
  EXPECT_NE(refusals.front().error.reason.find("too many connections from there"),
            std::string::npos);
}

TEST_F(ListenTest, TheCapOverAllAddressesHolds) {
  listen(south_context(), {.handshakes = {3, 3, 100}});
  for (int i = 0; i < 10; ++i) {
    add_silent_one();
    settle();
  }
  EXPECT_EQ(listener->handshakes_under_way(), 3u);
  EXPECT_EQ(refusals.size(), 7u);
}

TEST_F(ListenTest, AHandshakeHasADeadline) {
  listen(south_context(), {.handshake_deadline_ms = 50});
  add_silent_one();
  EXPECT_TRUE(run_until([&] { return !refusals.empty(); }));
  EXPECT_EQ(refusals.front().error.code, ErrorCode::timed_out);
  EXPECT_NE(refusals.front().error.reason.find("in time"), std::string::npos);
  EXPECT_TRUE(run_until([&] { return listener->handshakes_under_way() == 0; }));
}

TEST_F(ListenTest, AfterStopNoCallbackComesAndLinksLiveOn) {
  connect();
  add_silent_one();
  settle();
  EXPECT_EQ(listener->handshakes_under_way(), 1u);
  dial_it(north_context());
  listener.reset();
  EXPECT_TRUE(run_until([&] { return dialled.has_value(); }));
  settle();
  EXPECT_TRUE(refusals.empty());
  EXPECT_TRUE(accepted.empty());
  ASSERT_EQ(north.link->send(as_bytes("still there?")), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return south.frames.size() == 1; }));
}

TEST_F(ListenTest, SaysWhyItCannotListen) {
  listen(south_context());
  auto second = Listener::on_tcp(io, "127.0.0.1", listener->port(), south_context(), callbacks());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::configuration);
  EXPECT_EQ(second.error().reason,
            "cannot listen on " + listener->address() + ": another program listens there");
  EXPECT_FALSE(Listener::on_tcp(io, "not an address", 0, south_context(), callbacks()));
  EXPECT_FALSE(Listener::on_tcp(io, "192.0.2.1", 0, south_context(), callbacks()));
}

// From many addresses, each with few connections.
class StrangersTest : public ListenTest {
 protected:
  tcp::socket connect_from(int host) {
    tcp::socket socket(io, tcp::v4());
    socket.bind({boost::asio::ip::make_address("127.0.1." + std::to_string(host)), 0});
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
    return socket;
  }
  void strangers_come(int count) {
    for (int i = 0; i < count; ++i) {
      silent.push_back(connect_from(100 + i % 100));
      settle();
    }
  }
  // The first that one of ours says, from OpenSSL itself.
  static std::string hello() {
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    SSL* session = SSL_new(context);
    const unsigned char protocol[] = "\x09hotline/1";
    SSL_set_alpn_protos(session, protocol, sizeof protocol - 1);
    SSL_set_bio(session, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_connect(session);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(session), &bytes);
    std::string said(bytes, static_cast<size_t>(size));
    SSL_free(session);
    SSL_CTX_free(context);
    return said;
  }
  // Whatever the other side said.
  static bool is_open(tcp::socket& socket) {
    socket.non_blocking(true);
    boost::system::error_code error;
    char some[4096];
    while (!error) socket.read_some(boost::asio::buffer(some), error);
    return error == boost::asio::error::would_block;
  }
  static Addresses addresses_of(int host) {
    return {boost::asio::ip::make_address("127.0.1." + std::to_string(host))};
  }
};

TEST_F(StrangersTest, A9_WhoSpokeStaysLongerThanWhoIsSilent) {
  listen(south_context(), {.handshakes = {4, 4, 4}});
  tcp::socket honest = connect_from(1);
  tcp::socket silent_one = connect_from(2);
  boost::asio::write(honest, boost::asio::buffer(hello()));
  settle();
  strangers_come(50);
  EXPECT_TRUE(is_open(honest));
  EXPECT_FALSE(is_open(silent_one));
  EXPECT_EQ(listener->handshakes_under_way(), 4u);
}

TEST_F(StrangersTest, B1_AsLongAsThereArePlacesOneHostMayTakeThemAll) {
  listen(south_context(), {.handshakes = {6, 6, 2}});
  std::vector<tcp::socket> programs;
  for (int i = 0; i < 6; ++i) {
    programs.push_back(connect_from(1));
    settle();
  }
  EXPECT_EQ(listener->handshakes_under_way(), 6u);
  EXPECT_TRUE(refusals.empty());
}

TEST_F(StrangersTest, B1_WhereAllPlacesAreTakenWhoHasMostGivesWay) {
  listen(south_context(), {.handshakes = {6, 6, 2}});
  tcp::socket silent_one = connect_from(2);  // The oldest, and alone.
  settle();
  std::vector<tcp::socket> crowd;
  for (int i = 0; i < 5; ++i) {
    crowd.push_back(connect_from(1));
    boost::asio::write(crowd.back(), boost::asio::buffer(hello()));
    settle();
  }
  tcp::socket other = connect_from(3);
  settle();
  EXPECT_TRUE(is_open(silent_one));
  EXPECT_FALSE(is_open(crowd[0]));
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(connect_from(1));
    settle();
  }
  EXPECT_TRUE(is_open(silent_one));
  EXPECT_TRUE(is_open(other));
  EXPECT_EQ(listener->handshakes_under_way(), 6u);
}

TEST_F(StrangersTest, A9_AKnownAddressHasPlacesThatStrangersCannotTake) {
  listen(south_context(), {.handshakes = {4, 4, 4}});
  listener->keep_places_for(addresses_of(1));
  tcp::socket expected = connect_from(1);
  settle();
  strangers_come(50);
  EXPECT_TRUE(is_open(expected));
  EXPECT_EQ(listener->handshakes_under_way(), 5u);
}

TEST_F(StrangersTest, A9_WhereALinkCameFromIsKnown) {
  connect();  // From 127.0.0.1.
  tcp::socket again(io, tcp::v4());
  again.connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
  settle();
  strangers_come(static_cast<int>(limits::kHandshakesMax) + 10);
  EXPECT_TRUE(is_open(again));
}

TEST_F(StrangersTest, A9_ThePlacesOfTheKnownAreBoundedToo) {
  listen(south_context(), {.handshakes = {4, 2, 4}});
  for (int host = 1; host <= 3; ++host) listener->keep_places_for(addresses_of(host));
  std::vector<tcp::socket> known;
  for (int host = 1; host <= 3; ++host) {
    known.push_back(connect_from(host));
    settle();
  }
  EXPECT_FALSE(is_open(known[0]));
  EXPECT_TRUE(is_open(known[1]));
  EXPECT_TRUE(is_open(known[2]));
}

TEST(Networks, A9_OneHolderOfAnIpv6NetworkIsOne) {
  using boost::asio::ip::make_address;
  EXPECT_EQ(network_of(make_address("2001:db8:1:2:3:4:5:6")),
            network_of(make_address("2001:db8:1:2:ffff::1")));
  EXPECT_NE(network_of(make_address("2001:db8:1:2::1")),
            network_of(make_address("2001:db8:1:3::1")));
  EXPECT_EQ(network_of(make_address("::ffff:192.0.2.7")), make_address("192.0.2.7"));
  EXPECT_NE(network_of(make_address("192.0.2.7")), network_of(make_address("192.0.2.8")));
}

TEST(Networks, A9_OnlyTheNewestAreRemembered) {
  const auto at = [](size_t i) {
    return boost::asio::ip::make_address("10.0.0." + std::to_string(i));
  };
  KnownNetworks known;
  for (size_t i = 0; i < limits::kKnownNetworksMax; ++i) known.remember(at(i));
  for (int again = 0; again < 3; ++again) known.remember(at(0));  // It has one place.
  known.remember(at(limits::kKnownNetworksMax));
  EXPECT_TRUE(known.contains(at(0)));
  EXPECT_FALSE(known.contains(at(1)));
  EXPECT_TRUE(known.contains(at(2)));
  EXPECT_TRUE(known.contains(at(limits::kKnownNetworksMax)));
}

class UnixListener : public ListenTest {
 protected:
  Result<std::unique_ptr<Listener>> try_listen() {
    return Listener::on_unix(io, path, callbacks());
  }

  TemporaryDirectory directory;
  const std::string path = directory.file("api.sock");
};

TEST_F(UnixListener, OnlyTheOwnerMayConnectAndTheFileGoesWithTheListener) {
  listen_unix(path);
  struct stat found {};
  ASSERT_EQ(lstat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777u, 0600u);
  EXPECT_EQ(listener->address(), "unix:" + path);
  EXPECT_EQ(listener->port(), 0);
  listener.reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(UnixListener, ASocketLeftBehindIsReplaced) {
  { Local::acceptor dead(io, Local::endpoint(path)); }
  ASSERT_TRUE(std::filesystem::exists(path));
  listen_unix(path);
  Local::socket client(io);
  client.connect(Local::endpoint(path));
  EXPECT_TRUE(run_until([&] { return accepted.size() == 1; }));
}

TEST_F(UnixListener, ASocketWhereSomebodyListensIsNotStolen) {
  listen_unix(path);
  auto second = try_listen();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  Local::socket client(io);
  client.connect(Local::endpoint(path));
  // The second one's question was a connection too.
  EXPECT_TRUE(run_until([&] { return accepted.size() == 2; }));
}

TEST_F(UnixListener, AFileThatIsNoSocketIsNotTouched) {
  std::ofstream(path) << "precious";
  auto made = try_listen();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::conflict);
  EXPECT_TRUE(std::filesystem::is_regular_file(path));
}

TEST_F(UnixListener, ASuccessorsSocketIsNotRemoved) {
  listen_unix(path);
  std::filesystem::remove(path);
  auto successor = try_listen();
  ASSERT_TRUE(successor) << successor.error().reason;
  listener.reset();
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST_F(UnixListener, APathTooLongIsSaid) {
  auto made = Listener::on_unix(io, std::string(300, 'x'), callbacks());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().reason.find("1 to 107 bytes"), std::string::npos);
}

}  // namespace
}  // namespace hotline
