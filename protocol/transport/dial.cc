#include "protocol/transport/dial.h"

#include <sys/un.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/transport/tcp_socket.h"
#include "protocol/transport/tls_stream.h"
#include "protocol/transport/unix_stream.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Local = boost::asio::local::stream_protocol;

constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

std::string seconds_text(int64_t time_ms) {
  return time_ms % 1000 == 0 ? std::to_string(time_ms / 1000) + " s"
                             : std::to_string(time_ms) + " ms";
}

}  // namespace

// Kept alive by its coroutine; the DialAttempt only says whether the outcome is still wanted.
struct DialAttempt::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& with_io, std::string with_whom, std::string with_where,
        Dialled with_done, int64_t with_deadline_ms)
      : io(with_io),
        whom(std::move(with_whom)),
        where(std::move(with_where)),
        done(std::move(with_done)),
        deadline_ms(with_deadline_ms),
        deadline(with_io),
        resolver(with_io),
        tcp_socket(with_io),
        unix_socket(with_io) {}

  void run(awaitable<void> attempt);
  awaitable<void> reach_tcp(std::string host, uint16_t port,
                            std::shared_ptr<const TlsContext> context);
  awaitable<void> reach_unix(std::string path);
  awaitable<error_code> resolve(const std::string& host, uint16_t port);
  awaitable<error_code> connect();
  awaitable<void> shake_hands(std::shared_ptr<const TlsContext> context);

  void finish(Result<std::shared_ptr<FramedLink>> outcome);
  void fail(const Error& error);
  void fail(const error_code& error);
  void fail_late();
  void close();
  void drop();
  std::string whom_and_where() const { return whom + " (" + where + ")"; }

  boost::asio::io_context& io;
  const std::string whom;
  std::string where;
  Dialled done;  // Empty once called, or no longer wanted.
  const int64_t deadline_ms;
  boost::asio::steady_timer deadline;
  tcp::resolver resolver;
  std::vector<tcp::endpoint> endpoints;
  tcp::socket tcp_socket;
  Local::socket unix_socket;
  TlsStream* shaking_hands = nullptr;
};

void DialAttempt::State::run(awaitable<void> attempt) {
  deadline.expires_after(std::chrono::milliseconds(deadline_ms));
  deadline.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->fail_late();
  });
  boost::asio::co_spawn(io, std::move(attempt),
                        [self = shared_from_this()](std::exception_ptr failure) {
                          if (!failure) return;
                          try {
                            std::rethrow_exception(failure);
                          } catch (const std::exception& exception) {
                            if (!self->done)
                              throw;  // The callback itself threw: a bug of the caller.
                            self->fail(make_error(ErrorCode::failed, exception.what()));
                          }
                        });
}

awaitable<void> DialAttempt::State::reach_tcp(std::string host, uint16_t port,
                                              std::shared_ptr<const TlsContext> context) {
  error_code error = co_await resolve(host, port);
  if (error && done) {
    fail(make_error(ErrorCode::unreachable, "the name cannot be resolved: " + error.message(),
                    "check the name, or give the address in digits"));
  }
  if (!done) co_return;
  error = co_await connect();
  if (!done) co_return;
  if (error) {
    fail(error);
    co_return;
  }
  set_link_options(tcp_socket);
  co_await shake_hands(std::move(context));
}

awaitable<error_code> DialAttempt::State::resolve(const std::string& host, uint16_t port) {
  error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  if (!error) {
    endpoints.emplace_back(address, port);
    co_return error;
  }
  const std::string service = std::to_string(port);
  const auto [failure, found] = co_await resolver.async_resolve(host, service, kAwait);
  for (const auto& entry : found) endpoints.push_back(entry.endpoint());
  co_return failure;
}

awaitable<error_code> DialAttempt::State::connect() {
  error_code last = boost::asio::error::host_not_found;
  for (const tcp::endpoint& endpoint : endpoints) {
    if (!done) break;
    where = to_text(endpoint);
    tcp_socket = tcp::socket(io);
    const auto [error] = co_await tcp_socket.async_connect(endpoint, kAwait);
    last = error;
    if (!error) break;
  }
  co_return last;
}

