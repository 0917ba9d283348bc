// The own direction of a channel: what was released and waits for its place, what has a place and
// waits for the peer's receipt, and what both parties hold.
//
// Everything here is derived from journal entries, by the same functions while running and at
// start.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "protocol/base/sorted_blocks.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/channel/message_key.h"
#include "protocol/log/merkle.h"
#include "protocol/message/epochs.h"

namespace hotline {

class OwnTranscript {
 public:
  // From the journal, in its order; a fact that does not fit those before it ends the process, so
  // ask Recorder::fault_in first of what is read back.
  void released(const wire::Released& fact);
  void numbered(const wire::Numbered& fact);
  void receipt_held(const wire::ReceiptHeld& fact);
  void epoch_began(const wire::EpochBegan& fact) { epochs_.begin(fact.first()); }

  // The serials that should take the next places: by precedence, then by release, an own message
  // that another refers to before that other, and changes of one message in their order. At most
  // `count_max`, and together at most `bytes_max`; `urgent_bytes_max` is FLASH's larger bound.
  std::vector<uint64_t> next_to_number(size_t count_max, size_t bytes_max,
                                       size_t urgent_bytes_max) const;
  // The leaf hash of a message that waits unnumbered.
  const Hash& waiting_leaf_hash(uint64_t serial) const;

  const Frontier& frontier() const { return frontier_; }
  const Epochs& epochs() const { return epochs_; }
  std::vector<Subtree> take_kept_subtrees() { return frontier_.take_kept(); }
  // The newest checkpoint, recorded but perhaps not durable yet; empty while the transcript is.
  const std::string& checkpoint() const { return checkpoint_; }
  // The newest receipt held, and the size it covers.
  const std::string& receipt() const { return receipt_; }
  uint64_t receipted_size() const { return receipted_size_; }

  size_t waiting_count(uint8_t precedence) const;  // 1..4
  bool has_waiting() const { return !waiting_.empty(); }
  uint64_t unreceipted_count() const { return unreceipted_.size(); }
  uint64_t unreceipted_bytes() const { return unreceipted_bytes_; }
  bool is_waiting(uint64_t serial) const { return waiting_.contains(serial); }
  uint64_t last_serial() const { return last_serial_; }

  // Serials of the leaves [receipted_size, size), for what their receipt means.
  std::vector<uint64_t> unreceipted_below(uint64_t size) const;
  // The highest precedence (the smallest number) among the leaves [first, end) that have no
  // receipt; ROUTINE when all have.
  uint8_t most_urgent(uint64_t first, uint64_t end) const;

 private:
  struct Waiting {
    Hash leaf_hash;
    uint64_t goes_after;  // An own serial, or 0.
    uint32_t size;        // Bytes.
    uint8_t precedence;   // 1..4
  };
  struct Numbered {
    uint64_t serial;
    uint32_t size;
    uint8_t precedence;
  };

  uint64_t goes_after(const wire::Released& fact);

  // The last correction or cancellation of a message, or the last answer to it.
  std::map<MessageKey, uint64_t> last_said_of_;
  SortedBlocks<uint64_t, Waiting> waiting_;  // By serial.
  std::array<size_t, 4> waiting_counts_{};   // By precedence.
  std::array<std::deque<uint64_t>, 4>
      by_precedence_;                 // Serials; those no longer in waiting_ are passed over.
  std::deque<Numbered> unreceipted_;  // Leaves from receipted_size_ on.
  uint64_t unreceipted_bytes_ = 0;
  uint64_t receipted_size_ = 0;
  uint64_t last_serial_ = 0;
  Frontier frontier_;
  Epochs epochs_;
  std::string checkpoint_;
  std::string receipt_;
};

}  // namespace hotline
