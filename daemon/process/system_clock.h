// The operating system's clocks and random numbers: the one place where the daemon reads them.
#pragma once

#include <array>
#include <cstddef>

#include "protocol/base/clock.h"
#include "protocol/base/random.h"

namespace hotline {

// CLOCK_BOOTTIME and CLOCK_REALTIME, now.
Now read_clocks();

class SystemClock : public Clock {
 public:
  // As if the wall clock were so far ahead; only an exercise plays that.
  explicit SystemClock(int64_t ahead_ms = 0) : ahead_ms_(ahead_ms) {}
  Now now() override {
    Now machine = read_clocks();
    machine.utc += ahead_ms_;
    return machine;
  }

 private:
  const int64_t ahead_ms_;
};

// The operating system's random numbers, by way of libcrypto's generator. Throws when it gives
// nothing, because nothing can be promised then. For one thread.
//
// Asked for by the page: a message takes four salts, and each call of the generator costs as much
// as hashing a kilobyte. The page forgets at once what it gave out.
class SystemRandom : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override;

 private:
  std::array<uint8_t, 4096> pool_{};
  size_t left_ = 0;  // At the end of the pool.
};

}  // namespace hotline
