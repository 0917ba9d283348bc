#include "protocol/terminal/typed_time.h"

#include <charconv>
#include <utility>

namespace hotline {
namespace {

constexpr int64_t kDuration_s_max = int64_t{366} * 24 * 3600;

int64_t unit_s(const std::string& unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 24 * 3600;
  return 0;
}

}  // namespace

Result<int64_t> parse_duration_ms(const std::string& typed) {
  int64_t count = 0;
  const char* end = typed.data() + typed.size();
  const auto parsed = std::from_chars(typed.data(), end, count);
  const int64_t unit = unit_s(std::string(parsed.ptr, end));
  if (parsed.ec != std::errc() || unit == 0 || count < 0 || count > kDuration_s_max / unit) {
    return make_error(ErrorCode::usage, "\"" + typed + "\" is no duration",
                      "90 (seconds), 90s, 15m, 2h or 1d");
  }
  return count * unit * 1000;
}

Result<UtcMs> parse_when(const std::string& typed, UtcMs now) {
  if (!typed.empty() && typed[0] == '+') {
    const auto duration = parse_duration_ms(typed.substr(1));
    if (!duration) return duration.error();
    return now + *duration;
  }
  if (const auto time = parse_rfc3339(typed)) return *time;
  return make_error(ErrorCode::usage, "\"" + typed + "\" is no time",
                    "2026-11-22T15:00:00Z, in UTC with its Z, or +30m from now on");
}

Result<UtcMs> parse_moment(const std::string& typed, UtcMs now) {
  constexpr int64_t kDay_ms = 24 * 3600 * 1000;
  const UtcMs today = now - now % kDay_ms;
  if (typed == "now") return now;
  if (typed == "today") return today;
  if (typed == "yesterday") return today - kDay_ms;
  if (typed.size() > 1 && typed[0] == '-') {
    const auto duration = parse_duration_ms(typed.substr(1));
    if (!duration) return duration.error();
    return now - *duration;
  }
  if (const auto time = parse_rfc3339(typed)) return *time;
  if (const auto day = parse_rfc3339(typed + "T00:00:00Z")) return *day;
  return make_error(ErrorCode::usage, "\"" + typed + "\" is no time of a record",
                    "2026-11-22T15:00:00Z, 2026-11-22, -1h, today or yesterday, all in UTC");
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
  return period;
}

}  // namespace hotline
