#include "certs/identity.h"

#include <algorithm>

#include "certs/quoted.h"
#include "protocol/base/limits.h"

namespace hotline {
namespace {

constexpr std::string_view kScheme = "hotline://";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

Error refused_uri(std::string_view uri, std::string_view why) {
  return make_error(
      ErrorCode::not_allowed, "the name " + quoted(uri) + " " + std::string(why),
      "the subjectAltName is one URI: hotline://PARTY/ and tls, log, receipt, witness or "
      "person/NAME, each name 1 to 32 of a-z, 0-9 and -");
}

}  // namespace

bool is_identity_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kPartyIdSizeMax &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

const char* purpose_name(Purpose purpose) {
  switch (purpose) {
    case Purpose::tls:
      return "tls";
    case Purpose::log:
      return "log";
    case Purpose::receipt:
      return "receipt";
    case Purpose::witness:
      return "witness";
    case Purpose::person:
      return "person";
  }
  return "unknown";
}

std::string identity_uri(const Identity& identity) {
  std::string uri = std::string(kScheme) + identity.party + "/" + purpose_name(identity.purpose);
  if (identity.purpose == Purpose::person) uri += "/" + identity.person;
  return uri;
}

Result<Identity> parse_identity_uri(std::string_view uri) {
  if (uri.find('*') != std::string_view::npos) {
    return refused_uri(uri, "has a wildcard; two named parties need none");
  }
  if (!uri.starts_with(kScheme)) return refused_uri(uri, "does not begin with hotline://");
  std::string_view rest = uri.substr(kScheme.size());
  const size_t slash = rest.find('/');
  const std::string_view party = rest.substr(0, slash);
  if (!is_identity_name(party)) return refused_uri(uri, "does not name a party");
  if (slash == std::string_view::npos) return refused_uri(uri, "names no purpose");
  rest.remove_prefix(slash + 1);
  for (const Purpose purpose : kPurposes) {
    const std::string_view name = purpose_name(purpose);
    if (!rest.starts_with(name)) continue;
    if (purpose != Purpose::person) {
      if (rest == name) return Identity{std::string(party), purpose, {}};
    } else if (rest.substr(name.size()).starts_with('/')) {
      const std::string_view person = rest.substr(name.size() + 1);
      if (!is_identity_name(person)) return refused_uri(uri, "does not name a person");
      return Identity{std::string(party), purpose, std::string(person)};
    }
  }
  return refused_uri(uri, "names no purpose that is known");
}

}  // namespace hotline
