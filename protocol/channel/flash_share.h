// How many of this party's messages are FLASH. Where more than one in twenty is, the word no longer
// says what is urgent, and the watch is told so: for the rest of the month (UTC), or until the
// share is smaller again.
#pragma once

#include <cstdint>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"

namespace hotline {

class FlashShare {
 public:
  // Both outlive it.
  FlashShare(const CoreConfig& config, Conditions& conditions)
      : config_(config), conditions_(conditions) {}

  // Counts messages of ours that wait for an acknowledgement.
  void apply_durable(const wire::Entry& entry);
  void note_conditions(Now now);

 private:
  void begin_month(UtcMs at);

  const CoreConfig& config_;
  Conditions& conditions_;
  int64_t month_ = 0;  // Counted from year 0.
  uint64_t messages_ = 0;
  uint64_t flash_ = 0;
};

}  // namespace hotline
