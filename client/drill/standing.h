// How a drill over daemons stands, as its record tells: what has happened, what was ordered, and
// what it waits for. Pure, and a fold over the record's lines, so that the program that plays it,
// one that goes on with it, and one that only shows it cannot differ.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/drill/drill_order.h"
#include "client/drill/play.h"
#include "client/drill/scenario.h"

namespace hotline::client {

// The place of the part with this name, or the number of parts.
size_t place_named(const auto& parts, const std::string& name) {
  return static_cast<size_t>(
      std::find_if(parts.begin(), parts.end(), [&](const auto& one) { return one.name == name; }) -
      parts.begin());
}

struct DrillPace {
  bool jumps = false;  // To whatever is due next; nothing happens between.
  uint32_t speed_permille = 1000;
};

struct DrillStanding {
  UtcMs begin = 0;                // The exercise's time at which the drill began; 0 before that.
  std::optional<SideIndex> side;  // Played with the other side's director: the own side.
  std::string start;              // Then: the message by which both directors began it.
  DrillPace pace;
  int64_t now_ms = 0;
  Play play;
  bool is_paused = false;
  std::optional<int64_t> walks_until_ms;   // A jump that was ordered.
  std::set<size_t> called;                 // Injects that were ordered, by their places.
  uint64_t orders = 0;                     // The newest that was taken.
  std::map<uint64_t, DrillOrder> waiting;  // Those that were taken and are not answered yet.
  std::map<size_t, std::string> comments;  // On expectations that were judged.
  std::string broken_off;                  // Why, where its program gave up since.
  bool is_stopped = false;
  bool has_ended = false;

  // Its injects are given, and its expectations judged, by this drill's program.
  bool is_ours(SideIndex one) const { return !side || *side == one; }
  // It goes from one thing that is due to the next, and the clocks are held.
  bool walks() const {
    return (walks_until_ms && now_ms < *walks_until_ms) || (pace.jumps && !is_paused);
  }
  bool clocks_go() const { return !pace.jumps && !is_paused && !walks(); }
};

// Before its first line.
DrillStanding before_drill(const Scenario& scenario);

// The name of a wrong clock that is under way or still to come, and cannot be judged so fast: but
// in real time, or by jumps, its error would count so many times over. Empty: there is none.
std::string wrong_clock_unjudged(const Scenario& scenario, const DrillStanding& standing,
                                 const DrillPace& pace);

// The order can be carried out now. Errors: not_found, refused.
Status check_order(const Scenario& scenario, const DrillStanding& standing,
                   const DrillOrder& order);
// It was taken, and from now on stands so.
void take_order(const Scenario& scenario, DrillStanding& standing, const DrillOrder& order,
                int64_t at_ms);
// An inject does not happen, as it was skipped or refused, and nothing is expected of it.
void leave_out(const Scenario& scenario, DrillStanding& standing, const std::string& inject,
               InjectFate::Kind why, int64_t at_ms);
// The line of the record that says so.
JsonValue record_line(const DrillOrder& order, int64_t at_ms);

// Adds a line of the record to it. Returns the order that the line has, if it was taken.
std::optional<DrillOrder> take_line(const Scenario& scenario, DrillStanding& standing,
                                    const JsonInput& line);

// When an inject comes as things stand; sooner where it was ordered.
std::optional<int64_t> comes_at_ms(const Scenario& scenario, const DrillStanding& standing,
                                   size_t inject);
// Injects that only the director can give, where the drill stays open for them. One that jumps does
// not: it would wait for ever.
std::vector<size_t> waits_for_director(const Scenario& scenario, const DrillStanding& standing);
// As its director sees it.
Play seen_play(const Scenario& scenario, const DrillStanding& standing);
// Injects of the other side that may still come, and on which something of the own side hangs.
std::vector<size_t> waits_for_peer(const Scenario& scenario, const DrillStanding& standing);
// Nothing is open any more.
bool is_over(const Scenario& scenario, const DrillStanding& standing);

}  // namespace hotline::client
