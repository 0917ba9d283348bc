// The ladder: who is told when, about a message that waits. A function of the journal, the policy
// and the time, and nothing else: facts go in, what has come due comes out. It tells people; it
// triggers nothing.
//
// Live, the core feeds each fact once its commit is durable; next_due() is when to wake up;
// decide() takes what came due. Each Decision is told and journaled at once, side by side: a slow
// disk delays the record, not the alarm.
//
// A flood is one situation. Every rung of every message is decided at its time, but those that came
// due together are one Decision; the alarm that sounds again is that of all messages of one side
// and precedence; and one command tells of all of them (protocol/channel/ladder_calls.h).
//
// At a restart a new Ladder is fed the same facts from the journal through the same functions, the
// journaled decisions and outcomes among them, each with replayed_time() of its stored time. A
// decision stays decided; an attempt without an outcome is made again, marked so.
//
// Times follow the boot clock, or the clock of an exercise (Now::timer(), which is handed in as
// Now::boot), so a step of the wall clock moves nothing while the daemon runs.
// Across a restart only the stored UTC is known: what remains is min(stored deadline - now, the
// full interval).
//
// The receiver's clock starts at its commit of the message. The sender's starts at release, and
// anew once the receipt is committed; for FLASH it stays at release. A message without a receipt
// climbs the same rungs.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/key_set.h"
#include "protocol/channel/ladder_calls.h"
#include "protocol/channel/message_key.h"
#include "protocol/channel/policy.h"

namespace hotline {

// A base from the journal on this boot's clock: a time in the future (the wall clock stepped back)
// counts as now, so that the interval starts anew rather than never ending.
Now replayed_time(UtcMs stored, Now restart);

// Stored in the journal: never renumber.
enum class StepKind : uint8_t {
  undelivered = 1,       // No receipt yet.
  rung = 2,              // Not acknowledged.
  alarm_again = 3,       // An alarm that nobody answered. Alone, and of no single message.
  first_answer_due = 4,  // The message asks for an answer.
  full_answer_due = 5,
  dissemination_due = 6,  // This watch's own people must be told of the message.
};

struct Step {
  StepKind kind = StepKind::rung;
  std::string rung;  // The rung's name; empty for the other kinds.
  friend bool operator==(const Step&, const Step&) = default;
};

// How many messages of one side and precedence sound the alarm, and the oldest of them.
struct Situation {
  uint64_t count = 0;
  uint64_t oldest = 0;    // MessageKey::number, where there is one.
  int64_t oldest_ms = 0;  // For how long it has waited.
};

// All that came due for messages of one side and precedence, told as one: however many steps were
// missed, and however many messages a flood has, people are told once. The messages of one decision
// have the same steps. Where the alarm of the whole situation sounds again, there are none.
struct Decision {
  bool incoming = false;
  uint8_t precedence = 0;
  KeySet messages;
  std::vector<Step> steps;  // To be journaled. In the order in which they were due.
  uint32_t missed = 0;      // How many of them were due before the last one was.
  int64_t late_ms = 0;      // How long ago the last one was due, at the most.
  Situation situation;      // As it then was.
};

struct Due {
  std::vector<Decision> decisions;  // FLASH first; within a precedence the oldest due first.
  std::vector<Attempt> attempts;    // FLASH first. To be started now.
  std::vector<uint64_t> to_stop;    // AttemptName::id of those that were left to a higher rung.
};

// The outcome of an attempt, and the messages it concerns.
struct AttemptEnd {
  AttemptVerdict verdict = AttemptVerdict::stale;
  KeySet messages;  // That it told of, or should have, and that still wait. To be journaled.
  KeySet gave_up;   // Those of them for whom nobody is left to be told.
};

// A message that waits for an acknowledgement, and its place among all of them: the most urgent
// first, then the one whose clock has run longest. All of one precedence climb the same rungs, so
// that it is also the nearest to the end of its ladder.
struct WaitingPlace {
  uint8_t precedence = 0;
  BootMs since = 0;
  MessageKey key;
  friend auto operator<=>(const WaitingPlace&, const WaitingPlace&) = default;
};

// Some of those that wait.
struct WaitingFilter {
  bool own = true;
  bool incoming = true;
  uint8_t precedence = 0;  // 0: all.
};

class Ladder {
 public:
  // `policy` has been validated. Facts fed before the first decide() are a replay: the attempts
  // that it leaves without an outcome may have been made.
  explicit Ladder(Policy policy);

  // Another policy from now on. What was decided stays decided, by the rung's name; what is not is
  // due by the new numbers, counted from the same base; and what was due by them before they held
  // is not late.
  void follow(Policy policy, Now now);

