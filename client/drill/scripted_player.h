// How a scripted player reacts to an inject: the same each time for the same seed, whatever else
// happens in the drill and in which order.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "client/drill/scenario.h"

namespace hotline::client {

// From the delivery of the inject's message. Nothing: never.
struct Reaction {
  std::optional<int64_t> acknowledge_ms;
  bool declines = false;       // Instead of acknowledging, at that time.
  int64_t position_off_m = 0;  // As it is read back: 0 is rightly.
  int64_t time_off_ms = 0;
  std::optional<int64_t> disseminate_ms;
  struct Reply {
    size_t place = 0;  // Among the script's.
    int64_t after_ms = 0;
  };
  std::vector<Reply> replies;
  bool has_slipped = false;  // Something of it is a mistake made on purpose.

  bool reads_back_rightly() const { return position_off_m == 0 && time_off_ms == 0; }
};

// Both are places in the scenario. The player must be a scripted one.
Reaction reaction_of(const Scenario& scenario, size_t player, size_t inject);

}  // namespace hotline::client
