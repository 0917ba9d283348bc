// The port where peers call: one for all channels of a daemon. Whoever calls is given to the links
// to the peer that the certificate names.
//
// TLS judges callers by one context, which knows one peer: a second channel needs a context that
// knows both (TlsSettings::expected_party), and nothing else here.
#pragma once

#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <string>

#include "daemon/links/peer_links.h"
#include "daemon/process/config.h"
#include "protocol/transport/listen.h"

namespace hotline {

class PeerDoor {
 public:
  // Error: the address cannot be taken.
  Status open(boost::asio::io_context& io, const Endpoint& listen,
              std::shared_ptr<const TlsContext> context, const HandshakePlacesMax& handshakes);
  // Before anybody can call. `links` outlive the open door.
  void lead_to(const std::string& peer, PeerLinks& links);
  // Null: the certificate names no peer of ours.
  PeerLinks* links_for(const LinkPeer& caller) const;

  uint16_t port() const { return listener_->port(); }
  // Nobody else can take the places of those who come from where we look for a peer.
  void keep_places_for(const Addresses& addresses);
  void close() { listener_.reset(); }

 private:
  // Nobody knows to which channel a stranger would have come: each hears of it.
  void refuse(const RefusedCaller& caller);

  std::unique_ptr<Listener> listener_;
  std::map<std::string, PeerLinks*> links_;  // By the peer's id.
};

}  // namespace hotline
