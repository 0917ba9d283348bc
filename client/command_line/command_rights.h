// Which commands a person may give: a hint is printed for no one who would be refused, and whoever
// may not give a command hears that before all else that is wrong with it. The daemon decides.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace hotline::client {

// `words`: of the command, without the program's name and its options: "ack S-000001". One that
// needs no right is allowed to everybody; so is, on a live channel, one of an exercise: no role
// helps there, and the daemon says why.
bool may_give(std::span<const uint8_t> roles, const std::string& words, bool exercise);

}  // namespace hotline::client
