#include "client/audit/reconcile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/channel/journal.h"
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

// South's export, as if its store had been lost after the first messages of north, and had taken
// back those of the places [first, end).
class RecoveredSouth {
 public:
  static constexpr uint64_t kFirst = 60;
  static constexpr uint64_t kEnd = 180;

  explicit RecoveredSouth(const MadeExports& exports) : directory_(exports / "recovered") {
    std::filesystem::remove_all(directory_);
    std::filesystem::copy(exports.south(), directory_, std::filesystem::copy_options::recursive);
    tell_of_recovery(exports);
    const std::string file = read_whole(cosigned());
    for (size_t at = 0; at < file.size();) {
      const size_t size = static_cast<size_t>(static_cast<uint8_t>(file[at])) << 8 |
                          static_cast<uint8_t>(file[at + 1]);
      notes.push_back(file.substr(at + 2, size));
      at += 2 + size;
    }
  }

  static uint64_t size_of(const std::string& note) { return unverified_checkpoint(note)->size; }
  static bool is_taken_back(const std::string& note) {
    return size_of(note) > kFirst && size_of(note) <= kEnd;
  }
  Reconciliation held_against(const std::string& north) {
    std::string file;
    for (const std::string& note : notes) {
      file += static_cast<char>(note.size() >> 8);
      file += static_cast<char>(note.size() & 0xff);
      file += note;
    }
    write_whole(cosigned(), file);
    return reconcile(north, directory_);
  }

  std::vector<std::string> notes;  // The receipts that south gave.

 private:
  std::string cosigned() const { return directory_ + "/received/cosigned"; }

  void tell_of_recovery(const MadeExports& exports) {
    const LogContent before = read_log(directory_, ExportLog::journal);
    LogContent journal;
    const auto add = [&](const std::string& entry, const std::string& part) {
      journal.entries.push_back(entry);
      journal.parts.push_back(part);
    };
    for (size_t i = 0; i < before.entries.size(); ++i) {
      const Bytes bytes = to_bytes(as_bytes(before.entries[i]));
      const auto entry = open_flatbuffer<wire::Entry>(bytes, kJournalEntryIdentifier);
      const auto* received = entry ? (*entry)->fact_as_Received() : nullptr;
      if (received && received->index() == kFirst) add(store_restored_entry(), "");
      if (received && received->index() == kEnd) add(epoch_began_entry(), "");
      add(before.entries[i], before.parts[i]);
    }
    reseal_log(directory_, ExportLog::journal, journal, exports.pki(), "south");
    const std::string path = directory_ + "/" + checkpoint_path(ExportLog::journal);
    std::string note = read_whole(path);
    note.replace(note.find("/journal/0\n"), 11, "/journal/1\n");
    write_whole(path, note);
  }

  std::string directory_;
};

TEST(Reconcile, receipts_that_were_lost_with_a_store_are_no_difference) {
  const MadeExports& exports = small_exports();
  RecoveredSouth south(exports);
  const size_t before = south.notes.size();
  std::erase_if(south.notes, RecoveredSouth::is_taken_back);
  const size_t erased = before - south.notes.size();
  ASSERT_GT(erased, 0u);
  const Reconciliation result = south.held_against(exports.north());
  EXPECT_EQ(result.differences(), 0u);
  EXPECT_EQ(result.transcripts[0].receipts_lost, erased);
  EXPECT_EQ(result.transcripts[1].receipts_lost, 0u);
}

TEST(Reconcile, a_lost_store_explains_no_receipt_for_other_messages) {
  const MadeExports& exports = small_exports();
  RecoveredSouth south(exports);
  size_t erased = 0;
  std::erase_if(south.notes, [&](const std::string& note) {
    const bool erase = !RecoveredSouth::is_taken_back(note);
    if (erase) ++erased;
    return erase;
  });
  ASSERT_GT(erased, 1u);
  const Reconciliation result = south.held_against(exports.north());
  EXPECT_EQ(result.receipts_different, erased);
  EXPECT_EQ(result.transcripts[0].receipts_lost, 0u);
}

TEST(Reconcile, a_receipt_given_anew_for_what_was_taken_back_must_have_its_root) {
  const MadeExports& exports = small_exports();
  RecoveredSouth south(exports);
  const auto note = std::ranges::find_if(south.notes, RecoveredSouth::is_taken_back);
  ASSERT_NE(note, south.notes.end());
  const std::string original = *note;
  const size_t in_signature = note->find("/receipt ") + 40;
  (*note)[in_signature] = (*note)[in_signature] == 'A' ? 'B' : 'A';
  Reconciliation result = south.held_against(exports.north());
  EXPECT_EQ(result.differences(), 0u);
  EXPECT_EQ(result.transcripts[0].receipts_lost, 1u);

  *note = original;
  const size_t in_root = note->find('\n', note->find('\n') + 1) + 1;
  (*note)[in_root] = (*note)[in_root] == 'A' ? 'B' : 'A';
  result = south.held_against(exports.north());
  EXPECT_EQ(result.receipts_different, 1u);
  EXPECT_EQ(result.transcripts[0].receipts_lost, 0u);
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
