// A store in ordinary use, beside what every kind does (conformance_test.cc): its files and its
// write-ahead log.
#include <sys/stat.h>

#include <algorithm>

#include "tests/unit/daemon/store/sqlite/sqlite_fixture.h"

namespace hotline {
namespace {

TEST_F(StoreTest, ItsFilesAreReadableByNobodyElse) {
  const auto store = open();
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat status {};
    ASSERT_EQ(stat((path_ + suffix).c_str(), &status), 0) << suffix;
    EXPECT_EQ(status.st_mode & 0777, 0600u) << suffix;
  }
}

TEST_F(StoreTest, ReadsWholeBatchesWhileTheLogIsCopied) {
  constexpr uint64_t kBatches = 200;
  const auto store =
      open({.busy_timeout_ms = 5000, .wal_pages_checkpoint = 16, .wal_pages_max = 64, .vfs = {}});
  expect_whole_batches_while_writing(*store, kBatches);
  const SqliteCounters counters = store->counters();
  EXPECT_EQ(counters.commits, kBatches);
  EXPECT_EQ(counters.journal_entries, 2 * kBatches);
}

TEST_F(StoreTest, TheWriteAheadLogStaysShortUnderAConstantFlow) {
  BatchMaker maker;
  constexpr uint32_t kPagesMax = 64;
  const auto store = open(
      {.busy_timeout_ms = 5000, .wal_pages_checkpoint = 16, .wal_pages_max = kPagesMax, .vfs = {}});
  uint64_t longest = 0;
  for (int i = 0; i < 300; ++i) {
    Batch batch = maker.batch();
    maker.receive(batch, 1, 3000);
    ASSERT_TRUE(commit(*store, std::move(batch)).ok());
    longest = std::max(longest, store->counters().wal_pages);
  }
  EXPECT_LT(longest, 2 * kPagesMax);
  EXPECT_GT(store->counters().checkpoints + store->counters().stalled_checkpoints, 0u);
}

}  // namespace
}  // namespace hotline
