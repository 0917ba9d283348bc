// Bytes that rot on the disk are refused and never served: each flipped bit of a small store's
// files is either without effect or noticed.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "daemon/store/sqlite/sqlite.h"
#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

using Content = std::vector<char>;

Content content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_content(const std::string& path, const Content& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string describe(const MessageRecord& record) {
  return std::to_string(record.serial) + "/" + std::to_string(record.journal_index) + "/" +
         std::to_string(record.committed_at) + "/" + std::to_string(record.type) + "/" +
         std::to_string(record.precedence) + "/" + to_hex(record.leaf_hash) + "/" +
         to_hex(record.body_salt) + "/" + to_hex(record.submitter) + "/" +
         std::to_string(record.counter) + "/" + to_hex(record.request_hash) + "/" +
         to_hex(record.envelope) + "/" + to_hex(record.body);
}

class StoreCorruptionTest : public StoreTest {
 protected:
  static constexpr uint64_t kBatches = 40;
  static constexpr uint64_t kOvertaking = 30;

  static Batch next_batch(BatchMaker& maker) {
    Batch batch = maker.batch();
    const MessageKey sent = maker.release(batch);
    // Once a message is overtaken, so that runs end.
    if (batch.id == kOvertaking) maker.number(batch, maker.release(batch));
    maker.number(batch, sent);
    const MessageKey received = maker.receive(batch, batch.id);
    maker.receipt(batch, LogId::own_transcript, batch.id);
    maker.fact(batch, received, FactKind::acknowledged, 1, 2, "read by the watch");
    maker.group_fact(batch, {received.number}, FactKind::attempt, 2, "told of many");
    return batch;
  }

  // Everything that a store serves, a line for each; throws StoreError where it refuses.
  static std::vector<std::string> everything(Store& store) {
    StoreReader& reader = store.reader();
    std::vector<std::string> lines = {store.identity().party, store.identity().peer};
    const auto add = [&lines](const std::string& line) { lines.push_back(line); };
    store.for_each_journal_entry([&](uint64_t, ByteView entry) { add(to_hex(entry)); });
    reader.journal_range(0, 1000, [&](const JournalRecord& record) {
      add(to_hex(record.entry) + (record.name ? record.name->text : ""));
      return true;
    });
    for (uint64_t i = 0; i < kBatches; ++i) {
      for (const MessageKey key : {MessageKey{.incoming = false, .number = i + 1},
                                   MessageKey{.incoming = true, .number = i}}) {
        const auto message = reader.stored_message(key);
        // The journal says that it is there, so the core takes its absence for damage.
        if (!message) throw StoreError("a message is missing");
        add(describe(message->record));
        add(std::to_string(message->delivered_at));
        add(std::to_string(message->acknowledged_at));
        add(std::to_string(message->acknowledged_role));
        for (const FactRecord& fact : reader.facts_of(key).facts) add(fact.detail);
      }
      add(std::to_string(reader.serial_at(i).value_or(0)));
      add(std::to_string(reader.find_incoming(i + 1).value_or(MessageKey{}).number));
      add(std::to_string(
          reader.find_submission(BatchMaker::submitter(), i + 1).value_or(MessageKey{}).number));
    }
    for (const LogId log : {LogId::journal, LogId::own_transcript, LogId::peer_transcript}) {
      add(to_hex(root_at(reader.hashes(log), reader.log_size(log))));
    }
    return lines;
  }

  void make_store(Content& database, Content& log) {
    BatchMaker maker;
    auto store = open();
    for (uint64_t i = 0; i < kBatches; ++i) {
      ASSERT_TRUE(commit(*store, next_batch(maker)).ok());
    }
    expected_ = everything(*store);
    log = content_of(path_ + "-wal");
    database = content_of(path_);
    if (closed_) {
      store.reset();
      database = content_of(path_);
      log.clear();
    }
  }

  enum class Verdict { refused, same, noticed_by_check, altered };

  Verdict judge(const Content& database, const Content& log) {
    write_content(path_, database);
    write_content(path_ + "-wal", log);
    std::filesystem::remove(path_ + "-shm");
    const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path_);
    if (!store) return Verdict::refused;
    std::vector<std::string> found;
    try {
      found = everything(**store);
    } catch (const StoreError&) {
      return Verdict::refused;
    }
    if (found == expected_) return Verdict::same;
    // Content that differs is never served; but an index of the database may have lost a row.
    found_ = found;
    return (*store)->reader().check().empty() ? Verdict::altered : Verdict::noticed_by_check;
  }

  // The store served what was written, though perhaps not all of it: a damaged page inside a tree
  // of SQLite's can hide a row behind it, which only check() sees.
  bool found_is_part() const {
    return std::all_of(found_.begin(), found_.end(), [this](const std::string& line) {
      return line == "0" || std::find(expected_.begin(), expected_.end(), line) != expected_.end();
    });
  }

  bool closed_ = true;
  std::vector<std::string> expected_;
  std::vector<std::string> found_;
};

