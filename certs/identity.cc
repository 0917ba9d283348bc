#include "certs/identity.h"

#include <algorithm>

#include "certs/quoted.h"
#include "protocol/limits.h"

namespace hotline {
namespace {

constexpr std::string_view kScheme = "hotline://";
constexpr std::string_view kPersonPath = "/person/";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

Error refused_uri(std::string_view uri, std::string_view why) {
  return make_error(ErrorCode::not_allowed, "the name " + quoted(uri) + " " + std::string(why),
                    "the subjectAltName is one URI, hotline://PARTY or hotline://PARTY/person/NAME,"
                    " each name 1 to 32 of a-z, 0-9 and -");
}

}  // namespace

bool is_identity_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::kPartyIdSizeMax &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

std::string identity_uri(const Identity& identity) {
  std::string uri = std::string(kScheme) + identity.party;
  if (!identity.person.empty()) uri += std::string(kPersonPath) + identity.person;
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
  if (slash == std::string_view::npos) return Identity{std::string(party), {}};
  rest.remove_prefix(slash);
  if (!rest.starts_with(kPersonPath)) return refused_uri(uri, "is neither a party nor a person");
  const std::string_view person = rest.substr(kPersonPath.size());
  if (!is_identity_name(person)) return refused_uri(uri, "does not name a person");
  return Identity{std::string(party), std::string(person)};
}

}  // namespace hotline
