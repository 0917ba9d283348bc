// Statistics of the people at both ends, from a journal: how soon messages were acknowledged, how
// many were called FLASH, and which test calls were missed.
//
// Every time is taken between two entries of one journal, and so by one clock: for the own messages
// from release until the peer's acknowledgement was held, for the peer's from their receipt until
// the own acknowledgement was released. Steps of the clock that the journal records are taken out;
// a time that is negative all the same (the clock was set while the daemon was down) is not
// measured.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

class JournalStatistics {
 public:
  // Messages and test calls are counted whose entry's time lies in the period. Their ends may lie
  // later.
  explicit JournalStatistics(Period period) : period_(period) {}

  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);

  // Messages of one party and one precedence that wait for a person.
  struct Messages {
    uint64_t count = 0;
    uint64_t acknowledged = 0;
    uint64_t closed = 0;            // Declined by a person or cancelled, and not acknowledged.
    uint64_t escalated = 0;         // Climbed a rung, or more.
    uint64_t not_measured = 0;      // Acknowledged, but the clock was set in between.
    std::vector<int64_t> times_ms;  // Until the first acknowledgement, in the order of those.

    uint64_t waiting() const { return count - acknowledged - closed; }
    // Nearest-rank percentile: a measured time, never interpolated. There must be one.
    int64_t percentile_ms(int percent) const;
  };

  struct TestCalls {
    uint64_t made = 0;
    uint64_t acknowledged = 0;
    uint64_t missed = 0;  // Hours in which it was this party's turn, and no call was made good.
  };

  // By precedence as on the wire. `incoming`: the peer's.
  const std::map<uint8_t, Messages>& messages(bool incoming) const { return messages_[incoming]; }
  const TestCalls& test_calls(bool incoming) const { return test_calls_[incoming]; }
  uint64_t message_count(bool incoming) const;
  bool exercise() const { return exercise_; }

 private:
  using Key = std::pair<bool, uint64_t>;  // Incoming, and wire::MessageKey::number.
  struct Open {
    UtcMs at = 0;  // By the clock as it was at first.
    uint8_t precedence = 0;
    bool test = false;
    bool escalated = false;
  };

  void open(Key key, uint8_t type, uint8_t precedence, UtcMs at);
  void settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to, UtcMs at);
  void climb(const wire::StepsDecided& decided);
  void climb(Key key);
  Messages& of(Key key, const Open& open) { return messages_[key.first][open.precedence]; }

  Period period_;
  bool exercise_ = false;
  int64_t stepped_ms_ = 0;  // All steps of the clock so far have added so much to it.
  std::map<Key, Open> open_;
  std::array<std::map<uint8_t, Messages>, 2> messages_;
  std::array<TestCalls, 2> test_calls_;
};

}  // namespace hotline::client
