// The conflict check says the same whichever volume is named first, wherever a border begins, in
// whichever sense it is drawn, and in however many parts something is announced.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "protocol/base/limits.h"
#include "tests/geometry/made_volumes.h"

namespace hotline {
namespace {

MadePair any_pair() {
  return made_pair(*rc::gen::inRange<uint64_t>(1, 1'000'000'000));
}

// Often just what separates the two, or a little less.
Separation any_separation(const MadePair& pair) {
  Separation separation{limits::kSeparationHorizontalMax_m, limits::kSeparationVerticalMax_m,
                        limits::kSeparationTimeMax_s};
  auto nearness = conflict_between(pair.a, pair.b, separation);
  if (!nearness) return {};
  auto around = [](int64_t value) {
    return std::max<int64_t>(0, value - *rc::gen::inRange(-2, 2));
  };
  return {around(nearness->horizontal_m), around(nearness->vertical_m), around(nearness->time_s)};
}

RC_GTEST_PROP(Conflict, does_not_ask_who_is_first, ()) {
  MadePair pair = any_pair();
  Separation separation = any_separation(pair);
  RC_ASSERT(conflict_between(pair.a, pair.b, separation) ==
            conflict_between(pair.b, pair.a, separation));
}

RC_GTEST_PROP(Conflict, does_not_ask_where_a_border_begins_or_how_it_turns, ()) {
  MadePair pair = any_pair();
  Separation separation = any_separation(pair);
  auto before = conflict_between(pair.a, pair.b, separation);
  if (auto* polygon = std::get_if<Polygon>(&pair.a.shape)) {
    auto& border = polygon->border;
    border.pop_back();
    auto first = *rc::gen::inRange<size_t>(0, border.size());
    std::rotate(border.begin(), border.begin() + static_cast<std::ptrdiff_t>(first), border.end());
    border.push_back(border.front());
    if (*rc::gen::arbitrary<bool>()) std::reverse(border.begin(), border.end());
  } else if (auto* corridor = std::get_if<Corridor>(&pair.a.shape)) {
    std::reverse(corridor->route.begin(), corridor->route.end());
  }
  RC_ASSERT(conflict_between(pair.a, pair.b, separation) == before);
}

RC_GTEST_PROP(Conflict, is_that_of_a_part_in_time, ()) {
  MadePair pair = any_pair();
  Separation separation = any_separation(pair);
  RC_PRE(pair.a.end - pair.a.start >= 2);
  Volume early = pair.a;
  Volume late = pair.a;
  early.end = late.start = *rc::gen::inRange(pair.a.start + 1, pair.a.end);
  RC_ASSERT(conflict_between(pair.a, pair.b, separation).has_value() ==
            (conflict_between(early, pair.b, separation).has_value() ||
             conflict_between(late, pair.b, separation).has_value()));
}

RC_GTEST_PROP(Conflict, is_that_of_a_part_in_height, ()) {
  MadePair pair = any_pair();
  pair.a.upper.datum = pair.a.lower.datum;
  if (pair.a.lower.datum == HeightDatum::flight_level) {
    pair.a.lower.value %= 1000;
    pair.a.upper.value %= 1000;
  }
  if (pair.a.upper.value < pair.a.lower.value) std::swap(pair.a.upper, pair.a.lower);
  Separation separation = any_separation(pair);
  Volume low = pair.a;
  Volume high = pair.a;
  low.upper.value = high.lower.value =
      *rc::gen::inRange(pair.a.lower.value, pair.a.upper.value + 1);
  RC_ASSERT(conflict_between(pair.a, pair.b, separation).has_value() ==
            (conflict_between(low, pair.b, separation).has_value() ||
             conflict_between(high, pair.b, separation).has_value()));
}

// Greater separations find no less, and say the same of what they find.
RC_GTEST_PROP(Conflict, says_the_same_distance_at_every_separation, ()) {
  MadePair pair = any_pair();
  Separation most{limits::kSeparationHorizontalMax_m, limits::kSeparationVerticalMax_m,
                  limits::kSeparationTimeMax_s};
  auto at_most = conflict_between(pair.a, pair.b, most);
  RC_PRE(at_most.has_value());
  Separation same{at_most->horizontal_m + 1, at_most->vertical_m + 1, at_most->time_s + 1};
  if (!separation_fault(same).empty()) same = most;
  RC_ASSERT(conflict_between(pair.a, pair.b, same) == at_most);
  if (at_most->horizontal_m > 0) {
    same.horizontal_m = at_most->horizontal_m - 1;
    RC_ASSERT(!conflict_between(pair.a, pair.b, same));
  }
}

}  // namespace
}  // namespace hotline
