// Keys and certificates to try Hotline with: a CA for each party whose private key lies beside it,
// marked DEV ONLY in every subject and valid for seven days. A live daemon refuses them.
//
// A directory made for the parties north and south looks so; keys have mode 0600, directories 0700:
//   DIR/north/ca.crt ca.key ca.crl        the party's own CA and the list of what it revoked
//   DIR/north/tls.crt tls.key             the four keys of the daemon, one for each purpose
//   DIR/north/log.crt log.key
//   DIR/north/receipt.crt receipt.key
//   DIR/north/witness.crt witness.key
//   DIR/north/people/ann.crt ann.key      one for each person
//   DIR/south/...
//   DIR/trust/north-ca.crt north-ca.crl   copies of what the others need: CA certificates and lists
//   DIR/trust/south-ca.crt south-ca.crl
#pragma once

#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

struct DevPkiOptions {
  std::vector<std::string> parties = {"north", "south"};
  // Everyone is certified at each party; who is an operator, a supervisor or an auditor is the
  // daemon's configuration.
  std::vector<std::string> people = {"ann", "bob", "eve"};
  bool exercise = false;  // All but the CAs' are for exercises alone.
  int64_t validity_ms = int64_t{7} * 24 * 60 * 60 * 1000;
};

struct DevPki {
  std::string directory;
  std::vector<std::string> files;  // Every file written, relative to the directory, in order.
  UtcMs not_after = 0;
};

// Creates `directory` if need be; refuses (conflict) one with anything in it, and (usage) names
// that cannot stand in a certificate. All keys are Ed25519 and fresh from the system's random
// numbers.
Result<DevPki> create_dev_pki(const std::string& directory, const DevPkiOptions& options,
                              UtcMs now);

// Revokes a certificate of the CA in `party_directory` (the one that holds ca.key): replaces
// ca.crl, and the copy in ../trust if there is one, by a list with the next number, in one rename
// each.
Status revoke_dev_certificate(const std::string& party_directory,
                              const std::string& certificate_path, UtcMs now);

}  // namespace hotline
