// The rows of tests/cases/tamper_cases.csv that an auditor must notice in an export, by name; and
// where the others are tested.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "certs/dev_pki.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "tests/audit/export_fixture.h"
#include "tests/audit/resealed.h"
#include "tests/simulation/seeded.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

// A row that nobody knows any more is no case.
class TamperCases : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    const std::string id = name.substr(0, name.find('_'));
    std::istringstream rows(read_whole(std::string(HOTLINE_TEST_CASES_DIR) + "/tamper_cases.csv"));
    bool known = false;
    for (std::string row; std::getline(rows, row);) known = known || row.starts_with(id + ",");
    ASSERT_TRUE(known) << id << " is not a row of tamper_cases.csv";
    copy_ = small_exports().copy_of_north("case");
  }

  std::string verdict() const { return verdict_on(copy_, small_exports().trust()); }
  void reseal(ExportLog log, const LogContent& content, const std::string& party = "north") {
    reseal_log(copy_, log, content, small_exports().pki(), party);
  }
  uint64_t cosigned_size() const {
    return verify_export(small_exports().north(), small_exports().trust(), {})->cosigned_size;
  }

  std::string copy_;
};

// Rows about the store and the link: tested elsewhere.
TEST(TamperRows, EachIsTestedSomewhere) {
  const std::map<std::string, std::string> elsewhere = {
      {"T09", "PeerJournal.NeverCosignsASmallerSizeOrAnotherHistory"},
      {"T10",
       "DamagedJournal and AlteredStore; there is no boot counter beside the journal's index"},
      {"T11", "StoreCorruptionTest; tests/system/test_store_tamper.py"},
      {"T12", "StoreOpenTest.AMissingStoreIsNotMadeByOpening; the peer: S-rows of a lost store"},
      {"T13", "RecoveryTest, tests/system/test_recovery.py"},
      {"T14", "StoreOpenTest.ASecondDaemonIsRefusedUntilTheFirstIsDead"},
  };
  const std::set<std::string> here = {"T01", "T02", "T03", "T03b", "T04",
                                      "T05", "T06", "T07", "T08"};
  std::istringstream rows(read_whole(std::string(HOTLINE_TEST_CASES_DIR) + "/tamper_cases.csv"));
  std::string row;
  std::getline(rows, row);  // The heading.
  size_t count = 0;
  for (; std::getline(rows, row); ++count) {
    const std::string id = row.substr(0, row.find(','));
    EXPECT_EQ(here.count(id) + elsewhere.count(id), 1u) << id;
  }
  EXPECT_EQ(count, here.size() + elsewhere.size());
}

TEST_F(TamperCases, T01_a_journal_that_was_cut_and_went_on_is_shorter_than_what_was_cosigned) {
  LogContent journal = read_log(copy_, ExportLog::journal);
  journal.entries.resize(100);
  journal.parts.resize(100);
  for (int i = 0; i < 20; ++i) {
    journal.entries.push_back(made_up_entry(kMadeHistoryBegins + i));
    journal.parts.emplace_back();
  }
  reseal(ExportLog::journal, journal);
  EXPECT_EQ(verdict(), "FAILED journal/cosigned");
}

TEST_F(TamperCases, T01_a_journal_that_was_cut_and_grew_longer_has_another_root) {
  LogContent journal = read_log(copy_, ExportLog::journal);
  const size_t size = journal.entries.size();
  journal.entries.resize(100);
  journal.parts.resize(100);
  while (journal.entries.size() < size + 20) {
    journal.entries.push_back(made_up_entry(kMadeHistoryBegins));
    journal.parts.emplace_back();
  }
  reseal(ExportLog::journal, journal);
  EXPECT_TRUE(verdict().starts_with("FAILED journal entries ")) << verdict();
}

TEST_F(TamperCases, T02_old_entries_sealed_anew_do_not_have_the_cosigned_root) {
  LogContent journal = read_log(copy_, ExportLog::journal);
  journal.entries[5] = made_up_entry(kMadeHistoryBegins);
  journal.parts[5].clear();
  reseal(ExportLog::journal, journal);
  EXPECT_TRUE(verdict().starts_with("FAILED journal entries 0 to ")) << verdict();
}

TEST_F(TamperCases, T02_old_messages_sealed_anew_are_not_those_of_the_journal) {
  LogContent sent = read_log(copy_, ExportLog::sent);
  std::swap(sent.entries[3], sent.entries[4]);
  std::swap(sent.parts[3], sent.parts[4]);
  reseal(ExportLog::sent, sent);
  EXPECT_TRUE(verdict().starts_with("FAILED sent entry 3 (N-")) << verdict();
}

