// People are told: the ladder, fed with what is durable, and the hour's test calls. A step that has
// come due is recorded and told side by side, commands are started and their outcomes recorded; and
// a journal gives all of it back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "protocol/channel/conditions.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/escalation_again.h"
#include "protocol/channel/ladder.h"
#include "protocol/channel/recorder.h"
#include "protocol/channel/test_calls.h"

namespace hotline {

class Escalation {
 public:
  // All of them outlive it.
  Escalation(const CoreConfig& config, Recorder& recorder, Conditions& conditions, Now started);

  // The consequences of an entry once it is durable. Call it before the transcript forgets which
  // messages waited for a receipt.
  void apply_durable(const wire::Entry& entry, Now at);
  // Other numbers from now on.
  void follow(const Policy& policy, Now now);
  // All that the message asks is answered, durably.
  void answered_in_full(MessageKey key) { ladder_.answered(key, true); }
  // Why an entry that is read back cannot be true; null when it can.
  static const char* fault_in(const wire::Entry& entry);

  // After the last entry that was read back.
  void go_live(Now now) { test_calls_.start(now.utc); }
  // One bite of the ladder, so that others have their turn; due() has passed while there is more.
  void run_ladder(Now now);
  void tick(Now now);
  // Nobody is told of anything, and nothing is decided; what came due meanwhile is decided, and
  // told as one, once it is over. Test calls that fell into it do not count.
  void keep_still(Now now, bool still);
  // How those stand who were not reached. After each commit, which may have ended a wait.
  void note_conditions(Now now);
  // When an alarm that rests may be told again.
  BootMs due() const;
  // When the ladder has something to decide; by Now::timer().
  BootMs ladder_due() const { return still_ ? INT64_MAX : ladder_.next_due().value_or(INT64_MAX); }
  // When the next test call is to be judged, after this time.
  UtcMs test_call_due(UtcMs now) const { return still_ ? INT64_MAX : test_calls_.due(now); }

  // As Core's of the same names.
  void attempt_ended(Now now, const AttemptName& attempt, wire::Outcome outcome,
                     const std::string& detail);
  // `times_as_fast`: so the clock of an exercise may go, and with it whatever is late.
  void look_after_ladder(Now now, int64_t times_as_fast);
  // A trial notice through this notifier, or program, ended so.
  void note_reached(Now now, const std::string& name, wire::Outcome outcome,
                    const std::string& detail);
  // Nothing is wrong with those that no rung names any more, and a program that is known to be
  // missing is a condition of its own.
  void review_unreachable(Now now);
  const Ladder& ladder() const { return ladder_; }

 private:
  // Alarms of one precedence and side: what is not told yet, and since when.
  struct Sound {
    std::vector<Decision> untold;  // One for each list of steps.
    BootMs since = 0;
    BootMs rests_until = INT64_MIN / 2;
  };
  // Likewise the messages of which no command could tell anybody, with the last that tried.
  struct Unpaged {
    KeySet untold;
    std::string rung;
    std::string detail;
    BootMs rests_until = INT64_MIN / 2;
  };
  using Side = std::pair<uint8_t, bool>;  // Precedence; incoming.

  // As the ladder is told the time: its deadlines follow the channel's clock.
  static Now on_ladder(Now now) { return {now.timer(), now.utc, now.ahead_ms}; }
  void settle(uint8_t type, uint8_t role, const wire::MessageKey* refers_to, UtcMs at);
  void note_test_call(uint8_t type, MessageKey key, const wire::MessageKey* refers_to, UtcMs at);
  void judge_test_calls(Now now);
  void record_decision(Now now, const Decision& decision);
  // Beside the entry that was recorded last.
  void note_facts(Now now, bool incoming, const KeySet& messages, FactKind kind, uint16_t code,
                  const std::string& detail);
  void sound(Now now, const Decision& decision);
  void flush_sounds(Now now, bool all_decided);
  std::optional<SoundStep> sound_of(Now now, const std::vector<Decision>& decisions) const;
  // True while somebody waits for one of these steps.
  bool is_open(const std::vector<Step>& steps, MessageKey key) const;
  void note_past_last_rung(Now now);
  std::string past_last_rung_words(MessageKey key, const std::string& name) const;
  void note_undelivered(Now now);
  void note_flood(Now now);
  void note_notifier(Now now, const AttemptName& attempt, wire::Outcome outcome,
                     const std::string& detail);
  void note_unpaged(Now now, const AttemptName& attempt, const KeySet& messages,
                    const std::string& detail);
  void tell_unpaged(Now now);
  void replay_decision(const wire::StepsDecided& fact, Now at);
  void replay_attempt(const wire::AttemptEnded& fact, Now at);

  const CoreConfig& config_;
  Recorder& recorder_;
  Conditions& conditions_;
  Ladder ladder_;
  WaitsAgain waits_again_;
  TestCalls test_calls_;
  bool still_ = false;
  bool test_call_answered_ = false;  // Since it was looked at last.
  // As they were told as conditions, own ones first; nothing since a start.
  std::optional<std::vector<MessageKey>> past_last_rung_;
  std::map<Side, Sound> sounds_;
  std::map<Side, Unpaged> unpaged_;
};

}  // namespace hotline
