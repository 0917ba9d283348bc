// A Unix socket as a byte stream. Internal to the transport.
#pragma once

#include <boost/asio/local/stream_protocol.hpp>

#include "protocol/transport/byte_stream.h"

namespace hotline {

class UnixStream final : public ByteStream {
 public:
  explicit UnixStream(boost::asio::local::stream_protocol::socket socket);

  boost::asio::awaitable<ReadOutcome> read_some(boost::asio::mutable_buffer into) override;
  boost::asio::awaitable<boost::system::error_code> write(boost::asio::const_buffer from) override;
  boost::asio::awaitable<void> say_goodbye() override;
  void close() override;
  std::string describe(const boost::system::error_code& error) const override;

 private:
  boost::asio::local::stream_protocol::socket socket_;
};

}  // namespace hotline
