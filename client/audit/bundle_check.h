// One bundle of an export, read and checked by itself: its entries against the tile of level 0, its
// parts against its entries, and, in the journal, what each entry says.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/cosigned_notes.h"
#include "client/audit/export_reader.h"
#include "client/audit/verdict.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/signing.h"
#include "protocol/log/note.h"
#include "protocol/log/origin.h"
#include "protocol/message/epochs.h"

namespace hotline::audit {

// A fault at one entry of the bundle.
struct EntryFault {
  uint64_t entry = 0;
  std::string reason;
  std::string id;  // "N-000004", where the envelope can be read.
};

// A journal entry's word on transcripts and receipts, as far as it can be judged by itself.
struct JournalFact {
  enum class Kind : uint8_t {
    released,
    numbered,
    received,
    receipt_held,
    receipt_given,
    own_epoch,
    peers_epoch,
    recovery_confirmed
  };

  Kind kind = Kind::released;
  uint64_t entry = 0;
  UtcMs at = 0;  // By the own clock of the exporting party.
  // The serial of released, the index of received, the first index of numbered and of an epoch,
  // else the size.
  uint64_t number = 0;
  // The leaf of released and received; the root of numbered; else the hash of the note.
  Hash hash{};
  std::vector<uint64_t> serials;  // Numbered has them.
  uint64_t epoch = 0;             // That begins, or that the checkpoint of numbered claims.
  bool root_is_cosigned = false;  // Numbered: its checkpoint is that of a cosigned note.
};

// An entry's word that it is the first of an epoch, not held against what stands before it.
struct EpochWord {
  uint64_t entry = 0;
  uint64_t number = 0;
  // A transcript's: of the log before it.
  uint64_t size = 0;
  Hash root{};
};

struct BundleOutcome {
  unsigned width = 0;
  std::optional<EntryFault> fault;
  std::optional<Fault> after;  // Bytes after the last entry or part.
  std::array<Hash, kTileWidth> leaves;
  Hash subtree_root{};  // A full bundle's.
  uint64_t bodies_missing = 0;
  uint64_t first_missing = 0;  // Entry.
  std::vector<EpochWord> epochs;

  // The journal's.
  std::array<UtcMs, kTileWidth> at;
  std::vector<JournalFact> facts;
  std::optional<EntryFault> fact_fault;
};

// The names and keys that a journal is held against.
struct JournalTrust {
  std::string party;
  std::string peer;
  ChannelName channel;
  CheckpointTrust sent;  // In the first epoch.
  const std::vector<SignedNote>* sent_notes = nullptr;
};

// One for each thread: it keeps its buffers.
class BundleCheck {
 public:
  // `trust` is null but for the journal. All is borrowed.
  BundleCheck(const ExportReader& reader, ExportLog log, uint64_t log_size,
              const JournalTrust* trust)
      : reader_(reader), log_(log), log_size_(log_size), trust_(trust) {}

  void check(uint64_t bundle, BundleOutcome& outcome);

 private:
  struct PartToCheck {
    unsigned place = 0;
    Hash hash{};
  };

  bool read_files(uint64_t bundle);
  void split_entries();
  void split_parts();
  void open_entry(unsigned place);
  ByteView aligned(ByteView entry);  // Until the next one.
  void open_envelope_at(unsigned place);
  void open_journal_entry(unsigned place);
  void expect_part(unsigned place, const std::optional<NamedPart>& named);
  void read_fact(unsigned place, const wire::Entry& entry);
  void read_numbered(JournalFact fact, const wire::Numbered& numbered);
  void read_receipt(JournalFact fact, uint64_t size, std::string_view note);
  void compare_hashes();
  void fail(unsigned place, std::string reason);
  void fail_fact(unsigned place, std::string reason);
  uint64_t entry_at(unsigned place) const { return first_ + place; }

  const ExportReader& reader_;
  const ExportLog log_;
  const uint64_t log_size_;
  const JournalTrust* trust_;

  // The bundle under way:
  BundleOutcome* outcome_ = nullptr;
  uint64_t bundle_ = 0;
  uint64_t first_ = 0;
  unsigned width_ = 0;
  unsigned readable_ = 0;  // Entries whose bytes are there.
  FileBuffer entries_file_;
  FileBuffer parts_file_;
  FileBuffer tile_file_;
  std::array<uint64_t, (kEntrySizeMax + 7) / 8> aligned_;
  std::array<ByteView, kTileWidth> entries_;
  std::array<ByteView, kTileWidth> parts_;  // With the salt; empty where none is held.
  std::vector<ByteView> hash_inputs_;       // Leaves, then parts.
  std::vector<Hash> hashes_;
  std::vector<PartToCheck> parts_to_check_;
};

// The id in the envelope at `entry` of a transcript, where it can be read and printed; else empty.
std::string envelope_id(const ExportReader& reader, ExportLog log, uint64_t log_size,
                        uint64_t entry);

}  // namespace hotline::audit
