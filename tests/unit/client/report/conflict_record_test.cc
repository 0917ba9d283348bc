// Conflicts from a journal, and how they ended.
#include "client/report/conflict_record.h"

#include <gtest/gtest.h>

#include "protocol/base/strict_flatbuffer.h"
#include "tests/unit/client/journal_entries.h"

namespace hotline::client {
namespace {

class ConflictRecordTest : public testing::Test {
 protected:
  ConflictRecordTest() {
    take(received_entry(kEntriesBegin, 7,
                        {5, wire::MessageType::activity, wire::Precedence::routine}));
  }
  void take(const Bytes& entry) { record_.take(**open_flatbuffer<wire::Entry>(entry, "HLJE")); }
  void find(UtcMs at, uint64_t own, UtcMs until = kEntriesBegin + 1'000'000) {
    take(conflict_found_entry(at, own, 7, until));
  }
  void end(UtcMs at, uint64_t own, wire::ConflictEnd why) {
    take(conflict_ended_entry(at, own, 7, why));
  }
  std::vector<ConflictFate> fates(const Period& period = {}) const {
    std::vector<ConflictFate> fates;
    for (const RecordedConflict& one : record_.within(period)) fates.push_back(one.fate);
    return fates;
  }

  ConflictRecord record_{{"north", "south", "N", "S"}};
};

TEST_F(ConflictRecordTest, EachEndsInItsWay) {
  for (uint64_t own = 1; own <= 4; ++own) find(kEntriesBegin + 1, own);
  find(kEntriesBegin + 1, 5, kEntriesBegin + 10);
  end(kEntriesBegin + 2, 1, wire::ConflictEnd::changed);
  end(kEntriesBegin + 3, 2, wire::ConflictEnd::cancelled);
  end(kEntriesBegin + 20, 3, wire::ConflictEnd::accepted);
  EXPECT_EQ(fates(),
            (std::vector{ConflictFate::changed, ConflictFate::cancelled, ConflictFate::accepted,
                         ConflictFate::open, ConflictFate::time_passed}));
  const auto all = record_.within({});
  EXPECT_EQ(all[0].own, "N-000001");
  EXPECT_EQ(all[0].peers, "S-000005");
  EXPECT_EQ(all[0].ended_at, kEntriesBegin + 2);
  EXPECT_EQ(all[0].horizontal_m, 900u);
  EXPECT_FALSE(all[3].ended_at);
}

TEST_F(ConflictRecordTest, OneThatMovesIsOneAndOneThatComesAgainIsTwo) {
  find(kEntriesBegin + 1, 1);
  find(kEntriesBegin + 2, 1);
  EXPECT_EQ(fates().size(), 1u);
  end(kEntriesBegin + 3, 1, wire::ConflictEnd::changed);
  find(kEntriesBegin + 4, 1);
  EXPECT_EQ(fates(), (std::vector{ConflictFate::changed, ConflictFate::open}));
  // The period asks when it was found.
  EXPECT_EQ(fates({kEntriesBegin + 2, {}}), (std::vector{ConflictFate::open}));
}

TEST_F(ConflictRecordTest, AnEndWithoutABeginningIsNone) {
  end(kEntriesBegin, 1, wire::ConflictEnd::changed);
  EXPECT_TRUE(fates().empty());
}

}  // namespace
}  // namespace hotline::client
