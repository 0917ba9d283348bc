// One attempt to reach a daemon. The caller decides whether, when and where to try again
// (backoff.h); paths of a peer are tried by one attempt each.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/transport/framed_link.h"
#include "protocol/transport/resolve.h"
#include "protocol/transport/tls_policy.h"

namespace hotline {

// Called once, from the event loop, unless the attempt was dropped before. A link that was dialled
// is not yet UP: see framed_link.h. The error's reason names whom and where in words: "south
// (192.0.2.7:4711): certificate revoked (serial 4A:19)", and of a name with several addresses what
// became of each. Its code says what to do about it:
//   unreachable, timed_out   nobody there, or cut: try again later, or another path;
//   not_allowed              a certificate was refused: a person must look;
//   refused, malformed       something else than a hotline daemon of ours listens there;
//   anything else            what check_certificate or the operating system said.
using Dialled = std::function<void(Result<std::shared_ptr<FramedLink>> outcome)>;

// Holding it keeps the attempt going; destroying it ends the attempt, and the callback never comes.
// It may be destroyed in the callback.
class DialAttempt {
 public:
  struct State;

  explicit DialAttempt(std::shared_ptr<State> state);
  ~DialAttempt();
  DialAttempt(const DialAttempt&) = delete;
  DialAttempt& operator=(const DialAttempt&) = delete;

  // A host answered, whatever became of it then.
  bool has_connected() const;

 private:
  std::shared_ptr<State> state_;
};

struct DialSettings {
  int64_t deadline_ms = limits::kHandshakeDeadline_ms;  // For all of it.
  int64_t next_address_ms = limits::kNextAddress_ms;
  int64_t next_address_connected_ms = limits::kNextAddressConnected_ms;
  Resolve resolve = nullptr;  // Then resolve() of resolve.h.
  // Addresses with their port, as in LinkPeer, that are begun after all others, in this order.
  std::vector<std::string> try_last = {};
};

// Resolves the name and reaches one of its addresses, all within the deadline. The addresses are
// raced (RFC 8305, simplified): the next is begun when one has failed, or when the last has got
// nowhere for a moment; the first whose handshake ends well is the link, and the others are closed.
// An address in digits needs no name service.
[[nodiscard]] std::unique_ptr<DialAttempt> dial(boost::asio::io_context& io,
                                                const std::string& host, uint16_t port,
                                                std::shared_ptr<const TlsContext> context,
                                                Dialled done, DialSettings settings = {});

// A Unix socket of a daemon on this machine: no TLS, the daemon learns the user from the kernel.
[[nodiscard]] std::unique_ptr<DialAttempt> dial_unix(
    boost::asio::io_context& io, const std::string& path, Dialled done,
    int64_t deadline_ms = limits::kHandshakeDeadline_ms);

}  // namespace hotline
