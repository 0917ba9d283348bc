// How long to wait before the next attempt to reach a peer: exponential with jitter, so that two
// daemons that lost each other at the same moment do not knock in step for ever. Pure: the seed is
// an argument, and the same seed gives the same waits with every compiler.
#pragma once

#include <cstdint>

namespace hotline {

class Backoff {
 public:
  explicit Backoff(uint64_t seed);

  // Milliseconds to wait before the next attempt. The n-th wait lies between half of and the whole
  // of limits::kBackoffFirst_ms * 2^n, which is capped at limits::kBackoffCap_ms.
  int64_t next_ms();

  // After success: the next wait is a short one again.
  void reset() { ceiling_ms_ = 0; }

 private:
  uint64_t random();

  uint64_t state_;
  int64_t ceiling_ms_ = 0;
};

}  // namespace hotline
