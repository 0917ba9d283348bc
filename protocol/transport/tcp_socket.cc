#include "protocol/transport/tcp_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

constexpr int kKeepaliveIdle_s = 10;
constexpr int kKeepaliveInterval_s = 5;
constexpr int kKeepaliveCount = 3;
constexpr int kUnsentSizeMax = 64 * 1024;

void set_option(int descriptor, int level, int name, int value) {
  setsockopt(descriptor, level, name, &value, sizeof value);
}

}  // namespace

void set_link_options(boost::asio::ip::tcp::socket& socket) {
  const int descriptor = socket.native_handle();
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, kKeepaliveIdle_s);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, kKeepaliveInterval_s);
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, kKeepaliveCount);
  set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT,
             static_cast<int>(limits::kTcpUserTimeout_ms));
  set_option(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentSizeMax);
}

std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace hotline
