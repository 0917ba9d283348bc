// Maps from numbers to numbers in which neighbours mostly lead to neighbours: which message stands
// at a place of the own transcript, and the like. A row is a run of them, so that a batch costs one
// row a map, however many messages it has.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "daemon/sqlite.h"

namespace hotline {

// The column `map` of the table run.
enum class RunMap : int64_t {
  own_serial_at = 0,  // Place in the own transcript -> serial.
  own_place_of = 1,   // Serial -> place in the own transcript.
  peer_place_of = 2,  // The peer's serial -> place in its transcript; the first, if used twice.
  submissions = 3,    // With a person's number added: its counter -> serial.
};
RunMap submissions_of(int64_t person);

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
  struct Run {
    uint64_t first = 0;
    uint64_t count = 0;
    uint64_t target = 0;
  };
  // The last that begins at or before `key`.
  std::optional<Run> last_before(RunMap map, uint64_t key) const;

  mutable Statement last_before_;  // Reading changes its state, but nothing that a caller sees.
};

class RunWriter {
 public:
  explicit RunWriter(Database& database);

  // To be written by flush(). A key that leads somewhere already: of the peer's serials the first
  // counts; elsewhere it is a bug, and flush() throws StoreCorrupt.
  void add(RunMap map, uint64_t key, uint64_t target);
  void flush();

 private:
  using Run = StoreRuns::Run;
  void write(RunMap map, const Run& run);

  StoreRuns runs_;
  Statement insert_;
  std::map<RunMap, Run> gathering_;
};

}  // namespace hotline
