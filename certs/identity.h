// Who a certificate speaks for: a party's daemon, or a person of that party. The name is one URI in
// the subjectAltName (RFC 5280 section 4.2.1.6) and nowhere else; the common name means nothing.
#pragma once

#include <string>
#include <string_view>

#include "protocol/result.h"

namespace hotline {

struct Identity {
  std::string party;   // `north`
  std::string person;  // `ann`; empty for the party's daemon.

  friend bool operator==(const Identity&, const Identity&) = default;
};

// [a-z0-9-], 1 to 32 characters: what a party and a person may be called.
bool is_identity_name(std::string_view name);

// `hotline://north` or `hotline://north/person/ann`.
std::string identity_uri(const Identity& identity);

// Takes the two forms above byte for byte and refuses (not_allowed) everything else: no upper case,
// port, user, query, fragment, percent-encoding, trailing slash or wildcard.
Result<Identity> parse_identity_uri(std::string_view uri);

}  // namespace hotline
