// TLS over TCP. Internal to the transport; its .cc is the only place where Asio's TLS streams are
// instantiated, because each such file takes long to compile.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "protocol/transport/byte_stream.h"
#include "protocol/transport/tls_session.h"

namespace hotline {

class TlsStream final : public ByteStream {
 public:
  // `socket` is connected. The session begins with handshake().
  TlsStream(boost::asio::ip::tcp::socket socket, std::shared_ptr<const TlsContext> context,
            bool as_server);
  ~TlsStream() override;

  // Has no deadline of its own: close() ends it. Both sides check the protocol name.
  boost::asio::awaitable<boost::system::error_code> handshake();

  // After a failed handshake: ends our direction and takes in what the other side still sends, a
  // bounded amount, because to close with unread bytes would reset the connection and the alert
  // that tells the other side why would be lost. Has no deadline of its own.
  boost::asio::awaitable<void> linger();

  const TlsSession& session() const;

  boost::asio::awaitable<ReadOutcome> read_some(boost::asio::mutable_buffer into) override;
  boost::asio::awaitable<boost::system::error_code> write(boost::asio::const_buffer from) override;
  boost::asio::awaitable<void> say_goodbye() override;
  void close() override;
  std::string describe(const boost::system::error_code& error) const override;
  bool is_refusal(const boost::system::error_code& error) const override;
  Status check_peer_again() const override;
  void watch_for_flood(std::function<void()> on_flood) override;
  void frame_arrived() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hotline
