#include "daemon/store/sqlite/hashes.h"

#include <algorithm>
#include <string>

#include "daemon/store/sqlite/rows.h"
#include "daemon/store/sqlite/schema.h"
#include "protocol/base/check.h"

namespace hotline {
StoreHashes::StoreHashes(Database& database, LogId log)
    : log_(log),
      runs_(database),
      leaves_(database, leaf_table(log)),
      subtrees_(database, "subtree",
                "SELECT log, level, idx, hash, seal FROM subtree "
                "WHERE log = ?1 AND level = ?2 AND idx >= ?3 AND idx < ?4 ORDER BY idx") {}

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
  return leaves_.end_key();
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
  bool found = leaves_.seek(first_row);
  for (uint64_t row = first_row; row < first_row + count; ++row, found = leaves_.next()) {
    if (!found || leaves_.key() != row) throw StoreCorrupt(leaf_table(log_), row, "it is missing");
    hashes.push_back(log_ == LogId::journal ? leaf_hash_in_entry(leaves_.row())
                                            : leaf_hash(envelope_in(leaves_.row())));
  }
}

}  // namespace hotline
