// Bugs that are planted on purpose, to show that the simulator's checkers bite. In the library
// planted() is a constant false and nothing of them is left; tests/simulation/planted/ compiles the
// core once more with HOTLINE_PLANTED_BUGS and chooses one.
#pragma once

#include <cstdint>

namespace hotline {

enum class PlantedBug : uint8_t {
  none = 0,
  receipt_before_durable = 1,    // A receipt leaves while the leaves it covers are not on disk.
  resume_off_by_one = 2,         // A new link begins one message after what the peer holds.
  index_reused_after_crash = 3,  // Messages leave before the commit that gives them their places.
  conflict_missed = 4,           // One party does not see conflicts where notices overlap.
  void_serials_given = 5,        // After a recovery serials go on with the next one.
  places_before_durable = 6,     // The peer is told what is held before all that came is durable.
};

#ifdef HOTLINE_PLANTED_BUGS
extern PlantedBug planted_bug;
inline bool planted(PlantedBug bug) {
  return planted_bug == bug;
}
#else
constexpr bool planted(PlantedBug) {
  return false;
}
#endif

}  // namespace hotline
