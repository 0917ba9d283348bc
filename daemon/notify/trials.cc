#include "daemon/notify/trials.h"

#include <algorithm>
#include <utility>

#include "daemon/process/notifier_limits.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {
namespace {

// The ladder's attempts count from 1, and never come as far.
constexpr uint64_t kFirstId = uint64_t{1} << 63;
constexpr char kRung[] = "trial";

// Each once, however many rungs name it.
std::vector<Command> commands_of(const Policy& policy) {
  std::vector<Command> commands;
  for (const PrecedencePolicy& precedence : policy.precedences) {
    for (const Rung& rung : precedence.rungs) {
      for (const Command& command : rung.commands) {
        if (std::find(commands.begin(), commands.end(), command) == commands.end()) {
          commands.push_back(command);
        }
      }
    }
  }
  return commands;
}

}  // namespace

Status Trials::begin(const Policy& policy, AttemptText text, Done done) {
  if (done_) {
    return make_error(ErrorCode::refused, "a trial is under way",
                      "wait a minute, then hotline escalation test");
  }
  commands_ = commands_of(policy);
  if (commands_.empty()) {
    return make_error(ErrorCode::not_found, "no rung has a command: nobody is told of a message",
                      "add [[escalation.flash.rung.command]] to hotlined.toml");
  }
  text_ = std::move(text);
  text_.is_trial = true;
  text_.messages = {"TRIAL"};
  done_ = std::move(done);
  started_ = ended_ = 0;
  tried_.clear();
  for (const Command& command : commands_) {
    tried_.push_back({name_of_command(command), wire::Outcome::unset, {}});
  }
  while (started_ < commands_.size() && started_ < limits::kTrialsAtOnce) start_next();
  return ok();
}

void Trials::start_next() {
  const uint64_t id = kFirstId + started_;
  const Command& command = commands_[started_++];
  start_({AttemptName{id, false, kPrecedenceLast, kRung, 0, 1}, command, {}, false}, text_);
}

bool Trials::take(const AttemptReport& report) {
  if (report.name.id < kFirstId) return false;
  TriedNotifier& one = tried_.at(report.name.id - kFirstId);
  one.outcome = report.outcome;
  one.detail = report.detail;
  ++ended_;
  if (started_ < commands_.size()) {
    start_next();
  } else if (ended_ == commands_.size()) {
    std::exchange(done_, nullptr)(tried_);
  }
  return true;
}

}  // namespace hotline
