#include "protocol/transport/listen.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/base/check.h"
#include "protocol/transport/await.h"
#include "protocol/transport/handshake_places.h"
#include "protocol/transport/socket_file.h"
#include "protocol/transport/tcp_socket.h"
#include "protocol/transport/tls_stream.h"
#include "protocol/transport/unix_stream.h"

namespace hotline {
namespace {

using boost::asio::awaitable;
using boost::asio::steady_timer;
using boost::asio::ip::tcp;
using boost::system::error_code;
using Local = boost::asio::local::stream_protocol;

constexpr int kBacklog = 1024;  // Connections that wait for their turn in a moment's flood.

// A descriptor kept in reserve: when none is left it is given up for a moment to accept a
// connection and close it, because one that stays unaccepted would wake the accept loop again and
// again.
class SpareDescriptor {
 public:
  SpareDescriptor() { take(); }
  ~SpareDescriptor() { release(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;

  void take() {
    if (descriptor_ < 0) descriptor_ = open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  void release() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_ = -1;
};

// One connection between accept and link.
struct Handshake {
  Handshake(boost::asio::io_context& io, tcp::socket socket,
            std::shared_ptr<const TlsContext> context, const tcp::endpoint& from)
      : stream(std::make_unique<TlsStream>(std::move(socket), std::move(context), true)),
        network(network_of(from.address())),
        text(to_text(from)),
        deadline(io) {}

  std::unique_ptr<TlsStream> stream;
  const boost::asio::ip::address network;
  const std::string text;
  steady_timer deadline;
  std::optional<Error> cut_short;  // We ended it: why.
};

bool is_out_of_resources(const error_code& error) {
  return error.category() == boost::system::system_category() &&
         (error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
          error.value() == ENOMEM);
}

}  // namespace

// Kept alive by its coroutines; the Listener decides when it ends.
struct Listener::State : std::enable_shared_from_this<State> {
  State(boost::asio::io_context& with_io, ListenerCallbacks with_callbacks, ListenerCaps with_caps)
      : io(with_io),
        callbacks(std::make_shared<ListenerCallbacks>(std::move(with_callbacks))),
        caps(with_caps),
        tcp_acceptor(with_io),
        unix_acceptor(with_io),
        pause(with_io),
        report_window(with_io) {
    HOTLINE_CHECK(callbacks->on_link && callbacks->on_refused && callbacks->on_trouble);
  }

  Status bind_tcp(const std::string& host, uint16_t wanted_port);
  Status bind_unix(const std::string& with_path);
  void spawn(awaitable<void> work);
  void guarded(const std::function<void()>& work);
  void tell(const std::exception& bug);

  awaitable<void> accept_tcp();
  awaitable<void> accept_unix();
  awaitable<void> rest_after(error_code error);
  void shed_one();
  void admit(tcp::socket socket);
  void admit_unix(Local::socket socket);
  awaitable<void> shake_hands(uint64_t id, std::shared_ptr<Handshake> handshake);
  void hand_over(std::shared_ptr<Handshake> handshake);
  void make_room_for(const boost::asio::ip::address& address);
  void cut_short(Handshake& handshake, ErrorCode code, std::string reason);
  void limit_time(const std::shared_ptr<Handshake>& handshake, int64_t time_ms);

  void report(const std::string& from, const Error& error);
  void close_report_window();
  void stop();

  boost::asio::io_context& io;
  std::shared_ptr<ListenerCallbacks> callbacks;  // Null once stopped.
  const ListenerCaps caps;
  std::shared_ptr<const TlsContext> context;
  tcp::acceptor tcp_acceptor;
  Local::acceptor unix_acceptor;
  std::string address;
  uint16_t port = 0;
  std::string path;  // The socket file that is ours to remove, with what identifies it:
  struct stat path_identity {};

  SpareDescriptor spare;
  steady_timer pause;
  bool in_trouble = false;

  std::map<uint64_t, std::shared_ptr<Handshake>> handshakes;  // In order of arrival.
  uint64_t next_handshake_id = 0;
  KnownNetworks known;

  steady_timer report_window;
  bool report_window_open = false;
  size_t reported_count = 0;
  size_t unreported_count = 0;
};

Status Listener::State::bind_tcp(const std::string& host, uint16_t wanted_port) {
  error_code error;
  const auto ip = boost::asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
  if (error) {
    return cannot_listen(host, "not an address in digits",
                         "for example 127.0.0.1, 0.0.0.0 (every IPv4 address) or ::");
  }
  const tcp::endpoint endpoint(ip, wanted_port);
  address = to_text(endpoint);
  tcp_acceptor.open(endpoint.protocol(), error);
  if (!error) tcp_acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) tcp_acceptor.bind(endpoint, error);
  if (!error) tcp_acceptor.listen(kBacklog, error);
  if (error == boost::asio::error::address_in_use) {
    return cannot_listen(address, "another program listens there",
                         "ss -ltnp 'sport = :" + std::to_string(wanted_port) + "' shows which");
  }
  if (error) return cannot_listen(address, error.message());
  const tcp::endpoint bound = tcp_acceptor.local_endpoint(error);
  if (error) return cannot_listen(address, error.message());
  address = to_text(bound);
  port = bound.port();
  return ok();
}

Status Listener::State::bind_unix(const std::string& with_path) {
  address = "unix:" + with_path;
  sockaddr_un name{};
  if (with_path.empty() || with_path.size() >= sizeof name.sun_path) {
    return cannot_listen(
        address, "the path must have 1 to " + std::to_string(sizeof name.sun_path - 1) + " bytes");
  }
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, with_path.data(), with_path.size());
  if (Status clear = clear_the_way(with_path, name); !clear) return clear;

