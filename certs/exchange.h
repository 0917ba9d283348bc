// All that the other party needs of ours, as one file: who we are, our CA, what it has revoked, and
// the certificates of the keys that sign. The TLS certificate is not in it, because the CA vouches
// for that one at each connection.
//
// The file is text, and there is one way only to write it, so that a word or a digit that differs
// is another file (certs/spoken_words.h).
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "certs/check.h"
#include "certs/identity.h"
#include "certs/openssl_ptr.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

inline constexpr std::array kExchangedPurposes = {Purpose::log, Purpose::receipt, Purpose::witness};

struct Exchange {
  std::string party;    // `north`
  std::string prefix;   // `N`
  std::string channel;  // 32 hex digits, lower case.
  bool exercise = false;
  X509Ptr ca;
  X509CrlPtr crl;  // May be null.
  std::array<X509Ptr, kExchangedPurposes.size()> certificates;
};

std::string format_exchange(const Exchange& exchange);

// Carriage returns apart, which mail adds, format_exchange() gives back `text`. Error: malformed.
Result<Exchange> parse_exchange(std::string_view text);

struct JudgedExchange {
  TrustAnchor anchor;
  std::array<CheckedCertificate, kExchangedPurposes.size()> certificates;
};

// By the rules of a daemon: chain, name, purpose, mode, time, revocation. `from` names the file in
// messages.
Result<JudgedExchange> judge_exchange(const Exchange& exchange, UtcMs now, const std::string& from);

std::string certificate_pem(const X509* certificate);
std::string crl_pem(const X509_CRL* crl);

}  // namespace hotline
