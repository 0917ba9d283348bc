// A certificate names the one it speaks for and the purpose of its key: one of a party's four keys,
// or a person of that party. Both stand in one URI in the subjectAltName (RFC 5280
// section 4.2.1.6), which every X.509 library reads, and nowhere else; the common name means
// nothing.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace hotline {

// A key is refused for any other purpose than the one it is certified for.
enum class Purpose { tls, log, receipt, witness, person };

inline constexpr Purpose kPurposes[] = {Purpose::tls, Purpose::log, Purpose::receipt,
                                        Purpose::witness, Purpose::person};

// "tls", "log", "receipt", "witness", "person".
const char* purpose_name(Purpose purpose);

struct Identity {
  std::string party;  // `north`
  Purpose purpose = Purpose::tls;
  std::string person;  // `ann`; empty for the party's own keys.

  friend bool operator==(const Identity&, const Identity&) = default;
};

// [a-z0-9-], 1 to 32 characters: what a party and a person may be called.
bool is_identity_name(std::string_view name);

// `hotline://north/tls`, `/log`, `/receipt`, `/witness`, or `hotline://north/person/ann`.
std::string identity_uri(const Identity& identity);

// Takes the five forms above byte for byte and refuses (not_allowed) everything else: no upper
// case, port, user, query, fragment, percent-encoding, trailing slash or wildcard.
Result<Identity> parse_identity_uri(std::string_view uri);

}  // namespace hotline
