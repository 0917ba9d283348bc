// The newest revocation list of each party that was ever in force here, as a copy beside the store:
// a list that was taken back, or is gone, does not bring a revoked certificate back at the next
// start.
#pragma once

#include <string>

#include "protocol/base/result.h"

namespace hotline {

// Where it is kept. One for each party.
std::string kept_list_path(const std::string& store_path, const std::string& party);

// Durable when it returns, and never half of it. Error: configuration.
Status keep_list(const std::string& path, const std::string& pem);

}  // namespace hotline
