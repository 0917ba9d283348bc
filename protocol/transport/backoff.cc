#include "protocol/transport/backoff.h"

#include <algorithm>

#include "protocol/base/limits.h"

namespace hotline {

Backoff::Backoff(uint64_t seed) : state_(seed) {}

int64_t Backoff::next_ms() {
  ceiling_ms_ = ceiling_ms_ == 0 ? limits::kBackoffFirst_ms
                                 : std::min(2 * ceiling_ms_, limits::kBackoffCap_ms);
  const auto half_ms = static_cast<uint64_t>(ceiling_ms_ / 2);
  return ceiling_ms_ - static_cast<int64_t>(random() % (half_ms + 1));
}

// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to spread waits.
uint64_t Backoff::random() {
  state_ += 0x9e3779b97f4a7c15u;
  uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

}  // namespace hotline
