#include "protocol/transport/tls_policy.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>

#include "certs/dev_pki.h"
#include "protocol/base/frame.h"
#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// A TLS client that obeys no policy of ours: what a stranger, an old program or an attacker sends.
class Stranger {
 public:
  explicit Stranger(boost::asio::io_context& io)
      : context_(boost::asio::ssl::context::tls_client), io_(io) {
    offer("hotline/1");
  }

  void show(const std::string& stem) {
    context_.use_certificate_chain_file(development_pki().file(stem + ".crt"));
    context_.use_private_key_file(development_pki().file(stem + ".key"),
                                  boost::asio::ssl::context::pem);
  }
  void offer(std::string_view protocol) {
    std::string wire(1, static_cast<char>(protocol.size()));
    wire += protocol;
    SSL_CTX_set_alpn_protos(native_context(), as_bytes(wire).data(),
                            static_cast<unsigned>(protocol.empty() ? 0 : wire.size()));
  }
  SSL_CTX* native_context() { return context_.native_handle(); }
  SSL* native() { return stream_->native_handle(); }

  // Shakes hands, then reads until the end.
  void start(uint16_t port) {
    SSL_CTX_set_msg_callback(native_context(), count_tickets);
    SSL_CTX_set_msg_callback_arg(native_context(), &tickets);
    stream_.emplace(io_, context_);
    stream_->lowest_layer().connect({boost::asio::ip::make_address("127.0.0.1"), port});
    stream_->async_handshake(boost::asio::ssl::stream_base::client, [this](error_code error) {
      handshake_error = error;
      if (error) {
        end = error;
      } else {
        read();
      }
    });
  }

  void write(ByteView bytes) {
    boost::asio::write(*stream_, boost::asio::buffer(bytes.data(), bytes.size()));
  }

  std::string said() const { return end ? end->message() : "nothing"; }

  std::optional<error_code> handshake_error;
  std::optional<error_code> end;
  int tickets = 0;

 private:
  static void count_tickets(int is_write, int, int type, const void* data, size_t size, SSL*,
                            void* tickets) {
    const bool handshake = type == SSL3_RT_HANDSHAKE && is_write == 0 && size > 0;
    if (handshake && *static_cast<const uint8_t*>(data) == SSL3_MT_NEWSESSION_TICKET) {
      ++*static_cast<int*>(tickets);
    }
  }

  void read() {
    stream_->async_read_some(boost::asio::buffer(rest_), [this](error_code error, size_t) {
      if (error) {
        end = error;
      } else {
        read();
      }
    });
  }

  boost::asio::ssl::context context_;
  boost::asio::io_context& io_;
  std::optional<boost::asio::ssl::stream<tcp::socket>> stream_;
  std::array<uint8_t, 4096> rest_;
};

class TlsPolicy : public TwoEnds {
 protected:
  void SetUp() override { listen(context_of(settings_of({"south"}, TlsUse::peer_link, "north"))); }

  // Expects that `who` becomes no link, and what both sides can say about it.
  void expect_refused(Stranger& who, const std::string& here, const std::string& there) {
    who.start(listener->port());
    ASSERT_TRUE(run_until([&] { return who.end && !refusals.empty(); }));
    EXPECT_NE(refusals.front().error.reason.find(here), std::string::npos)
        << refusals.front().error.reason;
    EXPECT_NE(who.said().find(there), std::string::npos) << who.said();
    EXPECT_FALSE(refusals.front().address.empty());
    settle();
    EXPECT_TRUE(accepted.empty());
    EXPECT_EQ(refusals.size(), 1u);
  }

  // The same for a peer that is one of ours but not the right one.
  void expect_not_taken(std::shared_ptr<const TlsContext> context, const std::string& here,
                        const std::string& there) {
    dial_it(std::move(context));
    ASSERT_TRUE(run_until([&] { return dialled && !refusals.empty(); }));
    EXPECT_NE(refusals.front().error.reason.find(here), std::string::npos)
        << refusals.front().error.reason;
    EXPECT_TRUE(accepted.empty());
    if (!*dialled) {
      EXPECT_NE(dialled->error().reason.find(there), std::string::npos) << dialled->error().reason;
      return;
    }
    // TLS 1.3: the side that dials has done its handshake before it is refused (P18).
    north.start(**dialled);
    ASSERT_TRUE(run_until([&] { return !north.ends.empty(); }));
    EXPECT_EQ(north.ends.front().cause, LinkEndCause::refused_by_peer);
    EXPECT_NE(north.ends.front().reason.find(there), std::string::npos)
        << north.ends.front().reason;
    EXPECT_TRUE(north.frames.empty());
  }

  Stranger stranger{io};
};

