#include "protocol/channel/lane.h"

#include <algorithm>

namespace hotline {

void Lane::sent(Now now, uint64_t end, size_t bytes, uint8_t precedence) {
  sent_at_[precedence - kPrecedenceFirst].emplace_back(end, now.boot);
  sent_until_ = end;
  in_flight_.emplace_back(end, bytes);
  in_flight_bytes_ += bytes;
}

void Lane::receipted(uint64_t size) {
  while (!in_flight_.empty() && in_flight_.front().first <= size) {
    in_flight_bytes_ -= in_flight_.front().second;
    in_flight_.pop_front();
  }
  for (auto& frames : sent_at_) {
    while (!frames.empty() && frames.front().first <= size) frames.pop_front();
  }
}

BootMs Lane::next_path_due(const Policy& policy) const {
  BootMs due = INT64_MAX;
  for (uint8_t p = kPrecedenceFirst; p <= kPrecedenceLast; ++p) {
    const auto& frames = sent_at_[p - kPrecedenceFirst];
    if (frames.empty()) continue;
    BootMs since = frames.front().second;
    if (next_path_asked_at_) since = std::max(since, *next_path_asked_at_);
    due = std::min(due, since + policy.at(p).next_path_ms);
  }
  return due;
}

}  // namespace hotline
