// The journal as the core writes it: facts become entries, entries become leaves of a Merkle log,
// and what was recorded since the last commit gathers in a Batch.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "protocol/base/clock.h"
#include "protocol/base/random.h"
#include "protocol/base/result.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal_generated.h"
#include "protocol/channel/records.h"
#include "protocol/log/merkle.h"
#include "protocol/message/envelope.h"

namespace hotline {

inline constexpr char kJournalEntryIdentifier[] = "HLJE";

inline wire::MessageKey to_wire(MessageKey key) {
  return {key.incoming, key.number};
}
inline MessageKey from_wire(const wire::MessageKey* key) {
  return key == nullptr ? MessageKey{} : MessageKey{key->incoming(), key->number()};
}

// When it was recorded by the own wall clock: by it certificates are judged, and how long ago
// something was. The entry's own time may be that of an exercise.
inline UtcMs machine_time(const wire::Entry& entry) {
  return entry.at() - entry.ahead_ms();
}

// An entry that is read back from a store. Error: store_failed, with the index.
Result<Opened<wire::Entry>> open_stored_entry(uint64_t index, ByteView bytes);

// The message that an entry brings: released by us, or received and not declined.
struct EntryMessage {
  MessageKey key;
  uint64_t serial = 0;
  uint8_t type = 0;
  uint8_t role = 0;  // Its releaser's.
  std::optional<MessageKey> target;
  bool mismatch = false;  // An acknowledgement whose read-back differs.
};
std::optional<EntryMessage> message_in(const wire::Entry& entry);

// True for an entry by which this store lacks, or may lack, what the peer holds; false for the one
// by which it has all of it again (protocol/channel/recovery.h).
std::optional<bool> recovers_from(const wire::Entry& entry);

class Journal {
 public:
  explicit Journal(Random& random) : random_(random) {}

  // Records one fact. `build` is given the builder and returns the offset of the fact's table.
  // Returns the entry, which lives until the batch is taken.
  template <typename Build>
  const wire::Entry& record(Now at, Build build, std::optional<SaltedText> name = std::nullopt) {
    builder_.Clear();
    auto fact = build(builder_);
    return append(at, fact_type(fact), fact.Union(), std::move(name));
  }

  // An entry read back at start. Refused when it is not the next one.
  Status replay(uint64_t index, ByteView entry, UtcMs at);
  // After the last of them: what they completed was kept long ago.
  void replayed() { frontier_.take_kept(); }

  // The batch that gathers until the next commit; the core adds messages, leaves, receipts and
  // facts to it.
  Batch& gathering() { return gathering_; }
  const Batch& gathering() const { return gathering_; }
  // Ends the batch: what is recorded from now on belongs to the next.
  std::shared_ptr<const Batch> take();

  uint64_t size() const { return frontier_.size() + gathering_.journal.size(); }
  // Without what gathers: that is hashed when the batch ends.
  Hash root() const { return frontier_.root(); }
  UtcMs last_at() const { return last_at_; }

 private:
  template <typename Table>
  static wire::Fact fact_type(flatbuffers::Offset<Table>) {
    return wire::FactTraits<Table>::enum_value;
  }
  const wire::Entry& append(Now at, wire::Fact type, flatbuffers::Offset<void> fact,
                            std::optional<SaltedText> name);

  Random& random_;
  flatbuffers::FlatBufferBuilder builder_;
  Frontier frontier_;  // Up to what gathers.
  UtcMs last_at_ = 0;
  Batch gathering_ = first_batch();

  // Batches are numbered from 1, so that 0 can mean none.
  static Batch first_batch() {
    Batch batch;
    batch.id = 1;
    return batch;
  }
};

// A message of the peer's that breaks a rule waits all the same, whatever its serial. Only the very
// same message at a second place does not.
bool waits_for_acknowledgement(const wire::Received& received);

}  // namespace hotline