  error_code error;
  unix_acceptor.open(Local(), error);
  if (!error) unix_acceptor.bind(Local::endpoint(with_path), error);
  if (error) return cannot_listen(address, error.message());
  path = with_path;
  // Nobody can connect before listen(), so nobody gets in before the mode is set.
  if (chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || lstat(path.c_str(), &path_identity) != 0) {
    return cannot_listen(address, std::strerror(errno));
  }
  unix_acceptor.listen(kBacklog, error);
  if (error) return cannot_listen(address, error.message());
  return ok();
}

// An exception is a bug, most likely in a callback: it is said, and the accept loop goes on. If
// nobody is left to say it to, it goes on to whoever runs the event loop.
void Listener::State::tell(const std::exception& bug) {
  const std::shared_ptr<ListenerCallbacks> held = callbacks;
  if (!held) throw;
  held->on_trouble(make_error(ErrorCode::failed, "while accepting on " + address +
                                                     ": an error in this program: " + bug.what()));
}

void Listener::State::guarded(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& bug) {
    tell(bug);
  }
}

void Listener::State::spawn(awaitable<void> work) {
  auto ended = [self = shared_from_this()](std::exception_ptr failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& bug) {
      self->tell(bug);
    }
  };
  boost::asio::co_spawn(io, std::move(work), std::move(ended));
}

awaitable<void> Listener::State::accept_tcp() {
  while (callbacks) {
    auto [error, accepted] = co_await tcp_acceptor.async_accept(kAwait);
    if (error) {
      co_await rest_after(error);
      continue;
    }
    in_trouble = false;
    if (callbacks) guarded([this, &socket = accepted] { admit(std::move(socket)); });
  }
}

awaitable<void> Listener::State::accept_unix() {
  while (callbacks) {
    auto [error, accepted] = co_await unix_acceptor.async_accept(kAwait);
    if (error) {
      co_await rest_after(error);
      continue;
    }
    in_trouble = false;
    if (callbacks) guarded([this, &socket = accepted] { admit_unix(std::move(socket)); });
  }
}

