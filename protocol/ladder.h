// The ladder: who is told when, about a message that waits. A function of the journal, the policy
// and the time, and nothing else: facts go in, what has come due comes out. It tells people; it
// triggers nothing.
//
// Live, the core feeds each fact once its commit is durable; next_due() is when to wake up;
// decide() takes what came due. Each Decision is told and journaled at once, side by side: a slow
// disk delays the record, not the alarm.
//
// At a restart a new Ladder is fed the same facts from the journal through the same functions, the
// journaled decisions and outcomes among them, each with replayed_time() of its stored time. What
// was decided stays decided; what was decided and has no outcome is attempted again, marked so.
//
// Times follow the boot clock, so a step of the wall clock moves nothing while the daemon runs.
// Across a restart only the stored UTC is known: what remains is min(stored deadline - now, the
// full interval).
//
// Whose clock starts when: the receiver's from its commit of the message. The sender's from
// release, and once the receipt is committed from there; for FLASH always from release. A message
// without a receipt climbs the same rungs.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "protocol/clock.h"
#include "protocol/policy.h"
#include "protocol/sorted_blocks.h"

namespace hotline {

// A message as the journal names it (wire::MessageKey): an own one by its serial, an incoming one
// by its index in the peer's transcript.
struct LadderKey {
  bool incoming = false;
  uint64_t serial = 0;
  friend auto operator<=>(const LadderKey&, const LadderKey&) = default;
};

// What a base from the journal is on this boot's clock: a time in the future (the wall clock
// stepped back) counts as now, so that the interval starts anew rather than never ending.
Now replayed_time(UtcMs stored, Now restart);

// Stored in the journal: never renumber.
enum class StepKind : uint8_t {
  undelivered = 1,       // No receipt yet.
  rung = 2,              // Not acknowledged.
  alarm_again = 3,       // Not acknowledged, and an alarm that nobody answered.
  first_answer_due = 4,  // The message asks for an answer.
  full_answer_due = 5,
};

struct Step {
  StepKind kind = StepKind::rung;
  std::string rung;  // The rung's name; empty for the other kinds.
  friend bool operator==(const Step&, const Step&) = default;
};

// What came due for one message, told as one: however many steps were missed, a person is told
// once.
struct Decision {
  LadderKey key;
  uint8_t precedence = 0;
  std::vector<Step> steps;  // To be journaled. In the order in which they were due.
  uint32_t missed = 0;      // How many of them were due before the last one was.
  int64_t late_ms = 0;      // How long ago the last one was due.
};

// Names one run of one command. To be journaled with its outcome, and given back to
// attempt_finished().
struct AttemptName {
  LadderKey key;
  std::string rung;     // The rung that is being told of.
  uint8_t command = 0;  // Counts the commands of that rung, then those of the next rungs.
  uint8_t number = 1;   // 1 to limits::kAttemptsMax.
  friend bool operator==(const AttemptName&, const AttemptName&) = default;
};

struct Attempt {
  AttemptName name;
  uint8_t precedence = 0;
  Command command;
  bool repeated = false;  // It may have been made before the restart: people may be told twice.
};

struct Due {
  std::vector<Decision> decisions;  // FLASH first; within a precedence the oldest due first.
  std::vector<Attempt> attempts;    // In the same order. To be started now.
};

// What became of an attempt, and what follows.
enum class AttemptVerdict : uint8_t {
  told,          // Somebody was told; the rung has been carried out.
  retry,         // The same command again, 15 s after its last start.
  next_command,  // Failed for good. The next command at once: the rung's own, or the next rung's.
  gave_up,       // Failed for good, and nobody else is left to be told of this rung. Alarm.
  stale,         // Nobody waits for it any more: acknowledged, or left to a higher rung.
};

class Ladder {
 public:
  // `policy` has been validated. What is fed before the first decide() is a replay: the attempts
  // that it leaves without an outcome may have been made.
  explicit Ladder(Policy policy);

  // Facts. One about a message that is not open, or not any more, changes nothing.
  void opened(LadderKey key, uint8_t precedence, bool asks_for_answer, Now base);
  void receipted(LadderKey key, Now at);  // Own messages only.
  // True if an attempt may be running, or waiting to start: the notifier must stop it.
  bool acknowledged(LadderKey key);
  void answered(LadderKey key, bool in_full);
  // Cancelled, declined, closed: nothing is due any more. Returns as acknowledged() does.
  bool closed(LadderKey key);
  // An outcome, live or from the journal. A stopped attempt needs none.
  AttemptVerdict attempt_finished(const AttemptName& name, bool told, Now at);
  // Journaled decisions, at a restart only.
  void decided(LadderKey key, const std::vector<Step>& steps, Now at);

