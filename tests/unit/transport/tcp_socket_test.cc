#include "protocol/transport/tcp_socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>

#include "protocol/base/limits.h"

namespace hotline {
namespace {

using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

int option_of(tcp::socket& socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  getsockopt(socket.native_handle(), level, name, &value, &size);
  return value;
}

// H09: a peer whose host vanished is noticed by the kernel too, not only by the session's probes.
TEST(TcpSocket, NoticesADeadHostAndDelaysNothing) {
  boost::asio::io_context io;
  tcp::socket socket(io, tcp::v4());
  set_link_options(socket);
  EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_USER_TIMEOUT), limits::kTcpUserTimeout_ms);
  EXPECT_EQ(option_of(socket, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option_of(socket, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_GT(option_of(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 0);
}

TEST(TcpSocket, AddressesReadAsPeopleWriteThem) {
  EXPECT_EQ(to_text({make_address("192.0.2.7"), 4711}), "192.0.2.7:4711");
  EXPECT_EQ(to_text({make_address("2001:db8::7"), 4711}), "[2001:db8::7]:4711");
}

}  // namespace
}  // namespace hotline
