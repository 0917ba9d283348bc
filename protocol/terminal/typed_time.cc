#include "protocol/terminal/typed_time.h"

#include <utility>

namespace hotline {
Result<UtcMs> parse_moment(const std::string& typed, UtcMs now) {
  constexpr int64_t kDay_ms = 24 * 3600 * 1000;
  const UtcMs today = now - now % kDay_ms;
  if (typed == "today") return today;
  if (typed == "yesterday") return today - kDay_ms;
  if (const auto time = parse_time(typed, now)) return *time;
  if (const auto day = parse_rfc3339(typed + "T00:00:00Z")) return *day;
  return make_error(ErrorCode::usage, "\"" + typed + "\" is no time of a record",
                    "2026-11-22T15:00:00Z, 221500Z NOV 26, 15:00Z, -1h, 2026-11-22, today or "
                    "yesterday, all in UTC");
}

Result<Period> parse_period(const std::optional<std::string>& since,
                            const std::optional<std::string>& until, UtcMs now) {
  Period period;
  for (const auto& [typed, time] :
       {std::pair{&since, &period.since}, std::pair{&until, &period.until}}) {
    if (!*typed) continue;
    const auto moment = parse_moment(**typed, now);
    if (!moment) return moment.error();
    *time = *moment;
  }
  if (period.since && period.until && *period.until < *period.since) {
    return make_error(ErrorCode::usage, *until + " is before " + *since + ": nothing lies between",
                      "the earlier one first");
  }
  return period;
}

}  // namespace hotline
