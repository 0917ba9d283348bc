#include "protocol/base/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "protocol/base/text.h"

namespace hotline {
namespace {

constexpr int64_t kDuration_s_max = int64_t{366} * 24 * 3600;
constexpr size_t kDateSize = 11;  // "2026-11-28T".

constexpr char kDatedForms[] = "write 2026-11-28T13:41:00Z or 281341Z NOV 26";

int64_t seconds_in(std::string_view unit) {
  if (unit.empty() || unit == "s") return 1;
  if (unit == "m" || unit == "min") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 24 * 3600;
  return 0;
}

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals) c = to_capital(c);
  return capitals;
}

// "13:41Z" and "13:41:00Z" behind "2026-11-28T".
std::optional<UtcMs> parse_dated(const std::string& date, std::string time) {
  constexpr size_t kMinutesEnd = 5;
  if (time.size() == kMinutesEnd + 1 && time[kMinutesEnd] == 'Z') time.insert(kMinutesEnd, ":00");
  return parse_rfc3339(date + time);
}

// "1341Z" behind "2026-11-28T".
std::optional<UtcMs> parse_four_digits(const std::string& date, const std::string& time) {
  constexpr size_t kHoursEnd = 2;
  if (time.size() != 5) return std::nullopt;
  return parse_dated(date, time.substr(0, kHoursEnd) + ":" + time.substr(kHoursEnd));
}

// "281341Z NOV 26", ACP 121. The two spaces may be left out.
std::optional<UtcMs> parse_date_time_group(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {
      "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  constexpr size_t kTimeEnd = 7;
  const std::string capitals = in_capitals(text);
  if (capitals.size() < kTimeEnd || capitals[kTimeEnd - 1] != 'Z') return std::nullopt;
  std::string_view rest = std::string_view(capitals).substr(kTimeEnd);
  if (rest.starts_with(' ')) rest.remove_prefix(1);
  for (size_t month = 0; month < kMonths.size(); ++month) {
    if (!rest.starts_with(kMonths[month])) continue;
    std::string_view year = rest.substr(kMonths[month].size());
    if (year.starts_with(' ')) year.remove_prefix(1);
    if (year.size() != 2 || !is_digit(year[0]) || !is_digit(year[1])) return std::nullopt;
    const std::string number = std::to_string(month + 1);
    const std::string date = "20" + std::string(year) + (month < 9 ? "-0" : "-") + number + "-" +
                             capitals.substr(0, 2) + "T";
    return parse_four_digits(date, capitals.substr(2, 5));
  }
  return std::nullopt;
}

// "-5m" and "+30m".
std::optional<UtcMs> parse_apart(std::string_view text, UtcMs now) {
  if (text.size() < 3 || (text[0] != '-' && text[0] != '+') || is_digit(text.back())) {
    return std::nullopt;
  }
  const auto duration = parse_duration_ms(text.substr(1));
  if (!duration) return std::nullopt;
  return text[0] == '-' ? now - *duration : now + *duration;
}

std::optional<UtcMs> parse_beside(std::string_view text, UtcMs now) {
  if (text == "now") return now;
  if (const auto apart = parse_apart(text, now)) return apart;
  const std::string today = format_rfc3339(now).substr(0, kDateSize);
  const std::string capitals = in_capitals(text);
  const auto time = parse_dated(today, capitals);
  return time ? time : parse_four_digits(today, capitals);
}

}  // namespace

Result<int64_t> parse_duration_ms(std::string_view text) {
  int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  const int64_t unit = seconds_in({parsed.ptr, end});
  if (parsed.ec != std::errc() || unit == 0 || count < 0 || count > kDuration_s_max / unit) {
    return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no duration",
                      "90 (seconds), 90s, 15m, 2h or 1d");
  }
  return count * unit * 1000;
}

Result<UtcMs> parse_time(std::string_view text, std::optional<UtcMs> typed_at) {
  const std::string typed(text);
  if (const auto time = parse_dated(typed.substr(0, kDateSize),
                                    typed.size() > kDateSize ? typed.substr(kDateSize) : "")) {
    return *time;
  }
  if (const auto time = parse_date_time_group(text)) return *time;
  if (const auto time = parse_beside(text, typed_at.value_or(0))) {
    if (typed_at) return *time;
    return make_error(ErrorCode::usage, "\"" + typed + "\" is another time on another day",
                      kDatedForms);
  }
  return make_error(ErrorCode::usage, "\"" + typed + "\" is not a time in UTC",
                    std::string("write ") + kTimeForms);
}

Result<uint32_t> parse_speed_permille(std::string_view text) {
  constexpr size_t kDigitsMax = 4, kDecimalsMax = 3;
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  const std::string_view decimals = point < text.size() ? text.substr(point + 1) : "";
  const bool is_written = !digits.empty() && digits.size() <= kDigitsMax &&
                          decimals.size() <= kDecimalsMax &&
                          (point == text.size() || !decimals.empty());
  digits += decimals;
  digits.append(kDecimalsMax - std::min(decimals.size(), kDecimalsMax), '0');
  const bool is_number =
      std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c); });
  if (!is_written || !is_number) {
    return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is no speed",
                      "10 for ten times as fast as real time, or 0.5");
  }
  uint32_t permille = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), permille);
  return permille;
}

std::string format_speed(uint32_t permille) {
  std::string decimals = std::to_string(1000 + permille % 1000).substr(1);
  decimals.erase(decimals.find_last_not_of('0') + 1);
  return std::to_string(permille / 1000) + (decimals.empty() ? "" : "." + decimals);
}

}  // namespace hotline
