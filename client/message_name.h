// Which message a person means: N-000123, N-123, @last, @flash.
#pragma once

#include <string>

#include "client/connection.h"
#include "protocol/result.h"

namespace hotline::client {

enum class NameUse {
  any,       // To look at: @last is the newest message of either direction.
  incoming,  // To act on: @last is the newest message of the peer.
};

// The id as the daemon wants it. Errors: usage for a name that is none, not_found.
Result<std::string> resolve_name(Connection& connection, const std::string& typed, NameUse use);

}  // namespace hotline::client
