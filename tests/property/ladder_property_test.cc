// Under any order of facts, steps of the wall clock and restarts, the Ladder does what a plain list
// of deadlines, looked at in full every time, would do: no rung early, each decided once, none
// missed, none after the acknowledgement.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/limits.h"
#include "protocol/channel/ladder.h"

namespace hotline {
namespace {

std::vector<Command> arbitrary_commands() {
  std::vector<Command> commands;
  const int count = *rc::gen::inRange(0, 3);
  for (int i = 0; i < count; ++i) {
    commands.push_back({"/command-" + std::to_string(*rc::gen::inRange(0, 3))});
  }
  return commands;
}

Policy arbitrary_policy() {
  Policy policy = default_policy();
  for (PrecedencePolicy& numbers : policy.precedences) {
    numbers.undelivered_alarm_ms = *rc::gen::inRange<int64_t>(1, 60'000);
    numbers.alarm_again_ms = *rc::gen::element<int64_t>(0, 1'000, 20'000);
    numbers.first_answer_due_ms = *rc::gen::inRange<int64_t>(1, 60'000);
    numbers.full_answer_due_ms = numbers.first_answer_due_ms + 5'000;
    numbers.rungs.clear();
    int64_t after_ms = *rc::gen::inRange<int64_t>(0, 5'000);
    const int count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) {
      numbers.rungs.push_back(
          {"rung-" + std::to_string(i), after_ms, false, "", arbitrary_commands()});
      after_ms += *rc::gen::inRange<int64_t>(1, 40'000);
    }
  }
  RC_ASSERT(validate(policy).has_value());
  return policy;
}

std::string name_of(const Step& step) {
  switch (step.kind) {
    case StepKind::undelivered:
      return "undelivered";
    case StepKind::rung:
      return step.rung;
    case StepKind::alarm_again:
      return "again";
    case StepKind::first_answer_due:
      return "first";
    case StepKind::full_answer_due:
      return "full";
    case StepKind::dissemination_due:
      return "told";
  }
  return "?";
}

// One message as the test knows it, kept the slow and obvious way.
struct Message {
  uint8_t precedence = 0;
  Now base;
  bool asks = false;
  bool receipted = false;
  bool acknowledged = false;
  bool answered = false;
  std::set<std::string> told;  // Steps that were decided.
};

std::multiset<std::string> expected_steps(const Policy& policy, MessageKey key,
                                          const Message& message, BootMs now) {
  const PrecedencePolicy& numbers = policy.at(message.precedence);
  std::multiset<std::string> steps;
  auto add = [&](const std::string& name, int64_t after_ms) {
    if (now - message.base.boot >= after_ms && !message.told.contains(name)) steps.insert(name);
  };
  if (!message.acknowledged) {
    for (const Rung& rung : numbers.rungs) add(rung.name, rung.after_ms);
    if (!key.incoming && !message.receipted) add("undelivered", numbers.undelivered_alarm_ms);
  }
  if (message.asks && !message.answered) {
    add("first", numbers.first_answer_due_ms);
    add("full", numbers.full_answer_due_ms);
  }
  return steps;
}

// A core in small: one Ladder, its journal and its notifier, on clocks that the property moves.
class Core {
 public:
  explicit Core(Policy policy) : policy_(std::move(policy)), ladder_(policy_) {}

  void one_event() {
    const int event = *rc::gen::weightedElement<int>(
        {{3, 0}, {2, 1}, {1, 2}, {1, 3}, {6, 4}, {1, 5}, {2, 6}, {4, 7}});
    switch (event) {
      case 0:
        return open();
      case 1:
        return receipt();
      case 2:
        return acknowledge();
      case 3:
        return answer();
      case 4:
        return pass_time();
      case 5:
        return step_wall_clock();
      case 6:
        return restart();
      case 7:
        return finish_attempt();
    }
  }

  void decide_and_check() {
    const Due due = ladder_.decide(now_);
    std::map<MessageKey, std::multiset<std::string>> told;
    for (const Decision& decision : due.decisions) {
      RC_ASSERT(!decision.steps.empty());
      std::multiset<std::string> steps;
      for (const Step& step : decision.steps) steps.insert(name_of(step));
      // The alarm of all that wait sounds alone, and of no single message.
      RC_ASSERT(decision.messages.empty() == (steps == std::multiset<std::string>{"again"}));
      decision.messages.visit([&](uint64_t serial) {
        const MessageKey key{decision.incoming, serial};
        RC_ASSERT(messages_.contains(key) && messages_[key].precedence == decision.precedence);
        RC_ASSERT(!told.contains(key));  // Told as one.
        told[key] = steps;
        return true;
      });
      record([=](Ladder& ladder, Now at) { ladder.decided(decision, at); });
    }
    for (auto& [key, message] : messages_) {
      RC_ASSERT(told[key] == expected_steps(policy_, key, message, now_.boot));
      message.told.insert(told[key].begin(), told[key].end());
    }
    for (const Decision& decision : due.decisions) check_situation(decision);
    for (uint64_t id : due.to_stop) stop(id);
    check_attempts(due);
    RC_ASSERT(!ladder_.next_due() || *ladder_.next_due() > now_.boot);
    if (running_.empty()) RC_ASSERT(ladder_.unattended(now_, 0).empty());
  }

 private:
  using Fact = std::function<void(Ladder&, Now)>;

  void record(Fact fact) { journal_.emplace_back(now_.utc, std::move(fact)); }
  void happen(Fact fact) {
    fact(ladder_, now_);
    record(std::move(fact));
  }

  static MessageKey any_key() {
    return MessageKey{*rc::gen::arbitrary<bool>(), *rc::gen::inRange<uint64_t>(0, 3)};
  }

  void open() {
    const MessageKey key = any_key();
    if (messages_.contains(key)) return;
    const auto precedence = static_cast<uint8_t>(*rc::gen::inRange(1, 5));
    const bool asks = *rc::gen::arbitrary<bool>();
    messages_[key] = Message{precedence, now_, asks, false, false, false, {}};
    happen([=](Ladder& ladder, Now at) { ladder.opened(key, precedence, asks, at); });
  }

  void receipt() {
    const MessageKey key = any_key();
    if (auto entry = messages_.find(key); entry != messages_.end() && !key.incoming) {
      Message& message = entry->second;
      if (!message.receipted && message.precedence != 1) message.base = now_;
      message.receipted = true;
    }
    happen([=](Ladder& ladder, Now at) { ladder.receipted(key, at); });
  }

  void acknowledge() {
    const MessageKey key = any_key();
    if (messages_.contains(key)) messages_[key].acknowledged = true;
    for (std::vector<Attempt>* attempts : {&running_, &lost_}) {
      for (Attempt& attempt : *attempts) {
        if (attempt.name.incoming == key.incoming) attempt.messages.erase(key.number);
      }
    }
    for (uint64_t id : ladder_.acknowledged(key)) stop(id);
    record([=](Ladder& ladder, Now) { ladder.acknowledged(key); });
    // None runs on that tells of nothing else.
    auto tells_nothing = [](const Attempt& attempt) { return attempt.messages.empty(); };
    std::erase_if(lost_, tells_nothing);
    RC_ASSERT(std::none_of(running_.begin(), running_.end(), tells_nothing));
  }

  void stop(uint64_t id) {
    const auto running = std::find_if(running_.begin(), running_.end(),
                                      [&](const Attempt& one) { return one.name.id == id; });
    RC_ASSERT(running != running_.end());
    ladder_.attempt_finished(running->name, AttemptOutcome::failed, now_);
    running_.erase(running);
  }

  void answer() {
    const MessageKey key = any_key();
    if (messages_.contains(key)) messages_[key].answered = true;
    happen([=](Ladder& ladder, Now) { ladder.answered(key, true); });
  }

  // To the moment when something is due, to just before it, or anywhere.
  void pass_time() {
    int64_t elapsed_ms = *rc::gen::inRange<int64_t>(0, 60'000);
    if (const auto due = ladder_.next_due(); due && *rc::gen::arbitrary<bool>()) {
      elapsed_ms = std::max<int64_t>(0, *due - now_.boot - *rc::gen::inRange(0, 2));
    }
    now_.boot += elapsed_ms;
    now_.utc += elapsed_ms;
  }

  void step_wall_clock() { now_.utc += *rc::gen::inRange<int64_t>(-100'000, 100'000); }

  // Another boot clock, the wall clock wherever it is, and nothing left but the journal.
  void restart() {
    now_.boot = *rc::gen::inRange<int64_t>(0, 1'000'000);
    ladder_ = Ladder(policy_);
    for (const auto& [utc, fact] : journal_) fact(ladder_, replayed_time(utc, now_));
    for (auto& [key, message] : messages_) message.base = replayed_time(message.base.utc, now_);
    lost_.insert(lost_.end(), running_.begin(), running_.end());
    running_.clear();
    restarted_at_ = now_.boot;
  }

  void finish_attempt() {
    if (running_.empty()) return;
    const AttemptName name = running_.front().name;
    running_.erase(running_.begin());
    const auto outcome = *rc::gen::weightedElement<AttemptOutcome>(
        {{2, AttemptOutcome::told}, {6, AttemptOutcome::failed}, {1, AttemptOutcome::impossible}});
    const AttemptEnd end = ladder_.attempt_finished(name, outcome, now_);
    if (end.verdict == AttemptVerdict::stale) return;
    record([=](Ladder& ladder, Now at) { ladder.attempt_ended(name, end.messages, outcome, at); });
  }

  bool sounds(MessageKey key, const Message& message) const {
    if (message.acknowledged) return false;
    if (key.incoming) return true;
    const auto& rungs = policy_.at(message.precedence).rungs;
    const bool climbed = std::any_of(rungs.begin(), rungs.end(), [&](const Rung& rung) {
      return message.told.contains(rung.name);
    });
    return climbed || (message.told.contains("undelivered") && !message.receipted);
  }

  void check_situation(const Decision& decision) const {
    KeySet sounding;
    for (const auto& [key, message] : messages_) {
      if (key.incoming == decision.incoming && message.precedence == decision.precedence &&
          sounds(key, message)) {
        sounding.insert(key.number);
      }
    }
    RC_ASSERT(decision.situation.count == sounding.size());
    if (!sounding.empty()) RC_ASSERT(decision.situation.oldest == sounding.first());
    RC_ASSERT(!decision.messages.empty() || !sounding.empty());
  }

  size_t own_commands(const Attempt& attempt) const {
    for (const Rung& rung : policy_.at(attempt.name.precedence).rungs) {
      if (rung.name == attempt.name.rung) return rung.commands.size();
    }
    return 0;
  }

  // The same command for the same rung, side and precedence.
  static bool same_place(const Attempt& a, const Attempt& b) {
    AttemptName name = a.name;
    name.id = b.name.id;
    name.number = b.name.number;
    return name == b.name;
  }

  // A command that ran when the daemon ended runs again, marked: at once, or, where the wall clock
  // stepped back, a retry's interval later. Only one that stood in for a higher rung may be left to
  // that rung, where it came due meanwhile.
  void check_attempts(const Due& due) {
    for (const Attempt& attempt : due.attempts) {
      RC_ASSERT(!attempt.messages.empty());
      attempt.messages.visit([&](uint64_t serial) {
        const Message& message = messages_[{attempt.name.incoming, serial}];
        RC_ASSERT(!message.acknowledged && message.told.contains(attempt.name.rung));
        RC_ASSERT(message.precedence == attempt.name.precedence);
        return true;
      });
      RC_ASSERT(attempt.name.number >= 1 && attempt.name.number <= limits::kAttemptsMax);
      // No two runs of one command under way tell of the same message, and few run at once.
      size_t beside = 0;
      for (const Attempt& other : running_) {
        if (!same_place(attempt, other)) continue;
        RC_ASSERT(attempt.messages.intersected(other.messages).empty());
        ++beside;
      }
      RC_ASSERT(beside < limits::kAttemptsPerCommandMax);
      for (Attempt& lost : lost_) {
        if (!same_place(attempt, lost) || lost.name.number != attempt.name.number) continue;
        const size_t before = lost.messages.size();
        lost.messages.erase_all(attempt.messages);
        RC_ASSERT(attempt.repeated || lost.messages.size() == before);
      }
      running_.push_back(attempt);
    }
    std::erase_if(lost_, [](const Attempt& attempt) { return attempt.messages.empty(); });
    for (const Attempt& attempt : lost_) {
      const bool stood_in = attempt.name.command >= own_commands(attempt);
      const bool waits =
          attempt.name.number > 1 && now_.boot - restarted_at_ < limits::kAttemptInterval_ms;
      const auto of_its_side = std::count_if(
          running_.begin(), running_.end(),
          [&](const Attempt& one) { return one.name.incoming == attempt.name.incoming; });
      const bool has_no_room =
          static_cast<size_t>(of_its_side) + limits::kAttemptsReservedForFlash >=
          limits::kAttemptsBesideMax;
      RC_ASSERT(stood_in || waits || has_no_room);
    }
  }

  const Policy policy_;
  Now now_{1'000, 1'795'356'000'000};
  Ladder ladder_;
  std::vector<std::pair<UtcMs, Fact>> journal_;
  std::map<MessageKey, Message> messages_;
  std::vector<Attempt> running_;
  std::vector<Attempt> lost_;  // Ran when the daemon ended, and did not run again yet.
  BootMs restarted_at_ = 0;
};

RC_GTEST_PROP(LadderProperty, NoRungEarlyNoneTwiceNoneMissedNoneAfterTheAcknowledgement, ()) {
  Core core(arbitrary_policy());
  const int events = *rc::gen::inRange(1, 80);
  for (int i = 0; i < events; ++i) {
    core.one_event();
    core.decide_and_check();
  }
}

}  // namespace
}  // namespace hotline
