// How our TCP sockets behave. Internal to the transport.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

namespace hotline {

// No delay for small frames, a dead host noticed within limits::kTcpUserTimeout_ms, and little of
// what is queued hidden in the kernel, where a FLASH could not overtake it. Options that the system
// does not support are left at their defaults: the session's probes notice a dead link too.
void set_link_options(boost::asio::ip::tcp::socket& socket);

// "192.0.2.7:4711", "[2001:db8::7]:4711".
std::string to_text(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace hotline
