// Evidence files: made out of an export, checked under one CA certificate.
#include <gtest/gtest.h>

#include "client/audit/evidence_check.h"
#include "client/audit/evidence_maker.h"
#include "client/audit/exported_log.h"
#include "protocol/base/sha256.h"
#include "protocol/log/note.h"
#include "protocol/terminal/exit_code.h"
#include "tests/audit/export_fixture.h"
#include "tests/audit/resealed.h"
#include "tests/unit/client/terminal.h"

namespace hotline::audit {
namespace {

using Kind = wire::EvidenceKind;

const Hash kOtherRoot = sha256({as_bytes("another log")});

std::string checkpoint_in(const std::string& directory, ExportLog log) {
  return read_whole(directory + "/" + checkpoint_path(log));
}

uint64_t size_of(const std::string& directory, ExportLog log) {
  return unverified_checkpoint(checkpoint_in(directory, log))->size;
}

Hash root_of(const std::string& directory, ExportLog log, uint64_t size) {
  const auto reader = ExportReader::open_export(directory);
  const TileHashes hashes(*reader, log, size_of(directory, log));
  return root_at(hashes, size);
}

// North's export, in whose journal this evidence stands last.
std::string export_with(Kind kind, const std::string& first, const std::string& second) {
  const std::string directory = small_exports().copy_of_north("evidence.export");
  LogContent journal = read_log(directory, ExportLog::journal);
  journal.entries.push_back(evidence_entry(kind, first, second));
  journal.parts.emplace_back();
  reseal_log(directory, ExportLog::journal, journal, small_exports().pki(), "north");
  return directory;
}

KeptEvidence kept_in(const std::string& directory) {
  auto all = kept_evidence(directory);
  EXPECT_TRUE(all) << all.error().reason;
  EXPECT_EQ(all->size(), 1u);
  return all->back();
}

std::string forged(ExportLog log, uint64_t size, const Hash& root, const std::string& party) {
  return forged_checkpoint(small_exports().north(), log, size, root, small_exports().pki(), party);
}

TEST(Evidence, TwoTranscriptsUnderOneKeyAreProvedAForkAtAnySize) {
  const auto trust = TrustDirectory::open(small_exports().trust());
  for (const auto& [kind, log, party] :
       {std::tuple{Kind::fork_of_own, ExportLog::sent, "north"},
        std::tuple{Kind::fork_of_peer, ExportLog::received, "south"}}) {
    const std::string newest = checkpoint_in(small_exports().north(), log);
    const uint64_t end = size_of(small_exports().north(), log);
    for (const uint64_t size :
         {uint64_t{1}, uint64_t{2}, uint64_t{3}, end / 3, end / 2, end - 1, end}) {
      const auto kept = kept_in(export_with(kind, forged(log, size, kOtherRoot, party), newest));
      ASSERT_TRUE(kept.file) << size << ": " << kept.why_none;
      const auto fork = check_evidence(format_evidence_file(*kept.file), *trust);
      ASSERT_TRUE(fork) << fork.error().reason;
      EXPECT_EQ(fork->party, party);
      EXPECT_FALSE(fork->is_journal);
      EXPECT_EQ(fork->smaller.size, size);
      EXPECT_EQ(fork->smaller.root, kOtherRoot);
      EXPECT_EQ(fork->larger.size, end);
      EXPECT_EQ(fork->root, root_of(small_exports().north(), log, size));
    }
  }
}

// The note that was kept beside it is smaller: the export has one that serves.
TEST(Evidence, AnotherNoteOfTheExportTakesThePlaceOfOneThatDoesNotServe) {
  const std::string claim = forged(ExportLog::sent, 50, kOtherRoot, "north");
  const Hash root = root_of(small_exports().north(), ExportLog::sent, 10);
  const auto kept =
      kept_in(export_with(Kind::fork_of_own, claim, forged(ExportLog::sent, 10, root, "north")));
  ASSERT_TRUE(kept.file) << kept.why_none;
  EXPECT_GE(unverified_checkpoint(kept.file->larger_note)->size, 50u);
  EXPECT_EQ(parse_note(kept.file->larger_note)->signatures.size(), 1u);
}

TEST(Evidence, TwoJournalsOfTheOtherParty) {
  const std::string south = small_exports().south();
  const auto journal = [&](const char* words) {
    return forged_checkpoint(south, ExportLog::journal, 40, sha256({as_bytes(words)}),
                             small_exports().pki(), "south");
  };
  const auto kept =
      kept_in(export_with(Kind::fork_of_peer_journal, journal("one"), journal("other")));
  ASSERT_TRUE(kept.file) << kept.why_none;
  const auto trust = TrustDirectory::open(small_exports().trust());
  const auto fork = check_evidence(format_evidence_file(*kept.file), *trust);
  ASSERT_TRUE(fork) << fork.error().reason;
  EXPECT_TRUE(fork->is_journal);
  EXPECT_EQ(fork->party, "south");
}

TEST(Evidence, NotesThatAgreeOrShowAnOldStoreProveNothing) {
  const std::string newest = checkpoint_in(small_exports().north(), ExportLog::sent);
  const Hash true_root = root_of(small_exports().north(), ExportLog::sent, 99);
  const auto agree = kept_in(
      export_with(Kind::fork_of_own, forged(ExportLog::sent, 99, true_root, "north"), newest));
  EXPECT_FALSE(agree.file);
  EXPECT_NE(agree.why_none.find("agree"), std::string::npos) << agree.why_none;
  const auto old = kept_in(export_with(Kind::own_store_old, newest, ""));
  EXPECT_FALSE(old.file);
  EXPECT_NE(old.why_none.find("old store"), std::string::npos);
  // Larger than all that is here.
  const uint64_t end = size_of(small_exports().north(), ExportLog::sent);
  EXPECT_FALSE(kept_in(export_with(Kind::fork_of_own,
                                   forged(ExportLog::sent, end + 1, kOtherRoot, "north"), newest))
                   .file);
  // In another epoch places that nobody receipted may be given again in it.
  Checkpoint later = *unverified_checkpoint(newest);
  EvidenceFile file{forged(ExportLog::sent, 99, kOtherRoot, "north"), newest, true_root, {}, {}};
  later.origin.back() = '1';
  file.larger_note.replace(0, later.origin.size(), later.origin);
  EXPECT_FALSE(check_evidence_under_own_key(file));
}

TEST(Evidence, EveryEditOfTheFileIsFound) {
  const std::string newest = checkpoint_in(small_exports().north(), ExportLog::received);
  const auto kept = kept_in(export_with(
      Kind::fork_of_peer, forged(ExportLog::received, 21, kOtherRoot, "south"), newest));
  ASSERT_TRUE(kept.file);
  const std::string file = format_evidence_file(*kept.file);
  const auto trust = TrustDirectory::open(small_exports().trust());
  ASSERT_TRUE(check_evidence(file, *trust));
  for (size_t at = 0; at < file.size(); ++at) {
    for (const int bit : {1, 2, 32}) {
      std::string edited = file;
      edited[at] = static_cast<char>(edited[at] ^ bit);
      EXPECT_FALSE(check_evidence(edited, *trust)) << at << " " << bit;
    }
    EXPECT_FALSE(check_evidence(std::string_view(file).substr(0, at), *trust)) << at;
  }
  EXPECT_FALSE(check_evidence(file + "\n", *trust));
}

TEST(Evidence, TheCommandsWriteCheckAndList) {
  using client::Terminal;
  const std::string newest = checkpoint_in(small_exports().north(), ExportLog::received);
  const std::string directory =
      export_with(Kind::fork_of_peer, forged(ExportLog::received, 21, kOtherRoot, "south"), newest);
  const std::string path = small_exports() / "fork.evidence";
  std::filesystem::remove(path);
  Terminal terminal;
  ASSERT_EQ(terminal.run({"audit", "evidence", directory}), kExitDone) << terminal.err();
  EXPECT_NE(terminal.out().find("fork-of-peer"), std::string::npos) << terminal.out();
  EXPECT_NE(terminal.out().find("a fork"), std::string::npos);
  ASSERT_EQ(terminal.run({"audit", "evidence", directory, "-o", path}), kExitDone)
      << terminal.err();
  ASSERT_EQ(terminal.run({"audit", "check", path, "--trust", small_exports().trust()}), kExitDone)
      << terminal.err();
  EXPECT_NE(terminal.out().find("SOUTH signed two different transcripts: a FORK"),
            std::string::npos)
      << terminal.out();
  ASSERT_EQ(terminal.run({"audit", "check", path, "--trust", small_exports().trust(), "--json"}),
            kExitDone);
  EXPECT_NE(terminal.out().find("\"proves\":\"fork\""), std::string::npos) << terminal.out();
  std::string edited = read_whole(path);
  edited[edited.size() / 2] ^= 1;
  write_whole(path, edited);
  EXPECT_EQ(terminal.run({"audit", "check", path, "--trust", small_exports().trust()}),
            kExitVerificationFailed);
  EXPECT_EQ(terminal.run({"audit", "evidence", directory, "--entry", "3"}), kExitNotFound);
  EXPECT_EQ(terminal.run({"audit", "evidence", small_exports().north(), "-o", path + "2"}),
            kExitNotFound);
}

}  // namespace
}  // namespace hotline::audit
