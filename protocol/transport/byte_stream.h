// A connected stream of bytes, TLS over TCP or a Unix socket: a framed link stands on it. Internal
// to the transport.
//
// One read and one write may be under way together; both end with an error soon after close(). The
// buffers must live until then, and so must the stream: whoever awaits keeps both alive.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <string>

#include "protocol/base/result.h"

namespace hotline {

// Has a constructor because of what g++ 12 does to aggregates in coroutines.
struct ReadOutcome {
  ReadOutcome(boost::system::error_code with_error, size_t with_size)
      : error(with_error), size(with_size) {}

  boost::system::error_code error;
  size_t size;
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  virtual boost::asio::awaitable<ReadOutcome> read_some(boost::asio::mutable_buffer into) = 0;

  // Writes all of it or fails.
  virtual boost::asio::awaitable<boost::system::error_code> write(
      boost::asio::const_buffer from) = 0;

  // Tells the other side that nothing more follows. Has no deadline of its own.
  virtual boost::asio::awaitable<void> say_goodbye() = 0;

  // At once, without a word; harmless when repeated.
  virtual void close() = 0;

  // describe(): `error` of this stream, in words. is_refusal(): it means that the peer refuses us.
  virtual std::string describe(const boost::system::error_code& error) const = 0;
  virtual bool is_refusal(const boost::system::error_code&) const { return false; }

  // Judges the peer's certificate again, with what is known now.
  virtual Status check_peer_again() const { return ok(); }

  // `on_flood` is called, outside of any call into this stream, when the other side sends much that
  // is not data. A frame that arrived proves otherwise.
  virtual void watch_for_flood(std::function<void()>) {}
  virtual void frame_arrived() {}
};

}  // namespace hotline
