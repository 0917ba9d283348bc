// The store: what a party must not forget, on its own disk. An interface with few verbs; the kinds
// that there are, and how one is made and opened by name: kinds.h. tests/unit/daemon/store/
// conformance_test.cc tries each of them.
//
// The thread of the core opens the store, submits batches and reads through reader(); it alone.
// Batches are written by a thread of the store's, long reads run on another one (post_read), and
// neither touches anything of the core's. The core waits for its own reads, and the peer with it:
// there it asks for one record, or for a few, and for nothing that grows with the store. Lists,
// facts, ranges and check() belong on the reading thread of a daemon that runs.
//
// The promise: a batch is durable as a whole or not at all, and its completion says so only after
// the disk has said so. After the first failure of a write, a commit or a flush the store is FAILED
// until the process is started again: what the disk holds is then unknown, and asking it a second
// time has been seen to get a false yes. A record that rotted on the disk is refused when it is
// read and never served.
//
// A read throws StoreError (failure.h), which no caller in the core should catch: it cannot go on
// without its records.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/store/failure.h"
#include "protocol/base/bytes.h"
#include "protocol/base/clock.h"
#include "protocol/base/limits.h"
#include "protocol/base/result.h"
#include "protocol/channel/person_part.h"
#include "protocol/channel/records.h"

namespace hotline {

// The owner of the store. Written once, when it is created; the daemon compares it with its
// configuration, so that the store of an exercise is never run as the live one.
struct StoreIdentity {
  std::string party;
  std::string peer;
  std::array<uint8_t, 16> channel{};
  bool exercise = false;
  UtcMs created_at = 0;

  bool operator==(const StoreIdentity&) const = default;
};

// The journal after the last batch, as the core computed it. The core replays the entries at the
// start and compares.
struct StoreHead {
  uint64_t size = 0;
  Hash root{};

  bool operator==(const StoreHead&) const = default;
};

struct CommitOutcome {
  uint64_t batch_id = 0;
  StoreFailure failure = StoreFailure::none;
  Error error;  // Meaningful when it failed.

  bool ok() const { return failure == StoreFailure::none; }
};

enum class ListBox : uint8_t { all, incoming, outgoing };

struct ListQuery {
  ListBox box = ListBox::all;
  uint32_t limit = 50;
  std::optional<uint64_t> before_journal_index = {};  // Absent: from the newest on.
};

class SearchIndex;  // daemon/store/search_index.h

// A message and what became of it. Times are the own clock's, 0 when it has not happened.
struct StoredMessage {
  MessageRecord record;
  std::optional<uint64_t> transcript_index;  // Absent: it waits for its number.
  UtcMs delivered_at = 0;       // The first receipt that covers it, of either direction.
  uint64_t receipt_time_s = 0;  // The cosigner's clock, as signed in that receipt.
  UtcMs acknowledged_at = 0;
  uint16_t acknowledged_role = 0;
  UtcMs answered_at = 0;
  UtcMs answered_in_part_at = 0;  // The first answer that left something open.
  UtcMs disseminated_at = 0;
  uint16_t audience = 0;  // Told first.
  UtcMs declined_at = 0;
  uint16_t decline_code = 0;
  UtcMs corrected_at = 0;
  UtcMs cancelled_at = 0;
  bool mismatch = false;  // Read back otherwise than it says, and not rightly since.
  std::string rung;       // The last one climbed.
};

// The later facts of one message. A peer can add to it without end, so that only a part is read: of
// each kind the first and the last few.
struct Facts {
  std::vector<FactRecord> facts;  // In the order in which they were committed.
  uint64_t total = 0;             // How many there are, each kind counted up to a bound.
  bool uncounted = false;         // There are more than that.
};

// Reading. Sees committed batches only, each read one consistent state; belongs to one thread. A
// `visit` must not call the reader.
// Which messages wait for an acknowledgement is not asked here: the core must know it anyway for
// its ladder, and a second copy of that rule in tables could disagree with the first. The daemon
// asks the core for the keys and this for the messages.
class StoreReader : public Records {
 public:
  virtual std::optional<StoredMessage> stored_message(MessageKey key) = 0;

