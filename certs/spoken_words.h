// Words by which two people find out, by voice, that both hold the same file.
#pragma once

#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace hotline {

// Six of 2,048 words: 66 bits. Somebody who wants to give another file has to find one with the
// same words, and 2^66 plain hashes are weeks of work for a state. Each try is therefore made dear:
// the words are those of scrypt (RFC 7914) over the SHA-256 of the text, 64 MiB and a fraction of a
// second each. A million machines with a thousand tries a second each would need 1,000 years on
// average.
inline constexpr int kSpokenWords = 6;

// "abandon ability able about above absent". Error: failed, where the memory is not there.
Result<std::string> spoken_words(std::string_view text);

// As people type: capitals, and whatever stands between the words, do not matter.
bool are_same_words(std::string_view typed, std::string_view words);

}  // namespace hotline
