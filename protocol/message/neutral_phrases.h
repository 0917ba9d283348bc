// The phrases of test calls. The set is fixed, so that a test call can neither carry a message nor
// be read as a hint: weather, fruit and sums.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hotline {

inline constexpr uint8_t kNeutralPhrases = 6;  // Numbered from 1.

// The phrase in the language of this BCP 47 tag (en, ru, uk or id, with or without subtags);
// nothing for another language or number.
std::optional<std::string_view> neutral_phrase(uint8_t number, std::string_view language_tag);

}  // namespace hotline
