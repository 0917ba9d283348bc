// Which commands a person may give: a hint is printed for no one who would be refused, and whoever
// may not give a command hears that before all else that is wrong with it. The daemon decides.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace hotline::client {

// `words`: of the command, without the program's name and its options: "ack S-000001". One that
// needs no right is allowed to everybody.
bool may_give(std::span<const uint8_t> roles, const std::string& words);

}  // namespace hotline::client
