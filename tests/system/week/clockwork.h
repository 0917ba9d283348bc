// Simulated time: what is to happen happens in its order, and time passes in between at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"

namespace hotline::week {

// The first millisecond of the week, a Monday: 2026-11-23T00:00:00Z.
inline constexpr UtcMs kWeekBegins = 1'795'392'000'000;

inline constexpr int64_t kSecond_ms = 1'000;
inline constexpr int64_t kMinute_ms = 60 * kSecond_ms;
inline constexpr int64_t kHour_ms = 60 * kMinute_ms;
inline constexpr int64_t kDay_ms = 24 * kHour_ms;

class Clockwork {
 public:
  // True time: since the week began.
  int64_t now_ms() const { return now_ms_; }

  void at(int64_t when_ms, std::function<void()> what) {
    events_.push_back({std::max(when_ms, now_ms_), ++order_, std::move(what)});
    std::push_heap(events_.begin(), events_.end());
  }
  void after(int64_t wait_ms, std::function<void()> what) {
    at(now_ms_ + wait_ms, std::move(what));
  }

  // Not to be called by what happens.
  void run_until(int64_t when_ms) {
    while (!events_.empty() && events_.front().when_ms <= when_ms) step();
    now_ms_ = std::max(now_ms_, when_ms);
  }
  // The next thing happens; something always will.
  void step() {
    std::pop_heap(events_.begin(), events_.end());
    const Event event = std::move(events_.back());
    events_.pop_back();
    now_ms_ = event.when_ms;
    event.what();
  }

 private:
  struct Event {
    int64_t when_ms = 0;
    uint64_t order = 0;
    std::function<void()> what;
    // The heap has the greatest in front, which is to be the earliest.
    bool operator<(const Event& other) const {
      return std::pair(when_ms, order) > std::pair(other.when_ms, other.order);
    }
  };

  int64_t now_ms_ = 0;
  uint64_t order_ = 0;
  std::vector<Event> events_;
};

}  // namespace hotline::week
