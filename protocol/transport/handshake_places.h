// Which connection gives way when more of them shake hands than there are places. Pure.
//
// Those who have shown who they are, or whose addresses are the peer's by the configuration, have
// places that strangers cannot take, however many come from however many addresses. As long as
// there are places nobody is counted: a host may run many programs. Once they are full, a network
// that has more than its share gives way to the others. Among equals the oldest that has said
// nothing goes first: an honest caller's hello comes with its connection, and who floods would have
// to speak too.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace hotline {

// The part of an address that its holder does not choose freely: all of IPv4, and in IPv6 the first
// 64 bits.
boost::asio::ip::address network_of(const boost::asio::ip::address& address);

// The networks of those who are no strangers: limits::kKnownNetworksMax of them, the newest.
class KnownNetworks {
 public:
  void remember(const boost::asio::ip::address& address);
  bool contains(const boost::asio::ip::address& network) const;

 private:
  std::deque<boost::asio::ip::address> networks_;  // The one that was remembered last in front.
};

struct HandshakePlace {
  boost::asio::ip::address network;
  bool known = false;
  bool said_hello = false;
};

struct HandshakePlacesMax {
  size_t strangers;
  size_t known;
  size_t per_network_when_full;
};

struct GivesWay {
  size_t place;           // Among those given.
  bool network_had_most;  // Its network had more than its share.
};

// The one of `places`, in order of arrival, that has to go for a newcomer, if any.
std::optional<GivesWay> find_who_gives_way(const std::vector<HandshakePlace>& places,
                                           const HandshakePlace& newcomer,
                                           const HandshakePlacesMax& max);

}  // namespace hotline
