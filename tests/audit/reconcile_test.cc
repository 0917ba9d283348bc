#include "client/audit/reconcile.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/audit/export_fixture.h"
#include "tests/audit/resealed.h"

namespace hotline::audit {
namespace {

Reconciliation reconcile(const std::string& first, const std::string& second) {
  auto result = reconcile_exports(first, second);
  EXPECT_TRUE(result) << result.error().reason;
  return *std::move(result);
}

TEST(Reconcile, two_exports_of_one_channel_agree) {
  const MadeExports& exports = small_exports();
  for (bool swapped : {false, true}) {
    const Reconciliation result = swapped ? reconcile(exports.south(), exports.north())
                                          : reconcile(exports.north(), exports.south());
    EXPECT_EQ(result.differences(), 0u);
    EXPECT_EQ(result.parties[0], swapped ? "south" : "north");
    EXPECT_EQ(result.transcripts[0].sizes[0], result.transcripts[0].sizes[1]);
    EXPECT_GT(result.transcripts[0].sizes[0], 50u);
    EXPECT_GT(result.receipts[0], 5u);
  }
}

TEST(Reconcile, names_a_message_that_only_one_party_has) {
  ExportPlan plan;
  plan.messages = 20;
  plan.unreceipted = true;
  const MadeExports exports(plan);
  const Reconciliation result = reconcile(exports.south(), exports.north());
  EXPECT_EQ(result.differences(), 1u);
  ASSERT_EQ(result.transcripts[1].differences.size(), 1u);
  EXPECT_EQ(result.transcripts[1].sender, "north");
  EXPECT_TRUE(result.transcripts[1].differences[0].starts_with("N-")) << "the serial";
  EXPECT_TRUE(result.transcripts[1].differences[0].ends_with(" only at NORTH"));
}

TEST(Reconcile, names_what_was_left_out_in_the_middle_and_goes_on_behind_it) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("reconciled");
  LogContent sent = read_log(copy, ExportLog::sent);
  for (const size_t entry : {200, 20, 19}) {
    sent.entries.erase(sent.entries.begin() + static_cast<ptrdiff_t>(entry));
    sent.parts.erase(sent.parts.begin() + static_cast<ptrdiff_t>(entry));
  }
  reseal_log(copy, ExportLog::sent, sent, exports.pki(), "north");
  const Reconciliation result = reconcile(copy, exports.south());
  EXPECT_EQ(result.transcripts[0].different, 3u);
  ASSERT_EQ(result.transcripts[0].differences.size(), 3u);
  for (const std::string& words : result.transcripts[0].differences) {
    EXPECT_TRUE(words.starts_with("N-") && words.ends_with(" only at SOUTH")) << words;
  }
}

TEST(Reconcile, names_a_message_that_is_another) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("reconciled");
  LogContent sent = read_log(copy, ExportLog::sent);
  sent.entries[30] = sent.entries[31];
  sent.parts[30] = sent.parts[31];
  sent.entries[31] += "x";
  reseal_log(copy, ExportLog::sent, sent, exports.pki(), "north");
  const Reconciliation result = reconcile(copy, exports.south());
  EXPECT_GE(result.transcripts[0].different, 2u);
  EXPECT_LE(result.transcripts[0].different, 3u);
}

TEST(Reconcile, lists_no_more_than_one_can_read) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("reconciled");
  LogContent sent = read_log(copy, ExportLog::sent);
  const size_t size = sent.entries.size();
  sent.entries.resize(100);
  sent.parts.resize(100);
  reseal_log(copy, ExportLog::sent, sent, exports.pki(), "north");
  const Reconciliation result = reconcile(copy, exports.south());
  EXPECT_EQ(result.transcripts[0].different, size - 100);
  EXPECT_EQ(result.transcripts[0].differences.size(), kDifferencesMax);
}

TEST(Reconcile, names_a_receipt_that_was_never_given) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("reconciled");
  // The notes that north holds, the second of another making.
  std::string notes = read_whole(copy + "/sent/cosigned");
  const size_t first =
      static_cast<size_t>(static_cast<uint8_t>(notes[0])) << 8 | static_cast<uint8_t>(notes[1]);
  const size_t in_signature = notes.find("/receipt ", first + 2) + 40;
  notes[in_signature] = notes[in_signature] == 'A' ? 'B' : 'A';
  write_whole(copy + "/sent/cosigned", notes);
  const Reconciliation result = reconcile(copy, exports.south());
  EXPECT_EQ(result.receipts_different, 1u);
  ASSERT_EQ(result.receipt_differences.size(), 1u);
  EXPECT_NE(result.receipt_differences[0].find("is another at SOUTH"), std::string::npos);
}

TEST(Reconcile, says_for_how_many_messages_the_sender_holds_no_receipt) {
  const MadeExports& exports = small_exports();
  const Reconciliation whole = reconcile(exports.north(), exports.south());
  EXPECT_EQ(whole.transcripts[0].unreceipted, 0u);
  EXPECT_EQ(whole.transcripts[1].unreceipted, 0u);
  const std::string copy = exports.copy_of_north("reconciled");
  std::filesystem::remove(copy + "/sent/cosigned");
  const Reconciliation result = reconcile(copy, exports.south());
  EXPECT_EQ(result.differences(), 0u);
  EXPECT_EQ(result.transcripts[0].unreceipted, result.transcripts[0].sizes[0]);
  EXPECT_EQ(result.transcripts[1].unreceipted, 0u);
}

// Nobody has checked these sizes yet: the work is bounded by what is there.
TEST(Reconcile, V2_ends_at_the_first_entries_that_are_only_claimed) {
  const MadeExports& exports = small_exports();
  for (const ExportLog log : kExportLogs) {
    const std::string copy = exports.copy_of_north("reconciled");
    const std::string party = log == ExportLog::received ? "south" : "north";
    write_whole(copy + "/" + checkpoint_path(log),
                forged_checkpoint(copy, log, INT64_MAX, sha256({as_bytes("a root")}), exports.pki(),
                                  party));
    const auto result = reconcile_exports(copy, exports.south());
    if (log == ExportLog::journal) {
      EXPECT_TRUE(result) << "its entries are not compared";
      continue;
    }
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::malformed);
    EXPECT_NE(result.error().reason.find(std::string(log_name(log)) + "/tile/entries/00"),
              std::string::npos)
        << result.error().reason;
    EXPECT_TRUE(result.error().reason.ends_with(" is missing"));
    EXPECT_EQ(result.error().hint, "hotline audit verify says what is wrong with it");
    EXPECT_FALSE(reconcile_exports(exports.south(), copy));
  }
}

TEST(Reconcile, wants_one_export_of_each_party_of_one_channel) {
  const MadeExports& exports = small_exports();
  const auto same = reconcile_exports(exports.north(), exports.north());
  ASSERT_FALSE(same);
  EXPECT_EQ(same.error().code, ErrorCode::usage);
  const TestDirectory other;
  ExportPlan plan;
  plan.seed = 99;
  plan.messages = 3;
  ASSERT_TRUE(make_exports_with(exports.pki(), other.path(), plan));
  const auto channels = reconcile_exports(exports.north(), other / "south.export");
  ASSERT_FALSE(channels);
  EXPECT_EQ(channels.error().code, ErrorCode::usage);
  EXPECT_EQ(reconcile_exports(exports.north(), other / "no").error().code, ErrorCode::not_found);
  std::filesystem::remove_all(other / "south.export/journal");
  EXPECT_EQ(reconcile_exports(exports.north(), other / "south.export").error().code,
            ErrorCode::malformed);
}

}  // namespace
}  // namespace hotline::audit
