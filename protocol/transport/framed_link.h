// One established connection that carries frames: a peer link, a client's link, a local client.
//
// A link is given by dial(), or by a Listener, with the certificate of the other side already
// judged. That is NOT yet a link that is UP: with TLS 1.3 the side that dialled finishes its
// handshake before the other side has judged its certificate, so a refusal arrives as the end of a
// link that looked established. Only the first frame from the peer shows that it took us; the
// session waits for its Hello, with a deadline of its own.
//
// Everything happens on the thread that runs the io_context the link was made with; calls and
// callbacks both. Callbacks come from the event loop only, never from inside a call into the link.
//
// Life: the owner holds a shared_ptr, calls start() once, and ends the link with close() or
// abort(), or by dropping the last reference, which aborts; after close() it may be dropped at
// once. Once the owner has ended it, no callback comes any more and the callbacks are destroyed
// (what they capture is let go). If it ends otherwise, on_closed comes exactly once, as the last
// callback of all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "certs/check.h"
#include "protocol/base/bytes.h"
#include "protocol/base/result.h"

namespace boost::asio {
class io_context;
}

namespace hotline {

class ByteStream;

// The other end, as far as the transport knows it.
struct LinkPeer {
  std::string address;                            // "192.0.2.7:4711", "[::1]:4711", "unix:/run/…"
  std::optional<CheckedCertificate> certificate;  // Over TLS: always.
  std::optional<uint32_t> unix_uid;               // Over a Unix socket: whom the kernel names.
  bool we_dialled = false;
};

enum class LinkEndCause {
  peer_closed,      // In order; the peer said goodbye.
  cut,              // Without a goodbye: reset, cut, or the other host silent for too long.
  refused_by_peer,  // It does not take our certificate. Dialling again will not mend that.
  bad_frame,        // A length no frame may have. To be journaled.
  flood,            // Many TLS messages without data. To be journaled.
  failed,           // Something on this side.
};

struct LinkEnd {
  LinkEndCause cause = LinkEndCause::failed;
  std::string reason;  // One line, in words, with the address.
};

enum class SendOutcome {
  queued,    // Will be written in the order of the calls.
  full,      // Not taken: the queue is at its bound. Wait for on_writable.
  closed,    // Not taken: the link has ended.
  bad_size,  // Not taken: empty, or above limits::kFrameSizeMax.
};

struct LinkCallbacks {
  // A whole frame's payload, aligned for FlatBuffers. Required.
  std::function<void(Bytes frame)> on_frame;

  // The link ended other than by the owner's own close() or abort(). Required.
  std::function<void(const LinkEnd& end)> on_closed;

  // writable() was false and is true again. May be empty.
  std::function<void()> on_writable;
};

class FramedLink {
 public:
  // For dial and listen; the stream is connected and, for TLS, its handshake done.
  FramedLink(boost::asio::io_context& io, std::unique_ptr<ByteStream> stream, LinkPeer peer);
  ~FramedLink();
  FramedLink(const FramedLink&) = delete;
  FramedLink& operator=(const FramedLink&) = delete;

  // Begins to read. Once only.
  void start(LinkCallbacks callbacks);

  // Puts one frame's payload (without length) behind the queue. All that was queued in one turn of
  // the event loop leaves in one write. The session's receipts say whether it arrives.
  [[nodiscard]] SendOutcome send(ByteView payload);

  // The same behind all that send() queues, also later: for what is long and may be overtaken. Such
  // frames stay in order among themselves.
  [[nodiscard]] SendOutcome send_behind(ByteView payload);

  // Bytes that the stream has not taken, headers included; those of a frame under way count off as
  // they are taken. At most limits::kLinkQueueSizeMax.
  size_t queued_size() const;

  // True while any frame of a legal size would be taken.
  bool writable() const;

  // While paused no frame is delivered and nothing is read, so that the sender is held back by TCP.
  // The end of the connection is then not noticed either.
  void pause_reading();
  void resume_reading();

  // Writes what is queued, says goodbye, and ends; limits::kGoodbyeDeadline_ms at most.
  void close();

  // Ends at once; what is queued is lost.
  void abort();

  // False once the link has ended, or the owner has ended it.
  bool is_open() const;

  const LinkPeer& peer() const;

  // Judges the peer's certificate again, with the trust anchor and the time of this moment: to be
  // called for every link when a new revocation list was loaded. The owner closes what fails.
  Status check_peer_again() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace hotline
