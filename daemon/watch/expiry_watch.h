// The watch over what runs out: certificates, 30, 7 and 1 days ahead, and revocation lists past
// their nextUpdate; and certificates that do not hold yet, mostly because this host's clock is
// wrong. Nothing is refused because of it here. Pure: the time is given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/conditions.h"

namespace hotline {

class ExpiryWatch {
 public:
  // `name` in words, "south's log certificate". A certificate of the same name takes its place. A
  // step counts only where it is less than half of the certificate's life: one that lives for seven
  // days is not about to run out from the first.
  void watch_certificate(const std::string& name, UtcMs not_before, UtcMs not_after);
  // 0: the list names no next update, and never grows old.
  void watch_list(const std::string& name, UtcMs next_update);

  // How one of them stands. `code`: what is wrong with it, if anything is.
  struct Standing {
    std::string name;
    std::optional<ConditionCode> code;
    std::string text;
  };
  std::vector<Standing> standings(UtcMs now) const;
  static constexpr ConditionCode kCodes[] = {
      ConditionCode::certificate_expiring, ConditionCode::certificate_near_end,
      ConditionCode::certificate_expired, ConditionCode::certificate_early,
      ConditionCode::list_out_of_date};
  // Each certificate that was near its end before and whose last day began, once.
  std::vector<std::string> last_days(UtcMs now);

 private:
  struct Watched {
    bool is_list = false;
    UtcMs begins = 0;
    UtcMs ends = 0;
    int reached = 0;  // Steps, when it was looked at last.
  };
  static std::optional<ConditionCode> code_of(const Watched& watched, UtcMs now);
  static int steps_reached(const Watched& watched, UtcMs now);
  static std::string words(const std::string& name, const Watched& watched, UtcMs now);
  void watch(const std::string& name, Watched watched);

  std::map<std::string, Watched> watched_;
};

}  // namespace hotline
