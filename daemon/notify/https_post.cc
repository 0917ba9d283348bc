#include "daemon/notify/https_post.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "certs/key_file.h"
#include "daemon/notify/attempt_report.h"
#include "daemon/process/notifier_limits.h"
#include "protocol/transport/await.h"
#include "protocol/transport/resolve.h"

namespace hotline {
namespace {

namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using AnswerParser = http::response_parser<http::string_body>;

// The process, or the machine, has no descriptor or memory for it now.
bool may_start_in_a_moment(const error_code& error) {
  using boost::system::errc::errc_t;
  return error == errc_t::too_many_files_open || error == errc_t::too_many_files_open_in_system ||
         error == errc_t::no_buffer_space || error == errc_t::not_enough_memory;
}

// 408, 425 and 429 say "not now"; so does whatever is wrong with the server itself.
bool no_repetition_helps(unsigned status) {
  return status >= 300 && status < 500 && status != 408 && status != 425 && status != 429;
}

// It went away, or fell silent, in the middle.
std::string talk_error_text(const error_code& error) {
  if (error == http::error::end_of_stream || error == boost::asio::error::eof ||
      error == http::error::partial_message || error == ssl::error::stream_truncated ||
      error == boost::asio::error::connection_reset || error == boost::asio::error::broken_pipe) {
    return "it closed the connection before it answered";
  }
  if (error.category() == make_error_code(http::error::bad_version).category())
    return "its answer is no HTTP: " + error.message();
  return "the connection failed: " + error.message();
}

std::string handshake_error_text(SSL* native, const error_code& error) {
  const long verdict = SSL_get_verify_result(native);
  if (verdict != X509_V_OK)
    return std::string("its certificate is refused: ") + X509_verify_cert_error_string(verdict);
  return "no TLS with it: " + error.message();
}

}  // namespace

// ---- The endpoint

struct WebEndpoint::Tls {
  ssl::context context{ssl::context::tls_client};
};

WebEndpoint::WebEndpoint(const NotifierConfig& config) : config_(config) {}
WebEndpoint::~WebEndpoint() = default;

Result<std::shared_ptr<const WebEndpoint>> WebEndpoint::open(const NotifierConfig& config) {
  std::shared_ptr<WebEndpoint> endpoint(new WebEndpoint(config));
  if (!config.token.empty()) {
    auto token = load_token(config.token, limits::kWebTokenSizeMax);
    if (!token) return token.error();
    endpoint->token_ = *std::move(token);
  }
  if (!config.address.tls) return std::shared_ptr<const WebEndpoint>(std::move(endpoint));

  auto trusted = read_bounded_file(config.ca, limits::kWebTrustSizeMax);
  if (!trusted) return trusted.error();
  endpoint->tls_ = std::make_unique<Tls>();
  ssl::context& context = endpoint->tls_->context;
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_security_level(context.native_handle(), 2);
  context.set_verify_mode(ssl::verify_peer);
  error_code error;
  context.add_certificate_authority(boost::asio::buffer(*trusted), error);
  ERR_clear_error();
  const auto* known = X509_STORE_get0_objects(SSL_CTX_get_cert_store(context.native_handle()));
  if (!error && sk_X509_OBJECT_num(known) > 0)
    return std::shared_ptr<const WebEndpoint>(std::move(endpoint));
  return make_error(ErrorCode::configuration,
                    config.ca + ": has no CA certificate that can be read",
                    "PEM: a line -----BEGIN CERTIFICATE----- is expected");
}

Result<WebEndpoints> open_web_endpoints(const std::vector<NotifierConfig>& notifiers) {
  WebEndpoints endpoints;
  for (const NotifierConfig& one : notifiers) {
    auto endpoint = WebEndpoint::open(one);
    if (!endpoint) {
      Error error = endpoint.error();
      if (error.hint.empty()) error.hint = "look at [[notifier]] " + one.name;
      return error;
    }
    endpoints.emplace(one.name, *std::move(endpoint));
  }
  return endpoints;
}

// ---- The attempt

// Kept alive by its coroutine; the HttpsPost only says whether the outcome is still wanted.
struct HttpsPost::Run : std::enable_shared_from_this<Run> {
  Run(const PostMeans& means, std::shared_ptr<const WebEndpoint> with_endpoint, Done with_done)
      : io(means.io),
        endpoint(std::move(with_endpoint)),
        kept(means.kept),
        done(std::move(with_done)),
        socket(io),
        deadline(io),
        turn(io) {
    answer.header_limit(limits::kWebAnswerHeaderMax);
    answer.body_limit(boost::none);  // What is read of it is bounded by the buffer.
  }

