// The faults of a drill at a moment, as its injects make them. Pure: whoever plays the drill makes
// the world so, also after it was broken off in the middle.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "client/drill/play.h"
#include "client/drill/scenario.h"

namespace hotline::client {

struct Faults {
  bool is_down[kSides] = {false, false};               // The side's daemon is killed.
  bool is_silent[kSides] = {false, false};             // Nothing comes from the side.
  bool is_cut = false;                                 // Nothing goes either way.
  int64_t delay_ms = 0;                                // Added on each way.
  int64_t clock_ahead_ms[kSides] = {0, 0};             // Of the side's daemon; below 0, slow.
  std::set<std::pair<SideIndex, int64_t>> lost_paths;  // A side's, from 1.
  std::set<size_t> absent;                             // Players.

  bool lets_through() const {
    return !is_cut && !is_down[0] && !is_down[1] && !is_silent[0] && !is_silent[1];
  }
  bool operator==(const Faults&) const = default;
};

Faults faults_at(const Scenario& scenario, const Play& play, int64_t now_ms);

// By how much the newest inject until then that set the side's clock wrong did so; 0: none has. No
// time that its daemon says since is to be relied on, also where it is right again.
int64_t wrong_clock_ms(const Scenario& scenario, const Play& play, SideIndex side, int64_t now_ms);
// The latest moment at which something was that such a clock has at `at_ms`, and others saw at
// `seen_ms`. In real time its error is no larger than it was made.
int64_t happened_at_most_ms(int64_t at_ms, int64_t seen_ms, int64_t wrong_ms);

// When the inject's fault is over. Nothing: it has none, or none that ends.
std::optional<int64_t> fault_end_ms(const Inject& inject, const InjectFate& fate);

}  // namespace hotline::client
