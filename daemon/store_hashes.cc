#include "daemon/store_hashes.h"

#include <string>

#include "daemon/store_schema.h"
#include "protocol/check.h"

namespace hotline {
namespace {

std::string leaves_query(LogId log) {
  // The columns of a sealed row in their order; the hash stands second or third.
  const std::string columns = log == LogId::journal ? "idx, entry, leaf_hash, name_salt, name, seal"
                                                    : "idx, leaf_hash, number, seal";
  return "SELECT " + columns + " FROM " + leaf_table(log) +
         " WHERE idx >= ?1 AND idx < ?2 ORDER BY idx";
}

}  // namespace

StoreHashes::StoreHashes(Database& database, LogId log)
    : log_(log),
      leaves_(database, leaf_table(log), leaves_query(log)),
      subtrees_(database, "subtree",
                "SELECT log, level, idx, hash, seal FROM subtree "
                "WHERE log = ?1 AND level = ?2 AND idx >= ?3 AND idx < ?4 ORDER BY idx"),
      last_(database, leaf_table(log), std::string("SELECT max(idx) FROM ") + leaf_table(log)) {}

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
  const bool of_leaves = level == 0;
  const int index_column = of_leaves ? 0 : 2;
  const int hash_column = of_leaves ? (log_ == LogId::journal ? 2 : 1) : 3;
  Rows rows = of_leaves ? leaves_.query(first, first + count)
                        : subtrees_.query(log_, level, first, first + count);
  std::vector<Hash> hashes;
  hashes.reserve(count);
  for (uint64_t index = first; index < first + count; ++index) {
    if (!rows.next_sealed() || rows.as<uint64_t>(index_column) != index) {
      throw StoreCorrupt(of_leaves ? leaf_table(log_) : "subtree", index,
                         "it is missing (level " + std::to_string(level) + ")");
    }
    hashes.push_back(rows.hash(hash_column));
  }
  return hashes;
}

}  // namespace hotline