  const WebAddress& address() const { return endpoint->config().address; }

  void make_request(const std::string& target, std::string body);
  void begin(const PostMeans& means);
  void limit_time(int64_t deadline_ms);
  void talk_soon(Addresses addresses);
  awaitable<void> talk(Addresses addresses);
  awaitable<bool> connect(Addresses addresses);
  error_code open_socket(const tcp::endpoint& to);
  void limit_turn(size_t addresses_left);
  bool is_ready_for_tls();
  awaitable<void> talk_over_tls();
  template <typename Stream>
  awaitable<void> exchange(Stream& stream);

  void finish(wire::Outcome outcome, std::string detail);
  void fail(std::string detail) { finish(wire::Outcome::failed, std::move(detail)); }
  void finish_as_answered();
  void drop();

  boost::asio::io_context& io;
  const std::shared_ptr<const WebEndpoint> endpoint;
  KeptDescriptors& kept;  // Not touched once `done` is empty.
  Done done;              // Empty once called, or no longer wanted.
  tcp::socket socket;
  std::optional<ssl::stream<tcp::socket&>> tls;
  boost::asio::steady_timer deadline;
  boost::asio::steady_timer turn;  // One address's share of the time.
  uint64_t turn_number = 0;        // 0: none is being tried.
  Request request;
  AnswerParser answer;
  boost::beast::flat_buffer buffer{limits::kWebAnswerBufferMax};
};

void HttpsPost::Run::make_request(const std::string& target, std::string body) {
  request.method(http::verb::post);
  request.target(target);
  request.set(http::field::host, address().authority());
  request.set(http::field::user_agent, "hotlined");
  request.set(http::field::content_type, "application/json");
  request.set(http::field::connection, "close");
  if (!endpoint->token().empty())
    request.set(http::field::authorization, "Bearer " + endpoint->token());
  request.body() = std::move(body);
  request.prepare_payload();
}

void HttpsPost::Run::begin(const PostMeans& means) {
  limit_time(means.deadline_ms);
  means.resolve(address().host, [weak = weak_from_this()](Result<Addresses> found) {
    const auto self = weak.lock();
    if (!self || !self->done) return;
    if (!found) return self->fail(found.error().reason);
    self->talk_soon(*std::move(found));
  });
}

void HttpsPost::Run::limit_time(int64_t deadline_ms) {
  deadline.expires_after(std::chrono::milliseconds(deadline_ms));
  deadline.async_wait([weak = weak_from_this(), deadline_ms](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || !self->done) return;
    if (self->answer.is_header_done()) return self->finish_as_answered();
    self->finish(wire::Outcome::timed_out, "no answer after " + short_duration(deadline_ms));
  });
}

void HttpsPost::Run::talk_soon(Addresses addresses) {
  boost::asio::co_spawn(io, talk(std::move(addresses)),
                        [self = shared_from_this()](std::exception_ptr failure) {
                          if (!failure) return;
                          try {
                            std::rethrow_exception(failure);
                          } catch (const std::exception& exception) {
                            if (!self->done) throw;  // The callback itself threw: a bug of ours.
                            self->fail(exception.what());
                          }
                        });
}

awaitable<void> HttpsPost::Run::talk(Addresses addresses) {
  const bool is_connected = co_await connect(std::move(addresses));
  if (!is_connected) co_return;
  if (address().tls) {
    co_await talk_over_tls();
  } else {
    co_await exchange(socket);
  }
}

// One after the other, each with its share of the time that is left.
awaitable<bool> HttpsPost::Run::connect(Addresses addresses) {
  std::string reason;
  for (size_t i = 0; i < addresses.size() && done; ++i) {
    const tcp::endpoint to(addresses[i], address().port);
    error_code failure = open_socket(to);
    if (failure && may_start_in_a_moment(failure)) {
      finish(wire::Outcome::not_started, "cannot connect to it: " + failure.message());
      co_return false;
    }
    if (!failure) {
      limit_turn(addresses.size() - i);
      const auto [error] = co_await socket.async_connect(to, kAwait);
      turn_number = 0;
      turn.cancel();
      if (!done) co_return false;
      if (!error) co_return true;
      failure = error;
    }
    reason = failure == boost::asio::error::operation_aborted ? "no answer" : failure.message();
  }
  if (done) fail("cannot connect to it: " + reason);
  co_return false;
}

