// Reading strict texts made of lines: notes, checkpoints and proofs have exactly one spelling each,
// so that bytes which were signed can be compared as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hotline {

// Takes the first line off `rest` and returns it without its newline. Nothing, and `rest`
// unchanged, when no newline is left. The result borrows from the same text as `rest`.
std::optional<std::string_view> take_line(std::string_view& rest);

// An ASCII decimal without sign or leading zeros ("0" itself is fine), at most `max`.
std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max);

}  // namespace hotline
