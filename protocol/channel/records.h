// Records that the core writes and reads back: the vocabulary between the core and the store.
//
// The journal is the only truth; the other records are kept beside it so that messages, proofs and
// lists can be read without replaying it. Everything in one Batch becomes durable in one
// transaction or not at all.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/channel/message_key.h"
#include "protocol/log/merkle.h"

namespace hotline {

enum class LogId : uint8_t { journal = 0, own_transcript = 1, peer_transcript = 2 };

// A part that can be erased without breaking a proof: its salted hash stands in the signed bytes.
struct SaltedText {
  Hash salt{};
  std::string text;
};

struct JournalRecord {
  uint64_t index = 0;
  Bytes entry;  // Exact bytes, the leaf of the journal.
  Hash leaf_hash{};
  std::optional<SaltedText> name;  // The person's name, where the entry speaks of one.
};

struct MessageRecord {
  MessageKey key;
  uint64_t serial = 0;         // 0: the envelope could not be read.
  uint64_t journal_index = 0;  // Its Released or Received entry's.
  UtcMs committed_at = 0;      // The time of that entry, not of the flush after it.
  uint8_t type = 0;
  uint8_t precedence = 0;
  Hash leaf_hash{};
  Hash body_salt{};
  Bytes envelope;
  Bytes body;
  Hash submitter{};  // With `counter`: the idempotency key of an own message; zero for the
                     // machine's.
  uint64_t counter = 0;
  Hash request_hash{};
};

// A message took its place in a transcript. Indices of one log are consecutive within and across
// batches.
struct LeafRecord {
  LogId log = LogId::own_transcript;
  uint64_t index = 0;
  Hash leaf_hash{};
  uint64_t number = 0;  // MessageKey::number of the message that stands here.
};

// A subtree of a kept level (merkle.h) that the leaves of the batch complete.
struct SubtreeRecord {
  LogId log = LogId::journal;
  Subtree subtree;
};

// A receipt: everything below `size` in that direction's transcript is held by both. For the
// journal it is the witness's cosignature. It stands beside the journal, so a batch may hold one
// and no entry.
struct ReceiptRecord {
  LogId log = LogId::own_transcript;
  uint64_t size = 0;
  UtcMs at = 0;                // Own clock.
  uint64_t time_s = 0;         // The cosigner's clock, from the signature.
  uint64_t journal_index = 0;  // Its entry's; for the journal's own, `size`.
  std::string note;
};

// Something happened to a message later on. Lists and `show` read it.
enum class FactKind : uint8_t {
  acknowledged = 1,
  answered = 2,
  declined = 3,
  corrected = 4,
  cancelled = 5,
  rung = 6,
  alarm = 7,
  attempt = 8,
  mismatch = 9,
  answered_in_part = 10,  // Not all that was asked.
  disseminated = 11,
  read_back = 12,  // Rightly, after a mismatch.
};
inline constexpr FactKind kFactKindLast = FactKind::read_back;
struct FactRecord {
  MessageKey key;
  FactKind kind = FactKind::acknowledged;
  UtcMs at = 0;
  uint64_t journal_index = 0;
  uint16_t code = 0;  // A role, a decline code, an audience, a rung: by kind.
  std::string detail;
};

// Something that happened to many messages of one side at once, those whose bits are set: bit
// n % 64 of members[n % kGroup / 64] is message n, for the kGroup numbers from `first` on.
struct GroupFactRecord {
  static constexpr uint64_t kGroup = 1024;
  bool incoming = false;
  uint64_t first = 0;  // A multiple of kGroup.
  std::array<uint64_t, kGroup / 64> members{};
  FactKind kind = FactKind::rung;
  UtcMs at = 0;
  uint64_t journal_index = 0;
  uint16_t code = 0;
  std::string detail;
};

struct Batch {
  uint64_t id = 0;
  std::vector<JournalRecord> journal;
  std::vector<MessageRecord> messages;
  std::vector<LeafRecord> leaves;
  std::vector<SubtreeRecord> subtrees;
  std::vector<ReceiptRecord> receipts;
  std::vector<FactRecord> facts;
  std::vector<GroupFactRecord> group_facts;
  Hash journal_root{};  // The journal's after this batch: checked at the next start.

  bool empty() const { return journal.empty() && receipts.empty(); }
  void add_subtrees(LogId log, const std::vector<Subtree>& completed) {
    for (const Subtree& subtree : completed) subtrees.push_back({log, subtree});
  }
};

// For whoever finds the store damaged. Never a copy of it without a mark: that would give places
// and serials again which the peer holds already (protocol/channel/restored_store.h).
inline constexpr char kKeepAsEvidence[] =
    "use voice; move the whole directory of the store away and keep it as it is, as evidence; then "
    "put another in its place: hotlined store restore, or hotlined init --recover";

// The records cannot be read, or are not those that the journal tells of. The core cannot go on
// without them, and nothing in it catches this: the daemon ends before it says something untrue.
class RecordsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The core's reads. Only durable records are ever returned; every call is short and on the core's
// thread. A read that fails throws RecordsError.
class Records {
 public:
  virtual ~Records() = default;

  virtual std::optional<MessageRecord> message(MessageKey key) = 0;
  // The peer's message with that serial number; the first, if the peer used it twice.
  virtual std::optional<MessageKey> find_incoming(uint64_t serial) = 0;
  // The own message that this person submitted under this counter.
  virtual std::optional<MessageKey> find_submission(const Hash& submitter, uint64_t counter) = 0;
  // Which message stands at this index of the own transcript.
  virtual std::optional<uint64_t> serial_at(uint64_t index) = 0;
  // The name that stands beside an entry; empty where there is none, or where it was erased.
  virtual std::string person_at(uint64_t journal_index) = 0;
  // Hashes of complete subtrees, for roots and proofs of earlier sizes.
  virtual const HashSource& hashes(LogId log) = 0;
};

}  // namespace hotline
