// The stage of the week: two sides, the path between them, the rota, and the clock.
#pragma once

#include <set>
#include <string>
#include <utility>

#include "tests/system/week/clockwork.h"
#include "tests/system/week/network.h"
#include "tests/system/week/side.h"

namespace hotline::week {

// "Tue 09:30", of this week. Throws WeekFailed.
int64_t read_time(const std::string& text);

class Week {
 private:
  Clockwork clockwork_;
  Party north_party_;
  Party south_party_;

 public:
  // `directory` has pki/. The week begins, with a link, on Monday at 05:30.
  Week(const std::string& directory, const Policy& policy);

  Side north;
  Side south;
  Network network;

  // Time passes until then: whoever is to hand over the watch does so meanwhile.
  void at(const std::string& time);
  void pass(int64_t ms);
  // This watch is not handed over at its time.
  void is_late(const Side& side, const std::string& time) { late_.emplace(&side, read_time(time)); }

 private:
  void run_until(int64_t when_ms);
  void hand_over(Side& side, int64_t when_ms);

  std::set<std::pair<const Side*, int64_t>> late_;
};

// The script (the_week.cc).
Policy policy_of_the_week();
void play(Week& week);

}  // namespace hotline::week