// A connection that was gone before it was accepted is nothing; anything else is worth a pause,
// lest the loop spin on an error that stays.
awaitable<void> Listener::State::rest_after(error_code error) {
  if (!callbacks || error == boost::asio::error::connection_aborted) co_return;
  const bool exhausted = is_out_of_resources(error);
  if (exhausted) shed_one();
  if (!in_trouble) {
    in_trouble = true;
    const std::shared_ptr<ListenerCallbacks> held = callbacks;
    held->on_trouble(make_error(
        ErrorCode::failed, "cannot accept on " + address + ": " + error.message(),
        exhausted ? "raise the limit of open files (LimitNOFILE= of the service, ulimit -n)" : ""));
  }
  pause.expires_after(std::chrono::milliseconds(caps.accept_pause_ms));
  if (callbacks) co_await pause.async_wait(kAwait);
}

void Listener::State::shed_one() {
  spare.release();
  const int listening = path.empty() ? tcp_acceptor.native_handle() : unix_acceptor.native_handle();
  const int connection = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (connection >= 0) ::close(connection);
  spare.take();
}

void Listener::State::admit(tcp::socket socket) {
  error_code error;
  const tcp::endpoint from = socket.remote_endpoint(error);
  if (error) return;  // Gone already.
  set_link_options(socket);
  make_room_for(from.address());
  auto handshake = std::make_shared<Handshake>(io, std::move(socket), context, from);
  const uint64_t id = next_handshake_id++;
  handshakes.emplace(id, handshake);
  limit_time(handshake, caps.handshake_deadline_ms);
  spawn(shake_hands(id, std::move(handshake)));
}

// To turn the newest away instead would let silent connections shut out everybody.
void Listener::State::make_room_for(const boost::asio::ip::address& from) {
  std::vector<Handshake*> under_way;
  std::vector<HandshakePlace> places;
  for (const auto& [id, handshake] : handshakes) {
    if (handshake->cut_short) continue;
    under_way.push_back(handshake.get());
    places.push_back({handshake->network, known.contains(handshake->network),
                      handshake->stream->session().said_hello});
  }
  const auto network = network_of(from);
  const auto gives_way =
      find_who_gives_way(places, {network, known.contains(network)}, caps.handshakes);
  if (!gives_way) return;
  cut_short(*under_way[gives_way->place], ErrorCode::refused,
            gives_way->network_had_most
                ? "too many connections from there that do not end their handshake"
                : "too many connections that do not end their handshake");
}

void Listener::State::cut_short(Handshake& handshake, ErrorCode code, std::string reason) {
  if (!handshake.cut_short) handshake.cut_short = make_error(code, std::move(reason));
  if (handshake.stream) handshake.stream->close();
}

void Listener::State::limit_time(const std::shared_ptr<Handshake>& handshake, int64_t time_ms) {
  handshake->deadline.expires_after(std::chrono::milliseconds(time_ms));
  handshake->deadline.async_wait(
      [this, self = shared_from_this(), handshake](const error_code& cancelled) {
        if (!cancelled)
          cut_short(*handshake, ErrorCode::timed_out, "did not end its handshake in time");
      });
}

awaitable<void> Listener::State::shake_hands(uint64_t id, std::shared_ptr<Handshake> handshake) {
  const error_code error = co_await handshake->stream->handshake();
  if (!error && !handshake->cut_short) {
    handshake->deadline.cancel();
    handshakes.erase(id);
    hand_over(std::move(handshake));
    co_return;
  }
  report(handshake->text, handshake->cut_short
                              ? *handshake->cut_short
                              : describe_handshake_failure(handshake->stream->session(), error));
  if (callbacks && !handshake->cut_short) {
    limit_time(handshake, limits::kGoodbyeDeadline_ms);
    co_await handshake->stream->linger();
  }
  handshake->deadline.cancel();
  handshakes.erase(id);
}

