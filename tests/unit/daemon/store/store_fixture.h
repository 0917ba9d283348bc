// Shared by the tests of every store: a directory that goes away, a stand-in for the core that
// makes valid batches, and a commit that waits.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "daemon/store/store.h"
#include "protocol/log/merkle.h"

namespace hotline {

// In memory where the system offers that: thousands of flushes of a real disk would make these
// tests slow and prove nothing more, since what a flush means is simulated (faulty_vfs.h).
class StoreDirectory {
 public:
  StoreDirectory() {
    const bool has_memory = access("/dev/shm", W_OK) == 0;
    const std::filesystem::path parent =
        has_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string pattern = (parent / "hotline-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  StoreDirectory(const StoreDirectory&) = delete;
  StoreDirectory& operator=(const StoreDirectory&) = delete;
  ~StoreDirectory() { std::filesystem::remove_all(path_); }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Hash hash_of(const std::string& text) {
  return sha256({as_bytes(text)});
}

inline StoreIdentity test_identity() {
  return {.party = "north",
          .peer = "south",
          .channel = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
          .exercise = false,
          .created_at = 1'795'000'000'000};
}

// Makes batches as the core does: consecutive indices, hashes and roots that fit. It writes by the
// order of the calls alone, so that two makers make the same.
class BatchMaker {
 public:
  Batch batch() {
    Batch made;
    made.id = ++batches_;
    return made;
  }

  // Every change of the journal goes through here.
  uint64_t entry(Batch& batch, const std::string& text, const std::string& name = {}) {
    JournalRecord record;
    record.index = journal_.size();
    record.entry = to_bytes(as_bytes(text));
    record.leaf_hash = leaf_hash(record.entry);
    if (!name.empty()) record.name = SaltedText{.salt = hash_of("salt of " + name), .text = name};
    journal_.append(record.leaf_hash);
    batch.add_subtrees(LogId::journal, journal_.take_kept());
    batch.journal_root = journal_.root();
    batch.journal.push_back(record);
    return record.index;
  }

  Batch batch_of_one(const std::string& text) {
    Batch made = batch();
    entry(made, text);
    return made;
  }

  // A person's message, released; number() gives it its place.
  MessageKey release(Batch& batch, size_t body_size = 64) {
    const uint64_t serial = next_serial_++;
    MessageRecord record = message({.incoming = false, .number = serial}, serial, body_size);
    record.journal_index = entry(batch, "released " + std::to_string(serial), "Ann");
    record.submitter = submitter();
    record.counter = serial;
    record.request_hash = hash_of("request " + std::to_string(serial));
    batch.messages.push_back(record);
    return record.key;
  }

  MessageKey release(Batch& batch, MessageRecord record) {
    record.journal_index = entry(batch, "released " + std::to_string(record.key.number));
    next_serial_ = record.key.number + 1;
    batch.messages.push_back(record);
    return record.key;
  }

  uint64_t number(Batch& batch, MessageKey key) {
    const Hash leaf = message(key, key.number, 0).leaf_hash;
    const uint64_t index = own_.size();
    entry(batch, "numbered " + std::to_string(index));
    own_.append(leaf);
    batch.add_subtrees(LogId::own_transcript, own_.take_kept());
    batch.leaves.push_back({LogId::own_transcript, index, leaf, key.number});
    return index;
  }

  MessageKey receive(Batch& batch, uint64_t serial, size_t body_size = 64) {
    return receive(batch, message({.incoming = true, .number = peer_.size()}, serial, body_size));
  }

  // With an envelope and a body of the test's own.
  MessageKey receive(Batch& batch, MessageRecord record) {
    const uint64_t index = peer_.size();
    record.journal_index = entry(batch, "received " + std::to_string(index));
    peer_.append(record.leaf_hash);
    batch.add_subtrees(LogId::peer_transcript, peer_.take_kept());
    batch.messages.push_back(record);
    batch.leaves.push_back({LogId::peer_transcript, index, record.leaf_hash, index});
    return record.key;
  }

  void receipt(Batch& batch, LogId log, uint64_t size, uint64_t time_s = 1'795'000'100) {
    const uint64_t index = entry(batch, "receipt " + std::to_string(size));
    batch.receipts.push_back({.log = log,
                              .size = size,
                              .at = static_cast<UtcMs>(time_s * 1000 + 5),
                              .time_s = time_s,
                              .journal_index = index,
                              .note = "note " + std::to_string(size)});
  }

  void fact(Batch& batch, MessageKey key, FactKind kind, UtcMs at, uint16_t code = 0,
            const std::string& detail = {}) {
    const uint64_t index = entry(batch, "fact");
    batch.facts.push_back({key, kind, at, index, code, detail});
  }

  // A fact of these messages of the peer.
  void group_fact(Batch& batch, const std::vector<uint64_t>& numbers, FactKind kind, UtcMs at,
                  const std::string& detail) {
    GroupFactRecord fact;
    fact.incoming = true;
    fact.first = numbers.at(0) / GroupFactRecord::kGroup * GroupFactRecord::kGroup;
    for (uint64_t number : numbers) {
      fact.members.at((number - fact.first) / 64) |= uint64_t{1} << (number % 64);
    }
    fact.kind = kind;
    fact.at = at;
    fact.journal_index = entry(batch, "group fact");
    fact.detail = detail;
    batch.group_facts.push_back(fact);
  }

  static MessageRecord message(MessageKey key, uint64_t serial, size_t body_size) {
    const std::string name = (key.incoming ? "peer " : "own ") + std::to_string(key.number);
    MessageRecord record;
    record.key = key;
    record.serial = serial;
    record.committed_at = 1'795'000'000'000 + static_cast<UtcMs>(key.number);
    record.type = 1;
    record.precedence = 2;
    record.envelope = to_bytes(as_bytes("envelope of " + name + std::string(200, '.')));
    record.leaf_hash = leaf_hash(record.envelope);
    record.body_salt = hash_of("salt of " + name);
    record.body = to_bytes(as_bytes(name + std::string(body_size, 'x')));
    return record;
  }

  static Hash submitter() { return hash_of("certificate of Ann"); }

  const Frontier& journal() const { return journal_; }
  const Frontier& own() const { return own_; }
  const Frontier& peer() const { return peer_; }

 private:
  Frontier journal_;
  Frontier own_;
  Frontier peer_;
  uint64_t next_serial_ = 1;
  uint64_t batches_ = 0;
};

// Submits and waits for the completion.
inline CommitOutcome commit(Store& store, Batch batch) {
  std::promise<CommitOutcome> promise;
  std::future<CommitOutcome> future = promise.get_future();
  store.submit(std::make_shared<const Batch>(std::move(batch)),
               [&promise](CommitOutcome outcome) { promise.set_value(std::move(outcome)); });
  return future.get();
}

// Runs a read on the reading thread and waits for it; says why it failed, if it did.
inline std::string read_and_wait(Store& store, const Store::Read& read) {
  std::promise<std::string> promise;
  std::future<std::string> future = promise.get_future();
  store.post_read(
      [&](StoreReader& reader) {
        read(reader);
        promise.set_value("");
      },
      [&promise](const StoreError& error) { promise.set_value(error.what()); });
  return future.get();
}

// Whatever the writer has reached, a list is a state between two batches, on either thread.
inline void expect_whole_batches_while_writing(Store& store, uint64_t batches) {
  BatchMaker maker;
  std::promise<void> all_done;
  for (uint64_t i = 0; i < batches; ++i) {
    Batch batch = maker.batch();
    maker.number(batch, maker.release(batch, 4000));
    const bool last = i + 1 == batches;
    store.submit(std::make_shared<const Batch>(std::move(batch)),
                 [&all_done, last](const CommitOutcome& outcome) {
                   EXPECT_TRUE(outcome.ok()) << outcome.error.reason;
                   if (last) all_done.set_value();
                 });
  }
  const auto read_until_last = [batches](StoreReader& reader) {
    for (uint64_t seen = 0; seen < batches;) {
      uint64_t newest = 0;
      reader.list({.box = ListBox::all, .limit = 3, .before_journal_index = {}},
                  [&](const StoredMessage& message) {
                    newest = std::max(newest, message.record.serial);
                    EXPECT_TRUE(message.transcript_index) << "half of a batch";
                    return true;
                  });
      EXPECT_GE(newest, seen);
      seen = newest;
    }
  };
  std::promise<std::string> read_done;
  store.post_read(
      [&](StoreReader& reader) {
        read_until_last(reader);
        read_done.set_value("");
      },
      [&](const StoreError& error) { read_done.set_value(error.what()); });
  read_until_last(store.reader());
  EXPECT_EQ(read_done.get_future().get(), "");
  all_done.get_future().get();

  const std::string failed = read_and_wait(
      store, [](StoreReader& reader) { EXPECT_EQ(reader.check(), std::vector<std::string>{}); });
  EXPECT_EQ(failed, "");
}

}  // namespace hotline
