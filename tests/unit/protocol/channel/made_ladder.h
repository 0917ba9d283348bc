// Times and policies that tests of the ladder share.
#pragma once

#include "protocol/channel/ladder.h"
#include "tests/precedences.h"

namespace hotline {

inline constexpr int64_t kSecond = 1'000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                         kDay = 24 * kHour;
inline constexpr UtcMs kStart_utc = 1'795'356'000'000;

// `elapsed` after the start of the test, without a step of the wall clock.
inline Now after(int64_t elapsed) {
  return Now{elapsed, kStart_utc + elapsed};
}

inline Policy policy_with_commands() {
  Policy policy = default_policy();
  for (uint8_t precedence = kFlash; precedence <= kRoutine; ++precedence) {
    policy.at(precedence).rungs[0].commands = {{"/page", "supervisor"}, {"/phone", "supervisor"}};
    policy.at(precedence).rungs[1].commands = {{"/page", "director"}};
  }
  return policy;
}

inline Policy without_repeated_alarm(Policy policy) {
  for (auto& numbers : policy.precedences) numbers.alarm_again_ms = 0;
  return policy;
}

}  // namespace hotline
