// A daemon whose disk was full goes on by itself once there is room.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace hotline {

// True: the files beside `path` can grow by `bytes`. It is tried, for the free space is only one of
// the bounds: a quota and the largest size of a file are others.
bool has_room(const std::string& path, uint64_t bytes);

// Waits until there is room; blocks, and says once a minute that it waits. False: a signal asks for
// the end.
bool wait_for_room(const std::string& path, uint64_t bytes);

// How a daemon ended.
struct Served {
  int code = 0;
  bool for_want_of_room = false;
};

// Has `serve` run one daemon after the other, each once `wait` says that there is room again;
// `wait` returns false to end. The process ends with what this returns.
int serve_while_there_is_room(const std::function<Served()>& serve,
                              const std::function<bool()>& wait);

}  // namespace hotline
