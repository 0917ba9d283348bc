#include "protocol/transport/handshake_places.h"

#include <algorithm>
#include <map>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

namespace ip = boost::asio::ip;

// The network that has most of `places` of this kind, its newcomer counted too.
struct Most {
  ip::address network;
  size_t count = 0;
};

Most find_most(const std::vector<HandshakePlace>& places, const HandshakePlace& newcomer) {
  std::map<ip::address, size_t> counts{{newcomer.network, 1}};
  for (const HandshakePlace& one : places) {
    if (one.known == newcomer.known) ++counts[one.network];
  }
  Most most{newcomer.network, counts.at(newcomer.network)};
  for (const auto& [network, count] : counts) {
    if (count > most.count) most = {network, count};
  }
  return most;
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
  const auto is_equal = [&](const HandshakePlace& one) { return one.known == newcomer.known; };
  const auto equals = std::count_if(places.begin(), places.end(), is_equal);
  if (static_cast<size_t>(equals) < (newcomer.known ? max.known : max.strangers)) {
    return std::nullopt;
  }
  const Most most = find_most(places, newcomer);
  const bool has_too_many = most.count > max.per_network_when_full;
  std::optional<size_t> first_to_go;
  for (size_t i = 0; i < places.size(); ++i) {
    if (!is_equal(places[i]) || (has_too_many && places[i].network != most.network)) continue;
    const bool more_silent =
        first_to_go && !places[i].said_hello && places[*first_to_go].said_hello;
    if (!first_to_go || more_silent) first_to_go = i;
  }
  if (!first_to_go) return std::nullopt;
  return GivesWay{*first_to_go, has_too_many};
}

}  // namespace hotline
