#include "tests/system/week/week.h"

#include <cstdio>
#include <cstring>

namespace hotline::week {
namespace {

constexpr int64_t kBegins_ms = 5 * kHour_ms + 30 * kMinute_ms;

// The operator who comes at this hour of a day, if one does. North has three watches a day, south
// two.
const char* who_comes(const Side& side, int64_t hour) {
  if (hour == 6) return "ann";
  if (side.party.id() == "south") return hour == 18 ? "cid" : nullptr;
  return hour == 14 ? "cid" : hour == 22 ? "fay" : nullptr;
}

}  // namespace

int64_t read_time(const std::string& text) {
  static constexpr const char* kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  char day[4] = {};
  int hour = 0, minute = 0;
  if (std::sscanf(text.c_str(), "%3s %2d:%2d", day, &hour, &minute) == 3) {
    for (int64_t number = 0; number < 7; ++number) {
      if (std::strcmp(day, kDays[number]) == 0)
        return number * kDay_ms + hour * kHour_ms + minute * kMinute_ms;
    }
  }
  throw WeekFailed(text + " is no time of the week");
}

Week::Week(const std::string& directory, const Policy& policy)
    : north_party_(clockwork_, directory, "north", "south", policy),
      south_party_(clockwork_, directory, "south", "north", policy),
      north(clockwork_, north_party_, 11),
      south(clockwork_, south_party_, 12),
      network(clockwork_, north_party_, south_party_) {
  clockwork_.run_until(kBegins_ms);
  south_party_.clock_error_ms = 640;
  for (Side* side : {&north, &south}) {
    side->party.start();
    side->habits.operator_on_watch = "fay";
    side->habits.begin();
  }
  network.begin();
}

void Week::at(const std::string& time) {
  const int64_t when_ms = read_time(time);
  if (when_ms < clockwork_.now_ms()) throw WeekFailed(time + " has passed");
  run_until(when_ms);
}

void Week::pass(int64_t ms) {
  run_until(clockwork_.now_ms() + ms);
}

void Week::run_until(int64_t when_ms) {
  for (int64_t hour = clockwork_.now_ms() / kHour_ms + 1; hour * kHour_ms <= when_ms; ++hour) {
    for (Side* side : {&north, &south}) {
      if (who_comes(*side, hour % 24) != nullptr) hand_over(*side, hour * kHour_ms);
    }
  }
  clockwork_.run_until(when_ms);
}

void Week::hand_over(Side& side, int64_t when_ms) {
  clockwork_.run_until(when_ms);
  if (late_.contains({&side, when_ms}) || !side.party.runs()) return;
  side.hands_over(side.habits.operator_on_watch, who_comes(side, when_ms / kHour_ms % 24));
}

}  // namespace hotline::week
