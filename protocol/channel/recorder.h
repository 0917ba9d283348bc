// The core's record, and how much of it is durable: the journal, both transcripts, the batch that
// gathers and the one that is on its way to disk, and the effects, which wait for what they
// promise. Every other part records and speaks through it, and it knows none of them.
//
//   record() ──▶ gathering ──seal()──▶ sealed ──committed()──▶ durable
//
// A part applies the entry that record() returns to its own state; the transcripts are the
// recorder's. At a start the core gives the same entries back from the store, and applies them by
// the same functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/base/clock.h"
#include "protocol/base/random.h"
#include "protocol/channel/core_config.h"
#include "protocol/channel/effects.h"
#include "protocol/channel/journal.h"
#include "protocol/channel/own_transcript.h"
#include "protocol/channel/peer_transcript.h"
#include "protocol/channel/records.h"

namespace hotline {

// Where what the store gives back cannot be true.
Error store_altered(const std::string& reason);

class Recorder {
 public:
  // The logs as they stand at one moment, with the notes that say so.
  struct State {
    uint64_t journal_size = 0;
    uint64_t own_size = 0;
    uint64_t peer_size = 0;
    std::string own_checkpoint;
    std::string peer_receipt;
    uint64_t peer_receipted = 0;
    Hash journal_root{};
    Hash own_root{};
    Hash peer_root{};
  };

  // Both outlive it.
  Recorder(Records& records, Random& random) : records_(records), journal_(random) {}

  // Records one fact (Journal::record). The entry lives until the batch is sealed.
  template <typename Build>
  const wire::Entry& record(Now now, Build build, std::optional<SaltedText> name = std::nullopt) {
    const wire::Entry& entry = journal_.record(now, build, std::move(name));
    apply(entry);
    return entry;
  }
  // The first entry of a new journal.
  void record_created(Now now, const CoreConfig& config);
  // Something a watch floor must know. `key` may be empty: about no message.
  void alarm(Now now, MessageKey key, const std::string& text);

  // An effect at once, or after the commit of what gathers, or of this entry, wherever it is.
  void say(Effect effect) { effects_.push_back(std::move(effect)); }
  void say_once_durable(Effect effect) { gathering_effects_.push_back(std::move(effect)); }
  void say_once_durable(uint64_t journal_index, Effect effect);
  std::vector<Effect> take_effects() { return std::exchange(effects_, {}); }

  // The batch that gathers: parts add messages, leaves, receipts and facts to it.
  Batch& gathering() { return journal_.gathering(); }
  const Batch& gathering() const { return journal_.gathering(); }
  const Batch* sealed() const { return sealed_.get(); }
  // There is something to seal, and nothing sealed.
  std::shared_ptr<const Batch> seal();
  // The sealed batch is durable. `apply_durable` is given each of its entries with its index,
  // before any effect that waited for them is given out.
  template <typename ApplyDurable>
  void committed(ApplyDurable apply_durable) {
    durable_ = sealed_state_;
    for (const JournalRecord& record : sealed_->journal) {
      apply_durable(record.index, *flatbuffers::GetRoot<wire::Entry>(record.entry.data()));
    }
    give_out_sealed();
  }
  uint64_t last_committed() const { return last_committed_; }  // Batch::id

  // With what is not durable yet:
  uint64_t size() const { return journal_.size(); }
  uint64_t last_index() const { return journal_.size() - 1; }
  UtcMs last_at() const { return journal_.last_at(); }
  const OwnTranscript& own() const { return own_; }
  const PeerTranscript& peer() const { return peer_; }
  // Our journal begins an epoch whenever our transcript does.
  const Epochs& journal_epochs() const { return journal_epochs_; }
  // Without it:
  const State& durable() const { return durable_; }
  const State& sealed_state() const { return sealed_state_; }
  Records& records() { return records_; }
  // The name beside an entry, wherever that is; empty where there is none any more.
  std::string person_at(uint64_t journal_index);
  // A message wherever it is: gathering, on its way to disk, or stored.
  std::optional<MessageRecord> message(MessageKey key);
  // Its name, such as S-000087. One of the peer's without a serial of its own is named by its
  // place.
  std::string name_of(const CoreConfig& config, MessageKey key);
  // The message that people call so, by its serial or its place, also where it gathers still; of
  // several of the peer's with one serial the first. Our own may not exist.
  std::optional<MessageKey> find_named(const CoreConfig& config, std::string_view name);

  // The peer's receipt on our transcript is durable. Returns the bytes that it newly covers.
  size_t receipt_held(const wire::ReceiptHeld& fact);

  // Entries read back, in order, each without a fault; go_live() after the last.
  Status replay(uint64_t index, ByteView bytes, UtcMs at) {
    return journal_.replay(index, bytes, at);
  }
  // Why an entry that is read back cannot follow those before it; null when it can.
  const char* fault_in(const wire::Entry& entry) const;
  void apply(const wire::Entry& entry);
  // Fails where the replayed entries are not all there are, or the transcripts in the tables are
  // not those they tell of: every signature from now on rests on both.
  // A recovery that was broken off `may_owe_receipt`.
  Status compare_with_records(const Hash& stored_root, bool may_owe_receipt);
  void go_live();
  bool is_live() const { return live_; }  // Entries recorded now happen now.

 private:
  State current_state() const;
  void give_out_sealed();

  Records& records_;
  Journal journal_;
  OwnTranscript own_;
  PeerTranscript peer_;
  Epochs journal_epochs_;
  bool live_ = false;
  State durable_;
  State sealed_state_;
  std::shared_ptr<const Batch> sealed_;
  uint64_t last_committed_ = 0;
  std::vector<Effect> gathering_effects_;
  std::vector<Effect> sealed_effects_;
  std::vector<Effect> effects_;
};

}  // namespace hotline
