#include "protocol/channel/peer_journal.h"

#include "protocol/log/note.h"

namespace hotline {

void PeerJournal::witnessed(const wire::JournalWitnessed& fact) {
  note_ = fact.note()->str();
  size_ = fact.size();
  // We signed it ourselves: a note that does not parse could only come from a damaged store, whose
  // root is compared before anything is said. The empty root then never fits a proof.
  root_ = empty_root();
  if (auto note = parse_note(note_)) {
    if (auto checkpoint = parse_checkpoint_text(note->text)) root_ = checkpoint->root;
  }
}

PeerJournal::Verdict PeerJournal::judge(const Checkpoint& checkpoint, uint64_t old_size,
                                        std::span<const Hash> proof) const {
  if (checkpoint.size < size_) return Verdict::smaller;
  if (checkpoint.size == size_) {
    return checkpoint.root == root_ ? Verdict::repeat : Verdict::fork;
  }
  if (old_size != size_) return Verdict::conflict;
  return verify_consistency(old_size, root_, checkpoint.size, checkpoint.root, proof)
             ? Verdict::cosign
             : Verdict::unproven;
}

}  // namespace hotline
