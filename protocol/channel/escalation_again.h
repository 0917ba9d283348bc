// Messages that were acknowledged, and then escalated by hand because nobody did what they ask for:
// they wait again, and whoever is told of one reads who acknowledged it, and when.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "protocol/base/clock.h"
#include "protocol/channel/message_key.h"

namespace hotline {

class WaitsAgain {
 public:
  // Facts, in the order of the journal. The newest FLASH are remembered with who acknowledged them.
  void acknowledged(MessageKey key, uint8_t precedence, uint8_t role, UtcMs at);
  void closed(MessageKey key) { again_.erase(key); }
  // A message that waited anyhow is no news.
  void raised(MessageKey key, bool waited, uint8_t role, UtcMs at);

  // Says who acknowledged it and who escalated it, and what is to be done. Empty where it was not
  // acknowledged, or waits no more. `name`: the message's.
  std::string words(MessageKey key, const std::string& name, const std::string& peer) const;

 private:
  struct Step {
    uint8_t role = 0;
    UtcMs at = 0;
  };
  struct Again {
    std::optional<Step> acknowledged;  // Nothing: it is not remembered any more.
    Step raised;
  };

  std::map<MessageKey, Step> acknowledged_;
  std::map<MessageKey, Again> again_;
};

}  // namespace hotline
