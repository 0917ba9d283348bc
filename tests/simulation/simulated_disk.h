// A party's disk in the simulator: what survives a crash. Holds the batches that became durable,
// and answers the core's reads from them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "protocol/channel/records.h"

namespace hotline::simulation {

// The leaf hashes of one log; hashes of subtrees are computed and remembered, because they never
// change.
class SimulatedLog : public HashSource {
 public:
  void append(const Hash& leaf) { leaves_.push_back(leaf); }
  uint64_t size() const { return leaves_.size(); }
  const Hash& leaf(uint64_t index) const { return leaves_.at(index); }
  void replace(std::vector<Hash> leaves) {
    leaves_ = std::move(leaves);
    nodes_.clear();
  }
  const std::vector<Hash>& leaves() const { return leaves_; }
  Hash subtree(uint8_t level, uint64_t index) const override;

 private:
  std::vector<Hash> leaves_;
  mutable std::map<std::pair<uint8_t, uint64_t>, Hash> nodes_;
};

class SimulatedDisk : public Records {
 public:
  // Makes the batch durable, whole.
  void persist(const Batch& batch);

  const std::vector<Bytes>& journal() const { return journal_; }
  const Hash& journal_root() const { return journal_root_; }
  const SimulatedLog& log(LogId id) const { return logs_[static_cast<size_t>(id)]; }
  const std::vector<ReceiptRecord>& receipts() const { return receipts_; }
  const std::map<MessageKey, MessageRecord>& messages() const { return messages_; }
  bool is_acknowledged(MessageKey key) const { return acknowledged_.contains(key); }

  std::optional<MessageRecord> message(MessageKey key) override;
  std::optional<MessageKey> find_incoming(uint64_t serial) override;
  std::optional<MessageKey> find_submission(const Hash& submitter, uint64_t counter) override;
  std::optional<uint64_t> serial_at(uint64_t index) override;
  std::string person_at(uint64_t journal_index) override;
  const HashSource& hashes(LogId log) override { return logs_[static_cast<size_t>(log)]; }

  // Alters as somebody does who has the disk in hand and knows its format: every hash is made to
  // fit.
  void alter_journal(const std::vector<Bytes>& journal);
  void alter_message(const MessageRecord& record) { messages_[record.key] = record; }
  void remove_message(MessageKey key) { messages_.erase(key); }
  void alter_leaf(LogId log, uint64_t index, const Hash& leaf);
  void cut_transcript(LogId log, uint64_t size);

 private:
  std::vector<Bytes> journal_;
  std::map<uint64_t, std::string> people_;  // By journal index.
  Hash journal_root_ = empty_root();
  std::map<MessageKey, MessageRecord> messages_;
  std::map<uint64_t, MessageKey> incoming_by_serial_;
  std::map<std::pair<Hash, uint64_t>, MessageKey> by_submission_;
  std::vector<uint64_t> own_serials_;  // By index.
  SimulatedLog logs_[3];
  std::vector<ReceiptRecord> receipts_;
  std::set<MessageKey> acknowledged_;
};

}  // namespace hotline::simulation
