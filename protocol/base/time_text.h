// Times and durations as people type them. The one rule for them: a field of a message, an option
// and a filter read a time alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

// "90", "90s", "15m", "2h", "1d": a number of seconds unless a unit says otherwise. Error: usage.
Result<int64_t> parse_duration_ms(std::string_view text);

// "10", "0.5", "2.25": how many times as fast as real time a clock goes, with three decimals at the
// most, in thousandths. Error: usage.
Result<uint32_t> parse_speed_permille(std::string_view text);
std::string format_speed(uint32_t permille);

// For hints and help.
inline constexpr char kTimeForms[] =
    "2026-11-28T13:41:00Z, 281341Z NOV 26, 13:41Z or 1341Z (today), -5m, +30m or now: in UTC";

// In any of these forms, all of them UTC:
//   2026-11-28T13:41:00Z   RFC 3339; the seconds may be left out
//   281341Z NOV 26         the date-time group, which is what it is printed as
//   13:41Z, 1341Z          today, and never the day before or after
//   -5m, +30m              so long ago, so far ahead: the unit is never left out
//   now
// `typed_at`: when it was typed, which the last three need. They are refused without it, for a
// record is read on another day. Error: usage, with the forms.
Result<UtcMs> parse_time(std::string_view text, std::optional<UtcMs> typed_at);

}  // namespace hotline
