// A service manager that asks for it is told that the daemon serves, that its loop still turns, and
// that it ends (sd_notify(3), without its library). The words go to the Unix socket that the
// environment names, and nothing waits for whoever reads them.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace hotline {

class ServiceManager {
 public:
  using Environment = std::function<const char*(const char* name)>;

  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  explicit ServiceManager(const Environment& environment);
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void tell_ready() const { tell("READY=1"); }
  void tell_stopping() const { tell("STOPPING=1"); }
  // To be called by the loop itself, some times in every WATCHDOG_USEC: when it no longer is, the
  // service manager ends the daemon and starts another. Says nothing where that was not asked for.
  void tell_alive() const {
    if (wants_sign_of_life_) tell("WATCHDOG=1");
  }

 private:
  void tell(const std::string& words) const;

  int socket_ = -1;  // Connected; -1 where nobody asked, or nobody listens.
  bool wants_sign_of_life_ = false;
};

}  // namespace hotline
