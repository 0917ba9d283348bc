// 2,048 words that are told apart on a bad line.
#pragma once

#include <cstddef>
#include <string_view>

namespace hotline {

inline constexpr size_t kWordListSize = 2048;

// In order of the alphabet, with one blank between.
extern const std::string_view kWordList;

}  // namespace hotline
