#include "protocol/transport/dial.h"

#include <sys/un.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/transport/await.h"
#include "protocol/transport/tcp_socket.h"
#include "protocol/transport/tls_stream.h"
#include "protocol/transport/unix_stream.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Local = boost::asio::local::stream_protocol;

constexpr size_t kAddressesToldMax = 4;

std::string seconds_text(int64_t time_ms) {
  return time_ms % 1000 == 0 ? std::to_string(time_ms / 1000) + " s"
                             : std::to_string(time_ms) + " ms";
}

// One address of a name on its way to a link. Kept alive by its coroutine too.
struct Candidate {
  Candidate(boost::asio::io_context& io, const tcp::endpoint& to)
      : endpoint(to), text(to_text(to)), socket(io) {}

  void close() {
    error_code ignored;
    socket.close(ignored);
    if (shaking_hands != nullptr) shaking_hands->close();
  }

  const tcp::endpoint endpoint;
  const std::string text;
  tcp::socket socket;
  TlsStream* shaking_hands = nullptr;
  std::optional<Error> failure;
};

Error to_error(const error_code& error) {
  if (error == boost::asio::error::timed_out) {
    return make_error(ErrorCode::timed_out, "no answer from the host");
  }
  if (error == boost::system::errc::no_such_file_or_directory) {
    return make_error(ErrorCode::unreachable, "no such socket", "is the daemon running?");
  }
  if (error == boost::asio::error::access_denied) {
    return make_error(ErrorCode::not_allowed, "this user may not open the socket");
  }
  return make_error(ErrorCode::unreachable, describe_stream_error(error));
}

}  // namespace

// Kept alive by its coroutines; the DialAttempt only says whether the outcome is still wanted.
struct DialAttempt::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& with_io, std::string with_whom, std::string with_where,
        Dialled with_done, DialSettings with_settings)
      : io(with_io),
        whom(std::move(with_whom)),
        where(std::move(with_where)),
        done(std::move(with_done)),
        settings(std::move(with_settings)),
        deadline(with_io),
        next_turn(with_io),
        unix_socket(with_io) {}

  void limit_time();
  void run(awaitable<void> work);
  void reach_name(const std::string& host, uint16_t port);
  void reach_addresses(const Addresses& addresses, uint16_t port);
  void begin_next();
  void begin_next_after(int64_t time_ms);
  awaitable<void> reach(std::shared_ptr<Candidate> candidate);
  awaitable<void> shake_hands(std::shared_ptr<Candidate> candidate);
  awaitable<void> reach_unix(std::string path);

  void failed(Candidate& candidate, Error error);
  void finish(Result<std::shared_ptr<FramedLink>> outcome);
  void fail(const Error& error);
  void fail_with_all();
  void fail_late();
  void close();
  void drop();

  boost::asio::io_context& io;
  const std::string whom;
  const std::string where;  // As the caller named it.
  Dialled done;             // Empty once called, or no longer wanted.
  const DialSettings settings;
  std::shared_ptr<const TlsContext> context;
  boost::asio::steady_timer deadline;
  boost::asio::steady_timer next_turn;
  std::vector<std::shared_ptr<Candidate>> candidates;  // A name's: empty while it is resolved.
  size_t begun = 0;                                    // So many of them, from the front.
  bool has_connected = false;
  Local::socket unix_socket;
};

void DialAttempt::State::limit_time() {
  deadline.expires_after(std::chrono::milliseconds(settings.deadline_ms));
  deadline.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->fail_late();
  });
}

