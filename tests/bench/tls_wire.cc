#include "tests/bench/tls_wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <stdexcept>

namespace hotline::bench {
namespace {

constexpr size_t kLengthSize = 4;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("bare wire: " + what + " failed");
}

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

SSL_CTX* make_context(const SSL_METHOD* method, const std::string& certificate,
                      const std::string& key) {
  SSL_CTX* context = SSL_CTX_new(method);
  if (context == nullptr) fail("SSL_CTX_new");
  SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
  SSL_CTX_set_num_tickets(context, 0);
  // A queue that grew between two attempts to write is still the same bytes.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_file(context, certificate.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
    fail("reading " + certificate);
  }
  return context;
}

}  // namespace

BareTls::BareTls(const std::string& certificate_path, const std::string& key_path)
    : server_(make_context(TLS_server_method(), certificate_path, key_path)),
      client_(make_context(TLS_client_method(), certificate_path, key_path)) {
  signal(SIGPIPE, SIG_IGN);
}

int listen_on_loopback(uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener, 4) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("listen");
  }
  port = ntohs(address.sin_port);
  return listener;
}

std::unique_ptr<TlsWire> TlsWire::accept(int listener, const BareTls& tls) {
  const int descriptor = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (descriptor < 0) fail("accept");
  return std::unique_ptr<TlsWire>(new TlsWire(descriptor, tls.server(), true));
}

std::unique_ptr<TlsWire> TlsWire::connect(uint16_t port, const BareTls& tls) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (descriptor < 0 ||
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("connect");
  }
  return std::unique_ptr<TlsWire>(new TlsWire(descriptor, tls.client(), false));
}

// The handshake blocks; from then on nothing does.
TlsWire::TlsWire(int descriptor, SSL_CTX* context, bool accepts)
    : descriptor_(descriptor), ssl_(SSL_new(context)) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (SSL_set_fd(ssl_, descriptor) != 1) fail("SSL_set_fd");
  if ((accepts ? SSL_accept(ssl_) : SSL_connect(ssl_)) != 1) fail("the handshake");
  fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

TlsWire::~TlsWire() {
  SSL_free(ssl_);
  close(descriptor_);
}

short TlsWire::wanted_events() const {
  return static_cast<short>(outgoing_.empty() ? POLLIN : POLLIN | POLLOUT);
}

void TlsWire::send(ByteView record) {
  const uint32_t length = htonl(static_cast<uint32_t>(record.size()));
  const auto* bytes = reinterpret_cast<const uint8_t*>(&length);
  outgoing_.insert(outgoing_.end(), bytes, bytes + kLengthSize);
  outgoing_.insert(outgoing_.end(), record.begin(), record.end());
}

void TlsWire::flush() {
  while (written_ < outgoing_.size()) {
    size_t taken = 0;
    if (SSL_write_ex(ssl_, outgoing_.data() + written_, outgoing_.size() - written_, &taken) != 1) {
      if (SSL_get_error(ssl_, 0) != SSL_ERROR_WANT_WRITE) fail("SSL_write");
      return;
    }
    written_ += taken;
  }
  outgoing_.clear();
  written_ = 0;
}

bool TlsWire::receive(const std::function<void(ByteView record)>& visit) {
  constexpr size_t kTurnSizeMax = 256 * 1024;
  uint8_t chunk[16 * 1024];
  size_t taken = 0;
  bool open = true;
  for (size_t total = 0; total < kTurnSizeMax || SSL_pending(ssl_) > 0; total += taken) {
    if (SSL_read_ex(ssl_, chunk, sizeof chunk, &taken) != 1) {
      open = SSL_get_error(ssl_, 0) == SSL_ERROR_WANT_READ;
      break;
    }
    incoming_.insert(incoming_.end(), chunk, chunk + taken);
  }
  const size_t used = visit_records(visit);
  incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<ptrdiff_t>(used));
  return open;
}

size_t TlsWire::visit_records(const std::function<void(ByteView record)>& visit) {
  size_t at = 0;
  while (incoming_.size() - at >= kLengthSize) {
    uint32_t length = 0;
    std::memcpy(&length, incoming_.data() + at, kLengthSize);
    length = ntohl(length);
    if (incoming_.size() - at - kLengthSize < length) break;
    visit(ByteView(incoming_.data() + at + kLengthSize, length));
    at += kLengthSize + length;
  }
  return at;
}

}  // namespace hotline::bench
