// Links to the peer's daemon: accepts them, dials when there is none, and gives each an id. What is
// said on them is the core's to decide; this only carries it.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "protocol/effects.h"
#include "protocol/transport/backoff.h"
#include "protocol/transport/dial.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/listen.h"

namespace hotline {

// What the links tell; all from the event loop.
struct PeerLinkEvents {
  std::function<void(LinkId link, const std::string& remote)> opened;
  std::function<void(LinkId link, Bytes frame)> frame;
  std::function<void(LinkId link, const std::string& reason)> closed;
  std::function<void(const std::string& remote, const std::string& reason)> refused;
};

class PeerLinks {
 public:
  PeerLinks(boost::asio::io_context& io, std::vector<Endpoint> addresses,
            std::shared_ptr<const TlsContext> context, uint64_t seed, PeerLinkEvents events);

  // Listens, and begins to dial. Error: the listening address cannot be taken.
  Status start(const Endpoint& listen);
  uint16_t port() const { return listener_->port(); }

  void send(LinkId link, ByteView frame);
  void close(LinkId link);
  // After a new revocation list: ends what it forbids.
  void check_again();
  void stop();

  // Why the last attempt to dial failed, in words; empty after a success.
  const std::string& last_refusal() const { return last_refusal_; }

 private:
  void accept(std::shared_ptr<FramedLink> link);
  void end(LinkId id, const std::string& reason);
  void dial_after(int64_t delay_ms);
  void dial_next();

  boost::asio::io_context& io_;
  std::vector<Endpoint> addresses_;
  std::shared_ptr<const TlsContext> context_;
  PeerLinkEvents events_;
  Backoff backoff_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<DialAttempt> attempt_;
  std::map<LinkId, std::shared_ptr<FramedLink>> links_;
  LinkId last_link_ = 0;
  size_t next_address_ = 0;
  std::string last_refusal_;
  bool stopped_ = false;
};

}  // namespace hotline
