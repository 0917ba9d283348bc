// The epochs of a log. A party whose store was recovered may have signed places of its transcript
// that nobody holds any more; so it gives no place again under the same name, but goes on in the
// next epoch, whose checkpoints bear another origin (protocol/log/origin.h).
//
// It is one tree for all epochs: the first leaf of an epoch is the next leaf of the tree, and names
// the size and the root before it. Whoever reads the leaves knows the epoch of each checkpoint by
// its size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/message/message_generated.h"

namespace hotline {

class Epochs {
 public:
  // The leaf `first` is the first of the next epoch. They rise.
  void begin(uint64_t first) { firsts_.push_back(first); }

  // From 0.
  uint64_t newest() const { return firsts_.size(); }
  // The epoch under which a checkpoint of `size` stands: that of its last leaf.
  uint64_t of(uint64_t size) const {
    return static_cast<uint64_t>(std::lower_bound(firsts_.begin(), firsts_.end(), size) -
                                 firsts_.begin());
  }
  // The first leaf of the newest epoch.
  uint64_t newest_first() const { return firsts_.empty() ? 0 : firsts_.back(); }

 private:
  std::vector<uint64_t> firsts_;
};

// The envelope is the first leaf of the epoch `number`, in a transcript that has this size and root
// before it. Anybody else's word of an epoch is a message as others.
bool begins_epoch(const wire::Envelope& envelope, uint64_t number, uint64_t size, const Hash& root);

}  // namespace hotline
