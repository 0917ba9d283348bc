// "Did you mean": the nearest known word to one that is not known.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hotline {

// Insertions, deletions, changes and swaps of neighbours that turn one word into the other (optimal
// string alignment).
size_t edit_distance(std::string_view a, std::string_view b);

// The candidate that is nearest to `word`, if it is near enough to be a slip: at most one edit for
// every three letters, and at least one. The first, if several are as near.
std::optional<std::string> nearest_word(std::string_view word,
                                        std::span<const std::string> candidates);

// "did you mean where?", or the empty string.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace hotline
