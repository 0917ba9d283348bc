// Follows in order what a journal says of both transcripts: which leaves they must have, and which
// receipts.
//
// Its memory grows only with the messages that wait, for a place or for a receipt.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/audit/bundle_check.h"
#include "client/audit/export_reader.h"
#include "client/audit/log_check.h"
#include "client/audit/verdict.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"

namespace hotline::audit {

class JournalAccount {
 public:
  // Transcripts are compared by their tiles of level 0. All is borrowed.
  JournalAccount(const ExportReader& reader, const LogSizes& sizes,
                 const std::vector<SignedNote>& sent_notes,
                 const std::vector<SignedNote>& received_notes, const PerLog<Epochs>& epochs,
                 FaultBook& faults);

  void take(const JournalFact& fact);

  // After the last entry: nothing more is in the transcripts than the journal names, and no receipt
  // that it does not.
  void finish();

  // The roots of Numbered entries whose checkpoint nobody cosigned; to be called when `sent` was
  // found good.
  void check_numbered_roots();

  // Messages that wait for their receipt, own and received, since before `time`.
  struct Waiting {
    uint64_t count = 0;
    UtcMs since = 0;  // The first of them.
    void count_since(UtcMs at, UtcMs before);
  };
  Waiting waiting_sent(UtcMs before) const;
  Waiting waiting_received(UtcMs before) const;

 private:
  struct Unnumbered {
    uint64_t serial = 0;
    Hash leaf{};
    UtcMs at = 0;
    bool gone = false;  // Numbered, and not the first any more.
  };
  struct NumberedRoot {
    uint64_t entry = 0;
    uint64_t size = 0;
    Hash root{};
    uint64_t epoch = 0;
  };
  void take_released(const JournalFact& fact);
  void take_numbered(const JournalFact& fact);
  void take_received(const JournalFact& fact);
  void take_receipt(const JournalFact& fact, ExportLog log);
  void take_epoch(const JournalFact& fact, ExportLog log);
  void take_confirmed(const JournalFact& fact);
  Unnumbered* find(uint64_t serial);
  void expect_leaf(ExportLog log, uint64_t index, const Hash& hash, uint64_t journal_entry);
  void fail(uint64_t entry, std::string reason);
  void fail_leaf(ExportLog log, uint64_t index, std::string reason);

  const ExportReader& reader_;
  const LogSizes sizes_;
  const PerLog<Epochs>& epochs_;  // As the transcripts themselves have them.
  PerLog<uint64_t> epochs_told_;
  uint64_t confirmed_epoch_ = 0;
  FaultBook& faults_;
  TileLevel sent_;  // Leaves of the transcripts.
  TileLevel received_;
  uint64_t last_serial_ = 0;
  std::deque<Unnumbered> unnumbered_;       // Rising by serial.
  uint64_t numbered_ = 0;                   // Leaves named of `sent`,
  uint64_t received_count_ = 0;             // and of `received`.
  std::deque<UtcMs> unreceipted_sent_;      // When the leaves from receipted_ on were released,
  std::deque<UtcMs> unreceipted_received_;  // or received.
  struct Receipts {
    const std::vector<SignedNote>& notes;
    size_t next = 0;
    uint64_t size = 0;  // The last one's.
  };
  Receipts held_;
  Receipts given_;
  std::vector<NumberedRoot> numbered_roots_;
  PerLog<bool> leaf_failed_;
};

}  // namespace hotline::audit
