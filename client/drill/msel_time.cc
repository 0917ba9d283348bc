#include "client/drill/msel_time.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "protocol/base/clock.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"

namespace hotline::client {
namespace {

std::string capitals(std::string_view text) {
  std::string out;
  for (const char c : text) out += to_capital(c);
  return out;
}

Error no_time(std::string_view text) {
  return make_error(ErrorCode::usage, "\"" + std::string(text) + "\" is not a time",
                    "08:30, D+1 08:30, 2026-11-29 08:30, 08:30Z, 08:30+02:00, T+0:30 or 30 min");
}

std::optional<int64_t> value_of_digits(std::string_view digits) {
  if (digits.empty() || digits.size() > 4) return std::nullopt;
  int64_t value = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int64_t> days_since_1970(int64_t year, int64_t month, int64_t day) {
  if (year < 100) year += 2000;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "2026-11-29", "29.11.2026", "29/11/2026": the day before the month, for so most of the world
// writes; what could be read either way is refused.
Result<int64_t> parse_date(std::string_view text) {
  for (const char between : {'-', '.', '/'}) {
    const auto parts = split(text, between);
    if (parts.size() != 3) continue;
    const auto a = value_of_digits(parts[0]), b = value_of_digits(parts[1]),
               c = value_of_digits(parts[2]);
    if (!a || !b || !c) return no_time(text);
    const bool year_first = parts[0].size() == 4;
    if (!year_first && between == '/' && *a <= 12 && *b <= 12 && *a != *b) {
      return make_error(ErrorCode::usage,
                        "\"" + std::string(text) + "\" is one day in Europe and another in America",
                        "write the year first: 2026-11-29");
    }
    const bool month_first = !year_first && between == '/' && *b > 12;
    const auto day = year_first    ? days_since_1970(*a, *b, *c)
                     : month_first ? days_since_1970(*c, *a, *b)
                                   : days_since_1970(*c, *b, *a);
    if (day) return *day;
  }
  return no_time(text);
}

// "D+1", "DAY 2": the first is 0. Takes it off.
std::optional<int64_t> take_day(std::string_view& text) {
  std::string_view rest = text;
  const bool is_plus = rest.starts_with("D+");
  const bool is_word = rest.starts_with("DAY ");
  if (!is_plus && !is_word) return std::nullopt;
  rest.remove_prefix(is_plus ? 2 : 4);
  const auto day = value_of_digits(take_leading_digits(rest));
  if (!day || (!rest.empty() && rest.front() != ' ')) return std::nullopt;
  text = trim(rest);
  return is_word ? *day - 1 : *day;
}

// "Z", "UTC", "+02:00", "CET", "LOCAL" at its end. Takes it off.
void take_zone(std::string_view& text, MselTime& time) {
  const size_t sign = text.find_last_of("+-");
  if (sign != std::string_view::npos && sign > 0 && text.size() - sign >= 3) {
    std::string_view rest = text.substr(sign + 1);
    const auto hours = value_of_digits(take_leading_digits(rest).substr(0, 2));
    take_character(rest, ':');
    const auto minutes = rest.empty() ? 0 : value_of_digits(rest);
    if (hours && minutes && *hours <= 14 && *minutes < 60) {
      time.zone = text.substr(sign);
      time.offset_s = (*hours * 3600 + *minutes * 60) * (text[sign] == '-' ? -1 : 1);
      text = trim(text.substr(0, sign));
      return;
    }
  }
  size_t letters = text.size();
  while (letters > 0 && text[letters - 1] >= 'A' && text[letters - 1] <= 'Z') --letters;
  const std::string_view zone = text.substr(letters);
  if (zone.empty() || zone == "AM" || zone == "PM" || letters == 0) return;
  time.zone = zone == "UTC" || zone == "GMT" || zone == "ZULU" ? "Z" : std::string(zone);
  if (time.zone == "Z") time.offset_s = 0;
  text = trim(text.substr(0, letters));
}

// "8:30", "08:30:15", "0830", "8:30 PM". `hours_max`: 24 of a day.
std::optional<int64_t> seconds_of(std::string_view text, int64_t hours_max) {
  const bool is_am = text.ends_with("AM"), is_pm = text.ends_with("PM");
  if (is_am || is_pm) text = trim(text.substr(0, text.size() - 2));
  auto parts = split(text, text.find(':') == std::string_view::npos ? '.' : ':');
  if (parts.size() == 1 && text.size() == 4) parts = {text.substr(0, 2), text.substr(2)};
  if (parts.size() != 2 && parts.size() != 3) return std::nullopt;
  auto hours = value_of_digits(parts[0]);
  const auto minutes = value_of_digits(parts[1]);
  const auto seconds = parts.size() == 3 ? value_of_digits(parts[2]) : 0;
  if (!hours || !minutes || !seconds || parts[1].size() != 2) return std::nullopt;
  if (is_am || is_pm) {
    if (*hours < 1 || *hours > 12) return std::nullopt;
    *hours = *hours % 12 + (is_pm ? 12 : 0);
  }
  const int64_t all = *hours * 3600 + *minutes * 60 + *seconds;
  if (*minutes > 59 || *seconds > 59 || all > hours_max * 3600) return std::nullopt;
  return all;
}

// "30 MIN", "2 H", "1H30".
std::optional<int64_t> duration_s(std::string_view text) {
  const auto count = value_of_digits(take_leading_digits(text));
  text = trim(text);
  if (!count) return std::nullopt;
  for (const auto& [unit, size] : {std::pair{"MIN", 60},
                                   {"MINUTES", 60},
                                   {"M", 60},
                                   {"H", 3600},
                                   {"HOURS", 3600},
                                   {"HOUR", 3600},
                                   {"S", 1},
                                   {"D", 86'400}}) {
    if (text == unit) return *count * size;
  }
  return std::nullopt;
}

Result<MselTime> since_start(std::string_view whole, std::string_view text) {
  constexpr int64_t kHoursMax = 14 * 24;
  auto seconds = duration_s(text);
  if (!seconds) seconds = seconds_of(text, kHoursMax);
  if (!seconds) return no_time(whole);
  MselTime time;
  time.since_start = true;
  time.second = *seconds;
  return time;
}

}  // namespace

Result<MselTime> parse_msel_time(std::string_view typed) {
  const std::string whole(trim(typed));
  // A date-time group, or RFC 3339 in UTC.
  if (const auto utc = parse_time(whole, std::nullopt)) {
    const int64_t second = *utc / 1000;
    return MselTime{false, second / kSecondsOfADay, true, second % kSecondsOfADay, "Z", 0};
  }
  const std::string text_in_capitals = capitals(whole);
  std::string_view text = text_in_capitals;
  for (const std::string_view start : {"T+", "H+", "STARTEX+", "+"}) {
    if (text.starts_with(start)) return since_start(whole, trim(text.substr(start.size())));
  }
  if (duration_s(text)) return since_start(whole, text);
  MselTime time;
  time.day = take_day(text);
  const size_t gap = text.find_first_of("T ");
  const bool has_date = gap != std::string_view::npos && gap >= 8 && is_digit(text[0]);
  if (!time.day && has_date) {
    const auto day = parse_date(text.substr(0, gap));
    if (!day) return day.error();
    time.day = *day;
    time.day_is_date = true;
    text = trim(text.substr(gap + 1));
  }
  take_zone(text, time);
  const auto seconds = seconds_of(text, 24);
  if (!seconds) return no_time(whole);
  time.second = *seconds;
  return time;
}

}  // namespace hotline::client
