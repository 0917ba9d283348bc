// How often a journal's owner was alarmed, by the measures of ISA-18.2: the rate, floods, what
// alarmed most, what chattered and what stood for too long.
//
// An alarm is a journal entry with which something sounded on the consoles: AlarmRaised,
// ConditionBegan of a condition that sounds, and StepsDecided.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/show/measures.h"
#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

class AlarmRates {
 public:
  explicit AlarmRates(Period period) : period_(period) {}

  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);

  // `cause`: numbers in it are replaced by "#", so that one cause is counted as one.
  struct Cause {
    std::string cause;
    uint64_t count = 0;
  };
  struct Standing {
    std::string code;
    std::string subject;
    UtcMs since = 0;
  };
  struct Measured {
    uint64_t alarms = 0;
    // On average, rounded; nothing where less than a day was observed.
    std::optional<uint64_t> per_day_tenths;
    uint64_t stretches = 0;  // Of ten minutes, that the observed time reaches into.
    uint64_t busiest = 0;    // Alarms in the worst of them.
    uint64_t floods = 0;     // Of them with more than ten alarms.
    uint64_t causes = 0;
    std::vector<Cause> top;  // The ten that alarmed most.
    uint64_t top_permille = 0;
    std::vector<std::string> chattering;  // "code, subject": conditions.
    std::vector<Standing> stale;          // Stand at the end, for more than a day.
    std::map<int64_t, uint64_t> hours;    // Since 1970 (UTC), those with an alarm.
  };
  Measured measured(const ObservedTime::Stretch& observed) const;

 private:
  using Name = std::pair<uint8_t, std::string>;  // Code and subject of a condition.

  void sound(UtcMs at, const std::string& cause);
  void begin(const wire::ConditionBegan& began, UtcMs at);

  Period period_;
  std::map<int64_t, uint64_t> stretches_;
  std::map<int64_t, uint64_t> hours_;
  std::map<std::string, uint64_t> causes_;
  uint64_t alarms_ = 0;
  std::map<Name, UtcMs> open_;  // Conditions that sound, and since when.
  std::map<Name, std::deque<UtcMs>> begun_;
  std::map<Name, bool> chattering_;
};

}  // namespace hotline::client
