// Where others reach us: a TCP port with TLS, or a Unix socket.
//
// Whoever connects costs little until its handshake is done: handshakes under way are few, have a
// deadline, and old ones give way to new ones (handshake_places.h), so that thousands of silent
// connections can neither shut out the peer nor touch a link that stands. Whoever became a link
// once is known from then on, and has places that strangers cannot take. When the process runs out
// of descriptors the listener sheds connections and pauses instead of spinning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/handshake_places.h"
#include "protocol/transport/resolve.h"
#include "protocol/transport/tls_policy.h"

namespace hotline {

// Somebody who did not become a link. To be journaled and, for a certificate, alarmed.
struct RefusedCaller {
  std::string address;  // Empty for a summary.
  Error error;          // The reason in words; not_allowed when a certificate was refused.
  size_t count = 1;     // Above 1: a summary of that many, beyond what is told one by one.
};

// From the event loop, never from inside a call. All required.
struct ListenerCallbacks {
  // The handshake is done and the certificate good. Drop the link to end it.
  std::function<void(std::shared_ptr<FramedLink> link)> on_link;

  // At most limits::kRefusalReportsMax of them in limits::kRefusalReportWindow_ms, then a summary.
  std::function<void(const RefusedCaller& refusal)> on_refused;

  // The listener itself cannot do its work ("out of file descriptors"); it goes on trying. Once for
  // each time that it begins.
  std::function<void(const Error& trouble)> on_trouble;
};

struct ListenerCaps {
  HandshakePlacesMax handshakes = {.strangers = limits::kHandshakesMax,
                                   .known = limits::kHandshakesKnownMax,
                                   .per_network_when_full = limits::kHandshakesPerNetworkMax};
  int64_t handshake_deadline_ms = limits::kHandshakeDeadline_ms;
  int64_t report_window_ms = limits::kRefusalReportWindow_ms;
  int64_t accept_pause_ms = limits::kAcceptPause_ms;
};

// Listens from its making to stop() or its end; after that no callback comes. Links that were given
// out live on. May be destroyed in a callback.
class Listener {
 public:
  // `host` is an address in digits ("0.0.0.0", "::", "127.0.0.1") or "localhost"; port 0 takes a
  // free one. Errors: configuration, when the address is not ours, not allowed or taken.
  static Result<std::unique_ptr<Listener>> on_tcp(boost::asio::io_context& io,
                                                  const std::string& host, uint16_t port,
                                                  std::shared_ptr<const TlsContext> context,
                                                  ListenerCallbacks callbacks,
                                                  ListenerCaps caps = {});

  // The socket file is made with mode 0600 and removed at the end. One left behind by a process
  // that died is replaced; one where somebody listens, and a file that is no socket, are not
  // touched (ErrorCode::conflict).
  static Result<std::unique_ptr<Listener>> on_unix(boost::asio::io_context& io,
                                                   const std::string& path,
                                                   ListenerCallbacks callbacks,
                                                   ListenerCaps caps = {});

  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // "127.0.0.1:4711" or "unix:/run/hotline/south.sock"; the port that is bound, 0 for a Unix
  // socket.
  const std::string& address() const;
  uint16_t port() const;

  // Those who come from there are known too: the addresses at which we look for the other side.
  void keep_places_for(const Addresses& addresses);

  // Connections that are neither a link nor refused yet.
  size_t handshakes_under_way() const;

  void stop();

  struct State;
  explicit Listener(std::shared_ptr<State> state);

 private:
  std::shared_ptr<State> state_;
};

}  // namespace hotline
