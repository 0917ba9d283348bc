// The part of the peer's journal that we have cosigned, and the rules for an offered checkpoint
// that may be cosigned next: those of c2sp.org/tlog-witness, section "add-checkpoint". We see
// hashes only.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "protocol/channel/journal_generated.h"
#include "protocol/log/checkpoint.h"
#include "protocol/log/merkle.h"

namespace hotline {

class PeerJournal {
 public:
  // From our own journal, in its order.
  void witnessed(const wire::JournalWitnessed& fact);

  enum class Verdict {
    cosign,    // It continues what was cosigned.
    repeat,    // It is what was cosigned last: the same note again.
    conflict,  // The owner starts from another size than the one cosigned last: tell it that one.
    smaller,   // An old note, or an old store: never to be cosigned, but it was honest once.
    unproven,  // Nothing shows that it continues: both notes may be honest, and the proof bad.
    fork,      // Another root for one size: the two notes cannot both be honest.
  };
  // `checkpoint` is the peer's and not empty, its signature and origin verified.
  Verdict judge(const Checkpoint& checkpoint, uint64_t old_size, std::span<const Hash> proof) const;

  // Cosigned last; 0 and empty at first.
  uint64_t size() const { return size_; }
  const std::string& note() const { return note_; }

 private:
  uint64_t size_ = 0;
  Hash root_ = empty_root();
  std::string note_;
};

}  // namespace hotline