  // Facts. One about a message that is not open, or not any more, changes nothing.
  void opened(MessageKey key, uint8_t precedence, bool asks_for_answer, Now base,
              bool asks_for_dissemination = false);
  void receipted(MessageKey key, Now at);  // Own messages only.
  // Returns the attempts (AttemptName::id) that tell of nothing else: they must be stopped.
  std::vector<uint64_t> acknowledged(MessageKey key);
  void answered(MessageKey key, bool in_full);
  void disseminated(MessageKey key);  // To any audience.
  // Cancelled, declined, closed: nothing is due any more. Returns as acknowledged() does.
  std::vector<uint64_t> closed(MessageKey key);
  // The outcome of a started attempt, also of one that was stopped: it makes room for another.
  AttemptEnd attempt_finished(const AttemptName& name, AttemptOutcome outcome, Now at);
  // Nothing is due of it and it sounds no alarm until then, and what came due meanwhile is due
  // then; a time that has come ends a pause. Returns as acknowledged() does.
  std::vector<uint64_t> paused(MessageKey key, BootMs until, Now at);
  // A person escalates it by hand: its next rung is due now, and those above it follow at the
  // intervals that they have between them. One that was acknowledged waits again; where all of its
  // rungs were climbed before, it climbs them anew. Ends a pause.
  void raised(MessageKey key, uint8_t precedence, Now at);
  // Journaled decisions and outcomes, at a restart only.
  void decided(const Decision& decision, Now at);
  void attempt_ended(const AttemptName& name, const KeySet& messages, AttemptOutcome outcome,
                     Now at);

  // Takes what has come due, at most limits::kDecisionsPerCallMax messages: call again while
  // next_due() has passed, and let others have their turn in between.
  Due decide(Now now);
  std::optional<BootMs> next_due() const;

  // The situation of those that sound the alarm now.
  Situation situation(bool incoming, uint8_t precedence, Now now) const;

  // The next rung that `key` climbs if nobody acknowledges it, and when.
  struct NextRung {
    std::string name;
    BootMs due = 0;
  };
  std::optional<NextRung> next_rung(MessageKey key) const;
  size_t open_count() const { return items_.size(); }
  size_t commands_under_way() const { return calls_.under_way(); }
  // Those under way (AttemptName::id), where none may go on.
  std::vector<uint64_t> commands_to_stop() const { return calls_.runs(); }

  // 0 where nothing is due of it.
  uint8_t precedence_of(MessageKey key) const {
    const Item* item = find(key);
    return item == nullptr ? 0 : item->precedence;
  }
  // The command of such an attempt; null where the policy does not have it any more.
  const Command* command_of(const AttemptName& name) const;

  // True while people are told again of `key` unless something ends it: a step is due of it at some
  // time, or it sounds the alarm that sounds again.
  bool tells_more(MessageKey key) const;
  // So often its alarm sounds until it is acknowledged, but for a pause; 0: it does not.
  int64_t alarm_every_ms(MessageKey key) const;

  // True while `key` waits for an acknowledgement.
  bool waits(MessageKey key) const;
  // The first that wait, over all that do, behind a place if one is given. A place stays good when
  // its message waits no more, and no message ever moves to an earlier one.
  std::vector<WaitingPlace> waiting(const WaitingFilter& filter, size_t limit,
                                    const std::optional<WaitingPlace>& after = {}) const;
  size_t waiting_count(const WaitingFilter& filter) const;
  size_t waiting_count(bool incoming) const {
    return waiting_count({.own = !incoming, .incoming = incoming});
  }

  // The oldest of those that wait and have climbed every rung: nobody else will be told.
  std::vector<MessageKey> past_last_rung(bool incoming, uint8_t precedence, size_t limit) const;
  // Own messages that were alarmed as undelivered, and are so still.
  const KeySet& undelivered(uint8_t precedence) const {
    return undelivered_[precedence - kPrecedenceFirst];
  }

  // The auditor's question, answered from the facts and not from the agenda: about which open
  // messages is nobody going to tell what is left to be told? Because it is not on the agenda at
  // its time, or came due more than `late_ms` ago, or an attempt has had no outcome for
  // limits::kAttemptStuck_ms. Empty as long as the engine runs, in a flood too. A message about
  // which everything was told has its decisions for a reason. Looks at every message: ask once a
  // minute, not more.
  std::vector<MessageKey> unattended(Now now, int64_t late_ms) const;

 private:
  static constexpr BootMs kNever = INT64_MAX;