TEST_F(TlsPolicy, AStrangerThatDoesEverythingRightIsTaken) {
  stranger.show("north/tls");
  stranger.start(listener->port());
  ASSERT_TRUE(run_until([&] { return !accepted.empty() && stranger.handshake_error; }));
  EXPECT_FALSE(*stranger.handshake_error);
  EXPECT_EQ(SSL_version(stranger.native()), TLS1_3_VERSION);
  south.start(accepted.front());
  stranger.write(encode_frame(as_bytes("hello")));
  ASSERT_EQ(south.link->send(as_bytes("there")), SendOutcome::queued);
  EXPECT_TRUE(run_until([&] { return south.frames.size() == 1; }));
  settle();
  EXPECT_EQ(stranger.tickets, 0) << "a ticket would let a revoked peer resume";
}

TEST_F(TlsPolicy, WithoutACertificateNobodyIsTaken) {
  expect_refused(stranger, "showed no certificate", "certificate required");
}

TEST_F(TlsPolicy, AnotherProtocolIsRefused) {
  stranger.show("north/tls");
  stranger.offer("hotline-client/1");
  expect_refused(stranger, "offers other protocols, not hotline/1", "no application protocol");
}

TEST_F(TlsPolicy, NoProtocolAtAllIsRefused) {
  stranger.show("north/tls");
  stranger.offer("");
  expect_refused(stranger, "does not name the protocol hotline/1", "no application protocol");
}

TEST_F(TlsPolicy, APrefixOfTheProtocolIsNotTheProtocol) {
  stranger.show("north/tls");
  stranger.offer("hotline/");
  expect_refused(stranger, "offers other protocols", "no application protocol");
}

TEST_F(TlsPolicy, OlderTlsIsRefused) {
  for (int version : {TLS1_2_VERSION, TLS1_1_VERSION}) {
    Stranger old(io);
    old.show("north/tls");
    SSL_CTX_set_security_level(old.native_context(), 0);
    SSL_CTX_set_min_proto_version(old.native_context(), version);
    SSL_CTX_set_max_proto_version(old.native_context(), version);
    expect_refused(old, "does not speak TLS 1.3", "protocol version");
    refusals.clear();
  }
}

