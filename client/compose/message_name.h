// Which message a person means: N-000123, N-123, @last, @flash.
#pragma once

#include <string>

#include "client/connect/connection.h"
#include "protocol/base/result.h"

namespace hotline::client {

enum class NameUse {
  any,             // To look at: @last is the newest message of either direction.
  to_answer,       // @last is the newest of the peer that is no mere answer to one of ours.
  to_acknowledge,  // @last is the newest of the peer that waits for an acknowledgement.
};

// The id as the daemon wants it. Errors: usage for a name that is none, not_found.
Result<std::string> resolve_name(Connection& connection, const std::string& typed, NameUse use);

}  // namespace hotline::client
