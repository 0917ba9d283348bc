// Tried on every kind of store: what is written is read, whole, in order, and only when it is
// durable.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "daemon/store/kinds.h"
#include "tests/unit/daemon/store/store_fixture.h"

namespace hotline {
namespace {

class StoreConformance : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override {
    const Status created = GetParam().create(path_, test_identity(), nullptr);
    ASSERT_TRUE(created) << created.error().reason;
  }

  std::unique_ptr<Store> open() {
    Result<std::unique_ptr<Store>> store = GetParam().open(path_);
    if (!store) throw std::runtime_error("cannot open the store: " + store.error().reason);
    return *std::move(store);
  }

  StoreDirectory directory_;
  const std::string path_ = directory_ / "store";
};

void expect_same(const MessageRecord& found, const MessageRecord& expected) {
  EXPECT_EQ(found.key, expected.key);
  EXPECT_EQ(found.serial, expected.serial);
  EXPECT_EQ(found.journal_index, expected.journal_index);
  EXPECT_EQ(found.committed_at, expected.committed_at);
  EXPECT_EQ(found.type, expected.type);
  EXPECT_EQ(found.precedence, expected.precedence);
  EXPECT_EQ(found.leaf_hash, expected.leaf_hash);
  EXPECT_EQ(found.body_salt, expected.body_salt);
  EXPECT_EQ(found.envelope, expected.envelope);
  EXPECT_EQ(found.body, expected.body);
  EXPECT_EQ(found.submitter, expected.submitter);
  EXPECT_EQ(found.counter, expected.counter);
  EXPECT_EQ(found.request_hash, expected.request_hash);
}

TEST_P(StoreConformance, AnEmptyStoreKnowsWhoseItIs) {
  const auto store = open();
  EXPECT_EQ(store->identity(), test_identity());
  EXPECT_EQ(store->reader().head(), (StoreHead{.size = 0, .root = empty_root()}));
  EXPECT_EQ(store->reader().log_size(LogId::journal), 0u);
  EXPECT_FALSE(store->reader().message({.incoming = false, .number = 1}));
  EXPECT_FALSE(store->reader().newest_receipt(LogId::own_transcript));
  EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
}

TEST_P(StoreConformance, ReadsBackWhatABatchWroteAlsoAfterANewStart) {
  BatchMaker maker;
  Batch batch = maker.batch();
  const MessageKey sent = maker.release(batch);
  const MessageKey queued = maker.release(batch);
  maker.number(batch, sent);
  const MessageKey received = maker.receive(batch, 77);
  // An envelope that could not be read, with a body that is empty, is a leaf all the same.
  maker.receive(batch, 0);
  batch.messages.back().body.clear();
  maker.receipt(batch, LogId::own_transcript, 1);
  maker.receipt(batch, LogId::peer_transcript, 2);
  const Batch written = batch;

  auto store = open();
  const CommitOutcome outcome = commit(*store, std::move(batch));
  ASSERT_TRUE(outcome.ok()) << outcome.error.reason;
  EXPECT_EQ(outcome.batch_id, 1u);
  for (const bool restarted : {false, true}) {
    if (restarted) {
      store.reset();
      store = open();
    }
    StoreReader& reader = store->reader();
    for (const MessageRecord& record : written.messages) {
      const auto found = reader.message(record.key);
      ASSERT_TRUE(found);
      expect_same(*found, record);
    }
    EXPECT_EQ(reader.find_incoming(77), received);
    EXPECT_FALSE(reader.find_incoming(78));
    EXPECT_FALSE(reader.find_incoming(0)) << "0 is not a serial but the lack of one";
    EXPECT_EQ(reader.find_submission(BatchMaker::submitter(), 2), queued);
    EXPECT_FALSE(reader.find_submission(BatchMaker::submitter(), 3));
    EXPECT_FALSE(reader.find_submission(hash_of("somebody else"), 2));
    EXPECT_EQ(reader.last_counter(BatchMaker::submitter()), 2u);
    EXPECT_EQ(reader.last_counter(hash_of("somebody else")), 0u);
    EXPECT_EQ(reader.serial_at(0), sent.number);
    EXPECT_FALSE(reader.serial_at(1));
    EXPECT_EQ(reader.head(),
              (StoreHead{.size = written.journal.size(), .root = written.journal_root}));
    EXPECT_EQ(reader.log_size(LogId::peer_transcript), 2u);
    EXPECT_EQ(reader.newest_receipt(LogId::peer_transcript)->note, "note 2");
    EXPECT_EQ(reader.check(), std::vector<std::string>{});
  }
}

TEST_P(StoreConformance, GoesOnWhereItWasAfterEachStart) {
  BatchMaker maker;
  for (int start = 0; start < 5; ++start) {
    const auto store = open();
    for (int i = 0; i < 100; ++i) {
      Batch batch = maker.batch();
      maker.number(batch, maker.release(batch));
      maker.fact(batch, maker.receive(batch, 7), FactKind::acknowledged, 1);
      const CommitOutcome outcome = commit(*store, std::move(batch));
      ASSERT_TRUE(outcome.ok()) << outcome.error.reason;
    }
    EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
  }
  EXPECT_EQ(open()->reader().log_size(LogId::own_transcript), 500u);
}

TEST_P(StoreConformance, StreamsTheJournalInOrderWithNamesApart) {
  BatchMaker maker;
  auto store = open();
  for (int i = 0; i < 3; ++i) {
    Batch batch = maker.batch();
    maker.release(batch);
    maker.entry(batch, "plain");
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
  }
  store.reset();
  store = open();

  Frontier recomputed;
  store->for_each_journal_entry([&](uint64_t index, ByteView entry) {
    EXPECT_EQ(index, recomputed.size());
    recomputed.append(leaf_hash(entry));
  });
  EXPECT_EQ(store->reader().head(),
            (StoreHead{.size = recomputed.size(), .root = recomputed.root()}));

  std::vector<std::string> names;
  store->reader().journal_range(1, 3, [&](const JournalRecord& record) {
    EXPECT_EQ(record.index, names.size() + 1);
    names.push_back(record.name ? record.name->text : "-");
    return true;
  });
  EXPECT_EQ(names, (std::vector<std::string>{"-", "Ann", "-"}));
  EXPECT_EQ(store->reader().journal_entry(2)->name->salt, hash_of("salt of Ann"));
  EXPECT_FALSE(store->reader().journal_entry(6));
}

// One row tells it of many messages; each has it in its place among its own facts.
TEST_P(StoreConformance, A6_TellsOfEachWhatWasWrittenOfMany) {
  BatchMaker maker;
  Batch batch = maker.batch();
  maker.group_fact(batch, {1024, 1087, 2047}, FactKind::rung, 5000, "supervisor");
  maker.fact(batch, {true, 1087}, FactKind::rung, 6000, 2, "duty-director");
  maker.group_fact(batch, {1087, 1088}, FactKind::attempt, 7000, "duty-director: told");
  maker.group_fact(batch, {63}, FactKind::attempt, 8000, "of another thousand");
  const auto store = open();
  ASSERT_TRUE(commit(*store, std::move(batch)).ok());
  const auto details = [&](MessageKey key) {
    std::vector<std::string> all;
    for (const FactRecord& fact : store->reader().facts_of(key).facts) {
      EXPECT_EQ(fact.key, key);
      all.push_back(fact.detail);
    }
    return all;
  };
  using Details = std::vector<std::string>;
  EXPECT_EQ(details({true, 1024}), Details{"supervisor"});
  EXPECT_EQ(details({true, 1087}), (Details{"supervisor", "duty-director", "duty-director: told"}));
  EXPECT_EQ(details({true, 1088}), Details{"duty-director: told"});
  EXPECT_EQ(details({true, 2047}), Details{"supervisor"});
  EXPECT_EQ(details({true, 63}), Details{"of another thousand"});
  for (uint64_t number : {62u, 1023u, 1025u, 2046u, 2048u, 3072u}) {
    EXPECT_EQ(details({true, number}), Details{});
  }
  EXPECT_EQ(details({false, 1087}), Details{});
}

TEST_P(StoreConformance, TellsWhatBecameOfAMessage) {
  BatchMaker maker;
  Batch batch = maker.batch();
  const MessageKey first = maker.release(batch);
  const MessageKey second = maker.release(batch);
  maker.number(batch, second);  // A FLASH may overtake.
  maker.number(batch, first);
  maker.receipt(batch, LogId::own_transcript, 1, 1'795'000'100);
  maker.fact(batch, second, FactKind::rung, 5000, 1, "duty officer");
  maker.fact(batch, second, FactKind::rung, 6000, 2, "commander");
  maker.fact(batch, second, FactKind::acknowledged, 7000, 3);
  maker.fact(batch, second, FactKind::acknowledged, 8000, 4);
  maker.fact(batch, second, FactKind::mismatch, 7000);
  maker.fact(batch, first, FactKind::declined, 9000, 12);
  const auto store = open();
  ASSERT_TRUE(commit(*store, std::move(batch)).ok());

  auto found = store->reader().stored_message(second);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->transcript_index, 0u);
  EXPECT_EQ(found->delivered_at, 1'795'000'100'005);
  EXPECT_EQ(found->receipt_time_s, 1'795'000'100u);
  EXPECT_EQ(found->rung, "commander");
  EXPECT_EQ(found->acknowledged_at, 7000) << "the first acknowledgement counts";
  EXPECT_EQ(found->acknowledged_role, 3);
  EXPECT_TRUE(found->mismatch);
  EXPECT_EQ(found->declined_at, 0);
  EXPECT_EQ(store->reader().facts_of(second).facts.size(), 5u);

  found = store->reader().stored_message(first);
  EXPECT_EQ(found->transcript_index, 1u);
  EXPECT_EQ(found->delivered_at, 0) << "the receipt covers only the leaf before it";
  EXPECT_EQ(found->declined_at, 9000);
  EXPECT_EQ(found->decline_code, 12);

  Batch next = maker.batch();
  maker.receipt(next, LogId::own_transcript, 2, 1'795'000'200);
  // The same size again, as after a change of keys, does not make it delivered later.
  maker.receipt(next, LogId::own_transcript, 1, 1'795'000'300);
  ASSERT_TRUE(commit(*store, std::move(next)).ok());
  EXPECT_EQ(store->reader().stored_message(first)->receipt_time_s, 1'795'000'200u);
  EXPECT_EQ(store->reader().stored_message(second)->receipt_time_s, 1'795'000'100u);
  EXPECT_EQ(store->reader().receipt_covering(LogId::own_transcript, 1)->size, 2u);
}

TEST_P(StoreConformance, A3_WhatBecameOfAMessageIsReadByItsEnds) {
  BatchMaker maker;
  Batch batch = maker.batch();
  const MessageKey flooded = maker.release(batch);
  maker.fact(batch, flooded, FactKind::rung, 10, 2, "supervisor");
  constexpr UtcMs kMany = 2 * limits::kFactsCounted;
  for (UtcMs i = 0; i < kMany; ++i) maker.fact(batch, flooded, FactKind::acknowledged, 1000 + i, 1);
  for (UtcMs i = 0; i < 1000; ++i) maker.fact(batch, flooded, FactKind::rung, 50'000 + i, 3);
  maker.fact(batch, flooded, FactKind::mismatch, 90'000);
  const auto store = open();
  ASSERT_TRUE(commit(*store, std::move(batch)).ok());

  const Facts facts = store->reader().facts_of(flooded);
  EXPECT_EQ(facts.facts.size(), 4 * limits::kFactsShownMax + 1);
  EXPECT_EQ(facts.total, limits::kFactsCounted + 1001 + 1);
  EXPECT_TRUE(facts.uncounted);
  EXPECT_EQ(facts.facts.front().detail, "supervisor");
  EXPECT_EQ(facts.facts[1].at, 1000);
  EXPECT_EQ(facts.facts.back().kind, FactKind::mismatch);
  EXPECT_TRUE(std::any_of(facts.facts.begin(), facts.facts.end(),
                          [](const FactRecord& fact) { return fact.at == 1000 + kMany - 1; }));
  const auto stored = store->reader().stored_message(flooded);
  EXPECT_EQ(stored->acknowledged_at, 1000);
  EXPECT_EQ(stored->rung, "supervisor") << "an alarm that sounds again is no rung";
  EXPECT_TRUE(stored->mismatch);
}

TEST_P(StoreConformance, A3_UpToTheLimitEveryFactIsThere) {
  BatchMaker maker;
  const auto store = open();
  for (const size_t count : {limits::kFactsShownMax, limits::kFactsShownMax + 1,
                             2 * limits::kFactsShownMax, 2 * limits::kFactsShownMax + 1}) {
    Batch batch = maker.batch();
    const MessageKey key = maker.release(batch);
    for (size_t i = 0; i < count; ++i) {
      maker.fact(batch, key, FactKind::attempt, static_cast<UtcMs>(i + 1), 1, "told");
    }
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
    const Facts facts = store->reader().facts_of(key);
    EXPECT_EQ(facts.total, count);
    EXPECT_EQ(facts.facts.size(), std::min(count, 2 * limits::kFactsShownMax));
    EXPECT_FALSE(facts.uncounted);
    for (size_t i = 1; i < facts.facts.size(); ++i) {
      EXPECT_LT(facts.facts[i - 1].at, facts.facts[i].at);
    }
  }
}

TEST_P(StoreConformance, ListsNewestFirstByBoxAndPage) {
  BatchMaker maker;
  const auto store = open();
  for (uint64_t i = 0; i < 5; ++i) {
    Batch batch = maker.batch();
    maker.release(batch);
    maker.receive(batch, 100 + i);
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
  }
  using Serials = std::vector<uint64_t>;
  const auto serials = [&](const ListQuery& query, bool expect_more) {
    Serials found;
    const bool more = store->reader().list(query, [&](const StoredMessage& message) {
      found.push_back(message.record.serial);
      return true;
    });
    EXPECT_EQ(more, expect_more);
    return found;
  };
  EXPECT_EQ(serials({.box = ListBox::all, .limit = 3, .before_journal_index = {}}, true),
            (Serials{104, 5, 103}));
  EXPECT_EQ(serials({.box = ListBox::all, .limit = 3, .before_journal_index = 3}, false),
            (Serials{2, 100, 1}))
      << "entries 0, 1 and 2 are before entry 3";
  EXPECT_EQ(serials({.box = ListBox::incoming, .limit = 10, .before_journal_index = {}}, false),
            (Serials{104, 103, 102, 101, 100}));
  EXPECT_EQ(serials({.box = ListBox::outgoing, .limit = 5, .before_journal_index = {}}, false),
            (Serials{5, 4, 3, 2, 1}));
  EXPECT_EQ(serials({.box = ListBox::all, .limit = 3, .before_journal_index = 0}, false),
            Serials{});
}

// Hashes straight from all leaves, to compare with.
class MemoryHashes : public HashSource {
 public:
  explicit MemoryHashes(const std::vector<Hash>& leaves) : leaves_(leaves) {}
  Hash subtree(uint8_t level, uint64_t index) const override {
    if (level == 0) return leaves_.at(index);
    const auto below = static_cast<uint8_t>(level - 1);
    return node_hash(subtree(below, 2 * index), subtree(below, 2 * index + 1));
  }

 private:
  const std::vector<Hash>& leaves_;
};

TEST_P(StoreConformance, GivesTheHashesOfEverySubtreeAcrossKeptLevels) {
  constexpr uint64_t kLeaves = 66'000;  // Past one subtree of level 16.
  BatchMaker maker;
  std::vector<Hash> leaves;
  auto store = open();
  while (leaves.size() < kLeaves) {
    Batch batch = maker.batch();
    for (int i = 0; i < 1000; ++i) {
      maker.entry(batch, "entry " + std::to_string(leaves.size()));
      leaves.push_back(batch.journal.back().leaf_hash);
    }
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
  }
  const MemoryHashes expected(leaves);
  const HashSource& found = store->reader().hashes(LogId::journal);
  for (uint8_t level = 0; (uint64_t{1} << level) <= kLeaves; ++level) {
    const uint64_t last = (kLeaves >> level) - 1;
    for (const uint64_t index : {uint64_t{0}, last / 2, last}) {
      EXPECT_EQ(found.subtree(level, index), expected.subtree(level, index))
          << "level " << int{level} << " index " << index;
    }
  }
  const auto proof = inclusion_proof(found, 12'345, kLeaves);
  EXPECT_TRUE(verify_inclusion(leaves[12'345], 12'345, kLeaves, proof, maker.journal().root()));
  store.reset();
  EXPECT_EQ(open()->reader().head().root, maker.journal().root());
}

// A witness's cosignature stands beside the journal: a batch may hold nothing else.
TEST_P(StoreConformance, KeepsTheWitnessesCosignaturesBesideTheJournal) {
  BatchMaker maker;
  const auto store = open();
  Batch entries = maker.batch();
  for (int i = 0; i < 5; ++i) maker.entry(entries, "something");
  ASSERT_TRUE(commit(*store, std::move(entries)).ok());
  for (const uint64_t size : {2, 4, 5}) {
    Batch alone = maker.batch();
    alone.receipts.push_back({.log = LogId::journal,
                              .size = size,
                              .at = 7,
                              .time_s = 9,
                              .journal_index = size,
                              .note = "note " + std::to_string(size)});
    alone.journal_root = maker.journal().root();
    ASSERT_TRUE(commit(*store, std::move(alone)).ok());
  }
  std::vector<std::string> notes;
  store->reader().receipt_range(LogId::journal, 2, 10, [&](const ReceiptRecord& receipt) {
    EXPECT_EQ(receipt.log, LogId::journal);
    notes.push_back(receipt.note);
    return true;
  });
  EXPECT_EQ(notes, (std::vector<std::string>{"note 4", "note 5"}));
  EXPECT_EQ(store->reader().head().size, 5u);
  EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
}

TEST_P(StoreConformance, ReadsATranscriptByPlace) {
  BatchMaker maker;
  const auto store = open();
  Batch batch = maker.batch();
  const MessageKey first = maker.release(batch);
  const MessageKey second = maker.release(batch);
  maker.release(batch);  // Waits for its place.
  maker.number(batch, second);
  maker.number(batch, first);
  maker.receive(batch, 70);
  ASSERT_TRUE(commit(*store, std::move(batch)).ok());
  std::vector<std::pair<uint64_t, MessageKey>> found;
  const auto visit = [&found](uint64_t index, const MessageRecord& message) {
    found.emplace_back(index, message.key);
    return true;
  };
  store->reader().transcript_range(LogId::own_transcript, 0, 10, visit);
  store->reader().transcript_range(LogId::own_transcript, 1, 1, visit);
  store->reader().transcript_range(LogId::peer_transcript, 0, 10, visit);
  store->reader().transcript_range(LogId::peer_transcript, 1, 10, visit);
  const std::vector<std::pair<uint64_t, MessageKey>> expected = {
      {0, second}, {1, first}, {1, first}, {0, MessageKey{.incoming = true, .number = 0}}};
  EXPECT_EQ(found, expected);
}

TEST_P(StoreConformance, WritesWhatWasSubmittedBeforeItCloses) {
  BatchMaker maker;
  int completions = 0;
  {
    const auto store = open();
    for (int i = 0; i < 10; ++i) {
      Batch batch = maker.batch();
      maker.release(batch);
      store->submit(std::make_shared<const Batch>(std::move(batch)),
                    [&](const CommitOutcome& outcome) {
                      if (outcome.ok()) ++completions;
                    });
    }
  }
  EXPECT_EQ(completions, 10);
  EXPECT_EQ(open()->reader().head().size, 10u);
}

TEST_P(StoreConformance, AMissingStoreIsNotMadeByOpening) {
  const std::string missing = directory_ / "missing";
  const auto store = GetParam().open(missing);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ErrorCode::configuration);
  EXPECT_NE(store.error().hint.find("hotlined init"), std::string::npos) << store.error().hint;
  EXPECT_FALSE(std::filesystem::exists(missing));
}

TEST_P(StoreConformance, CreatingNeverReplacesAStore) {
  BatchMaker maker;
  Batch batch = maker.batch();
  maker.release(batch);
  ASSERT_TRUE(commit(*open(), std::move(batch)).ok());
  const Status again = GetParam().create(path_, test_identity(), nullptr);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(open()->reader().head().size, 1u);
}

TEST_P(StoreConformance, CreatingWritesTheFirstBatchWithIt) {
  BatchMaker maker;
  const auto first = std::make_shared<Batch>(maker.batch());
  maker.entry(*first, "created");
  const std::string path = directory_ / "first";
  ASSERT_TRUE(GetParam().create(path, test_identity(), first));
  {
    auto store = GetParam().open(path);
    ASSERT_TRUE(store);
    EXPECT_EQ((*store)->reader().head(), (StoreHead{.size = 1, .root = maker.journal().root()}));
  }
  // A first batch that cannot be written leaves no store behind.
  first->journal[0].index = 7;
  const std::string other = directory_ / "other";
  EXPECT_FALSE(GetParam().create(other, test_identity(), first));
  EXPECT_FALSE(std::filesystem::exists(other));
}

TEST_P(StoreConformance, ASecondOpeningInTheSameProcessIsRefusedToo) {
  const auto store = open();
  const auto second = GetParam().open(path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

// The first failure stands, and nothing is written behind it: what the disk holds is unknown.
TEST_P(StoreConformance, ABatchThatDoesNotFitFailsTheStoreUntilItIsOpenedAgain) {
  BatchMaker maker;
  auto store = open();
  Batch good = maker.batch();
  maker.release(good);
  ASSERT_TRUE(commit(*store, std::move(good)).ok());
  const BatchMaker before = maker;
  Batch gap = maker.batch();
  maker.release(gap);
  gap.journal.front().index += 1;
  EXPECT_EQ(commit(*store, std::move(gap)).failure, StoreFailure::inconsistent);
  Batch after = maker.batch();
  maker.release(after);
  const CommitOutcome outcome = commit(*store, std::move(after));
  EXPECT_EQ(outcome.failure, StoreFailure::inconsistent);
  EXPECT_EQ(outcome.error.code, ErrorCode::store_failed);
  store.reset();
  store = open();
  EXPECT_EQ(store->reader().head(),
            (StoreHead{.size = before.journal().size(), .root = before.journal().root()}));
  EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
}

TEST_P(StoreConformance, ReadsWholeBatchesWhileTheWriterGoesOn) {
  expect_whole_batches_while_writing(*open(), 100);
}

// A backup is taken of a store on which a daemon runs.
TEST_P(StoreConformance, ACopyIsTheStoreOfOneMomentAndTheStoreGoesOn) {
  BatchMaker maker;
  const auto store = open();
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 4; ++j) {
      Batch batch = maker.batch();
      maker.number(batch, maker.release(batch));
      maker.receive(batch, 0);
      ASSERT_TRUE(commit(*store, std::move(batch)).ok());
    }
    const std::string path = directory_ / ("copy-" + std::to_string(i));
    const StoreHead head = store->reader().head();
    const Status copied = GetParam().copy(path_, path, [&](Store& copy) {
      EXPECT_EQ(copy.identity(), test_identity());
      EXPECT_EQ(copy.reader().head(), head);
      EXPECT_EQ(copy.reader().check(), std::vector<std::string>{});
      return commit(copy, BatchMaker(maker).batch_of_one("a mark")).ok()
                 ? ok()
                 : Status(make_error(ErrorCode::store_failed, "not marked"));
    });
    ASSERT_TRUE(copied) << copied.error().reason;
    EXPECT_EQ(store->reader().head(), head);
    const auto copy = GetParam().open(path);
    ASSERT_TRUE(copy) << copy.error().reason;
    EXPECT_EQ((*copy)->reader().head().size, head.size + 1);
    EXPECT_EQ((*copy)->reader().check(), std::vector<std::string>{});
  }
  EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
}

TEST_P(StoreConformance, ACopyThatIsRefusedOrInTheWayOfAStoreLeavesNothing) {
  const std::string path = directory_ / "copy";
  const auto refuse = [](Store&) { return Status(make_error(ErrorCode::refused, "not this one")); };
  const Status refused = GetParam().copy(path_, path, refuse);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "not this one");
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
  EXPECT_FALSE(GetParam().copy(path, path_, refuse));
  const Status taken = GetParam().copy(path_, path_, [](Store&) { return ok(); });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::conflict);
}

INSTANTIATE_TEST_SUITE_P(Every, StoreConformance,
                         testing::ValuesIn(store_kinds().begin(), store_kinds().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(StoreKinds, OneThatThereIsNotIsRefusedWithThoseThatThereAre) {
  const StoreDirectory directory;
  const Status created = create_store("scroll", directory / "store", test_identity());
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().code, ErrorCode::configuration);
  EXPECT_NE(created.error().hint.find("sqlite"), std::string::npos);
  EXPECT_FALSE(open_store("scroll", directory / "store"));
}

}  // namespace
}  // namespace hotline
