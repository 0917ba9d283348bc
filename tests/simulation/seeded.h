// Everything random in the simulator comes from one seed through this generator, so that a seed is
// a whole run.
#pragma once

#include <cstdint>

#include "protocol/base/random.h"

namespace hotline::simulation {

// SplitMix64: small, fast and the same on every compiler.
class Seeded : public Random {
 public:
  explicit Seeded(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // 0 <= result < bound
  uint64_t below(uint64_t bound) { return next() % bound; }
  // low <= result <= high
  int64_t between(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(below(static_cast<uint64_t>(high - low) + 1));
  }
  bool chance(uint64_t per_mille) { return below(1000) < per_mille; }

  void fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(next());
  }

 private:
  uint64_t state_;
};

}  // namespace hotline::simulation
