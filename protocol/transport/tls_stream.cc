#include "protocol/transport/tls_stream.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "protocol/transport/await.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::system::error_code;
using TcpSocket = boost::asio::ip::tcp::socket;

constexpr size_t kLingerSizeMax = 64 * 1024;

}  // namespace

struct TlsStream::Impl {
  Impl(TcpSocket socket, std::shared_ptr<const TlsContext> context, bool as_server)
      : session(std::move(context), as_server),
        stream(std::move(socket), session.create_native()) {}

  TlsSession session;  // Before the stream, whose OpenSSL object points to it.
  boost::asio::ssl::stream<TcpSocket> stream;
};

TlsStream::TlsStream(TcpSocket socket, std::shared_ptr<const TlsContext> context, bool as_server)
    : impl_(std::make_unique<Impl>(std::move(socket), std::move(context), as_server)) {}

TlsStream::~TlsStream() = default;

awaitable<error_code> TlsStream::handshake() {
  using Stream = boost::asio::ssl::stream<TcpSocket>;
  const auto side = impl_->session.we_are_server ? Stream::server : Stream::client;
  const auto [error] = co_await impl_->stream.async_handshake(side, kAwait);
  if (error) co_return error;

  const unsigned char* selected = nullptr;
  unsigned selected_size = 0;
  SSL_get0_alpn_selected(impl_->stream.native_handle(), &selected, &selected_size);
  const std::string demanded = impl_->session.context->protocol_name();
  if (as_text(ByteView(selected, selected_size)) != demanded) {
    impl_->session.refusal = make_error(ErrorCode::refused, "did not agree to speak " + demanded,
                                        "is this the right port? peers and clients have one each");
    co_return boost::asio::error::no_protocol_option;
  }
  impl_->session.established = true;
  co_return error_code();
}

awaitable<void> TlsStream::linger() {
  error_code error;
  impl_->stream.lowest_layer().shutdown(TcpSocket::shutdown_send, error);
  std::array<uint8_t, 4096> rest;
  const auto into = boost::asio::buffer(rest);
  for (size_t taken = 0; taken < kLingerSizeMax;) {
    const auto [read_error, size] =
        co_await impl_->stream.next_layer().async_read_some(into, kAwait);
    if (read_error) break;
    taken += size;
  }
}

const TlsSession& TlsStream::session() const {
  return impl_->session;
}

awaitable<ReadOutcome> TlsStream::read_some(boost::asio::mutable_buffer into) {
  const auto [error, size] = co_await impl_->stream.async_read_some(into, kAwait);
  const ReadOutcome outcome(error, size);
  co_return outcome;
}

awaitable<error_code> TlsStream::write(boost::asio::const_buffer from) {
  const auto [error, size] = co_await boost::asio::async_write(impl_->stream, from, kAwait);
  co_return error;
}

awaitable<void> TlsStream::say_goodbye() {
  co_await impl_->stream.async_shutdown(kAwait);
  error_code ignored;  // Whatever became of the goodbye, nothing more is sent.
  impl_->stream.lowest_layer().shutdown(TcpSocket::shutdown_send, ignored);
}

void TlsStream::close() {
  error_code ignored;
  impl_->stream.lowest_layer().close(ignored);
}

std::string TlsStream::describe(const error_code& error) const {
  return describe_stream_error(error);
}

bool TlsStream::is_refusal(const error_code& error) const {
  return is_refusal_of_our_certificate(error);
}

Status TlsStream::check_peer_again() const {
  SSL* native = impl_->stream.native_handle();
  X509* leaf = SSL_get0_peer_certificate(native);
  if (leaf == nullptr) return make_error(ErrorCode::not_allowed, "the peer has no certificate");
  auto checked = impl_->session.context->check_peer(leaf, SSL_get_peer_cert_chain(native),
                                                    !impl_->session.we_are_server);
  if (!checked) return checked.error();
  return ok();
}

// Called from inside OpenSSL, where the stream must not be touched: hence the post.
void TlsStream::watch_for_flood(std::function<void()> on_flood) {
  auto executor = impl_->stream.get_executor();
  impl_->session.on_flood = [executor, on_flood = std::move(on_flood)] {
    boost::asio::post(executor, on_flood);
  };
}

void TlsStream::frame_arrived() {
  impl_->session.post_handshake_messages = 0;
}

}  // namespace hotline
