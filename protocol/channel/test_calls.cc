#include "protocol/channel/test_calls.h"

#include <algorithm>

#include "protocol/base/limits.h"

namespace hotline {

TestCalls::TestCalls(const LinkPolicy& policy, bool first, UtcMs started)
    : policy_(policy), first_(first), next_(started / policy.test_call_interval_ms + 1) {}

void TestCalls::follow(const LinkPolicy& policy, UtcMs now) {
  const bool same = policy.test_call_interval_ms == policy_.test_call_interval_ms;
  policy_ = policy;
  if (!same) next_ = now / policy.test_call_interval_ms + 1;
}

UtcMs TestCalls::due(UtcMs now) const {
  const UtcMs judged_at =
      (next_ + 1) * policy_.test_call_interval_ms + policy_.test_call_acknowledged_ms;
  return judged_at > now ? judged_at : INT64_MAX;
}

void TestCalls::called(MessageKey key, UtcMs at) {
  calls_.push_back({key, at, false});
  if (calls_.size() > limits::kTestCallsKept) calls_.pop_front();
}

bool TestCalls::acknowledged(MessageKey key, UtcMs at) {
  bool in_time = false;
  for (Call& call : calls_) {
    if (call.key != key || at - call.at > policy_.test_call_acknowledged_ms) continue;
    call.answered = in_time = true;
  }
  // People answer again: what was missed before is over, whoever's turn it was.
  if (in_time) in_a_row_ = 0;
  return in_time;
}

std::vector<TestCalls::Missed> TestCalls::judge(UtcMs now) {
  std::vector<Missed> missed;
  int64_t end = (now - policy_.test_call_acknowledged_ms) / policy_.test_call_interval_ms;
  if (end - next_ > 1) {  // The clock was set, or the host slept.
    next_ = end - 1;
    in_a_row_ = 0;
  }
  // Beyond the interval after this one only where the clock was set back.
  next_ = std::min(next_, now / policy_.test_call_interval_ms + 1);
  for (; next_ < end; ++next_) {
    UtcMs begin = next_ * policy_.test_call_interval_ms;
    bool answered = std::any_of(calls_.begin(), calls_.end(), [&](const Call& call) {
      return call.answered && call.at >= begin && call.at < begin + policy_.test_call_interval_ms &&
             call.key.incoming != is_ours(next_);
    });
    in_a_row_ = answered ? 0 : in_a_row_ + 1;
    if (!answered) missed.push_back({begin, is_ours(next_), in_a_row_});
  }
  while (!calls_.empty() && calls_.front().at < (end - 1) * policy_.test_call_interval_ms) {
    calls_.pop_front();
  }
  return missed;
}

}  // namespace hotline