TEST_F(TlsPolicy, NoTlsAtAllIsRefused) {
  tcp::socket plain(io);
  plain.connect({boost::asio::ip::make_address("127.0.0.1"), listener->port()});
  boost::asio::write(plain, boost::asio::buffer("GET / HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(run_until([&] { return !refusals.empty(); }));
  EXPECT_NE(refusals.front().error.reason.find("does not speak TLS"), std::string::npos)
      << refusals.front().error.reason;
}

TEST_F(TlsPolicy, ACertificateOfAnotherCaIsRefused) {
  expect_not_taken(context_of(settings_of({"east"}, TlsUse::peer_link, "south")),
                   "is not signed by the trusted CA", "it refused our certificate");
}

TEST_F(TlsPolicy, AnotherPartyOfTheSameCaIsRefused) {
  auto settings = settings_of({"south"}, TlsUse::peer_link, "north");
  settings.expected_party = "east";  // North's CA is trusted, but not as north.
  listen(context_of(std::move(settings)));
  expect_not_taken(context_of(settings_of({"north"}, TlsUse::peer_link, "south")), "east",
                   "it refused our certificate");
}

TEST_F(TlsPolicy, TheSideThatDialsChecksWhoAnswersToo) {
  auto settings = settings_of({"north"}, TlsUse::peer_link, "south");
  settings.expected_party = "east";
  dial_it(context_of(std::move(settings)));
  ASSERT_TRUE(run_until([&] { return dialled && !refusals.empty(); }));
  ASSERT_FALSE(*dialled);
  EXPECT_EQ(dialled->error().code, ErrorCode::not_allowed);
  EXPECT_NE(dialled->error().reason.find("east (127.0.0.1:"), std::string::npos);
  EXPECT_NE(dialled->error().reason.find("south"), std::string::npos) << dialled->error().reason;
  EXPECT_NE(refusals.front().error.reason.find("it refused our certificate"), std::string::npos)
      << refusals.front().error.reason;
}

TEST_F(TlsPolicy, APersonIsNoPeer) {
  expect_not_taken(context_of(settings_of({"north", "ann"}, TlsUse::peer_link, "south")),
                   "for person and not for tls", "it refused our certificate");
}

TEST_F(TlsPolicy, WithoutATrustAnchorNobodyIsTaken) {
  auto settings = settings_of({"south"}, TlsUse::peer_link, "north");
  settings.trust_anchor = [] { return nullptr; };
  listen(context_of(std::move(settings)));
  expect_not_taken(context_of(settings_of({"north"}, TlsUse::peer_link, "south")),
                   "no trust anchor is loaded for north", "it refused our certificate");
}

TEST_F(TlsPolicy, AnExpiredCertificateIsRefusedByTheTimeGiven) {
  auto settings = settings_of({"south"}, TlsUse::peer_link, "north");
  settings.utc_now = [] { return kTestNow + int64_t{365} * 24 * 3600 * 1000; };
  listen(context_of(std::move(settings)));
  expect_not_taken(context_of(settings_of({"north"}, TlsUse::peer_link, "south")), "expired",
                   "expired");
}

TEST_F(TlsPolicy, PersonsAreTakenAtTheClientApiAndDaemonsAreNot) {
  listen(context_of(settings_of({"south"}, TlsUse::api_service, "south")));
  dial_it(context_of(settings_of({"south", "ann"}, TlsUse::api_person, "south")));
  ASSERT_TRUE(run_until([&] { return dialled && !accepted.empty(); }));
  ASSERT_TRUE(*dialled);
  EXPECT_EQ(accepted.front()->peer().certificate->identity,
            (Identity{"south", Purpose::person, "ann"}));
  accepted.clear();
  expect_not_taken(context_of(settings_of({"south"}, TlsUse::api_person, "south")),
                   "for tls and not for person", "it refused our certificate");
}

TEST_F(TlsPolicy, PersonsOfAnotherPartyAreNotTakenAtTheClientApi) {
  listen(context_of(settings_of({"south"}, TlsUse::api_service, "south")));
  expect_not_taken(context_of(settings_of({"north", "ann"}, TlsUse::api_person, "south")),
                   "is not signed by the trusted CA", "it refused our certificate");
}

TEST_F(TlsPolicy, APeerAtTheClientsPortIsToldThatItIsTheWrongOne) {
  listen(context_of(settings_of({"south"}, TlsUse::api_service, "south")));
  expect_not_taken(context_of(settings_of({"north"}, TlsUse::peer_link, "south")),
                   "offers other protocols, not hotline-client/1",
                   "it does not serve our protocol on this port");
}

// A revocation counts at the next handshake, and for the links that stand as soon as they are
// asked.
TEST_F(TlsPolicy, ARevocationCountsAsSoonAsItIsLoaded) {
  const TemporaryDirectory pki;
  make_pki(pki);
  auto anchor = std::make_shared<std::shared_ptr<const TrustAnchor>>(anchor_of("north", pki));
  auto settings = settings_of({"south"}, TlsUse::peer_link, "north", pki);
  settings.trust_anchor = [anchor] { return *anchor; };
  listen(context_of(std::move(settings)));
  const auto context = context_of(settings_of({"north"}, TlsUse::peer_link, "south", pki));
  dial_it(context);
  ASSERT_TRUE(run_until([&] { return dialled && !accepted.empty(); }));
  south.start(accepted.front());
  accepted.clear();
  EXPECT_TRUE(south.link->check_peer_again());
  const std::string serial = south.link->peer().certificate->serial_hex;

  ASSERT_TRUE(revoke_dev_certificate(pki.file("north"), pki.file("north/tls.crt"), kTestNow));
  *anchor = anchor_of("north", pki);
  const Status again = south.link->check_peer_again();
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().reason.find("revoked"), std::string::npos) << again.error().reason;
  EXPECT_NE(again.error().reason.find(serial), std::string::npos) << again.error().reason;
  expect_not_taken(context, "revoked", "it refused our certificate: revoked");
  EXPECT_NE(refusals.front().error.reason.find(serial), std::string::npos);
  EXPECT_EQ(refusals.front().error.code, ErrorCode::not_allowed);
}

// KeyUpdates alone never make a read return, so they must be counted elsewhere (P23).
TEST_F(TlsPolicy, AFloodOfKeyUpdatesEndsTheLink) {
  stranger.show("north/tls");
  stranger.start(listener->port());
  ASSERT_TRUE(run_until([&] { return !accepted.empty() && stranger.handshake_error; }));
  south.start(accepted.front());
  const auto update_keys = [&](size_t count) {
    for (size_t i = 0; i < count; ++i) {
      ASSERT_EQ(SSL_key_update(stranger.native(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
      ASSERT_EQ(SSL_do_handshake(stranger.native()), 1);
    }
  };
  for (size_t round = 0; round < 3; ++round) {
    update_keys(limits::kPostHandshakeMessagesMax);
    stranger.write(encode_frame(as_bytes("data")));
    ASSERT_TRUE(run_until([&] { return south.frames.size() == round + 1; }));
    EXPECT_TRUE(south.ends.empty());
  }
  update_keys(limits::kPostHandshakeMessagesMax + 1);
  stranger.write(Bytes{0});  // Carries them along, and is not a whole frame.
  ASSERT_TRUE(run_until([&] { return !south.ends.empty(); }));
  EXPECT_EQ(south.ends.front().cause, LinkEndCause::flood) << south.ends.front().reason;
}

TEST(TlsContext, SaysWhichFileMustBeMended) {
  auto settings = settings_of({"south"}, TlsUse::peer_link, "north");
  settings.certificate_path = development_pki().file("absent.crt");
  auto context = TlsContext::create(settings);
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::configuration);
  EXPECT_NE(context.error().reason.find("absent.crt"), std::string::npos);

  settings.certificate_path = development_pki().file("south/tls.crt");
  settings.key_path = development_pki().file("south/log.key");
  context = TlsContext::create(settings);
  ASSERT_FALSE(context);
  EXPECT_EQ(context.error().code, ErrorCode::configuration);
}

}  // namespace
}  // namespace hotline
