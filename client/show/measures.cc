#include "client/show/measures.h"

#include <algorithm>

#include "protocol/base/limits.h"

namespace hotline::client {

UtcMs on_a_clock(int64_t time) {
  return std::clamp<int64_t>(time, 0, limits::kTimeMax_ms);
}

int64_t percentile_ms(const std::vector<int64_t>& times_ms, int percent) {
  std::vector<int64_t> sorted = times_ms;
  const size_t rank = (sorted.size() * static_cast<size_t>(percent) + 99) / 100;
  const auto place = sorted.begin() + static_cast<ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(sorted.begin(), place, sorted.end());
  return *place;
}

uint64_t share_permille(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
}

void ObservedTime::take(UtcMs at) {
  if (!all_) all_ = {at, at + 1};
  all_->from = std::min(all_->from, at);
  all_->to = std::max(all_->to, at + 1);
}

ObservedTime::Stretch ObservedTime::within(std::optional<UtcMs> from,
                                           std::optional<UtcMs> to) const {
  const Stretch all = all_.value_or(Stretch{});
  Stretch stretch{std::max(from.value_or(all.from), all.from),
                  std::min(to.value_or(all.to), all.to)};
  stretch.to = std::max(stretch.from, stretch.to);
  return stretch;
}

void JournalClock::take(const wire::Entry& entry) {
  found_at_start_ = false;
  if (const auto* stepped = entry.fact_as_ClockStepped()) {
    ++steps_;
    if (started_) {
      found_at_start_ = true;
      ++now_.run;
    } else {
      stepped_ms_ += on_a_clock(stepped->to()) - on_a_clock(stepped->from());
      stepped_ms_ = std::clamp(stepped_ms_, -limits::kTimeMax_ms, limits::kTimeMax_ms);
    }
  }
  started_ = entry.fact_as_Started() != nullptr;
  now_.at = on_a_clock(entry.at()) - stepped_ms_;
}

std::optional<int64_t> JournalClock::between(const Stamp& from, const Stamp& to) {
  if (from.run != to.run || to.at < from.at) return std::nullopt;
  return to.at - from.at;
}

}  // namespace hotline::client
