// The operating system's clocks and random numbers: the one place where the daemon reads them.
#pragma once

#include "protocol/clock.h"
#include "protocol/random.h"

namespace hotline {

// CLOCK_BOOTTIME and CLOCK_REALTIME, now.
Now read_clocks();

// The kernel's generator. Throws when it gives nothing, because nothing can be promised then.
class SystemRandom : public Random {
 public:
  void fill(std::span<uint8_t> bytes) override;
};

}  // namespace hotline
