// When to look whether the ladder has lost sight of a message (Core::look_after_ladder). Not while
// it still has something to decide, as after a sleep of the machine or a step of its clock: then it
// is behind, and everything that it has not come to yet would count as lost. A ladder that stays
// behind is looked at all the same. Pure.
#pragma once

#include <optional>

#include "protocol/base/clock.h"

namespace hotline {

class LadderLook {
 public:
  static constexpr int64_t kInterval_ms = 60'000;
  static constexpr int64_t kPatience_ms = 60'000;  // With a ladder that is behind.

  // True: look now. To be asked from time to time, with when the ladder has to decide next.
  bool is_time(BootMs now, std::optional<BootMs> next_due) {
    if (now < next_) return false;
    if (next_due && *next_due <= now) {
      if (!behind_since_) behind_since_ = now;
      if (now - *behind_since_ < kPatience_ms) return false;
    }
    behind_since_.reset();
    next_ = now + kInterval_ms;
    return true;
  }

 private:
  BootMs next_ = 0;
  std::optional<BootMs> behind_since_;
};

}  // namespace hotline
