// Times and durations as people type them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"

namespace hotline {

// "90", "90s", "15m", "2h", "1d": a number of seconds unless a unit says otherwise. Error: usage.
Result<int64_t> parse_duration_ms(const std::string& typed);

// "2026-11-22T15:00:00Z", or from now on: "+30m". Error: usage.
Result<UtcMs> parse_when(const std::string& typed, UtcMs now);

// A moment of a record: "2026-11-22T15:00:00Z", "2026-11-22" (its first moment, UTC), "-1h" (so
// long ago), "now", "today" and "yesterday" (their first moments, UTC). Error: usage.
Result<UtcMs> parse_moment(const std::string& typed, UtcMs now);

// A stretch of a record, its ends included; open where nothing was typed.
struct Period {
  std::optional<UtcMs> since;
  std::optional<UtcMs> until;

  bool has(UtcMs time) const { return (!since || time >= *since) && (!until || time <= *until); }
};
Result<Period> parse_period(const std::optional<std::string>& since,
                            const std::optional<std::string>& until, UtcMs now);

}  // namespace hotline
