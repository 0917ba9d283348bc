// Where on the web something is told: an http or https URL in its parts.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/base/result.h"

namespace hotline {

struct WebAddress {
  bool tls = true;   // https.
  std::string host;  // A name, or an address in digits, without brackets.
  uint16_t port = 0;
  std::string target;  // The path and what follows it: "/hook?x=1", never empty.

  // The host is an address, in digits.
  bool is_in_digits() const;
  // "pager.example:8443": as a request names the host, without the port that the scheme implies.
  std::string authority() const;
};

// http is for this machine alone: whoever is on the way could read it, change it, or answer for
// the other end. Error: usage, with a remedy.
Result<WebAddress> parse_web_address(const std::string& url);

}  // namespace hotline
