#include "protocol/transport/unix_stream.h"

#include <boost/asio/write.hpp>
#include <utility>

#include "protocol/transport/await.h"
#include "protocol/transport/tls_session.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::system::error_code;
using UnixSocket = boost::asio::local::stream_protocol::socket;

}  // namespace

UnixStream::UnixStream(UnixSocket socket) : socket_(std::move(socket)) {}

awaitable<ReadOutcome> UnixStream::read_some(boost::asio::mutable_buffer into) {
  const auto [error, size] = co_await socket_.async_read_some(into, kAwait);
  const ReadOutcome outcome(error, size);
  co_return outcome;
}

awaitable<error_code> UnixStream::write(boost::asio::const_buffer from) {
  const auto [error, size] = co_await boost::asio::async_write(socket_, from, kAwait);
  co_return error;
}

awaitable<void> UnixStream::say_goodbye() {
  error_code ignored;
  socket_.shutdown(UnixSocket::shutdown_send, ignored);
  co_return;
}

void UnixStream::close() {
  error_code ignored;
  socket_.close(ignored);
}

std::string UnixStream::describe(const error_code& error) const {
  return describe_stream_error(error);
}

}  // namespace hotline
