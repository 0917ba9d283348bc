// The numbers both parties follow: deadlines, ladders, test calls. They come from the configuration
// until both have signed an agreement (protocol/channel/agreement.h); the digest of their text
// (protocol/channel/policy_text.h) lets two parties notice that they follow different ones.
//
// All times are milliseconds, and count from a commit in the party's own journal
// (protocol/channel/ladder.h says which).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/base/result.h"
#include "protocol/geometry/conflict.h"
#include "protocol/message/two_person.h"

namespace hotline {

// FLASH 1, IMMEDIATE 2, PRIORITY 3, ROUTINE 4 (ACP 121). The values are those of the wire.
inline constexpr uint8_t kPrecedenceFirst = 1;
inline constexpr uint8_t kPrecedencePriority = 3;
inline constexpr uint8_t kPrecedenceLast = 4;

// A program by its absolute path and its arguments, run without a shell; or a notifier_command().
using Command = std::vector<std::string>;

// One step of a ladder. Every rung sounds the alarm; it may also tell a role and run a command.
struct Rung {
  std::string name;  // [a-z0-9-]; names the rung in the journal, so a rename is a new rung.
  int64_t after_ms = 0;
  bool proposes_voice = false;  // Voice, or an intermediary, is proposed to the watch.

  // How this party tells its own people. Local: not part of the digest.
  std::string role;               // Empty: the watch, nobody in particular.
  std::vector<Command> commands;  // Tried in order, until one has told somebody.
};

struct PrecedencePolicy {
  int64_t next_path_ms = 0;          // No receipt: the link tries the next path.
  int64_t undelivered_alarm_ms = 0;  // No receipt: the alarm UNDELIVERED.
  int64_t alarm_again_ms = 0;        // An alarm that nobody answered sounds again; 0: never.
  std::vector<Rung> rungs;           // Not acknowledged.
  int64_t dissemination_due_ms = 0;
  int64_t first_answer_due_ms = 0;  // For a message that asks for an answer.
  int64_t full_answer_due_ms = 0;
};

struct LinkPolicy {
  int64_t test_call_interval_ms = 0;  // Between people, the parties by turns.
  int64_t test_call_acknowledged_ms = 0;
  int64_t channel_check_interval_ms = 0;  // Between the machines.
};

// Somebody who is called where the channel does not do: "north-duty-officer", and how.
struct Contact {
  std::string name;  // [a-z0-9-]
  std::string how;   // One line: a number, a frequency, the languages spoken.

  bool operator==(const Contact&) const = default;
};

// The case clock of a violation (protocol/channel/case_clock.h): by when this party's people
// decide, and whom else the parties ask.
struct CasePolicy {
  static constexpr int64_t kHour_ms = 60 * 60 * 1000LL;
  int64_t first_response_ms = 24 * kHour_ms;   // From the first violation of the case.
  int64_t repeated_within_ms = 24 * kHour_ms;  // Of its kind, one after another.
  int64_t joint_response_ms = 72 * kHour_ms;   // From the first violation of the case.
  int64_t widespread = 3;                      // Violations of a kind in that time.
  wire::Role decided_by = wire::Role::supervisor;
  std::vector<std::string> guarantors;  // [a-z0-9-], rising.

  bool operator==(const CasePolicy&) const = default;
};

// How long each part of the record is kept at least, in months; 0: for ever. Envelopes, the journal
// and all hashes are kept for ever in any case: proofs rest on them. Nothing erases anything yet.
struct RetentionPolicy {
  int64_t reports = 0;   // Bodies of incidents, violations and decisions.
  int64_t notices = 0;   // Bodies of activities, launches and what is protected.
  int64_t messages = 0;  // Bodies of all other messages.
  int64_t people = 0;    // Names and signatures of people, which their own party alone has.

  bool operator==(const RetentionPolicy&) const = default;
};

struct RetentionPart {
  const char* name;  // In the canonical text and in files.
  int64_t RetentionPolicy::*months;
};
inline constexpr RetentionPart kRetentionParts[] = {{"reports", &RetentionPolicy::reports},
                                                    {"notices", &RetentionPolicy::notices},
                                                    {"messages", &RetentionPolicy::messages},
                                                    {"people", &RetentionPolicy::people}};

struct Policy {
  std::array<PrecedencePolicy, 4> precedences;
  LinkPolicy link;

  Separation separation;
  TwoPersonRule two_person;
  std::vector<Contact> contacts;  // By name.
  CasePolicy case_clock;
  RetentionPolicy retention;

  // `precedence` is one of the four; anything else is a bug.
  const PrecedencePolicy& at(uint8_t precedence) const;
  PrecedencePolicy& at(uint8_t precedence);
};

// "flash", "immediate", "priority", "routine": as in the configuration.
const char* precedence_name(uint8_t precedence);

// The default ladder, without commands.
Policy default_policy();

// A policy is usable when its numbers are in range, each ladder's rungs have distinct names and
// rising times, and its commands are bounded. The error names the precedence and the rung.
Status validate(const Policy& policy);

// The same numbers, with the roles and commands that `local` has for rungs of the same names.
Policy with_local_rungs(Policy agreed, const Policy& local);

}  // namespace hotline