void Listener::State::hand_over(std::shared_ptr<Handshake> handshake) {
  const std::shared_ptr<ListenerCallbacks> held = callbacks;
  if (!held) return;
  known.remember(handshake->network);
  LinkPeer peer;
  peer.address = handshake->text;
  peer.certificate = handshake->stream->session().peer;
  held->on_link(std::make_shared<FramedLink>(io, std::move(handshake->stream), std::move(peer)));
}

void Listener::State::admit_unix(Local::socket socket) {
  ucred user{};
  socklen_t size = sizeof user;
  if (getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &user, &size) != 0) return;
  LinkPeer peer;
  peer.address = address;
  peer.unix_uid = user.uid;
  const std::shared_ptr<ListenerCallbacks> held = callbacks;
  held->on_link(std::make_shared<FramedLink>(io, std::make_unique<UnixStream>(std::move(socket)),
                                             std::move(peer)));
}

// A flood of refusals must not become a flood of journal entries.
void Listener::State::report(const std::string& from, const Error& error) {
  const std::shared_ptr<ListenerCallbacks> held = callbacks;
  if (!held) return;
  if (!report_window_open) {
    report_window_open = true;
    reported_count = 0;
    report_window.expires_after(std::chrono::milliseconds(caps.report_window_ms));
    report_window.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->close_report_window();
    });
  }
  if (reported_count == limits::kRefusalReportsMax) {
    ++unreported_count;
    return;
  }
  ++reported_count;
  held->on_refused(RefusedCaller{from, error, 1});
}

void Listener::State::close_report_window() {
  report_window_open = false;
  const size_t count = std::exchange(unreported_count, 0);
  const std::shared_ptr<ListenerCallbacks> held = callbacks;
  if (!held || count == 0) return;
  held->on_refused(RefusedCaller{
      "",
      make_error(ErrorCode::refused, std::to_string(count) + " more connections to " + address +
                                         " were refused in the same moment"),
      count});
}

void Listener::State::stop() {
  if (!callbacks) return;
  callbacks = nullptr;
  error_code ignored;
  tcp_acceptor.close(ignored);
  unix_acceptor.close(ignored);
  pause.cancel();
  report_window.cancel();
  for (const auto& [id, handshake] : handshakes) handshake->stream->close();
  struct stat now {};
  if (!path.empty() && lstat(path.c_str(), &now) == 0 && now.st_ino == path_identity.st_ino &&
      now.st_dev == path_identity.st_dev) {
    unlink(path.c_str());
  }
}

Result<std::unique_ptr<Listener>> Listener::on_tcp(boost::asio::io_context& io,
                                                   const std::string& host, uint16_t port,
                                                   std::shared_ptr<const TlsContext> context,
                                                   ListenerCallbacks callbacks, ListenerCaps caps) {
  auto state = std::make_shared<State>(io, std::move(callbacks), caps);
  state->context = std::move(context);
  if (Status bound = state->bind_tcp(host, port); !bound) return bound.error();
  state->spawn(state->accept_tcp());
  return std::make_unique<Listener>(std::move(state));
}

Result<std::unique_ptr<Listener>> Listener::on_unix(boost::asio::io_context& io,
                                                    const std::string& path,
                                                    ListenerCallbacks callbacks,
                                                    ListenerCaps caps) {
  auto state = std::make_shared<State>(io, std::move(callbacks), caps);
  if (Status bound = state->bind_unix(path); !bound) return bound.error();
  state->spawn(state->accept_unix());
  return std::make_unique<Listener>(std::move(state));
}

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}

Listener::~Listener() {
  stop();
}

const std::string& Listener::address() const {
  return state_->address;
}

uint16_t Listener::port() const {
  return state_->port;
}

void Listener::keep_places_for(const Addresses& addresses) {
  for (const auto& one : addresses) state_->known.remember(one);
}

size_t Listener::handshakes_under_way() const {
  return state_->handshakes.size();
}

void Listener::stop() {
  state_->stop();
}

}  // namespace hotline
