// Lets the first few of a kind through in each minute and counts the rest, so that somebody who
// may speak to us cannot fill our journal, our alarms or our queues by doing something again and
// again. The rest is told as a number once the minute has passed.
//
//   if (gate.admit(now.boot)) tell(it);
//   ... at gate.due(): if (uint64_t held = gate.take_held_back(now.boot)) tell(held, "more");
//
// On the boot clock, like every timer here.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/base/clock.h"

namespace hotline {

class NoiseGate {
 public:
  static constexpr int64_t kWindow_ms = 60'000;

  explicit NoiseGate(uint64_t admitted_max) : admitted_max_(admitted_max) {}

  // True: tell this one. False: it was counted.
  bool admit(BootMs now) {
    // The number held back in the last window is told before a new one opens.
    if (held_back_ == 0 && (admitted_ == 0 || now - opened_at_ >= kWindow_ms)) {
      opened_at_ = now;
      admitted_ = 0;
    }
    if (admitted_ < admitted_max_) {
      ++admitted_;
      return true;
    }
    ++held_back_;
    return false;
  }

  // Nothing of the last minute is left to tell or to count.
  bool is_idle(BootMs now) const {
    return held_back_ == 0 && (admitted_ == 0 || now - opened_at_ >= kWindow_ms);
  }

  // When the number of what was held back is to be told; nothing while there is none.
  std::optional<BootMs> due() const {
    if (held_back_ == 0) return std::nullopt;
    return opened_at_ + kWindow_ms;
  }

  // How many were held back, once their window has passed; 0 before, and when there were none.
  // The telling counts as the first of the next window.
  uint64_t take_held_back(BootMs now) {
    if (held_back_ == 0 || now < opened_at_ + kWindow_ms) return 0;
    uint64_t held_back = held_back_;
    held_back_ = 0;
    opened_at_ = now;
    admitted_ = 1;
    return held_back;
  }

 private:
  uint64_t admitted_max_;
  uint64_t admitted_ = 0;
  uint64_t held_back_ = 0;
  BootMs opened_at_ = 0;
};

}  // namespace hotline
