// The commands that tell people of rungs: whom the next one tells about, when it starts, and what
// follows from how it ended. Part of the ladder (protocol/channel/ladder.h), which says what has
// come due.
//
// All messages of one side and precedence that wait for the same attempt at the same command of the
// same rung are told of together, by one run of it: a flood is one call. Others that come meanwhile
// are told of by the next run, limits::kAttemptRest_ms after this one started, or
// limits::kAttemptOverlap_ms after it while it still runs: neither a command that is slow nor one
// that fails and is tried again keeps those that came later waiting. So the runs are bounded by the
// configuration, however many messages wait or come.
//
// The own side and the peer's have places of their own, so that neither can keep the other's people
// from being told. Some of them are for FLASH alone, and some for commands of which no run is under
// way yet.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/channel/key_set.h"
#include "protocol/channel/policy.h"

namespace hotline {

// Names one run of one command.
struct AttemptName {
  uint64_t id = 0;  // Given to one run only while the process lives; 0 in a replay.
  bool incoming = false;
  uint8_t precedence = 0;
  std::string rung;     // The rung that is being told of.
  uint8_t command = 0;  // Counts the commands of that rung, then those of the next rungs.
  uint8_t number = 1;   // 1 to limits::kAttemptsMax.
  friend bool operator==(const AttemptName&, const AttemptName&) = default;
};

struct Attempt {
  AttemptName name;
  Command command;
  KeySet messages;        // That it tells of; never empty.
  bool repeated = false;  // It may have been made before the restart: people may be told twice.
};

enum class AttemptOutcome : uint8_t {
  told,
  failed,       // It may succeed later: tried again. One that we stopped too.
  not_started,  // The system had no process or descriptor for it: tried again, and soon.
  impossible,   // No repetition helps, as where there is no such program.
};

// An attempt's end, and what follows for those of whom it told and who still wait.
enum class AttemptVerdict : uint8_t {
  told,          // Somebody was told; the rung has been carried out.
  retry,         // The same command again, limits::kAttemptInterval_ms after its last start.
  next_command,  // Failed for good. The next command at once: the rung's own, or the next rung's.
  gave_up,       // Failed for good, and nobody else is left to be told of this rung. Alarm.
  stale,         // Nobody waits for it any more: acknowledged, or left to a higher rung.
};

class LadderCalls {
 public:
  static constexpr BootMs kNever = INT64_MAX;

  // One attempt at one command of one rung, for one side and precedence. FLASH first, then the own
  // side.
  struct Place {
    uint8_t precedence = 0;
    bool incoming = false;
    uint8_t rung = 0;
    uint8_t command = 0;  // As AttemptName::command counts, and AttemptName::number:
    uint8_t number = 1;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  // The message is to be told of by the next run. `repeated`: an earlier one may have told of it.
  void add(const Place& place, uint64_t number, BootMs at, bool repeated);
  // Nobody need be told of this message any more, at the places for which `is_over(place)` holds.
  // Returns the runs that now tell of nothing and must be stopped.
  template <typename IsOver>
  std::vector<uint64_t> remove(bool incoming, uint8_t precedence, uint64_t number, IsOver is_over) {
    std::vector<uint64_t> to_stop;
    const Place first{precedence, incoming, 0, 0, 0};
    for (auto entry = calls_.lower_bound(first); entry != calls_.end();) {
      const auto here = entry++;
      const Place place = here->first;
      if (place.precedence != precedence || place.incoming != incoming) break;
      if (is_over(place)) remove_from(here, number, to_stop);
    }
    return to_stop;
  }

  // Each place becomes another one, or is over. Returns the runs of those that are over, which must
  // be stopped.
  template <typename MovePlace>
  std::vector<uint64_t> move(MovePlace move_place) {
    std::vector<uint64_t> to_stop;
    Calls moved;
    for (auto& [place, call] : calls_) {
      const std::optional<Place> to = move_place(place);
      if (to) {
        moved.emplace(*to, std::move(call));
        continue;
      }
      running_[place.incoming ? 1 : 0] -= call.runs.size();
      for (const Run& run : call.runs) to_stop.push_back(run.id);
    }
    calls_ = std::move(moved);
    return to_stop;
  }

  // Those whose time has come and for which there is room, to be started now.
  struct Started {
    Place place;
    uint64_t id = 0;
    bool repeated = false;
    KeySet messages;
  };
  std::vector<Started> take_due(Now now);
  std::optional<BootMs> next_due() const;
  size_t under_way() const { return running_[0] + running_[1]; }
  std::vector<uint64_t> runs() const;

  // An outcome, and its meaning for `messages`, of which the run told. Those of a command that
  // failed for good are not waiting here any more: the caller knows who is next.
  struct End {
    AttemptVerdict verdict = AttemptVerdict::stale;
    Place place;
    KeySet messages;
  };
  End finished(uint64_t id, AttemptOutcome outcome, Now at);
  // The same from the journal.
  End finished_before(const Place& place, const KeySet& messages, AttemptOutcome outcome, Now at);

  // The messages of which nobody tells though it is time, or whose run has had no outcome for
  // limits::kAttemptStuck_ms.
  template <typename Visit>
  void visit_unattended(Now now, int64_t late_ms, Visit visit) const {
    for (const auto& [place, call] : calls_) {
      for (const Run& run : call.runs) {
        if (machine(now) - run.began > limits::kAttemptStuck_ms) visit(place.incoming, run.told);
      }
      if (is_late(place, call, now, late_ms)) visit(place.incoming, call.waiting);
    }
  }

 private:
  struct Run {
    uint64_t id = 0;
    BootMs started = 0;
    BootMs began = 0;  // The same by the machine's clock, as it runs.
    KeySet told;       // Those that it tells of, and that still wait.
    bool repeated = false;
  };
  struct Call {
    std::vector<Run> runs;           // Under way, in the order in which they were started.
    KeySet waiting;                  // For the next run.
    BootMs due = kNever;             // Since when they may be told of; kNever while none waits.
    BootMs rests_until = INT64_MIN;  // No run starts before.
    bool repeated = false;
  };
  using Calls = std::map<Place, Call>;

  static BootMs machine(Now now) { return now.boot - now.ahead_ms; }
  void join(const Place& place, const KeySet& messages, BootMs due, bool repeated);
  static void leave_if_empty(Call& call);
  void remove_from(Calls::iterator entry, uint64_t number, std::vector<uint64_t>& to_stop);
  // When the next run of this call may start, if there is room; kNever while none waits.
  static BootMs next_run(const Call& call);
  size_t running_of_command(const Place& place) const;
  bool has_room(const Place& place) const;
  bool is_late(const Place& place, const Call& call, Now now, int64_t late_ms) const;
  End conclude(const Place& place, KeySet messages, AttemptOutcome outcome, BootMs last_start,
               Now at, bool repeated);

  Calls calls_;  // As many at the most as the policy has commands, times kAttemptsMax.
  uint64_t last_id_ = 0;
  std::array<size_t, 2> running_{};  // Own, the peer's.
};

}  // namespace hotline
