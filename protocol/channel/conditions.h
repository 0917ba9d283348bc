// The state of all that can go wrong, and since when: each condition has a code and a subject,
// begins once, and ends. The parts of the core and the daemon say how things stand as often as they
// like; recorded is what begins and what ends. So a condition outlives a restart, and the part
// whose truth is in memory ends it when it sees that it is over.
//
// Whoever makes a condition come and go without end fills no journal: it begins a few times in a
// minute, and then once more when the minute has passed, if it holds then.
#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/base/noise_gate.h"
#include "protocol/channel/recorder.h"

namespace hotline {

// Stored in the journal: never renumber. Behind each, its subject; where none stands, the peer.
enum class ConditionCode : uint8_t {
  link_down = 1,
  agreement_differs = 2,
  clocks_differ = 3,
  peer_disk_low = 4,
  peer_disk_full = 5,
  peer_store_old = 6,
  peer_forked = 7,
  witness_frozen = 8,
  journal_not_cosigned = 9,
  own_forked = 10,            // This party.
  own_store_old = 11,         // This party.
  disk_low = 12,              // This party.
  flash_unacknowledged = 13,  // The message; for those without a name, whose they are.
  flash_undelivered = 14,
  undelivered = 15,
  flood = 16,
  test_call_amber = 17,
  test_call_red = 18,
  conflicts_open = 19,
  conflicts_differ = 20,
  conflicts_incomplete = 21,
  ladder_lost = 22,           // This party.
  certificate_expiring = 23,  // The certificate, in words.
  certificate_near_end = 24,  // Likewise; a week or less.
  certificate_expired = 25,   // Likewise.
  certificate_early = 26,     // Likewise.
  list_out_of_date = 27,      // The revocation list, in words.
  no_spare_path = 28,
  command_missing = 29,     // The program.
  disk_hangs = 30,          // This party.
  log_not_written = 31,     // This party.
  flash_not_released = 32,  // The draft, as people call it.
  not_released = 33,        // Likewise; of another precedence.
  agreement_proposed = 34,  // The message.
  read_back_differs = 35,   // The message; for those without a name, whose they are.
  flash_share = 36,         // This party.
  no_handover = 37,         // This party.
  channel_suspended = 38,
  channel_restricted = 39,
  channel_reopening = 40,
  decision_due = 41,          // The case and the rung; for those without a name, this party.
  notifier_unreachable = 42,  // The notifier, or the program.
  exercise_stopped = 43,
  exercise_clock_proposed = 44,  // The message.
  clocks_apart = 45,
  recovery_unconfirmed = 46,  // The epoch.
};

struct ConditionKind {
  ConditionCode code;
  const char* name;  // For programs, and for as long as the code lives.
  bool is_critical;  // Else a warning.
  bool sounds;       // False where something else alarms people of the same.
};
// Null for a number that is no code.
const ConditionKind* find_condition_kind(uint8_t number);

struct Condition {
  const ConditionKind* kind = nullptr;
  std::string subject;
  UtcMs since = 0;
  std::string text;  // Says what is wrong, why, and what to do.
};

class Conditions {
 public:
  // The recorder outlives it.
  explicit Conditions(Recorder& recorder) : recorder_(recorder) {}

  // It holds. One that is open goes on as it began, with the newest text; nothing is recorded.
  // `since`: when it began, where that was before now; 0: it was not.
  void raise(Now now, ConditionCode code, const std::string& subject, const std::string& text,
             UtcMs since = 0);
  // It does not hold.
  void clear(Now now, ConditionCode code, const std::string& subject);
  // Those of this code hold whose subjects these are, each with its text, and no others.
  void set(Now now, ConditionCode code, const std::map<std::string, std::string>& texts);

  bool is_open(ConditionCode code, const std::string& subject) const {
    return open_.contains({code, subject});
  }
  // Critical ones first, and then the one that has lasted longest: those that the journal has.
  std::vector<Condition> list() const { return sorted({&open_}); }
  // Also one that began so often in a minute that it is told and recorded only after it.
  std::vector<Condition> shown() const { return sorted({&open_, &held_back_}); }

  // Begins what was held back and still holds.
  void tick(Now now);
  BootMs due() const;

  void apply(const wire::Entry& entry);
  // Why an entry that is read back cannot follow those before it; null when it can.
  const char* fault_in(const wire::Entry& entry) const;

 private:
  struct Name {
    ConditionCode code;
    std::string subject;
    friend auto operator<=>(const Name&, const Name&) = default;
  };
  struct State {
    UtcMs since = 0;
    std::string text;
  };
  static std::vector<Condition> sorted(std::initializer_list<const std::map<Name, State>*> which);
  void begin(Now now, const Name& name, const State& state);

  Recorder& recorder_;
  std::map<Name, State> open_;
  std::map<Name, State> held_back_;
  std::map<Name, NoiseGate> gates_;  // Only those that began in the last minute.
};

}  // namespace hotline
