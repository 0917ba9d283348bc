// A connection to the daemon as blocking calls: frames out, frames in. The client has nothing to do
// while it waits, so nothing here is asynchronous to its caller.
#pragma once

#include <functional>
#include <memory>

#include "client/connect/context.h"
#include "protocol/api/signed_requests.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline::client {

// The edge to the operating system; a test answers in the daemon's place.
class FrameStream {
 public:
  virtual ~FrameStream() = default;

  // Error: unreachable, when the connection has ended.
  virtual Status send(ByteView frame) = 0;

  // The next frame, in a buffer of its own. Errors: timed_out when none came within `timeout_ms`
  // (the stream can still be used), not_allowed when the daemon does not take our certificate,
  // unreachable when the connection has ended.
  virtual Result<Bytes> receive(int64_t timeout_ms) = 0;

  // Signs with the key of the certificate that it shows; empty over a Unix socket, which has none.
  virtual client_api::Sign signer() const { return {}; }
};

using Connector = std::function<Result<std::unique_ptr<FrameStream>>(const Context&)>;

// Reaches the daemon of a context over TLS or its Unix socket. Errors: unreachable, timed_out,
// not_allowed (a certificate was refused, by us or by it), configuration (a file of the context).
Result<std::unique_ptr<FrameStream>> connect_to_daemon(const Context& context,
                                                       const std::function<UtcMs()>& utc_now);

}  // namespace hotline::client
