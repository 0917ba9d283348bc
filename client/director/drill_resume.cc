// A drill that goes on after it was broken off: as far as its record had come, and what is told
// again.
#include <algorithm>
#include <utility>

#include "client/director/drill.h"
#include "client/drill/play_lines.h"

namespace hotline::client {

void Drill::resume() {
  is_retelling_ = true;
  for (const JsonInput& line : record_.lines()) take_told(line);
  if (standing_.begin == 0) {
    throw CommandFailed{
        "", make_error(ErrorCode::configuration, "this drill ended before its clocks were set",
                       "remove the directory, and begin it anew")};
  }
  // As far as it had come.
  const int64_t from_ms = standing_.now_ms;
  need(ground_.set(faults()), "the daemons do not start");
  for (const SideIndex side : ground_.sides()) {
    if (faults().is_down[side]) continue;
    if (has_wrong_clock(side)) continue;
    const auto clock = need(connection(side).exercise_clock());
    standing_.now_ms =
        std::max(standing_.now_ms, std::max(clock->at(), clock->jumping_to()) - standing_.begin);
  }
  hold_until_linked(from_ms);
}

// From now on time passes again when both can hear each other.
void Drill::hold_until_linked(int64_t from_ms) {
  const bool goes = standing_.clocks_go();
  if (goes && !standing_.side) hold_clocks();
  if (goes) note_unplayed(from_ms);
  if (standing_.side || !faults().lets_through()) return;
  for (const SideIndex side : ground_.sides()) wait_for_link(side);
}

// Clocks that are held wait for the program; those that go do not. Until its newest line everything
// that was due had been done, and so it was at the time of `from_ms`, and may be later, that it
// ended.
void Drill::note_unplayed(int64_t from_ms) {
  if (standing_.now_ms <= from_ms) return;
  note(JsonValue().add("what", "resumed").add("from_ms", from_ms).add("at_ms", standing_.now_ms));
  standing_.play.unplayed.push_back({from_ms, standing_.now_ms, !standing_.side});
  tell_unplayed(standing_.play.unplayed.back());
}

void Drill::tell_unplayed(const Unplayed& gap) {
  emit({.at_ms = gap.to_ms, .what = PlayedEvent::What::unplayed, .text = unplayed_words(gap)});
}

void Drill::tell_restarted(SideIndex side, int64_t at_ms) {
  emit({.at_ms = at_ms, .what = PlayedEvent::What::restarted, .side = side});
}

// Tells what the record and the daemons have of the time before, in the order of time.
void Drill::tell_past() {
  if (!std::exchange(is_retelling_, false)) return;
  std::vector<PlayedEvent> events = standing_.play.events;
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.at_ms < b.at_ms; });
  for (PlayedEvent& event : events) {
    event.is_past = event.at_ms < standing_.now_ms;
    tell_(event);
  }
}

void Drill::take_told(const JsonInput& line) {
  if (const auto order = take_line(scenario_, standing_, line)) {
    return tell_order(*order, number_in(line, "at_ms"));
  }
  const std::string what = text_in(line, "what");
  const int64_t at_ms = number_in(line, "at_ms");
  const size_t inject = place_named(scenario_.injects, text_in(line, "inject"));
  const Bytes draft = from_hex(text_in(line, "draft")).value_or(Bytes());
  if (what == "inject" && inject < scenario_.injects.size()) {
    const SideIndex side = scenario_.injects[inject].from;
    if (!draft.empty()) {
      outgoing_.push_back({side, kDirectorPerson, draft, inject, false, {}});
      const auto opened = open_body(bytes(flatbuffers::GetRoot<wire::Draft>(draft.data())->body()));
      if (opened) courses_[inject].point = event_point(**opened);
    }
    if (draft.empty()) tell_inject(inject);
  } else if (what == "came" && inject < scenario_.injects.size()) {
    take_came(inject, at_ms, text_in(line, "id"));
  } else if (what == "passed-over" && inject < scenario_.injects.size()) {
    give_up(inject, text_in(line, "reason"));
    tell_refusal({.side = scenario_.injects[inject].from, .inject = inject},
                 courses_[inject].refusal);
  } else if (what == "over" && inject < scenario_.injects.size()) {
    over_.insert(inject);
    emit({.at_ms = at_ms,
          .what = PlayedEvent::What::fault_over,
          .side = scenario_.injects[inject].from,
          .inject = inject});
  } else if (what == "reaction") {
    const size_t player = place_named(scenario_.players, text_in(line, "player"));
    done_.insert(text_in(line, "reaction"));
    if (player == scenario_.players.size() || draft.empty()) return;
    outgoing_.push_back({scenario_.players[player].side,
                         scenario_.players[player].name,
                         draft,
                         std::nullopt,
                         false,
                         {}});
  } else if (what == "committed" || what == "refused") {
    const auto place = static_cast<size_t>(number_in(line, "message"));
    if (place >= outgoing_.size()) return;
    set_done(outgoing_[place], text_in(line, "id"), text_in(line, "reason"));
  } else if (what == "outcome") {
    const size_t e = place_named(scenario_.expectations, text_in(line, "expectation"));
    if (e < scenario_.expectations.size()) tell_outcome(e, at_ms, text_in(line, "message"));
  } else if (what == "restarted") {
    const bool is_first = text_in(line, "side") == scenario_.sides[0];
    tell_restarted(is_first ? 0 : 1, at_ms);
  } else if (what == "resumed") {
    tell_unplayed(standing_.play.unplayed.back());
  }
}

}  // namespace hotline::client
