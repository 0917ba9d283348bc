#include "protocol/base/clock.h"

#include <array>
#include <cstdio>

#include "protocol/base/text.h"

namespace hotline {
namespace {

constexpr int64_t kMsPerDay = 86'400'000;

struct Date {
  int64_t year;
  int month;  // 1..12
  int day;    // 1..31
};

bool is_leap(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int64_t year, int month) {
  static constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[static_cast<size_t>(month - 1)];
}

// Days since 1970-01-01 in the proleptic Gregorian calendar, counted from years that begin in
// March, so that the leap day is the last one.
int64_t days_from_date(const Date& date) {
  int64_t year = date.month <= 2 ? date.year - 1 : date.year;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

Date date_from_days(int64_t days) {
  days += 719468;
  int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_index = (5 * day_of_year + 2) / 153;
  int day = static_cast<int>(day_of_year - (153 * month_index + 2) / 5 + 1);
  int month = static_cast<int>(month_index < 10 ? month_index + 3 : month_index - 9);
  int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day};
}

struct Split {
  Date date;
  int hour, minute, second, millisecond;
};

Split split(UtcMs time) {
  int64_t days = time / kMsPerDay;
  int64_t rest = time % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  return {date_from_days(days), static_cast<int>(rest / 3'600'000),
          static_cast<int>(rest / 60'000 % 60), static_cast<int>(rest / 1000 % 60),
          static_cast<int>(rest % 1000)};
}

// Reads exactly `count` digits at the front of `text` and removes them.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

}  // namespace

std::string format_rfc3339(UtcMs time) {
  Split s = split(time);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ",
                static_cast<long long>(s.date.year), s.date.month, s.date.day, s.hour, s.minute,
                s.second, s.millisecond);
  return buffer;
}

std::optional<UtcMs> parse_rfc3339(std::string_view text) {
  auto year = take_digits(text, 4);
  if (!year || !take_character(text, '-')) return std::nullopt;
  auto month = take_digits(text, 2);
  if (!month || !take_character(text, '-')) return std::nullopt;
  auto day = take_digits(text, 2);
  if (!day || !take_character(text, 'T')) return std::nullopt;
  auto hour = take_digits(text, 2);
  if (!hour || !take_character(text, ':')) return std::nullopt;
  auto minute = take_digits(text, 2);
  if (!minute || !take_character(text, ':')) return std::nullopt;
  auto second = take_digits(text, 2);
  if (!second) return std::nullopt;
  int millisecond = 0;
  if (take_character(text, '.')) {
    int scale = 100;
    int digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9' && digits < 3) {
      millisecond += (text.front() - '0') * scale;
      scale /= 10;
      ++digits;
      text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
  }
  if (!take_character(text, 'Z') || !text.empty()) return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1 || *day > days_in_month(*year, *month))
    return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  int64_t days = days_from_date({*year, *month, *day});
  return days * kMsPerDay + *hour * 3'600'000LL + *minute * 60'000LL + *second * 1000LL +
         millisecond;
}

std::string format_date_time_group(UtcMs time) {
  static constexpr std::array<const char*, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  Split s = split(time);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%02d%02d%02dZ %s %02d", s.date.day, s.hour, s.minute,
                kMonths[static_cast<size_t>(s.date.month - 1)],
                static_cast<int>(s.date.year % 100));
  return buffer;
}

std::string format_time_of_day(UtcMs time) {
  Split s = split(time);
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d.%03dZ", s.hour, s.minute, s.second,
                s.millisecond);
  return buffer;
}

}  // namespace hotline