void DialAttempt::State::run(awaitable<void> work) {
  boost::asio::co_spawn(io, std::move(work),
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

void DialAttempt::State::reach_name(const std::string& host, uint16_t port) {
  Resolved resolved = [weak = weak_from_this(), port](Result<Addresses> found) {
    const auto self = weak.lock();
    if (!self || !self->done) return;
    if (!found) return self->fail(found.error());
    self->reach_addresses(*found, port);
  };
  if (settings.resolve) {
    settings.resolve(host, std::move(resolved));
  } else {
    resolve(io, host, std::move(resolved));
  }
}

void DialAttempt::State::reach_addresses(const Addresses& addresses, uint16_t port) {
  const size_t count = std::min(addresses.size(), limits::kAddressesPerNameMax);
  for (size_t i = 0; i < count; ++i) {
    candidates.push_back(std::make_shared<Candidate>(io, tcp::endpoint(addresses[i], port)));
  }
  for (const std::string& last : settings.try_last) {
    std::stable_partition(candidates.begin(), candidates.end(),
                          [&](const auto& one) { return one->text != last; });
  }
  begin_next();
}

void DialAttempt::State::begin_next() {
  if (!done || begun == candidates.size()) return;
  run(reach(candidates[begun++]));
  begin_next_after(settings.next_address_ms);
}

void DialAttempt::State::begin_next_after(int64_t time_ms) {
  if (begun == candidates.size()) return;
  next_turn.expires_after(std::chrono::milliseconds(time_ms));
  next_turn.async_wait([weak = weak_from_this()](const error_code& cancelled) {
    const auto self = weak.lock();
    if (self && !cancelled) self->begin_next();
  });
}

awaitable<void> DialAttempt::State::reach(std::shared_ptr<Candidate> candidate) {
  const auto [error] = co_await candidate->socket.async_connect(candidate->endpoint, kAwait);
  if (!done) co_return;
  if (error) {
    failed(*candidate, to_error(error));
    co_return;
  }
  has_connected = true;
  set_link_options(candidate->socket);
  begin_next_after(settings.next_address_connected_ms);
  co_await shake_hands(std::move(candidate));
}

awaitable<void> DialAttempt::State::shake_hands(std::shared_ptr<Candidate> candidate) {
  auto stream = std::make_unique<TlsStream>(std::move(candidate->socket), context, false);
  candidate->shaking_hands = stream.get();
  const error_code error = co_await stream->handshake();
  candidate->shaking_hands = nullptr;
  if (!done) co_return;
  if (error) {
    failed(*candidate, describe_handshake_failure(stream->session(), error));
    co_return;
  }
  LinkPeer peer;
  peer.address = candidate->text;
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
    fail(to_error(error));
    co_return;
  }
  LinkPeer peer;
  peer.address = where;
  peer.we_dialled = true;
  finish(std::make_shared<FramedLink>(io, std::make_unique<UnixStream>(std::move(unix_socket)),
                                      std::move(peer)));
}

void DialAttempt::State::failed(Candidate& candidate, Error error) {
  candidate.failure = std::move(error);
  const auto has_failed = [](const auto& one) { return one->failure.has_value(); };
  if (std::all_of(candidates.begin(), candidates.end(), has_failed)) return fail_with_all();
  begin_next();
}

void DialAttempt::State::finish(Result<std::shared_ptr<FramedLink>> outcome) {
  if (!done) return;
  const Dialled call = std::exchange(done, nullptr);
  close();
  call(std::move(outcome));
}

void DialAttempt::State::fail(const Error& error) {
  finish(make_error(error.code, whom + " (" + where + "): " + error.reason, error.hint));
}

// A certificate that was refused at one address is for a person to see, whatever became of the
// others. In a fixed order, so that the same trouble has the same words however the addresses came.
void DialAttempt::State::fail_with_all() {
  std::sort(candidates.begin(), candidates.end(),
            [](const auto& a, const auto& b) { return a->endpoint < b->endpoint; });
  const Error* worst = nullptr;
  std::string reason;
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Error& failure = *candidates[i]->failure;
    if (worst == nullptr || failure.code == ErrorCode::not_allowed) worst = &failure;
    if (candidates[i]->text == where) {
      reason = failure.reason;
    } else if (i < kAddressesToldMax) {
      reason += (i == 0 ? "" : "; ") + candidates[i]->text + ": " + failure.reason;
    }
  }
  if (candidates.size() > kAddressesToldMax) {
    reason += "; and " + std::to_string(candidates.size() - kAddressesToldMax) + " more addresses";
  }
  fail(make_error(worst->code, reason, worst->hint));
}

void DialAttempt::State::fail_late() {
  const std::string time = seconds_text(settings.deadline_ms);
  if (candidates.empty()) {
    const bool local = !context;
    return fail(local ? make_error(ErrorCode::timed_out, "no answer in " + time)
                      : make_error(ErrorCode::timed_out,
                                   "the name could not be resolved in " + time +
                                       ": the name service does not answer",
                                   "check the name service, or give the address in digits"));
  }
  for (const auto& candidate : candidates) {
    if (candidate->failure) continue;
    candidate->failure =
        make_error(ErrorCode::timed_out,
                   (candidate->shaking_hands != nullptr ? "connected, but no TLS handshake in "
                                                        : "no answer in ") +
                       time);
  }
  fail_with_all();
}

void DialAttempt::State::close() {
  deadline.cancel();
  next_turn.cancel();
  for (const auto& candidate : candidates) candidate->close();
  error_code ignored;
  unix_socket.close(ignored);
}

void DialAttempt::State::drop() {
  done = nullptr;
  close();
}

DialAttempt::DialAttempt(std::shared_ptr<State> state) : state_(std::move(state)) {}

DialAttempt::~DialAttempt() {
  state_->drop();
}

bool DialAttempt::has_connected() const {
  return state_->has_connected;
}

std::unique_ptr<DialAttempt> dial(boost::asio::io_context& io, const std::string& host,
                                  uint16_t port, std::shared_ptr<const TlsContext> context,
                                  Dialled done, DialSettings settings) {
  const bool numeric_v6 = host.find(':') != std::string::npos;
  auto state = std::make_shared<DialAttempt::State>(
      io, context->settings().expected_party,
      (numeric_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port), std::move(done),
      std::move(settings));
  state->context = std::move(context);
  state->limit_time();
  error_code not_digits;
  const auto address = boost::asio::ip::make_address(host, not_digits);
  if (not_digits) {
    state->reach_name(host, port);
  } else {
    state->reach_addresses({address}, port);
  }
  return std::make_unique<DialAttempt>(std::move(state));
}

std::unique_ptr<DialAttempt> dial_unix(boost::asio::io_context& io, const std::string& path,
                                       Dialled done, int64_t deadline_ms) {
  DialSettings settings;
  settings.deadline_ms = deadline_ms;
  auto state = std::make_shared<DialAttempt::State>(io, "the daemon", "unix:" + path,
                                                    std::move(done), std::move(settings));
  state->limit_time();
  state->run(state->reach_unix(path));
  return std::make_unique<DialAttempt>(std::move(state));
}

}  // namespace hotline
