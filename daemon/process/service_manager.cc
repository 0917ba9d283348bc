#include "daemon/process/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>

namespace hotline {
namespace {

int connect_to(const std::string& path) {
  sockaddr_un name{};
  if (path.size() < 2 || path.size() >= sizeof name.sun_path) return -1;
  if (path[0] != '/' && path[0] != '@') return -1;
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  if (path[0] == '@') name.sun_path[0] = '\0';  // An abstract name: without a file.
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const int made = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return -1;
  if (connect(made, reinterpret_cast<const sockaddr*>(&name), size) == 0) return made;
  close(made);
  return -1;
}

}  // namespace

ServiceManager::ServiceManager(const Environment& environment) {
  const char* const path = environment("NOTIFY_SOCKET");
  if (path == nullptr) return;
  socket_ = connect_to(path);
  const char* const process = environment("WATCHDOG_PID");
  const bool for_us = process == nullptr || process == std::to_string(getpid());
  wants_sign_of_life_ = for_us && environment("WATCHDOG_USEC") != nullptr;
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

// Where it cannot be said at once it is not said: the next sign of life comes soon.
void ServiceManager::tell(const std::string& words) const {
  if (socket_ >= 0) static_cast<void>(send(socket_, words.data(), words.size(), MSG_NOSIGNAL));
}

}  // namespace hotline
