#include "daemon/store_runs.h"

#include <limits>

namespace hotline {

RunMap submissions_of(int64_t person) {
  return static_cast<RunMap>(static_cast<int64_t>(RunMap::submissions) + person);
}

StoreRuns::StoreRuns(Database& database)
    : last_before_(database, "run",
                   "SELECT map, first, count, target, seal FROM run "
                   "WHERE map = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1") {}

std::optional<StoreRuns::Run> StoreRuns::last_before(RunMap map, uint64_t key) const {
  Rows rows = last_before_.query(map, key);
  if (!rows.next_sealed()) return std::nullopt;
  // Who can make seals can write any numbers, and loops over them must end. Ours are bounded
  // (Core::fault_in); a peer's serials and a client's counters are not, and nothing loops over
  // them.
  const bool ours = map == RunMap::own_serial_at || map == RunMap::own_place_of;
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  if (ours &&
      (rows.integer(1) < 0 || rows.integer(2) < 1 || rows.integer(3) < 0 ||
       rows.integer(1) > kLast - rows.integer(2) || rows.integer(3) > kLast - rows.integer(2))) {
    throw StoreCorrupt("run", static_cast<uint64_t>(map), "it leads beyond all numbers");
  }
  return Run{rows.as<uint64_t>(1), rows.as<uint64_t>(2), rows.as<uint64_t>(3)};
}

std::optional<StoreRuns::Found> StoreRuns::find(RunMap map, uint64_t key) const {
  const std::optional<Run> run = last_before(map, key);
  if (!run || key - run->first >= run->count) return std::nullopt;
  const uint64_t within = key - run->first;
  return Found{run->target + within, run->count - within};
}

uint64_t StoreRuns::end(RunMap map) const {
  const std::optional<Run> last = last_before(map, std::numeric_limits<int64_t>::max());
  return last ? last->first + last->count : 0;
}

RunWriter::RunWriter(Database& database)
    : runs_(database), insert_(database, "run", "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5)") {}

void RunWriter::add(RunMap map, uint64_t key, uint64_t target) {
  Run& run = gathering_[map];
  if (run.count != 0 && key == run.first + run.count && target == run.target + run.count) {
    ++run.count;
    return;
  }
  write(map, run);
  run = {key, 1, target};
}

void RunWriter::flush() {
  for (const auto& [map, run] : gathering_) write(map, run);
  gathering_.clear();
}

void RunWriter::write(RunMap map, const Run& run) {
  if (run.count == 0) return;
  // Runs do not overlap, so that the last one that begins before the end of this tells.
  const std::optional<Run> last = runs_.last_before(map, run.first + run.count - 1);
  if (!last || last->first + last->count <= run.first) {
    return insert_.run_sealed(map, run.first, run.count, run.target);
  }
  if (map != RunMap::peer_place_of) {
    throw StoreCorrupt("run", static_cast<uint64_t>(map),
                       "the batch gives another place or serial to " + std::to_string(run.first) +
                           " or what follows it");
  }
  for (uint64_t i = 0; i < run.count; ++i) {
    if (runs_.find(map, run.first + i)) continue;
    insert_.run_sealed(map, run.first + i, 1, run.target + i);
  }
}

}  // namespace hotline
