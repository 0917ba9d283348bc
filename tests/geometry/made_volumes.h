// Volumes made up from a seed, in pairs that come near each other: of every shape and size,
// anywhere, around the antimeridian and around the poles.
#pragma once

#include <cstdint>

#include "protocol/geometry/conflict.h"
#include "tests/simulation/seeded.h"

namespace hotline {

struct MadePair {
  Volume a;
  Volume b;
};

// Without a fault. Heights and times overlap in most.
MadePair made_pair(uint64_t seed);

// Near the position, of about this size, without a fault; where and when anything.
Volume made_volume(simulation::Seeded& seeded, const Position& near, double size_m);

}  // namespace hotline
