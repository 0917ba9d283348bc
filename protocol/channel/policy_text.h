// The one text of a policy, of which both parties take the digest and that an agreement carries:
// one `name value` a line.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/result.h"
#include "protocol/channel/policy.h"

namespace hotline {

// SHA-256 over the canonical text of what both parties must agree on: everything but roles and
// commands. The case clock and retention have only what is not the default, so that a
// policy that says nothing of them keeps its digest.
Hash digest(const Policy& policy);

// The text that digest() hashes: one `name value` a line.
std::string canonical_text(const Policy& policy);

// The policy of such a text, which must be exactly the one that its policy has. It has no roles and
// no commands. Error: refused, with the line that is wrong.
Result<Policy> parse_policy(std::string_view canonical);

}  // namespace hotline
