// Requests for certificates (PKCS #10, RFC 2986): a fresh key, and beside it all that its
// certificate must say, so that a CA that copies the extensions of a request issues one that is
// taken.
#pragma once

#include <openssl/evp.h>

#include <string>

#include "certs/check.h"
#include "certs/identity.h"
#include "protocol/base/result.h"

namespace hotline {

struct MadeRequest {
  std::string key;      // PEM (PKCS #8), not encrypted; empty where the key was there.
  std::string request;  // PEM.
};

// For a fresh Ed25519 key, from the system's random numbers; or for one that is there (`known`).
Result<MadeRequest> make_request(const Identity& identity, bool exercise,
                                 EVP_PKEY* known = nullptr);

// A request as make_request() wrote it, which signed itself.
struct ReadRequest {
  Identity identity;
  bool exercise = false;
};

// Refuses (configuration) a file that is no such request.
Result<ReadRequest> load_request(const std::string& path);

}  // namespace hotline