  // One per open message, so kept small.
  struct Item {
    BootMs base = 0;
    BootMs due = kNever;       // Its place on the agenda.
    BootMs waits_at = kNever;  // Its place among those that wait; kNever: it does not.
    uint8_t precedence = 0;
    uint8_t rungs = 0;             // Bit i: rung i was decided.
    bool undelivered : 1 = false;  // The alarm was given.
    bool receipted : 1 = false;
    bool acknowledged : 1 = false;
    bool first_answer : 1 = false;  // Given, overdue and told, or not asked for. Likewise:
    bool full_answer : 1 = false;
    bool disseminated : 1 = true;
    bool held : 1 = false;    // Nothing is due before a time in holds_.
    bool paused : 1 = false;  // That time was not noticed yet.
    bool raised : 1 = false;  // By hand: the rungs are due as raises_ has it.
  };
  // Since when a message climbs by hand, and how long after its base that rung would have been due.
  // One that was acknowledged before waits since it was raised, and not since it came.
  struct Raise {
    BootMs at = 0;
    int64_t skipped_ms = 0;
    std::optional<BootMs> waits_since;
  };
  // A MessageKey in eight bytes, in the same order.
  using PackedKey = uint64_t;
  using Items = SortedBlocks<PackedKey, Item>;
  struct Nothing {};
  using Places = SortedBlocks<std::pair<BootMs, PackedKey>, Nothing>;
  using Agenda = std::array<Places, 4>;  // By precedence.

  // The messages of one side and precedence that sound the alarm. It is one alarm, which sounds
  // again while anything is left of them, however many come and go meanwhile.
  struct Alarm {
    KeySet sounding;
    BootMs told_at = 0;  // When it last sounded.
  };

  // A rung's command that may still tell somebody: its place in the order.
  struct Target {
    uint8_t index = 0;                 // As AttemptName::command counts.
    const Command* command = nullptr;  // Null: there is none left.
  };

  const PrecedencePolicy& policy(const Item& item) const { return policy_.at(item.precedence); }
  std::optional<uint8_t> rung_index(uint8_t precedence, const std::string& name) const;

  static bool sounds_unless_paused(MessageKey key, const Item& item);
  static bool sounding(MessageKey key, const Item& item) {
    return !item.paused && sounds_unless_paused(key, item);
  }
  BootMs waits_since(MessageKey key, const Item& item) const;
  BootMs step_due_unheld(MessageKey key, const Item& item, StepKind kind, uint8_t rung_index) const;
  BootMs rung_due(MessageKey key, const Item& item, uint8_t rung_index) const;
  BootMs step_due(MessageKey key, const Item& item, StepKind kind, uint8_t rung_index) const;
  BootMs item_due(MessageKey key, const Item& item) const;
  Decision decision(MessageKey key, const Item& item, Now now) const;
  void apply(MessageKey key, Item& item, const std::vector<Step>& steps, Now at);
  void reschedule(MessageKey key, Item& item);
  Places& waiting_of(MessageKey key, const Item& item) {
    return waiting_[key.incoming ? 1 : 0][item.precedence - kPrecedenceFirst];
  }
  void erase(MessageKey key, const Item& item);
  void erase_if_done(MessageKey key, const Item& item);

  Alarm& alarm(bool incoming, uint8_t precedence) {
    return alarms_[incoming ? 1 : 0][precedence - kPrecedenceFirst];
  }
  static BootMs again_due(const Alarm& alarm, const PrecedencePolicy& numbers);
  void set_sounding(MessageKey key, const Item& item, bool sounds);
  void set_undelivered(MessageKey key, const Item& item, bool is_undelivered);
  void sound_again(Due& due, Now now);

  Target target(const Item& item, uint8_t rung, uint8_t command) const;
  // The rung whose command this is, and the command.
  std::pair<uint8_t, const Command*> command_at(const LadderCalls::Place& place) const;
  // The same by its place among the rung's own.
  static std::pair<uint8_t, size_t> command_in(const Policy& policy,
                                               const LadderCalls::Place& place);
  void supersede_calls(MessageKey key, const Item& item, uint8_t decided_now);
  void start_calls(MessageKey key, const Item& item, uint8_t decided_now, Now at);
  std::vector<uint64_t> leave_calls(MessageKey key, const Item& item);
  void take_due_attempts(Due& due, Now now);
  KeySet to_next_command(const LadderCalls::Place& place, const KeySet& messages, Now at);

  Policy policy_;
  BootMs followed_at_ = INT64_MIN / 2;  // Since when it is followed, where another one was.
  bool replaying_ = true;               // Until the first decide().
  static bool has_bit(uint8_t bits, uint8_t index) { return (bits >> index & 1u) != 0; }
  static PackedKey pack(MessageKey key);
  static MessageKey unpack(PackedKey key);
  Item* find(MessageKey key) { return items_.find(pack(key)); }
  const Item* find(MessageKey key) const { return items_.find(pack(key)); }

  Items items_;
  std::map<PackedKey, BootMs> holds_;  // Ends of pauses.
  std::map<PackedKey, Raise> raises_;
  std::array<std::array<Places, 4>, 2> waiting_;  // Own, the peer's; each by precedence.
  Agenda agenda_;
  std::array<std::array<Alarm, 4>, 2> alarms_;  // By side (own, the peer's) and precedence.
  std::array<KeySet, 4> undelivered_;           // By precedence.
  LadderCalls calls_;
  std::vector<uint64_t> superseded_;  // Runs to be stopped, since the last decide().
};

}  // namespace hotline
