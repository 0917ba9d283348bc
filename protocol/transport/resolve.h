// The addresses of a name. The operating system answers when it likes, and cannot be told to stop:
// so each question has a thread of its own that nobody waits for, and a name service that hangs
// holds up neither other names nor the end of the program.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <string>
#include <vector>

#include "protocol/base/result.h"

namespace hotline {

// In the order in which they should be tried (RFC 6724); at least one.
using Addresses = std::vector<boost::asio::ip::address>;
using Resolved = std::function<void(Result<Addresses> outcome)>;

// Calls back once, from the event loop and never from inside the call; or never.
using Resolve = std::function<void(const std::string& name, Resolved done)>;

// Asks the operating system, for limits::kLookupsMax names at a time. A name that waits keeps no
// loop running.
void resolve(boost::asio::io_context& io, const std::string& name, Resolved done);

}  // namespace hotline
