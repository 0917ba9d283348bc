// Lengths of time that tests speak of.
#pragma once

#include <cstdint>

namespace hotline {

inline constexpr int64_t kSecond_ms = 1'000;
inline constexpr int64_t kMinute_ms = 60 * kSecond_ms;
inline constexpr int64_t kHour_ms = 60 * kMinute_ms;

}  // namespace hotline
