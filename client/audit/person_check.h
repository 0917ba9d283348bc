// Checks what people signed with their own keys (protocol/message/statement.h), in an export that
// verify.h found good: each signature under the certificate that the journal keeps, each
// certificate under the party's CA, and each statement against what the journal, and the message
// that went, say of it.
//
// Its memory grows with the people, the drafts that are open, and the messages that wait for a
// place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/verdict.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/message/serial.h"

namespace hotline::audit {

// One certificate of a person.
struct PersonAccount {
  std::string name;
  Hash certificate{};  // SHA-256.
  uint64_t statements = 0;
  UtcMs first_at = 0;
  UtcMs last_at = 0;
};

// The part beside one Released entry, with the salt under which its hash stands in the envelope.
struct PersonOpening {
  Hash salt{};
  std::string part;
};

struct PersonsAccount {
  std::vector<PersonAccount> people;  // In the order in which they first signed.
  uint64_t statements = 0;
  uint64_t compared = 0;       // Messages that were held against what was signed of them.
  uint64_t unsigned_acts = 0;  // By people of the daemon's own machine.
  uint64_t erased = 0;         // Name and signature are not held any more.
  uint64_t bodies_erased = 0;
  std::optional<PersonOpening> opening;  // Of the message that was asked for.
  std::optional<Fault> fault;            // The first.
};

// `of`: the own message whose opening is wanted. Errors: not_found,
// configuration, and verification_failed where the export is damaged.
Result<PersonsAccount> check_persons(const std::string& directory,
                                     const std::string& trust_directory,
                                     const std::optional<Serial>& of = {});

}  // namespace hotline::audit
