#include "daemon/store_hashes.h"

#include <algorithm>
#include <string>

#include "daemon/store_schema.h"
#include "protocol/check.h"

namespace hotline {
namespace {

// The journal's rows have the indices of their leaves, and so have the peer's messages; the own
// messages are found by what stands where.
const char* key_of(LogId log) {
  return log == LogId::journal ? "idx" : "number";
}

std::string leaves_query(LogId log) {
  const char* columns = log == LogId::journal ? kJournalRow : kMessageRow;
  const std::string key = key_of(log);
  return std::string("SELECT ") + columns + " FROM " + leaf_table(log) + " WHERE " + key +
         " >= ?1 AND " + key + " < ?2 ORDER BY " + key;
}

}  // namespace

StoreHashes::StoreHashes(Database& database, LogId log)
    : log_(log),
      runs_(database),
      leaves_(database, leaf_table(log), leaves_query(log)),
      subtrees_(database, "subtree",
                "SELECT log, level, idx, hash, seal FROM subtree "
                "WHERE log = ?1 AND level = ?2 AND idx >= ?3 AND idx < ?4 ORDER BY idx"),
      last_(database, leaf_table(log),
            std::string("SELECT max(") + key_of(log) + ") FROM " + leaf_table(log)) {}

Hash StoreHashes::subtree(uint8_t level, uint64_t index) const {
  HOTLINE_CHECK(level < 63);
  const uint8_t kept_level = static_cast<uint8_t>(level / kKeptLevels * kKeptLevels);
  const uint64_t count = uint64_t{1} << (level - kept_level);
  std::vector<Hash> hashes = kept(kept_level, index * count, count);
  while (hashes.size() > 1) {
    for (size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = node_hash(hashes[2 * i], hashes[2 * i + 1]);
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes.front();
}

uint64_t StoreHashes::size() const {
  if (log_ == LogId::own_transcript) return runs_.end(RunMap::own_serial_at);
  Rows rows = last_.query();
  return rows.next() && !rows.is_null(0) ? rows.as<uint64_t>(0) + 1 : 0;
}

Frontier StoreHashes::frontier() const {
  const uint64_t leaves = size();
  std::vector<Hash> hashes;
  for (int level = 62; level >= 0; --level) {
    if ((leaves >> level & 1) == 0) continue;
    hashes.push_back(subtree(static_cast<uint8_t>(level), (leaves >> level) - 1));
  }
  Result<Frontier> frontier = Frontier::from_hashes(leaves, std::move(hashes));
  if (!frontier) throw StoreCorrupt(leaf_table(log_), leaves, frontier.error().reason);
  return *std::move(frontier);
}

std::vector<Hash> StoreHashes::kept(uint8_t level, uint64_t first, uint64_t count) const {
  if (level == 0) return leaves(first, count);
  Rows rows = subtrees_.query(log_, level, first, first + count);
  std::vector<Hash> hashes;
  hashes.reserve(count);
  for (uint64_t index = first; index < first + count; ++index) {
    if (!rows.next_sealed() || rows.as<uint64_t>(2) != index) {
      throw StoreCorrupt("subtree", index, "it is missing (level " + std::to_string(level) + ")");
    }
    hashes.push_back(rows.hash(3));
  }
  return hashes;
}

std::vector<Hash> StoreHashes::leaves(uint64_t first, uint64_t count) const {
  std::vector<Hash> hashes;
  hashes.reserve(count);
  if (log_ != LogId::own_transcript) {
    add_leaves(first, count, hashes);
    return hashes;
  }
  while (hashes.size() < count) {
    const uint64_t place = first + hashes.size();
    const auto found = runs_.find(RunMap::own_serial_at, place);
    if (!found) {
      throw StoreCorrupt("run", static_cast<uint64_t>(RunMap::own_serial_at),
                         "no message stands at place " + std::to_string(place));
    }
    add_leaves(found->target, std::min(found->left, count - hashes.size()), hashes);
  }
  return hashes;
}

void StoreHashes::add_leaves(uint64_t first_row, uint64_t count, std::vector<Hash>& hashes) const {
  Rows rows = leaves_.query(first_row, first_row + count);
  for (uint64_t row = first_row; row < first_row + count; ++row) {
    if (!rows.next_sealed() || rows.as<uint64_t>(0) != row) {
      throw StoreCorrupt(leaf_table(log_), row, "it is missing");
    }
    hashes.push_back(log_ == LogId::journal ? rows.hash(2) : leaf_hash(rows.blob(kEnvelopeColumn)));
  }
}

}  // namespace hotline