TEST_F(TamperCases, T03_a_message_that_is_hidden_is_missed) {
  for (const ExportLog log : {ExportLog::sent, ExportLog::received}) {
    copy_ = small_exports().copy_of_north("case");
    LogContent content = read_log(copy_, log);
    content.entries.erase(content.entries.begin() + 7);
    content.parts.erase(content.parts.begin() + 7);
    reseal(log, content, log == ExportLog::sent ? "north" : "south");
    EXPECT_TRUE(verdict().starts_with("FAILED " + std::string(log_name(log)) + " entry 7"))
        << verdict();
  }
}

TEST_F(TamperCases, T03_a_last_message_that_is_hidden_is_missed) {
  LogContent sent = read_log(copy_, ExportLog::sent);
  sent.entries.pop_back();
  sent.parts.pop_back();
  const size_t size = sent.entries.size();
  reseal(ExportLog::sent, sent);
  fs::remove(copy_ + "/sent/cosigned");
  EXPECT_EQ(verdict(), "FAILED sent entry " + std::to_string(size));
}

TEST_F(TamperCases, T03b_a_tail_that_nobody_cosigned_is_told_with_its_length_and_its_age) {
  LogContent journal = read_log(copy_, ExportLog::journal);
  const uint64_t covered = cosigned_size();
  ASSERT_LT(covered, journal.entries.size());
  const int64_t begins = kMadeHistoryBegins + int64_t{86'400'000};
  journal.entries.resize(covered);
  journal.parts.resize(covered);
  for (int minute : {0, 10, 21}) {
    journal.entries.push_back(made_up_entry(begins + minute * 60'000));
    journal.parts.emplace_back();
  }
  reseal(ExportLog::journal, journal);
  const auto verdict = verify_export(copy_, small_exports().trust(), {});
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->outcome, Outcome::incomplete);
  EXPECT_EQ(verdict->cosigned_size, covered);
  ASSERT_EQ(verdict->not_checked.size(), 1u);
  EXPECT_EQ(verdict->not_checked[0], "journal entries " + std::to_string(covered) + " to " +
                                         std::to_string(covered + 2) + " are not cosigned, since " +
                                         format_rfc3339(begins));
}

TEST_F(TamperCases, T04_a_record_without_any_signature_is_no_record) {
  for (const ExportLog log : kExportLogs) {
    const std::string path = copy_ + "/" + checkpoint_path(log);
    write_whole(path, parse_note(read_whole(path))->text + "\n");
    fs::remove(copy_ + "/" + cosigned_path(log));
  }
  EXPECT_EQ(verdict(), "FAILED journal/checkpoint");
  for (const ExportLog log : kExportLogs) fs::remove(copy_ + "/" + checkpoint_path(log));
  EXPECT_EQ(verdict(), "FAILED journal/checkpoint");
}

TEST_F(TamperCases, T05_a_wrong_certificate_authority_fails_each_time_of_500) {
  const std::string trust = small_exports() / "wrong";
  for (int i = 0; i < 500; ++i) {
    fs::remove_all(trust);
    const std::string party = i % 2 == 0 ? "north" : "south";
    const std::string other = i % 2 == 0 ? "south" : "north";
    ASSERT_TRUE(create_dev_pki(trust, {.parties = {party}, .people = {}}, kMadeHistoryBegins));
    fs::copy_file(small_exports().trust() + "/" + other + "-ca.crt",
                  trust + "/trust/" + other + "-ca.crt");
    ASSERT_EQ(verdict_on(copy_, trust + "/trust"), "FAILED certificates/" + party + "-log.crt");
  }
}

TEST_F(TamperCases, T05_a_wrong_key_fails_each_time_of_500) {
  simulation::Seeded random(5);
  const std::string path = copy_ + "/" + checkpoint_path(ExportLog::journal);
  Note note = *parse_note(read_whole(path));
  for (int i = 0; i < 500; ++i) {
    auto signer = Ed25519Signer::create(random.salt());
    note.signatures[0].signature = signer->sign(as_bytes(note.text));
    // Under the key id that the right key has, and under its own.
    if (i % 2 == 0) {
      note.signatures[0].key_id =
          NoteKey{note.signatures[0].name, kNoteTypeEd25519, signer->public_key()}.key_id();
    }
    write_whole(path, format_note(note));
    ASSERT_EQ(verdict(), "FAILED journal/checkpoint");
  }
}

TEST_F(TamperCases, T06_a_byte_of_any_stored_payload_is_missed_and_its_index_named) {
  const LogContent sent = read_log(copy_, ExportLog::sent);
  const uint64_t size = sent.entries.size();
  size_t at = 0;
  simulation::Seeded random(6);
  for (uint64_t entry = 0; entry < size; ++entry) {
    if (entry % kTileWidth == 0) at = 0;
    const std::string path =
        copy_ + "/" +
        parts_path(ExportLog::sent, entry / kTileWidth, bundle_width(size, entry / kTileWidth));
    const std::string whole = read_whole(path);
    std::string changed = whole;
    at += kPartLengthSize;
    changed[at + random.below(sent.parts[entry].size())] ^= 0x40;
    at += sent.parts[entry].size();
    if (entry % 5 == 0 || entry + 1 == size) {
      write_whole(path, changed);
      ASSERT_TRUE(verdict().starts_with("FAILED sent entry " + std::to_string(entry) + " (N-"))
          << verdict();
      write_whole(path, whole);
    }
  }
}

// Every tree up to this size, every leaf; bad proofs are good ones with one thing changed.
constexpr uint64_t kSizesTried = 20;

class SmallTree : public HashSource {
 public:
  Hash leaf(uint64_t index) const { return leaf_hash(as_bytes("leaf " + std::to_string(index))); }
  Hash subtree(uint8_t level, uint64_t index) const override {
    if (level == 0) return leaf(index);
    const auto below = static_cast<uint8_t>(level - 1);
    return node_hash(subtree(below, 2 * index), subtree(below, 2 * index + 1));
  }
};

std::vector<std::vector<Hash>> spoilt(const std::vector<Hash>& proof) {
  std::vector<std::vector<Hash>> all;
  for (size_t i = 0; i < proof.size(); ++i) {
    std::vector<Hash> one = proof;
    one[i][7] ^= 1;
    all.push_back(one);
    one = proof;
    one.erase(one.begin() + static_cast<ptrdiff_t>(i));
    all.push_back(one);
    one = proof;
    one.insert(one.begin() + static_cast<ptrdiff_t>(i), proof[i]);
    all.push_back(one);
    if (i > 0) {
      one = proof;
      std::swap(one[i - 1], one[i]);
      all.push_back(one);
    }
  }
  // A linear chain would add this (CVE of immudb: linear and tree parts mixed).
  std::vector<Hash> longer = proof;
  longer.push_back(leaf_hash(as_bytes("one more")));
  all.push_back(longer);
  return all;
}

TEST_F(TamperCases, T07_every_good_proof_and_no_other_is_taken) {
  const SmallTree tree;
  for (uint64_t size = 1; size <= kSizesTried; ++size) {
    const Hash root = root_at(tree, size);
    for (uint64_t index = 0; index < size; ++index) {
      const std::vector<Hash> proof = inclusion_proof(tree, index, size);
      ASSERT_TRUE(verify_inclusion(tree.leaf(index), index, size, proof, root));
      for (const auto& bad : spoilt(proof)) {
        ASSERT_FALSE(verify_inclusion(tree.leaf(index), index, size, bad, root))
            << index << " of " << size;
      }
      for (uint64_t other = 0; other < size + 2; ++other) {
        if (other == index) continue;
        ASSERT_FALSE(verify_inclusion(tree.leaf(index), other, size, proof, root));
      }
    }
    for (uint64_t old = 0; old <= size; ++old) {
      const Hash old_root = root_at(tree, old);
      const std::vector<Hash> proof = consistency_proof(tree, old, size);
      ASSERT_TRUE(verify_consistency(old, old_root, size, root, proof));
      for (const auto& bad : spoilt(proof)) {
        ASSERT_FALSE(verify_consistency(old, old_root, size, root, bad)) << old << " to " << size;
      }
      Hash wrong = old_root;
      wrong[0] ^= 1;
      ASSERT_FALSE(verify_consistency(old, wrong, size, root, proof));
    }
  }
}

// The same size with two roots, both under the log's own key. That both notes are kept as evidence
// and alarmed while the channel runs is the simulator's.
TEST_F(TamperCases, T08_a_second_root_for_a_size_is_noticed) {
  const uint64_t size = cosigned_size();
  const std::string forged =
      forged_checkpoint(copy_, ExportLog::journal, size, sha256({as_bytes("another history")}),
                        small_exports().pki(), "north");
  LogContent journal = read_log(copy_, ExportLog::journal);
  journal.entries.resize(size);
  journal.parts.resize(size);
  reseal(ExportLog::journal, journal);
  EXPECT_EQ(verdict(), "VERIFIED");  // Cut at a cosigned size, everything fits.
  write_whole(copy_ + "/" + checkpoint_path(ExportLog::journal), forged);
  EXPECT_TRUE(verdict().starts_with("FAILED journal entr")) << verdict();
}

TEST_F(TamperCases, T08_a_history_that_the_other_party_did_not_sign_is_noticed) {
  LogContent received = read_log(copy_, ExportLog::received);
  std::swap(received.entries[0], received.entries[1]);
  std::swap(received.parts[0], received.parts[1]);
  reseal(ExportLog::received, received, "south");
  EXPECT_TRUE(verdict().starts_with("FAILED received entry 0")) << verdict();
}

}  // namespace
}  // namespace hotline::audit
