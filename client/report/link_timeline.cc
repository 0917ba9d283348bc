#include "client/report/link_timeline.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "protocol/base/limits.h"
#include "protocol/base/strict_flatbuffer.h"

namespace hotline::client {
namespace {

// "12 more changes of the link in the last minute": how many there were; 0 of other words.
uint64_t changes_untold(std::string_view detail) {
  constexpr std::string_view kWords = " more changes of the link in the last minute";
  if (!detail.ends_with(kWords)) return 0;
  detail.remove_suffix(kWords.size());
  uint64_t count = 0;
  const auto [end, error] = std::from_chars(detail.data(), detail.data() + detail.size(), count);
  return error == std::errc() && end == detail.data() + detail.size() ? count : 0;
}

}  // namespace

void LinkTimeline::begin(LinkSeen seen, UtcMs at) {
  if (!stretches_.empty()) stretches_.back().to = std::max(stretches_.back().from, at);
  stretches_.push_back({seen, at, at});
}

void LinkTimeline::go_down(UtcMs at, const std::string& reason) {
  if (!stretches_.empty() && stretches_.back().seen == LinkSeen::down) return;
  begin(LinkSeen::down, at);
  outages_.push_back({.from = at, .reason = reason});
}

void LinkTimeline::go_up(UtcMs at) {
  if (stretches_.empty() || stretches_.back().seen == LinkSeen::up) return;
  begin(LinkSeen::up, at);
  if (!outages_.empty() && !outages_.back().to) outages_.back().to = at;
}

// A daemon has no link when it starts.
void LinkTimeline::start(UtcMs at) {
  const bool was_up = !stretches_.empty() && stretches_.back().seen == LinkSeen::up;
  if (running_ && was_up) {
    begin(LinkSeen::unknown, last_at_);
    go_down(at, "the daemon ended without a word");
    outages_.back().not_before = last_at_;
  } else {
    go_down(at, "not connected yet");
  }
  running_ = true;
}

void LinkTimeline::step(const wire::ClockStepped& stepped) {
  if (!outages_.empty() && !outages_.back().to) outages_.back().clock_was_set = true;
  if (clock_.found_a_step_at_start() || stretches_.empty()) return;
  // The stretch has two parts, each by one clock.
  const LinkSeen seen = stretches_.back().seen;
  begin(seen, on_a_clock(stepped.from()));
  stretches_.back().from = stretches_.back().to = on_a_clock(stepped.to());
}

void LinkTimeline::take(const wire::Entry& entry) {
  clock_.take(entry);
  const UtcMs at = on_a_clock(entry.at());
  if (entry.fact_as_Started() != nullptr) {
    start(at);
  } else if (entry.fact_as_Stopped() != nullptr) {
    go_down(at, "the daemon was stopped");
    running_ = false;
  } else if (const auto* stepped = entry.fact_as_ClockStepped()) {
    step(*stepped);
  } else if (const auto* changed = entry.fact_as_LinkChanged()) {
    const std::string detail = text_of(changed->detail());
    if (const uint64_t count = changes_untold(detail)) untold_.push_back({at, count});
    if (changed->change() == wire::LinkChange::up) go_up(at);
    if (changed->change() == wire::LinkChange::down) go_down(at, detail);
  }
  last_at_ = at;
}

LinkTimeline::Seen LinkTimeline::within(const Period& period) const {
  const UtcMs begins = period.since.value_or(0);
  const UtcMs ends = period.until ? *period.until + 1 : limits::kTimeMax_ms;
  Seen seen;
  for (size_t i = 0; i < stretches_.size(); ++i) {
    LinkStretch stretch = stretches_[i];
    if (i + 1 == stretches_.size()) stretch.to = std::max(stretch.from, last_at_);
    stretch.from = std::max(stretch.from, begins);
    stretch.to = std::min(stretch.to, ends);
    if (stretch.from >= stretch.to) continue;
    (stretch.seen == LinkSeen::up     ? seen.up_ms
     : stretch.seen == LinkSeen::down ? seen.down_ms
                                      : seen.unknown_ms) += stretch.to - stretch.from;
    seen.stretches.push_back(stretch);
  }
  for (Outage outage : outages_) {
    const UtcMs end = outage.to.value_or(std::max(outage.from, last_at_));
    const bool began = outage.not_before.value_or(outage.from) < ends;
    const bool is_over = outage.to ? end <= begins : end < begins;
    if (!began || is_over) continue;
    const int64_t length_ms = std::min(end, ends) - std::max(outage.from, begins);
    if (outage.not_before || outage.clock_was_set || length_ms < 0) {
      ++seen.not_measured;
    } else {
      outage.length_ms = length_ms;
      seen.longest_ms = std::max(seen.longest_ms.value_or(0), length_ms);
    }
    seen.outages.push_back(std::move(outage));
  }
  for (const Untold& one : untold_) {
    if (period.has(one.at)) seen.not_recorded += one.changes;
  }
  return seen;
}

}  // namespace hotline::client