awaitable<void> DialAttempt::State::shake_hands(std::shared_ptr<const TlsContext> context) {
  auto stream = std::make_unique<TlsStream>(std::move(tcp_socket), std::move(context), false);
  shaking_hands = stream.get();
  const error_code error = co_await stream->handshake();
  shaking_hands = nullptr;
  if (!done) co_return;
  if (error) {
    fail(describe_handshake_failure(stream->session(), error));
    co_return;
  }
  LinkPeer peer;
  peer.address = where;
  peer.certificate = stream->session().peer;
  peer.we_dialled = true;
  finish(std::make_shared<FramedLink>(io, std::move(stream), std::move(peer)));
}

awaitable<void> DialAttempt::State::reach_unix(std::string path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    fail(make_error(ErrorCode::configuration, "the path of the socket is too long",
                    "at most " + std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes"));
    co_return;
  }
  const Local::endpoint endpoint(path);
  const auto [error] = co_await unix_socket.async_connect(endpoint, kAwait);
  if (!done) co_return;
  if (error) {
    fail(error);
    co_return;
  }
  LinkPeer peer;
  peer.address = where;
  peer.we_dialled = true;
  finish(std::make_shared<FramedLink>(io, std::make_unique<UnixStream>(std::move(unix_socket)),
                                      std::move(peer)));
}

void DialAttempt::State::finish(Result<std::shared_ptr<FramedLink>> outcome) {
  if (!done) return;
  const Dialled call = std::exchange(done, nullptr);
  deadline.cancel();
  call(std::move(outcome));
}

void DialAttempt::State::fail(const Error& error) {
  finish(make_error(error.code, whom_and_where() + ": " + error.reason, error.hint));
}

void DialAttempt::State::fail(const error_code& error) {
  if (error == boost::asio::error::timed_out) {
    return fail(make_error(ErrorCode::timed_out, "no answer from the host"));
  }
  if (error == boost::system::errc::no_such_file_or_directory) {
    return fail(make_error(ErrorCode::unreachable, "no such socket", "is the daemon running?"));
  }
  if (error == boost::asio::error::access_denied) {
    return fail(make_error(ErrorCode::not_allowed, "this user may not open the socket"));
  }
  fail(make_error(ErrorCode::unreachable, describe_stream_error(error)));
}

void DialAttempt::State::fail_late() {
  const std::string how_far =
      shaking_hands != nullptr ? "connected, but no TLS handshake in " : "no answer in ";
  close();
  fail(make_error(ErrorCode::timed_out, how_far + seconds_text(deadline_ms)));
}

void DialAttempt::State::close() {
  deadline.cancel();
  resolver.cancel();
  error_code ignored;
  tcp_socket.close(ignored);
  unix_socket.close(ignored);
  if (shaking_hands != nullptr) shaking_hands->close();
}

void DialAttempt::State::drop() {
  done = nullptr;
  close();
}

DialAttempt::DialAttempt(std::shared_ptr<State> state) : state_(std::move(state)) {}

DialAttempt::~DialAttempt() {
  state_->drop();
}

std::unique_ptr<DialAttempt> dial(boost::asio::io_context& io, const std::string& host,
                                  uint16_t port, std::shared_ptr<const TlsContext> context,
                                  Dialled done, int64_t deadline_ms) {
  const bool numeric_v6 = host.find(':') != std::string::npos;
  auto state = std::make_shared<DialAttempt::State>(
      io, context->settings().expected_party,
      (numeric_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port), std::move(done),
      deadline_ms);
  state->run(state->reach_tcp(host, port, std::move(context)));
  return std::make_unique<DialAttempt>(std::move(state));
}

std::unique_ptr<DialAttempt> dial_unix(boost::asio::io_context& io, const std::string& path,
                                       Dialled done, int64_t deadline_ms) {
  auto state = std::make_shared<DialAttempt::State>(io, "the daemon", "unix:" + path,
                                                    std::move(done), deadline_ms);
  state->run(state->reach_unix(path));
  return std::make_unique<DialAttempt>(std::move(state));
}

}  // namespace hotline
