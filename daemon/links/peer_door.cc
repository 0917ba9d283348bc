#include "daemon/links/peer_door.h"

#include <utility>

namespace hotline {

Status PeerDoor::open(boost::asio::io_context& io, const Endpoint& listen,
                      std::shared_ptr<const TlsContext> context,
                      const HandshakePlacesMax& handshakes) {
  ListenerCallbacks callbacks;
  callbacks.on_link = [this](std::shared_ptr<FramedLink> link) {
    PeerLinks* links = links_for(link->peer());
    if (links != nullptr) links->accept(std::move(link));
  };
  callbacks.on_refused = [this](const RefusedCaller& caller) { refuse(caller); };
  callbacks.on_trouble = [this](const Error& trouble) { refuse({"", trouble}); };
  ListenerCaps caps;
  caps.handshakes = handshakes;
  auto listener = Listener::on_tcp(io, listen.host, listen.port, std::move(context),
                                   std::move(callbacks), caps);
  if (!listener) return listener.error();
  listener_ = *std::move(listener);
  return ok();
}

void PeerDoor::lead_to(const std::string& peer, PeerLinks& links) {
  links_[peer] = &links;
}

PeerLinks* PeerDoor::links_for(const LinkPeer& caller) const {
  if (!caller.certificate) return nullptr;
  const auto found = links_.find(caller.certificate->identity.party);
  return found == links_.end() ? nullptr : found->second;
}

void PeerDoor::keep_places_for(const Addresses& addresses) {
  if (listener_) listener_->keep_places_for(addresses);
}

void PeerDoor::refuse(const RefusedCaller& caller) {
  for (const auto& [peer, links] : links_) links->refused(caller);
}

}  // namespace hotline
