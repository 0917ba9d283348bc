// The links to the peer over real sockets: which address is tried, and how soon again.
#include "daemon/links/peer_links.h"

#include <boost/asio/post.hpp>

#include "daemon/links/peer_door.h"
#include "tests/unit/transport/two_ends.h"

namespace hotline {
namespace {

class PeerLinksTest : public TwoEnds {
 protected:
  static std::string host(int number) { return "127.0.0." + std::to_string(number); }

  // South at two addresses of one port. At the first it ends each link at once; at the second it
  // keeps them.
  void SetUp() override {
    const auto context = context_of(settings_of({"south"}, TlsUse::peer_link, "north"));
    listen(context);
    ListenerCallbacks ends_all = callbacks();
    ends_all.on_link = [this](std::shared_ptr<FramedLink> link) {
      ++ended;
      link->start(
          {.on_frame = [](const Bytes&) {}, .on_closed = [](const LinkEnd&) {}, .on_writable = {}});
      link->close();
    };
    auto made = Listener::on_tcp(io, host(9), listener->port(), context, std::move(ends_all));
    ASSERT_TRUE(made) << made.error().reason;
    first = *std::move(made);
  }

  // The first address too keeps its links, and says nothing on them.
  void let_first_say_nothing() {
    first.reset();
    auto keeps = Listener::on_tcp(io, host(9), listener->port(),
                                  context_of(settings_of({"south"}, TlsUse::peer_link, "north")),
                                  callbacks());
    ASSERT_TRUE(keeps) << keeps.error().reason;
    first = *std::move(keeps);
  }

  void start() {
    PeerLinkSettings settings;
    settings.peer = "south";
    settings.addresses = {{"peer.test", listener->port()}};
    settings.context = context_of(settings_of({"north"}, TlsUse::peer_link, "south"));
    settings.utc_now = [] { return kTestNow; };
    settings.resolve = [this](const std::string&, Resolved done) {
      boost::asio::post(io, [done] {
        done(Addresses{boost::asio::ip::make_address(host(9)),
                       boost::asio::ip::make_address(host(1))});
      });
    };
    PeerLinkEvents events;
    events.opened = [this](LinkId link, const LinkPeer& peer) {
      newest = link;
      reached.push_back(peer.address);
    };
    events.frame = [](LinkId, const Bytes&) {};
    events.closed = [](LinkId, const std::string&, bool) {};
    events.refused = [](const std::string&, const std::string&) {};
    events.certificate_refused = [](const std::string&, const Error&) {};
    events.path_news = [](const PathNews&) {};
    links = std::make_unique<PeerLinks>(io, std::move(settings), std::move(events));
    links->start();
  }

  void TearDown() override {
    if (links) links->stop();
    settle();
  }

  std::string at(int number) const { return host(number) + ":" + std::to_string(listener->port()); }

  std::unique_ptr<Listener> first;
  std::unique_ptr<PeerLinks> links;
  LinkId newest = 0;
  std::vector<std::string> reached;
  int ended = 0;
};

TEST_F(PeerLinksTest, WhoeverCallsIsGivenToTheLinksOfThePeerThatTheCertificateNames) {
  start();
  PeerDoor door;
  door.lead_to("south", *links);
  LinkPeer caller;
  EXPECT_EQ(door.links_for(caller), nullptr);
  caller.certificate.emplace();
  caller.certificate->identity.party = "south";
  EXPECT_EQ(door.links_for(caller), links.get());
  caller.certificate->identity.party = "west";
  EXPECT_EQ(door.links_for(caller), nullptr);
}

TEST_F(PeerLinksTest, B2_AnAddressThatTakesTheLinkAndEndsItGivesWayToTheNext) {
  start();
  ASSERT_TRUE(run_until([&] { return reached.size() == 2; }));
  EXPECT_EQ(reached, (std::vector<std::string>{at(9), at(1)}));
  EXPECT_EQ(ended, 1);
}

TEST_F(PeerLinksTest, B2_AnAddressThatTakesTheLinkAndHangsGivesWayToTheNext) {
  let_first_say_nothing();
  start();
  ASSERT_TRUE(run_until([&] { return reached.size() == 1; }));
  links->close(newest, "no hello within 10 s");  // The core's word.
  ASSERT_TRUE(run_until([&] { return reached.size() == 2; }));
  EXPECT_EQ(reached, (std::vector<std::string>{at(9), at(1)}));
  EXPECT_FALSE(links->is_in_use(newest));

  // The address that was in use is tried first again, after a short wait.
  links->note_use(newest, at(9));  // Another link's address.
  EXPECT_FALSE(links->is_in_use(newest));
  links->note_use(newest, at(1));
  EXPECT_TRUE(links->is_in_use(newest));
  links->close(newest, "three probes were not answered");
  ASSERT_TRUE(run_until([&] { return reached.size() == 3; }));
  EXPECT_EQ(reached.back(), at(1));
}

// Nor is its end waited for: while it says nothing, the next is dialled beside it.
TEST_F(PeerLinksTest, A2_AnAddressThatSaysNothingDoesNotKeepUsFromTheNext) {
  let_first_say_nothing();
  start();
  ASSERT_TRUE(run_until([&] { return reached.size() == 2; }));
  EXPECT_EQ(reached, (std::vector<std::string>{at(9), at(1)}));
}

}  // namespace
}  // namespace hotline
