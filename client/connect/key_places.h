// The lines of a hotlined.toml that say whose keys lie where, for `hotline pki exchange`. All of
// the file is judged by `hotlined config check`.
#pragma once

#include <array>
#include <string>

#include "certs/exchange.h"
#include "protocol/base/result.h"

namespace hotline::client {

// Paths of one party's files.
struct PublicFiles {
  std::string ca;
  std::string crl;  // Empty: none is named.
  std::array<std::string, kExchangedPurposes.size()> certificates;
};

struct KeyPlaces {
  std::string party, prefix;
  std::string peer, peer_prefix;
  std::string channel;  // 32 hex digits, lower case.
  bool exercise = false;
  PublicFiles own, peers;
};

// Error: configuration, with file:line:column.
Result<KeyPlaces> read_key_places(const std::string& path);

}  // namespace hotline::client
