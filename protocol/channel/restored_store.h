// The mark of a store that lacks what it held once: a backup, or one that was made anew in place of
// a lost one. Nothing is numbered on it before it was recovered from the peer
// (protocol/channel/recovery.h).
#pragma once

#include <cstdint>
#include <memory>

#include "protocol/base/result.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/recorder.h"

namespace hotline {

// A store whose journal is read back, to be marked at its end.
class RestoredStore {
 public:
  // Both outlive it.
  RestoredStore(Records& records, Random& random) : recorder_(records, random) {}

  // Every entry, in order. Error: it cannot be the journal of a store.
  Status replay(uint64_t index, ByteView bytes);
  // The batch that marks it; `stored_root` is the root that the store recorded for its journal,
  // `now` the machine's.
  Result<std::shared_ptr<const Batch>> mark(Now now, const Hash& stored_root);

 private:
  Recorder recorder_;
  int64_t ahead_ms_ = 0;  // The clock of an exercise is so far ahead at the last entry.
};

// The first batch of a store that is made anew.
std::shared_ptr<const Batch> first_of_restored_store(Now now, const CoreConfig& config,
                                                     Random& random);

}  // namespace hotline
