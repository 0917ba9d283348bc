#include "protocol/channel/escalation_again.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/policy.h"
#include "protocol/message/names.h"

namespace hotline {

void WaitsAgain::acknowledged(MessageKey key, uint8_t precedence, uint8_t role, UtcMs at) {
  again_.erase(key);
  if (precedence != kPrecedenceFirst) return;
  acknowledged_[key] = {role, at};
  if (acknowledged_.size() <= limits::kAcknowledgedFlashMax) return;
  acknowledged_.erase(
      std::min_element(acknowledged_.begin(), acknowledged_.end(),
                       [](const auto& a, const auto& b) { return a.second.at < b.second.at; }));
}

void WaitsAgain::raised(MessageKey key, bool waited, uint8_t role, UtcMs at) {
  if (waited) return;
  const auto known = acknowledged_.find(key);
  again_[key] = {known == acknowledged_.end() ? std::nullopt : std::optional(known->second),
                 {role, at}};
}

std::string WaitsAgain::words(MessageKey key, const std::string& name,
                              const std::string& peer) const {
  const auto found = again_.find(key);
  if (found == again_.end()) return "";
  const auto& [acknowledged, raised] = found->second;
  const std::string raiser = role_name(raised.role);
  const std::string again = format_date_time_group(raised.at);
  if (!acknowledged) {
    return "It was acknowledged, and our " + raiser + " escalated it anew " + again +
           (key.incoming ? ": hotline ack " + name : ": call them by voice");
  }
  const std::string role = role_name(acknowledged->role);
  const std::string first = format_date_time_group(acknowledged->at);
  if (!key.incoming) {
    return "The " + role + " of " + peer + " acknowledged it " + first + ", and our " + raiser +
           " escalated it anew " + again + ": call them by voice";
  }
  return "Our " + role + " acknowledged it " + first + ", and our " + raiser +
         " escalated it anew " + again + ": hotline ack " + name;
}

}  // namespace hotline
