// The parts of a drill, with who played each and how many messages they released in it: by the
// journals, as far as their exports are there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/after_action/after_action.h"

namespace hotline::client {

struct PlayedPart {
  SideIndex side = 0;
  std::string name;  // The part's, or the person's who has none.
  std::string role;
  std::string by;                    // "a program", "people: ann", "gave injects".
  std::optional<uint64_t> messages;  // Nothing: that side's export is not there.
};

// Without what set the clock or stopped the exercise, and without what came before or after.
//
// With the other side's director people play under their own names: a part there is whatever was
// released in its role.
std::vector<PlayedPart> parts_played(const AfterAction& report);

}  // namespace hotline::client
