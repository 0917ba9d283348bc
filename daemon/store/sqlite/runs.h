// Maps from numbers to numbers in which neighbours mostly lead to neighbours: which message stands
// at a place of the own transcript, and the like. A run of them is one row, however many messages
// it has. The head has the run of each map that grows, since each commit writes it anyway; the
// table has those that ended, so that an ordinary commit writes nothing there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "daemon/store/sqlite/sqlite.h"

namespace hotline {

// The column `map` of the table run.
enum class RunMap : int64_t {
  own_serial_at = 0,  // Place in the own transcript -> serial.
  own_place_of = 1,   // Serial -> place in the own transcript.
  peer_place_of = 2,  // The peer's serial -> place in its transcript; the first, if used twice.
  submissions = 3,    // With a person's number added: its counter -> serial.
};
RunMap submissions_of(int64_t person);

// `count` keys from `first` on lead to as many targets from `target` on.
struct Run {
  uint64_t first = 0;
  uint64_t count = 0;
  uint64_t target = 0;
};
using OpenRuns = std::map<RunMap, Run>;  // Those that grow, one a map at most.

class StoreRuns {
 public:
  // The database must outlive this.
  explicit StoreRuns(Database& database);

  struct Found {
    uint64_t target = 0;
    uint64_t left = 0;  // So many keys, this one the first, lead to this and the next targets.
  };
  std::optional<Found> find(RunMap map, uint64_t key) const;
  // One more than the highest key; 0 when there is none.
  uint64_t end(RunMap map) const;

 private:
  friend class RunWriter;
  std::optional<Found> find_ended(RunMap map, uint64_t key) const;
  std::optional<Found> find_open(RunMap map, uint64_t key) const;
  // The last of those that ended that begins at or before `key`.
  std::optional<Run> last_before(RunMap map, uint64_t key) const;
  // The first that begins after `key`; nothing, the largest number.
  uint64_t next_first(RunMap map, uint64_t key) const;
  OpenRuns read_open() const;

  // Reading changes what these are, but nothing that a caller sees: what a run told stays true.
  mutable Statement last_before_;
  mutable Statement next_first_;
  mutable Statement head_;
  mutable OpenRuns open_;  // As last read from the head.
};

class RunWriter {
 public:
  // Goes on with the open runs of the head.
  explicit RunWriter(Database& database);

  // Within the caller's transaction. A key that leads somewhere already: of the peer's serials the
  // first counts; elsewhere it is a bug, and this throws StoreCorrupt.
  void add(RunMap map, uint64_t key, uint64_t target);
  // The open runs after what was added, to be written into the head in the same transaction.
  Bytes take_open();

 private:
  struct Open {
    Run run;
    uint64_t limit = 0;  // The first key beyond it that leads somewhere already.
  };

  void end_run(RunMap map, const Run& run);

  StoreRuns runs_;
  Statement insert_;
  std::map<RunMap, Open> open_;
  std::set<RunMap> grown_;  // Since the last take_open().
};

}  // namespace hotline
