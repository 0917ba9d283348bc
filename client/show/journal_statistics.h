// Statistics of the people at both ends, from a journal: how soon messages were delivered,
// acknowledged, passed on and answered, how many were called FLASH, and which test calls were
// missed.
//
// Every time is taken between two entries of one journal, and so by one clock
// (client/show/measures.h): for the own messages from release, for the peer's from their receipt.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "client/show/measures.h"
#include "protocol/base/clock.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {

// Something that each of many messages waits for.
struct WaitTally {
  uint64_t count = 0;  // Messages that wait, or waited.
  uint64_t done = 0;
  uint64_t closed = 0;            // Declined by a person or cancelled, and not done.
  uint64_t not_measured = 0;      // Done, but nobody can tell how soon: the clock was set.
  std::vector<int64_t> times_ms;  // Until it was first done, in the order of those.

  uint64_t waiting() const { return count - done - closed; }
};

class JournalStatistics {
 public:
  // Messages and test calls are counted whose entry's time lies in the period. Their ends may lie
  // later.
  explicit JournalStatistics(Period period) : period_(period) {}

  // Every entry of the journal from the first on, in order.
  void take(const wire::Entry& entry);

  // Messages of one party and one precedence that wait for a person.
  struct Messages {
    WaitTally acknowledgement;
    WaitTally delivery;       // The own ones: the peer's receipt is held.
    WaitTally dissemination;  // Of those that are to be passed on: to anybody.
    WaitTally answer;         // Of those that ask: the first one, to any of the questions.
    uint64_t escalated = 0;   // Climbed a rung, or more.

    uint64_t count() const { return acknowledgement.count; }
  };

  struct TestCalls {
    WaitTally acknowledgement;
    uint64_t missed = 0;  // Hours in which it was this party's turn, and no call was made good.
  };

  // A message that waits for something at the end, test calls apart. Times since it began to wait
  // are by JournalClock, and so nothing where nobody can tell.
  struct StillWaiting {
    uint8_t precedence = 0;
    std::optional<int64_t> for_ms = {};
    bool acknowledgement = false;
    bool delivery = false;  // An own one's.
    bool dissemination = false;
    bool answer = false;
  };
  std::vector<StillWaiting> still_waiting(bool incoming) const;

  // By precedence as on the wire. `incoming`: the peer's.
  const std::map<uint8_t, Messages>& messages(bool incoming) const { return messages_[incoming]; }
  const TestCalls& test_calls(bool incoming) const { return test_calls_[incoming]; }
  uint64_t message_count(bool incoming) const;
  // How many there were on each day (since 1970, UTC), by precedence.
  using Days = std::map<int64_t, std::map<uint8_t, uint64_t>>;
  const Days& days(bool incoming) const { return days_[incoming]; }
  // The longest row of hours of either party without a good test call.
  uint32_t missed_in_a_row() const { return missed_in_a_row_; }
  // Acknowledgements of the peer's with another place or time than we sent.
  uint64_t mismatches() const { return mismatches_; }
  // Messages of the peer's that broke a rule.
  uint64_t rules_broken() const { return rules_broken_; }
  bool exercise() const { return exercise_; }
  const JournalClock& clock() const { return clock_; }

 private:
  using Key = std::pair<bool, uint64_t>;  // Incoming, and wire::MessageKey::number.
  struct Open {
    JournalClock::Stamp since;
    uint8_t precedence = 0;
    bool test = false;
    bool escalated = false;
    // What it still waits for.
    bool acknowledgement = true;
    bool dissemination = false;
    bool answer = false;
  };
  struct Undelivered {
    JournalClock::Stamp since;
    uint8_t precedence = 0;
  };

  void take_released(const wire::Released& released, UtcMs at);
  void take_received(const wire::Received& received, UtcMs at);
  void open(Key key, const Open& open, UtcMs at);
  void settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to);
  void finish(const JournalClock::Stamp& since, WaitTally& tally) const;
  void climb(const wire::StepsDecided& decided);
  void climb(Key key);
  void number(const wire::Numbered& numbered);
  void deliver(uint64_t size);
  Messages& of(Key key, const Open& open) { return messages_[key.first][open.precedence]; }

  Period period_;
  bool exercise_ = false;
  JournalClock clock_;
  std::map<Key, Open> open_;
  std::map<uint64_t, Undelivered> unnumbered_;  // By serial,
  std::map<uint64_t, Undelivered> unreceived_;  // and by place in the own transcript.
  std::array<std::map<uint8_t, Messages>, 2> messages_;
  std::array<TestCalls, 2> test_calls_;
  std::array<Days, 2> days_;
  uint32_t missed_in_a_row_ = 0;
  uint64_t mismatches_ = 0;
  uint64_t rules_broken_ = 0;
};

}  // namespace hotline::client
