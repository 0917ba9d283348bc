// A daemon whose disk was full goes on by itself once there is room.
#pragma once

#include <cstdint>
#include <string>

namespace hotline {

// Waits until `bytes` are free on the file system of `path`; blocks, and says once a minute that it
// waits. False: a signal asks for the end.
bool wait_for_room(const std::string& path, uint64_t bytes);

}  // namespace hotline
