// Moments and stretches of a record as people type them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/base/result.h"
#include "protocol/base/time_text.h"

namespace hotline {

// A moment of a record: what parse_time reads, and also "2026-11-22", "today" and "yesterday", each
// of them the first moment of its day, UTC. Error: usage.
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
