#include "daemon/store/sqlite/runs.h"

#include <algorithm>
#include <limits>

#include "daemon/store/sqlite/little_endian.h"
#include "daemon/store/sqlite/schema.h"

namespace hotline {
namespace {

constexpr uint64_t kNoKey = std::numeric_limits<uint64_t>::max();
// The head is written with every commit: with more, those that do not grow any more end.
constexpr size_t kOpenRunsMax = 16;

// In the head a run is map, first, count and target, eight bytes each.
constexpr size_t kNumberSize = sizeof(uint64_t);
constexpr size_t kOpenRunSize = 4 * kNumberSize;

// Somebody who can make seals can write any numbers, and loops over them must end. Ours are bounded
// (Core::fault_in); a peer's serials and a client's counters are not, and nothing loops over them.
Run checked(RunMap map, const Run& run) {
  const bool ours = map == RunMap::own_serial_at || map == RunMap::own_place_of;
  constexpr uint64_t kLast = std::numeric_limits<int64_t>::max();
  if (ours && (run.count < 1 || run.count > kLast || run.first > kLast - run.count ||
               run.target > kLast - run.count)) {
    throw StoreCorrupt("run", static_cast<uint64_t>(map), "it leads beyond all numbers");
  }
  return run;
}

std::optional<StoreRuns::Found> find_in(const Run& run, uint64_t key) {
  if (key < run.first || key - run.first >= run.count) return std::nullopt;
  const uint64_t within = key - run.first;
  return StoreRuns::Found{run.target + within, run.count - within};
}

}  // namespace

RunMap submissions_of(int64_t person) {
  return static_cast<RunMap>(static_cast<int64_t>(RunMap::submissions) + person);
}

StoreRuns::StoreRuns(Database& database)
    : last_before_(database, "run",
                   "SELECT map, first, count, target, seal FROM run "
                   "WHERE map = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1"),
      next_first_(database, "run", "SELECT min(first) FROM run WHERE map = ?1 AND first > ?2"),
      head_(database, "head", kHeadQuery) {}

// A run that ends moves from the head to the table in one commit: who looks into the head first,
// and into the table then, misses none. A head that was read before may be old, but it is true; so
// the head is read again only for a key that is found nowhere else.
std::optional<StoreRuns::Found> StoreRuns::find(RunMap map, uint64_t key) const {
  if (const auto found = find_open(map, key)) return found;
  if (const auto found = find_ended(map, key)) return found;
  open_ = read_open();
  if (const auto found = find_open(map, key)) return found;
  return find_ended(map, key);
}

uint64_t StoreRuns::end(RunMap map) const {
  open_ = read_open();
  const auto open = open_.find(map);
  const uint64_t open_end = open == open_.end() ? 0 : open->second.first + open->second.count;
  const std::optional<Run> last = last_before(map, std::numeric_limits<int64_t>::max());
  return std::max(open_end, last ? last->first + last->count : 0);
}

std::optional<StoreRuns::Found> StoreRuns::find_open(RunMap map, uint64_t key) const {
  const auto open = open_.find(map);
  return open == open_.end() ? std::nullopt : find_in(open->second, key);
}

std::optional<StoreRuns::Found> StoreRuns::find_ended(RunMap map, uint64_t key) const {
  const std::optional<Run> run = last_before(map, key);
  return run ? find_in(*run, key) : std::nullopt;
}

std::optional<Run> StoreRuns::last_before(RunMap map, uint64_t key) const {
  Rows rows = last_before_.query(map, key);
  if (!rows.next_sealed()) return std::nullopt;
  return checked(map, {rows.as<uint64_t>(1), rows.as<uint64_t>(2), rows.as<uint64_t>(3)});
}

uint64_t StoreRuns::next_first(RunMap map, uint64_t key) const {
  Rows rows = next_first_.query(map, key);
  return rows.next() && !rows.is_null(0) ? rows.as<uint64_t>(0) : kNoKey;
}

OpenRuns StoreRuns::read_open() const {
  OpenRuns open;
  Rows rows = head_.query();
  if (!rows.next_sealed()) throw StoreCorrupt("head", 1, "it is missing");
  const ByteView bytes = rows.blob(3);
  if (bytes.size() % kOpenRunSize != 0) throw StoreCorrupt("head", 1, "its runs cannot be read");
  for (size_t at = 0; at < bytes.size(); at += kOpenRunSize) {
    const auto number = [&](size_t i) {
      return load_number<uint64_t>(bytes.data() + at + i * kNumberSize);
    };
    const auto map = static_cast<RunMap>(number(0));
    open[map] = checked(map, {number(1), number(2), number(3)});
  }
  return open;
}

RunWriter::RunWriter(Database& database)
    : runs_(database), insert_(database, "run", "INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5)") {
  for (const auto& [map, run] : runs_.read_open()) {
    open_[map] = {run, runs_.next_first(map, run.first)};
  }
}

void RunWriter::add(RunMap map, uint64_t key, uint64_t target) {
  grown_.insert(map);
  Open& open = open_[map];  // With a count of 0, if there was none.
  Run& run = open.run;
  if (key == run.first + run.count && target == run.target + run.count && key < open.limit) {
    ++run.count;
    return;
  }
  if (find_in(run, key) || runs_.find_ended(map, key)) {
    if (map == RunMap::peer_place_of) return;
    throw StoreCorrupt("run", static_cast<uint64_t>(map),
                       "the batch gives another place or serial to " + std::to_string(key));
  }
  if (run.count != 0) end_run(map, run);
  open = {{key, 1, target}, runs_.next_first(map, key)};
}

Bytes RunWriter::take_open() {
  std::erase_if(open_, [](const auto& open) { return open.second.run.count == 0; });
  if (open_.size() > kOpenRunsMax) {
    std::erase_if(open_, [this](const auto& open) {
      if (grown_.contains(open.first)) return false;
      end_run(open.first, open.second.run);
      return true;
    });
  }
  grown_.clear();
  Bytes bytes(open_.size() * kOpenRunSize);
  uint8_t* at = bytes.data();
  for (const auto& [map, open] : open_) {
    for (const uint64_t number :
         {static_cast<uint64_t>(map), open.run.first, open.run.count, open.run.target}) {
      store_number(at, number);
      at += kNumberSize;
    }
  }
  return bytes;
}

void RunWriter::end_run(RunMap map, const Run& run) {
  insert_.run_sealed(map, run.first, run.count, run.target);
}

}  // namespace hotline
