// An agreement: the numbers that both parties follow, and its place in the row of agreements. It is
// a text, which a supervisor of each party signs for by a message of the channel; the digest of the
// text names it. The first in the row is no text but what both have configured.
//
//   hotline/agreement/1
//   number 2
//   follows <64 hexadecimal digits>
//   from 2026-12-01T12:00:00.000Z
//   hotline/policy/1
//   flash next-path 30000
//   ...
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/channel/policy.h"

namespace hotline {

inline constexpr uint32_t kFirstAgreement = 1;  // What is configured.

struct Agreement {
  uint32_t number = 0;  // From 2.
  Hash follows{};       // The digest of the agreement before it, as the proposer has it.
  UtcMs from = 0;       // In force from then on.
  Policy policy;
};

std::string agreement_text(const Agreement& agreement);
// Reads only what agreement_text() writes. Error: refused.
Result<Agreement> parse_agreement(std::string_view text);
// SHA-256: the name of the agreement between two daemons.
Hash agreement_digest(std::string_view text);

}  // namespace hotline
