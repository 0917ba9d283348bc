// A draft (wire::Draft): what a person asks to be sent, before it is a message; and the name of a
// saved one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/message/envelope.h"
#include "protocol/message/message_rules.h"

namespace hotline {

// Its buffer's, whose exact bytes a counter is bound to.
inline constexpr const char* kDraftIdentifier = "HLDR";

// The envelope's fields that a draft says, as of now: all but parties, id, release, references,
// parts and the roles of people.
EnvelopeFields envelope_fields_of(const wire::Draft& draft, bool exercise, UtcMs now);

// The message of ours that it changes, or the notice whose conflict it accepts: two people release
// it where two release such a message. Empty where there is none.
std::string released_like(const wire::Draft& draft);

// The rules that it breaks as it stands: none, and it may be sent, as far as can be said without
// the messages that it speaks of and the other side's notices. Error: malformed.
Result<std::vector<Problem>> check_draft(const wire::Draft& draft, const RulesContext& context,
                                         UtcMs now);

// "D-3".
std::string format_draft_name(uint64_t number);
// Nothing for what is no such name.
std::optional<uint64_t> parse_draft_name(std::string_view text);

}  // namespace hotline
