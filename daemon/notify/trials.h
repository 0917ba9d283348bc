// A trial: a notice through every command of the policy, each once, marked so that nobody takes it
// for a message that waits. The ladder knows nothing of it. Lives on the daemon's one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "daemon/notify/attempt_report.h"
#include "protocol/base/result.h"
#include "protocol/channel/ladder_by_hand.h"
#include "protocol/channel/policy.h"

namespace hotline {

class Trials {
 public:
  using Start = std::function<void(const Attempt&, const AttemptText&)>;
  using Done = std::function<void(const std::vector<TriedNotifier>&)>;

  // `start`: begins an attempt (Notifier::start).
  explicit Trials(Start start) : start_(std::move(start)) {}

  // `done` is called once, when the last of them has ended: never from inside this. Errors:
  // refused while one is under way, not_found where the policy has no command.
  Status begin(const Policy& policy, AttemptText text, Done done);
  // False: it was no attempt of a trial.
  bool take(const AttemptReport& report);

 private:
  void start_next();

  Start start_;
  AttemptText text_;
  Done done_;  // Empty: none is under way.
  std::vector<Command> commands_;
  size_t started_ = 0;
  size_t ended_ = 0;
  std::vector<TriedNotifier> tried_;
};

}  // namespace hotline
