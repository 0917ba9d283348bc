// One link's share of our messages: which went out on it, which of those have no receipt yet, and
// since when. Each link has its own; the outbox fills it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "protocol/base/clock.h"
#include "protocol/channel/policy.h"

namespace hotline {

class Lane {
 public:
  // The link was adopted: the peer holds our transcript up to here.
  void begin(uint64_t index) { sent_until_ = index; }

  uint64_t sent_until() const { return sent_until_; }
  size_t in_flight_bytes() const { return in_flight_bytes_; }

  // A frame with the leaves up to `end` was put on the link. `precedence`: the most urgent of them.
  void sent(Now now, uint64_t end, size_t bytes, uint8_t precedence);
  void receipted(uint64_t size);

  // When another path to the peer is to be asked for, because what went out has had no receipt for
  // longer than the policy allows (next_path_ms). The link may be fine and the peer's disk slow;
  // another path costs little and is closed again by adoption. After one request the next waits as
  // long again.
  BootMs next_path_due(const Policy& policy) const;
  void next_path_asked(Now now) { next_path_asked_at_ = now.boot; }

 private:
  uint64_t sent_until_ = 0;  // Own leaves below this went out on this link.
  std::deque<std::pair<uint64_t, size_t>> in_flight_;  // The end of a frame, its bytes.
  size_t in_flight_bytes_ = 0;
  // By precedence: the end of a frame, when it was put on this link.
  std::array<std::deque<std::pair<uint64_t, BootMs>>, 4> sent_at_;
  std::optional<BootMs> next_path_asked_at_;
};

}  // namespace hotline
