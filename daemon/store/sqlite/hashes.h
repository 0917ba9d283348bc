// The hashes of a stored log's complete subtrees, for roots and proofs.
//
// Kept are the hashes of entries, the envelopes that a transcript's leaves are, and the subtrees of
// levels 8, 16, 24 …: one for 256 children. The levels between are computed from at most 256
// neighbours when they are asked for, so that a tree costs 0.4 % of its hashes on disk, and a proof
// reads some hundred neighbouring rows a level.
#pragma once

#include <cstdint>
#include <vector>

#include "daemon/store/sqlite/row_packs.h"
#include "daemon/store/sqlite/runs.h"
#include "daemon/store/sqlite/sqlite.h"
#include "protocol/channel/records.h"
#include "protocol/log/merkle.h"

namespace hotline {

class StoreHashes : public HashSource {
 public:
  // The database must outlive this.
  StoreHashes(Database& database, LogId log);

  // Throws StoreCorrupt when a hash is missing or altered.
  Hash subtree(uint8_t level, uint64_t index) const override;

  // How many leaves are stored.
  uint64_t size() const;
  // Covers all leaves that are stored.
  Frontier frontier() const;

 private:
  std::vector<Hash> kept(uint8_t level, uint64_t first, uint64_t count) const;
  std::vector<Hash> leaves(uint64_t first, uint64_t count) const;
  // Adds the hashes of rows that follow each other in the leaves' table.
  void add_leaves(uint64_t first_row, uint64_t count, std::vector<Hash>& hashes) const;

  LogId log_;
  StoreRuns runs_;
  // Reading changes a statement's state, but nothing that a caller sees.
  mutable PackReader leaves_;
  mutable Statement subtrees_;
};

}  // namespace hotline
