// Alarms of what runs out: certificates, 30, 7 and 1 days ahead, and revocation lists past their
// nextUpdate; and certificates that do not hold yet, mostly because this host's clock is wrong.
// Each is told once for each step; nothing is refused because of it here. Pure: the time is given.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "protocol/base/clock.h"

namespace hotline {

class ExpiryWatch {
 public:
  // `name` in words, "south's log certificate". A certificate of the same name takes its place. A
  // step counts only where it is less than half of the certificate's life: one that lives for seven
  // days is not about to run out from the first.
  void watch_certificate(const std::string& name, UtcMs not_before, UtcMs not_after);
  // 0: the list names no next update, and never grows old.
  void watch_list(const std::string& name, UtcMs next_update);

  // The alarms that are due now, each once.
  std::vector<std::string> alarms(UtcMs now);
  // Everything that is wrong now, for those who ask.
  std::vector<std::string> warnings(UtcMs now) const;

 private:
  struct Watched {
    bool is_list = false;
    UtcMs begins = 0;
    UtcMs ends = 0;
    int told = 0;             // Steps that were alarmed.
    bool told_early = false;  // That it does not hold yet.
  };
  static int steps_reached(const Watched& watched, UtcMs now);
  static std::string words(const std::string& name, const Watched& watched, UtcMs now);
  void watch(const std::string& name, Watched watched);

  std::map<std::string, Watched> watched_;
};

}  // namespace hotline
