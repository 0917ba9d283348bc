// The peer's direction of a channel: the leaves that we hold, and the receipts that we gave for
// them. Derived from journal entries, by the same functions while running and at start.
#pragma once

#include <cstdint>
#include <string>

#include "protocol/channel/journal_generated.h"
#include "protocol/log/merkle.h"
#include "protocol/message/epochs.h"

namespace hotline {

class PeerTranscript {
 public:
  // From the journal, in its order.
  void received(const wire::Received& fact);
  void receipt_given(const wire::ReceiptGiven& fact);
  void epoch_began(const wire::EpochBegan& fact) { epochs_.begin(fact.first()); }

  const Frontier& frontier() const { return frontier_; }
  const Epochs& epochs() const { return epochs_; }
  std::vector<Subtree> take_kept_subtrees() { return frontier_.take_kept(); }
  // The newest receipt: the peer's checkpoint, signed by the peer, with our cosignature. Empty at
  // first.
  const std::string& receipt() const { return receipt_; }
  uint64_t receipted_size() const { return receipted_size_; }
  uint64_t highest_serial() const { return highest_serial_; }

 private:
  Frontier frontier_;
  Epochs epochs_;
  std::string receipt_;
  uint64_t receipted_size_ = 0;
  uint64_t highest_serial_ = 0;
};

}  // namespace hotline
