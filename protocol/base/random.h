// Where unpredictable bytes come from: the operating system in the daemon, a seed in the simulator.
#pragma once

#include <cstdint>
#include <span>

#include "protocol/base/bytes.h"

namespace hotline {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<uint8_t> bytes) = 0;

  Hash salt() {
    Hash bytes;
    fill(bytes);
    return bytes;
  }
};

}  // namespace hotline
