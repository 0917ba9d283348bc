// The time of a row of a MSEL (master scenario events list), as people write it in a spreadsheet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/base/result.h"

namespace hotline::client {

inline constexpr int64_t kSecondsOfADay = 86'400;

// "08:30", "0830", "24:00", "8:30 AM", "D+1 06:00", "29.11.2026 08:30",
// "2026-11-29T08:30:00+02:00", "291000Z NOV 26", "T+0:30", "30 min". Without a day it is that of
// the row before, or the next.
struct MselTime {
  bool since_start = false;    // "T+0:30": counts from the beginning of the exercise.
  std::optional<int64_t> day;  // Since 1970 of a date, from 0 of "D+1".
  bool day_is_date = false;
  int64_t second = 0;               // Of the day, up to 86,400; or since the start.
  std::string zone;                 // "Z", "+02:00", "CET", "LOCAL"; empty where there is none.
  std::optional<int64_t> offset_s;  // Of a zone that says it.
};

// Error: usage.
Result<MselTime> parse_msel_time(std::string_view text);

}  // namespace hotline::client