  // Newest first. `visit` gets one message at a time, since a thousand of the largest would not fit
  // the memory that a daemon should use, and returns false to stop. True: there are more.
  using VisitMessage = std::function<bool(const StoredMessage&)>;
  virtual bool list(const ListQuery& query, const VisitMessage& visit) = 0;

  // Both directions', in the order of the journal, from an entry on, at most `limit`; nobody who
  // submitted one is named. `visit` returns false to stop.
  using VisitRecord = std::function<bool(const MessageRecord&)>;
  virtual void messages_from(uint64_t journal_index, uint64_t limit, const VisitRecord& visit) = 0;

  // For the reading thread alone.
  virtual SearchIndex& search_index() = 0;

  virtual Facts facts_of(MessageKey key, size_t each_max = limits::kFactsShownMax) = 0;

  virtual std::optional<JournalRecord> journal_entry(uint64_t index) = 0;
  std::string person_at(uint64_t journal_index) final {
    const auto entry = journal_entry(journal_index);
    return entry && entry->name ? person_name(entry->name->text) : "";
  }
  // Entries from an index on, with names, at most `limit`; `visit` returns false to stop.
  using VisitEntry = std::function<bool(const JournalRecord&)>;
  virtual void journal_range(uint64_t from, uint64_t limit, const VisitEntry& visit) = 0;

  // The messages at the places of a transcript from `from` on, at most `limit`.
  using VisitLeaf = std::function<bool(uint64_t index, const MessageRecord& message)>;
  virtual void transcript_range(LogId transcript, uint64_t from, uint64_t limit,
                                const VisitLeaf& visit) = 0;

  // Cosigned checkpoints of a log above a size, ascending, at most `limit`. The journal's are the
  // witness's.
  using VisitReceipt = std::function<bool(const ReceiptRecord&)>;
  virtual void receipt_range(LogId log, uint64_t after_size, uint64_t limit,
                             const VisitReceipt& visit) = 0;

  // The receipt with the largest size, and the first that covers a leaf.
  virtual std::optional<ReceiptRecord> newest_receipt(LogId transcript) = 0;
  virtual std::optional<ReceiptRecord> receipt_covering(LogId transcript, uint64_t index) = 0;

  // The highest counter that this person's submissions have used; 0 if none.
  virtual uint64_t last_counter(const Hash& submitter) = 0;

  virtual StoreHead head() = 0;
  virtual uint64_t log_size(LogId log) = 0;
  // One more than the highest number of a message of this direction; 0 if there is none.
  virtual uint64_t messages_end(bool incoming) = 0;

  // Reads everything and compares everything: seals, hashes, order, the tree, the indexes of the
  // database. One line for each fault, at most a hundred; empty when all is well. Takes seconds for
  // a hundred thousand messages: for post_read and `hotlined store check`.
  virtual std::vector<std::string> check() = 0;
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  // Waits for batches under way and for the read under way.
  virtual ~Store() = default;

  virtual const StoreIdentity& identity() const = 0;

  // Every entry of the journal in order, before the first batch is submitted. The bytes are
  // borrowed for the call. Throws StoreCorrupt where one is missing. It does not hash: the caller
  // must, and must compare with reader().head().
  using VisitBytes = std::function<void(uint64_t index, ByteView entry)>;
  virtual void for_each_journal_entry(const VisitBytes& visit) = 0;

  // Writes the batch as one transaction, in the order of the calls, and calls `done` on the
  // writer's thread. Never blocks and never throws.
  using Completion = std::function<void(CommitOutcome)>;
  virtual void submit(std::shared_ptr<const Batch> batch, Completion done) = 0;

  // The core's own reader, for the core's thread.
  virtual StoreReader& reader() = 0;

  // Runs `read` on the reading thread with a reader of its own, one after the other. `failed` is
  // called there if `read` throws a StoreError.
  using Read = std::function<void(StoreReader&)>;
  using ReadFailed = std::function<void(const StoreError&)>;
  virtual void post_read(Read read, ReadFailed failed) = 0;
};

}  // namespace hotline