  // Takes what has come due, at most limits::kDecisionsPerCallMax messages: call again while
  // next_due() has passed.
  Due decide(Now now);
  std::optional<BootMs> next_due() const;

  // The next rung that `key` climbs if nobody acknowledges it, and when.
  struct NextRung {
    std::string name;
    BootMs due = 0;
  };
  std::optional<NextRung> next_rung(LadderKey key) const;
  size_t open_count() const { return items_.size(); }

  // Whether `key` still waits for an acknowledgement; the first such messages, the peer's first,
  // each side in the order of their numbers; and how many there are.
  bool waits(LadderKey key) const;
  std::vector<LadderKey> waiting(size_t limit) const;
  size_t waiting_count(bool incoming) const { return waiting_[incoming ? 1 : 0]; }

  // The auditor's question, answered from the facts and not from the agenda: about which open
  // messages is nobody going to tell what is left to be told? Because it is not on the agenda at
  // its time, or came due more than `late_ms` ago, or an attempt has had no outcome for
  // limits::kAttemptStuck_ms. Empty as long as the engine runs. A message about which everything
  // was told has its decisions for a reason. Looks at every message: ask once a minute, not more.
  std::vector<LadderKey> unattended(Now now, int64_t late_ms) const;

 private:
  static constexpr BootMs kNever = INT64_MAX;

  // One per open message, so kept small.
  struct Item {
    BootMs base = 0;
    BootMs told_at = 0;   // When the alarm last sounded, if sounding() says that it does.
    BootMs due = kNever;  // Its place on the agenda.
    uint8_t precedence = 0;
    uint8_t rungs = 0;             // Bit i: rung i was decided.
    bool undelivered : 1 = false;  // The alarm was given.
    bool receipted : 1 = false;
    bool acknowledged : 1 = false;
    bool first_answer : 1 = false;  // Given, overdue and told, or not asked for. Likewise:
    bool full_answer : 1 = false;
  };
  // A LadderKey in eight bytes, in the same order.
  using PackedKey = uint64_t;
  using Items = SortedBlocks<PackedKey, Item>;
  struct Nothing {};
  using Agenda =
      std::array<SortedBlocks<std::pair<BootMs, PackedKey>, Nothing>, 4>;  // By precedence.

  // The telling of one rung through commands, from its decision until somebody was told.
  using ChainKey = std::pair<LadderKey, uint8_t>;  // The message and the rung's index.
  struct Chain {
    uint8_t precedence = 0;
    uint8_t command = 0;
    uint8_t number = 1;
    bool repeated = false;
    BootMs started = 0;   // The current attempt.
    BootMs due = kNever;  // Its place on the agenda; kNever while it runs.
  };
  using Chains = std::map<ChainKey, Chain>;
  using ChainAgenda = std::array<std::set<std::pair<BootMs, ChainKey>>, 4>;

  // A rung's command that a chain has reached: whose it is, and which.
  struct Target {
    uint8_t rung = 0;
    uint8_t index = 0;                 // As AttemptName::command counts.
    const Command* command = nullptr;  // Null: there is none left.
  };

  const PrecedencePolicy& policy(const Item& item) const { return policy_.at(item.precedence); }
  std::optional<uint8_t> rung_index(const Item& item, const std::string& name) const;

  bool sounding(LadderKey key, const Item& item) const;
  BootMs step_due(LadderKey key, const Item& item, StepKind kind, uint8_t rung_index) const;
  BootMs item_due(LadderKey key, const Item& item) const;
  Decision decision(LadderKey key, const Item& item, Now now) const;
  void apply(LadderKey key, Item& item, const std::vector<Step>& steps, Now at);
  void reschedule(LadderKey key, Item& item);
  void acknowledge(LadderKey key, Item& item);
  void erase(LadderKey key, const Item& item);
  void erase_if_done(LadderKey key, const Item& item);

  Target target(const Item& item, uint8_t chain_rung, uint8_t command) const;
  void supersede_chains(LadderKey key, const Item& item, uint8_t decided_now);
  void start_chains(LadderKey key, const Item& item, uint8_t decided_now, Now at);
  void unschedule(const ChainKey& key, Chain& chain);
  void schedule(const ChainKey& key, Chain& chain, BootMs due);
  bool erase_chains(LadderKey key);
  std::vector<Attempt> take_due_attempts(Now now);

  Policy policy_;
  bool replaying_ = true;  // Until the first decide().
  static PackedKey pack(LadderKey key);
  static LadderKey unpack(PackedKey key);
  Item* find(LadderKey key) { return items_.find(pack(key)); }
  const Item* find(LadderKey key) const { return items_.find(pack(key)); }

  Items items_;
  std::array<size_t, 2> waiting_{};  // Not acknowledged: own, the peer's.
  Agenda agenda_;
  Chains chains_;
  ChainAgenda chain_agenda_;
};

}  // namespace hotline