// One of the descriptors that are kept makes room for it.
error_code HttpsPost::Run::open_socket(const tcp::endpoint& to) {
  error_code error;
  socket.close(error);
  kept.give_up(1);
  socket.open(to.protocol(), error);
  kept.keep();
  return error;
}

void HttpsPost::Run::limit_turn(size_t addresses_left) {
  if (addresses_left == 1) return;  // It has all the time that is left.
  const auto left = deadline.expiry() - std::chrono::steady_clock::now();
  const uint64_t number = turn_number = addresses_left;
  turn.expires_after(left / static_cast<int64_t>(addresses_left));
  turn.async_wait([weak = weak_from_this(), number](const error_code& cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->turn_number != number) return;
    error_code ignored;
    self->socket.close(ignored);
  });
}

bool HttpsPost::Run::is_ready_for_tls() {
  tls.emplace(socket, endpoint->tls()->context);
  SSL* native = tls->native_handle();
  const std::string& host = address().host;
  if (address().is_in_digits())
    return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), host.c_str()) == 1;
  SSL_set_hostflags(native, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(native, host.c_str()) == 1 &&
         SSL_set_tlsext_host_name(native, host.c_str()) == 1;
}

awaitable<void> HttpsPost::Run::talk_over_tls() {
  if (!is_ready_for_tls()) {
    fail("OpenSSL does not take its name");
    co_return;
  }
  const auto [error] = co_await tls->async_handshake(ssl::stream_base::client, kAwait);
  if (!done) co_return;
  if (error) {
    fail(handshake_error_text(tls->native_handle(), error));
    co_return;
  }
  co_await exchange(*tls);
}

// The head of the answer says all. Of a refusal the beginning of the body is read too, as words for
// people.
template <typename Stream>
awaitable<void> HttpsPost::Run::exchange(Stream& stream) {
  const auto [write_error, written] = co_await http::async_write(stream, request, kAwait);
  if (!done) co_return;
  if (write_error) {
    fail(talk_error_text(write_error));
    co_return;
  }
  const auto [error, head] = co_await http::async_read_header(stream, buffer, answer, kAwait);
  if (!done) co_return;
  if (error) {
    fail(talk_error_text(error));
    co_return;
  }
  while (answer.get().result_int() >= 300 && !answer.is_done() &&
         answer.get().body().size() < limits::kAttemptOutputMax) {
    const auto [cut, size] = co_await http::async_read_some(stream, buffer, answer, kAwait);
    if (!done) co_return;
    if (cut) break;
  }
  finish_as_answered();
}

void HttpsPost::Run::finish_as_answered() {
  const unsigned status = answer.get().result_int();
  const std::string words(http::obsolete_reason(answer.get().result()));
  const std::string detail = "HTTP " + std::to_string(status) + " " + words;
  if (status >= 200 && status < 300) return finish(wire::Outcome::done, detail);
  if (no_repetition_helps(status)) return finish(wire::Outcome::impossible, detail);
  fail(detail);
}

void HttpsPost::Run::finish(wire::Outcome outcome, std::string detail) {
  const Done call = std::exchange(done, nullptr);
  PostEnd end{outcome, std::move(detail), {}};
  if (outcome != wire::Outcome::done && answer.is_header_done())
    end.answer = answer.get().body().substr(0, limits::kAttemptOutputMax);
  drop();
  call(std::move(end));
}

void HttpsPost::Run::drop() {
  done = nullptr;
  deadline.cancel();
  turn.cancel();
  error_code ignored;
  socket.close(ignored);
}

HttpsPost::HttpsPost(const PostMeans& means, std::shared_ptr<const WebEndpoint> endpoint,
                     const std::string& target, std::string body, Done done)
    : run_(std::make_shared<Run>(means, std::move(endpoint), std::move(done))) {
  run_->make_request(target, std::move(body));
  run_->begin(means);
}

const WebEndpoint& HttpsPost::endpoint() const {
  return *run_->endpoint;
}

HttpsPost::~HttpsPost() {
  run_->drop();
}

}  // namespace hotline
