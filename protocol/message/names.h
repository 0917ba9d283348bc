// Coded values as the short words that are typed and that stand in tables: FLASH, incident,
// operator. English, whatever the reader's language: scripts and people on a telephone share them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/message/message_generated.h"

namespace hotline {

// "FLASH"; a value that this version does not know is "precedence 9".
std::string precedence_label(uint8_t precedence);
std::string type_name(uint8_t type);           // "incident"
std::string role_name(uint8_t role);           // "operator"
std::string decline_name(uint16_t code);       // "rule-broken"
std::string audience_name(uint16_t audience);  // "air-defence"

// "flash" in any case, or its first letter as in ACP 121 (Z, O, P, R). Error: usage.
Result<wire::Precedence> parse_precedence(const std::string& typed);
// "not-for-us", or its number. Error: usage.
Result<wire::DeclineCode> parse_decline_code(const std::string& typed);
// "air-defence". Error: usage.
Result<wire::Audience> parse_audience(const std::string& typed);

// "north" as it stands on screen: NORTH.
std::string upper_case(const std::string& text);

}  // namespace hotline