TEST_F(StoreCorruptionTest, AFlippedBitInTheDatabaseIsNeverServed) {
  Content database;
  Content log;
  make_store(database, log);
  const char* wanted = std::getenv("HOTLINE_STORE_FLIPS");
  const size_t flips = wanted ? std::strtoull(wanted, nullptr, 10) : 200;
  std::mt19937_64 random(1);
  size_t refused = 0;
  for (size_t i = 0; i < flips; ++i) {
    Content flipped = database;
    const size_t at = random() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    const Verdict verdict = judge(flipped, log);
    if (verdict == Verdict::refused) ++refused;
    ASSERT_NE(verdict, Verdict::altered) << "a bit of byte " << at;
    if (verdict == Verdict::noticed_by_check) {
      ASSERT_TRUE(found_is_part()) << at;
    }
  }
  EXPECT_GT(refused, flips / 4) << "most bytes of the file carry content";
}

TEST_F(StoreCorruptionTest, ATruncatedDatabaseIsRefused) {
  Content database;
  Content log;
  make_store(database, log);
  for (size_t size = 0; size < database.size(); size += 3001) {
    const Content cut(database.begin(), database.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(judge(cut, log), Verdict::refused) << size;
  }
}

TEST_F(StoreCorruptionTest, AFlippedBitInTheWriteAheadLogDoesNotDropCommits) {
  closed_ = false;
  Content database;
  Content log;
  make_store(database, log);
  ASSERT_EQ(judge(database, log), Verdict::same);
  constexpr size_t kFrameSize = 24 + 4096;
  // The last commit may be taken for one that was torn when the power failed; none before it.
  size_t last_commit = 0;
  size_t before = 0;
  for (size_t at = 32; at + kFrameSize <= log.size(); at += kFrameSize) {
    const bool commits =
        log[at + 4] != 0 || log[at + 5] != 0 || log[at + 6] != 0 || log[at + 7] != 0;
    if (!commits) continue;
    last_commit = before;
    before = at + kFrameSize;
  }
  std::mt19937_64 random(2);
  for (int i = 0; i < 100; ++i) {
    Content flipped = log;
    const size_t at = random() % last_commit;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    const Verdict verdict = judge(database, flipped);
    ASSERT_TRUE(verdict == Verdict::refused || verdict == Verdict::same) << at;
  }
}

TEST_F(StoreCorruptionTest, AWriteAheadLogThatWasTornAtItsEndIsAccepted) {
  closed_ = false;
  Content database;
  Content log;
  make_store(database, log);
  write_content(path_, database);
  write_content(path_ + "-wal", Content(log.begin(), log.end() - 100));
  const auto store = open();
  EXPECT_GE(store->reader().last_counter(BatchMaker::submitter()), kBatches - 1);
  EXPECT_EQ(store->reader().check(), std::vector<std::string>{});
}

// The header is the last that a log that starts again from its beginning had torn: all of it is in
// the database by then.
TEST_F(StoreCorruptionTest, AWriteAheadLogWhoseHeaderIsTornIsAcceptedOnceAllWasCopied) {
  closed_ = false;
  Content database;
  Content log;
  make_store(database, log);
  log[20] = static_cast<char>(log[20] ^ 1);
  EXPECT_EQ(judge(database, log), Verdict::refused);
  log[20] = static_cast<char>(log[20] ^ 1);
  write_content(path_, database);
  write_content(path_ + "-wal", log);
  {
    Database direct(path_, SQLITE_OPEN_READWRITE, "");
    direct.execute("SELECT * FROM head");  // It has the log open from then on.
    direct.checkpoint(SQLITE_CHECKPOINT_PASSIVE);
    database = content_of(path_);
    log = content_of(path_ + "-wal");
  }
  log[20] = static_cast<char>(log[20] ^ 1);
  EXPECT_EQ(judge(database, log), Verdict::same);
  // One page that the database does not hold is a loss.
  log[log.size() - 100] = static_cast<char>(log[log.size() - 100] ^ 1);
  EXPECT_EQ(judge(database, log), Verdict::refused);
}

// Two rows that change places are each well-formed; only their place is wrong.
TEST_F(StoreCorruptionTest, SwappedAndMissingRowsAreNamed) {
  struct Case {
    const char* sql;
    const char* named;
  };
  const Case cases[] = {
      {"UPDATE own_message SET first = 1000 WHERE first = 3;"
       "UPDATE own_message SET first = 3 WHERE first = 4;"
       "UPDATE own_message SET first = 4 WHERE first = 1000",
       "table own_message, index 3"},
      {"UPDATE peer_message SET rows = CAST(substr(rows, 1, 90) || x'00' || substr(rows, 92) AS "
       "BLOB) WHERE first = 2",
       "table peer_message, index 2"},
      // Each batch has six entries.
      {"UPDATE journal SET rows = CAST(substr(rows, 1, 20) || x'00' || substr(rows, 22) AS BLOB) "
       "WHERE first = 6",
       "table journal, index 6"},
      {"UPDATE journal SET rows = CAST(replace(rows, 'numbered', 'Numbered') AS BLOB) WHERE first "
       "= 6",
       "table journal, index 7"},
      {"DELETE FROM journal WHERE first = 12", "table journal, index 12"},
      {"UPDATE journal SET rows = substr(rows, 1, 100) WHERE first = 18",
       "table journal, index 18"},
      {"UPDATE journal SET rows = CAST(replace(rows, 'Ann', 'Bob') AS BLOB) WHERE first = 0",
       "table journal, index 0"},
      {"UPDATE run SET target = 1000 WHERE map = 0 AND first = 29", "table run, index 0"},
      {"DELETE FROM run WHERE map = 0 AND first = 29", "table run, index 0"},
      {"DELETE FROM peer_message WHERE first = 6", "table peer_message, index 6"},
      {"UPDATE fact SET code = 7 WHERE id = 3", "table fact, index 3"},
      {"UPDATE group_fact SET members = zeroblob(128) WHERE id = 2", "table group_fact, index 2"},
      {"UPDATE own_receipt SET at = 7 WHERE size = 4", "table own_receipt, index 4"},
      {"UPDATE head SET open_runs = zeroblob(32)", "table head, index 1"},
  };
  Content database;
  Content log;
  make_store(database, log);
  for (const Case& damage : cases) {
    SCOPED_TRACE(damage.sql);
    write_content(path_, database);
    write_content(path_ + "-wal", log);
    {
      Database direct(path_, SQLITE_OPEN_READWRITE, "");
      direct.execute(damage.sql);
      direct.checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    }
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::open(path_);
    std::string found;
    if (!store) {
      found = store.error().reason;
    } else {
      const std::vector<std::string> faults = (*store)->reader().check();
      for (const std::string& fault : faults) found += fault + "\n";
      EXPECT_THROW(everything(**store), StoreError);
    }
    EXPECT_NE(found.find(damage.named), std::string::npos) << found;
  }
}

}  // namespace
}  // namespace hotline
