#include "tests/simulation/simulated_disk.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "protocol/base/check.h"

namespace hotline::simulation {

Hash SimulatedLog::subtree(uint8_t level, uint64_t index) const {
  if (level == 0) {
    if (index >= leaves_.size())
      throw RecordsError("leaf " + std::to_string(index) + " is missing");
    return leaves_[index];
  }
  auto found = nodes_.find({level, index});
  if (found != nodes_.end()) return found->second;
  auto below = static_cast<uint8_t>(level - 1);
  Hash hash = node_hash(subtree(below, 2 * index), subtree(below, 2 * index + 1));
  nodes_.emplace(std::pair{level, index}, hash);
  return hash;
}

void SimulatedDisk::persist(const Batch& batch) {
  std::array<uint64_t, 3> sizes_before{};
  for (size_t log = 0; log < std::size(logs_); ++log) sizes_before[log] = logs_[log].size();
  for (const JournalRecord& record : batch.journal) {
    HOTLINE_CHECK(record.index == journal_.size());
    journal_.push_back(record.entry);
    if (record.name) people_[record.index] = record.name->text;
    logs_[static_cast<size_t>(LogId::journal)].append(record.leaf_hash);
  }
  for (const MessageRecord& message : batch.messages) {
    bool fresh = messages_.emplace(message.key, message).second;
    // As the store's primary key does.
    if (!fresh) throw RecordsError("a message of this number was there before");
    if (message.key.incoming && message.serial != 0)
      incoming_by_serial_.emplace(message.serial, message.key);
    if (message.counter != 0)
      by_submission_.emplace(std::pair{message.submitter, message.counter}, message.key);
  }
  for (const LeafRecord& leaf : batch.leaves) {
    SimulatedLog& log = logs_[static_cast<size_t>(leaf.log)];
    HOTLINE_CHECK(leaf.index == log.size());
    log.append(leaf.leaf_hash);
    if (leaf.log == LogId::own_transcript) own_serials_.push_back(leaf.number);
  }
  // The store takes the core's word for them.
  for (const auto& [log, subtree] : batch.subtrees) {
    HOTLINE_CHECK(logs_[static_cast<size_t>(log)].subtree(subtree.level, subtree.index) ==
                  subtree.hash);
  }
  for (size_t log = 0; log < std::size(logs_); ++log) {
    const auto given = std::count_if(
        batch.subtrees.begin(), batch.subtrees.end(), [log](const SubtreeRecord& record) {
          return record.log == static_cast<LogId>(log) && record.subtree.level == kKeptLevels;
        });
    HOTLINE_CHECK(static_cast<uint64_t>(given) ==
                  (logs_[log].size() >> kKeptLevels) - (sizes_before[log] >> kKeptLevels));
  }
  receipts_.insert(receipts_.end(), batch.receipts.begin(), batch.receipts.end());
  for (const FactRecord& fact : batch.facts) {
    if (fact.kind == FactKind::acknowledged) acknowledged_.insert(fact.key);
  }
  journal_root_ = batch.journal_root;
}

void SimulatedDisk::alter_journal(const std::vector<Bytes>& journal) {
  journal_ = journal;
  std::vector<Hash> leaves;
  Frontier frontier;
  for (const Bytes& entry : journal) frontier.append(leaves.emplace_back(leaf_hash(entry)));
  logs_[static_cast<size_t>(LogId::journal)].replace(std::move(leaves));
  journal_root_ = frontier.root();
}

void SimulatedDisk::alter_leaf(LogId log, uint64_t index, const Hash& leaf) {
  std::vector<Hash> leaves = logs_[static_cast<size_t>(log)].leaves();
  leaves.at(index) = leaf;
  logs_[static_cast<size_t>(log)].replace(std::move(leaves));
}

void SimulatedDisk::cut_transcript(LogId log, uint64_t size) {
  std::vector<Hash> leaves = logs_[static_cast<size_t>(log)].leaves();
  leaves.resize(size);
  logs_[static_cast<size_t>(log)].replace(std::move(leaves));
  if (log == LogId::own_transcript) own_serials_.resize(size);
}

std::string SimulatedDisk::person_at(uint64_t journal_index) {
  const auto found = people_.find(journal_index);
  return found == people_.end() ? "" : found->second;
}

std::optional<MessageRecord> SimulatedDisk::message(MessageKey key) {
  auto found = messages_.find(key);
  if (found == messages_.end()) return std::nullopt;
  return found->second;
}

std::optional<MessageKey> SimulatedDisk::find_incoming(uint64_t serial) {
  auto found = incoming_by_serial_.find(serial);
  if (found == incoming_by_serial_.end()) return std::nullopt;
  return found->second;
}

std::optional<MessageKey> SimulatedDisk::find_submission(const Hash& submitter, uint64_t counter) {
  auto found = by_submission_.find({submitter, counter});
  if (found == by_submission_.end()) return std::nullopt;
  return found->second;
}

std::optional<uint64_t> SimulatedDisk::serial_at(uint64_t index) {
  if (index >= own_serials_.size()) return std::nullopt;
  return own_serials_[index];
}

}  // namespace hotline::simulation
