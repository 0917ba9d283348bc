#include "protocol/transport/handshake_places.h"

#include <algorithm>
#include <functional>

#include "protocol/limits.h"

namespace hotline {
namespace {

namespace ip = boost::asio::ip;

struct Crowd {
  size_t count = 0;
  std::optional<size_t> first_to_go;
};

// Those of `places` that `counts`: how many, and which of them is the first to go.
Crowd look_at(const std::vector<HandshakePlace>& places,
              const std::function<bool(const HandshakePlace&)>& counts) {
  Crowd crowd;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!counts(places[i])) continue;
    ++crowd.count;
    const bool is_first = !crowd.first_to_go;
    const bool more_silent =
        !is_first && !places[i].said_hello && places[*crowd.first_to_go].said_hello;
    if (is_first || more_silent) crowd.first_to_go = i;
  }
  return crowd;
}

}  // namespace

ip::address network_of(const ip::address& address) {
  if (address.is_v4()) return address;
  const ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
  ip::address_v6::bytes_type bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return ip::address_v6(bytes);
}

void KnownNetworks::remember(const ip::address& address) {
  const ip::address network = network_of(address);
  std::erase(networks_, network);
  networks_.push_front(network);
  if (networks_.size() > limits::kKnownNetworksMax) networks_.pop_back();
}

bool KnownNetworks::contains(const ip::address& network) const {
  return std::find(networks_.begin(), networks_.end(), network) != networks_.end();
}

std::optional<GivesWay> find_who_gives_way(const std::vector<HandshakePlace>& places,
                                           const HandshakePlace& newcomer,
                                           const HandshakePlacesMax& max) {
  const Crowd neighbours =
      look_at(places, [&](const HandshakePlace& one) { return one.network == newcomer.network; });
  if (neighbours.count >= max.per_network && neighbours.first_to_go) {
    return GivesWay{*neighbours.first_to_go, true};
  }
  const Crowd equals =
      look_at(places, [&](const HandshakePlace& one) { return one.known == newcomer.known; });
  if (equals.count >= (newcomer.known ? max.known : max.strangers) && equals.first_to_go) {
    return GivesWay{*equals.first_to_go, false};
  }
  return std::nullopt;
}

}  // namespace hotline
