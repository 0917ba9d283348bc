// The test calls between people: in each interval (the hour) one is due, the parties by turns, and
// it counts when a person acknowledged it in time. Derived from the journal; pure. The count of
// misses in a row begins anew at a start.
//
// Turns follow UTC, so that both parties agree on them without a word: the party with the smaller
// id calls in even intervals since 1970, the other in odd ones.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/channel/policy.h"
#include "protocol/channel/records.h"

namespace hotline {

class TestCalls {
 public:
  // `first`: whether this is the party with the smaller id. Intervals that began before `started`
  // are not judged: nobody could have called then.
  TestCalls(const LinkPolicy& policy, bool first, UtcMs started);

  // Intervals that began before are not judged.
  void start(UtcMs now) { next_ = now / policy_.test_call_interval_ms + 1; }
  // When the next interval is to be judged.
  UtcMs due(UtcMs now) const;

  // Other numbers from now on. The interval that has begun is judged by neither.
  void follow(const LinkPolicy& policy, UtcMs now);

  // A TEST was committed here; it was acknowledged. A time before the last one's counts all the
  // same.
  void called(MessageKey key, UtcMs at);
  // True: in time.
  bool acknowledged(MessageKey key, UtcMs at);

  struct Missed {
    UtcMs began = 0;        // The interval.
    bool ours = false;      // It was our turn.
    uint32_t in_a_row = 0;  // 1 is amber, 2 and more are red.
  };
  // The intervals that ended since the last call, with the time to acknowledge over. After a jump
  // of the clock only the newest is judged.
  std::vector<Missed> judge(UtcMs now);

 private:
  struct Call {
    MessageKey key;
    UtcMs at = 0;
    bool answered = false;
  };
  bool is_ours(int64_t interval) const { return (interval % 2 == 0) == first_; }

  LinkPolicy policy_;
  bool first_;
  int64_t next_;  // The first interval that was not judged.
  uint32_t in_a_row_ = 0;
  std::deque<Call> calls_;
};

}  // namespace hotline
