#include "client/audit/verify.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "certs/dev_pki.h"
#include "protocol/log/merkle.h"
#include "protocol/log/note.h"
#include "tests/audit/export_fixture.h"
#include "tests/audit/resealed.h"
#include "tests/audit/tampering.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

Verdict verdict_of(const ExportPlan& plan) {
  const MadeExports exports(plan);
  auto verdict = verify_export(exports.north(), exports.trust(), {});
  EXPECT_TRUE(verdict) << verdict.error().reason;
  return *std::move(verdict);
}

TEST(Verify, both_exports_of_a_channel_are_verified) {
  const MadeExports& exports = small_exports();
  for (const std::string& directory : {exports.north(), exports.south()}) {
    const auto verdict = verify_export(directory, exports.trust(), {});
    ASSERT_TRUE(verdict) << verdict.error().reason;
    EXPECT_EQ(verdict->outcome, Outcome::verified)
        << (verdict->fault ? verdict->fault->name + ": " + verdict->fault->reason : "");
    EXPECT_TRUE(verdict->dev_only);
    EXPECT_EQ(verdict->trusted, (std::vector<std::string>{"north-ca.crt", "south-ca.crt"}));
    EXPECT_LT(verdict->cosigned_size, verdict->sizes[0]);  // The tail of every export.
  }
}

TEST(Verify, threads_change_nothing) {
  const MadeExports& exports = small_exports();
  for (unsigned threads : {1u, 2u, 3u, 8u}) {
    const auto one = verify_export(exports.north(), exports.trust(), {});
    VerifyOptions options;
    options.threads = threads;
    const auto more = verify_export(exports.north(), exports.trust(), options);
    ASSERT_TRUE(one && more);
    EXPECT_EQ(more->outcome, one->outcome);
    EXPECT_EQ(more->root, one->root);
    EXPECT_EQ(more->checkpoints, one->checkpoints);
  }
}

TEST(Verify, one_message_alone_and_a_party_that_sent_nothing) {
  ExportPlan plan;
  plan.messages = 1;
  plan.north_per_mille = 1000;
  const MadeExports exports(plan);
  EXPECT_EQ(verdict_on(exports.north(), exports.trust()), "VERIFIED");
  EXPECT_EQ(verdict_on(exports.south(), exports.trust()), "VERIFIED");
  EXPECT_FALSE(fs::exists(exports.north() + "/received"));
}

// Bundles and tiles that are exactly full are where counting goes wrong.
TEST(Verify, transcripts_of_every_size_about_a_bundle) {
  const MadeExports& keys = small_exports();
  for (const uint64_t messages : {255, 256, 257, 511, 512, 513}) {
    ExportPlan plan;
    plan.messages = messages;
    plan.north_per_mille = 1000;
    plan.with_south = false;
    plan.batch_max = 90;
    const TestDirectory directory;
    ASSERT_TRUE(make_exports_with(keys.pki(), directory.path(), plan));
    EXPECT_EQ(verdict_on(directory / "north.export", keys.trust()), "VERIFIED") << messages;
  }
}

TEST(Verify, an_exercise_is_an_exercise) {
  ExportPlan plan;
  plan.exercise = true;
  const Verdict verdict = verdict_of(plan);
  EXPECT_EQ(verdict.outcome, Outcome::verified);
  EXPECT_TRUE(verdict.channel.exercise);
}

TEST(Verify, an_envelope_that_nobody_can_read_is_in_its_place_all_the_same) {
  ExportPlan plan;
  plan.malformed_per_mille = 300;
  EXPECT_EQ(verdict_of(plan).outcome, Outcome::verified);
}

// Signs for `size` entries of a log of north's export, as only the log's owner can.
std::string claim_of(ExportLog log, uint64_t size) {
  const std::string copy = small_exports().copy_of_north("claimed");
  const std::string party = log == ExportLog::received ? "south" : "north";
  write_whole(copy + "/" + checkpoint_path(log),
              forged_checkpoint(copy, log, size, sha256({as_bytes("a root")}),
                                small_exports().pki(), party));
  return copy;
}

// The work is bounded by what is there. A verifier that counts to the claim never ends.
TEST(Verify, V2_a_size_that_is_only_claimed_names_the_first_path_that_is_missing) {
  for (const ExportLog log : kExportLogs) {
    for (const uint64_t size :
         {uint64_t{21'001}, uint64_t{256'001}, uint64_t{1'000'000'000}, uint64_t{INT64_MAX}}) {
      const std::string copy = claim_of(log, size);
      const std::string parts = std::string("FAILED ") + log_name(log) + "/parts/";
      // The first whole bundles are there; of the others none.
      std::string first = fs::exists(copy + "/" + log_name(log) + "/parts/000") ? "001" : "000";
      if (fs::exists(copy + "/" + log_name(log) + "/parts/001")) first = "002";
      EXPECT_EQ(verdict_on(copy, small_exports().trust()), parts + first) << size;
    }
  }
}

// Directories without files are work too, and paths are ordered as text: x001/000 stands behind
// 999.
TEST(Verify, V2_what_lies_beside_a_claimed_size_is_named_in_the_order_of_the_paths) {
  const std::string sent = "/sent/";
  const auto verdict_with = [&](const std::vector<std::string>& directories,
                                const std::vector<std::string>& files) {
    const std::string copy = claim_of(ExportLog::sent, INT64_MAX);
    fs::remove_all(copy + "/sent/parts");
    for (const std::string& name : directories) fs::create_directories(copy + sent + name);
    for (const std::string& name : files) write_whole(copy + sent + name, "");
    return verdict_on(copy, small_exports().trust());
  };
  EXPECT_EQ(verdict_with({}, {}), "FAILED sent/parts/000");
  EXPECT_EQ(verdict_with({"parts"}, {}), "FAILED sent/parts/000");
  EXPECT_EQ(verdict_with({"odd", "parts"}, {}), "FAILED sent/odd");
  EXPECT_EQ(verdict_with({}, {"parts"}), "FAILED sent/parts");
  EXPECT_EQ(verdict_with({"parts/000"}, {}), "FAILED sent/parts/000");
  EXPECT_EQ(verdict_with({"parts/x001", "parts/x000"}, {"parts/000"}), "FAILED sent/parts/001");
  EXPECT_EQ(verdict_with({"parts/0", "parts/x001"}, {}), "FAILED sent/parts/0");
  std::vector<std::string> thousand;
  for (int i = 0; i < 1000; ++i) {
    thousand.push_back("parts/" + number_path(static_cast<uint64_t>(i)));
  }
  EXPECT_EQ(verdict_with({"parts/x000", "parts/x001"}, thousand), "FAILED sent/parts/x000");
  EXPECT_EQ(verdict_with({"parts/x001", "parts/x001/x000"}, thousand),
            "FAILED sent/parts/x001/000");
  thousand.push_back("parts/x001/000.p/7");
  EXPECT_EQ(verdict_with({}, thousand), "FAILED sent/parts/x001/000");
  std::vector<std::string> empty_directories;
  for (int i = 1; i < 1000; ++i)
    empty_directories.push_back("parts/x" + std::to_string(1000 + i).substr(1));
  EXPECT_EQ(verdict_with(empty_directories, {}), "FAILED sent/parts/000");
}

struct IncompleteCase {
  const char* name;
  void (*change)(ExportPlan&);
  const char* says;
};

class Incomplete : public testing::TestWithParam<IncompleteCase> {};

TEST_P(Incomplete, names_what_could_not_be_checked) {
  ExportPlan plan;
  GetParam().change(plan);
  const Verdict verdict = verdict_of(plan);
  EXPECT_EQ(verdict.outcome, Outcome::incomplete);
  ASSERT_FALSE(verdict.not_checked.empty());
  EXPECT_NE(verdict.not_checked.front().find(GetParam().says), std::string::npos)
      << verdict.not_checked.front();
}

INSTANTIATE_TEST_SUITE_P(
    Verify, Incomplete,
    testing::Values(
        IncompleteCase{"nobody_cosigned", [](ExportPlan& plan) { plan.witnessed = false; },
                       "no journal entry is cosigned by south"},
        IncompleteCase{"old_tail", [](ExportPlan& plan) { plan.tail_ms = 1'260'000; },
                       "not cosigned, since"},
        IncompleteCase{"erased_bodies", [](ExportPlan& plan) { plan.erased_per_mille = 300; },
                       "the bodies of"},
        IncompleteCase{"expired_certificates",
                       [](ExportPlan& plan) { plan.cosigned_later_ms = int64_t{8} * 86'400'000; },
                       "made when a certificate did not hold"}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(Verify, a_message_may_wait_for_its_receipt_twenty_minutes) {
  ExportPlan plan;
  plan.unreceipted = plan.unnumbered = true;
  plan.tail_ms = 19 * 60 * 1000;
  EXPECT_EQ(verdict_of(plan).outcome, Outcome::verified);
  plan.tail_ms = 21 * 60 * 1000;
  const Verdict verdict = verdict_of(plan);
  EXPECT_EQ(verdict.outcome, Outcome::incomplete);
  ASSERT_EQ(verdict.not_checked.size(), 2u);
  EXPECT_NE(verdict.not_checked[1].find("2 messages sent wait for a receipt"), std::string::npos);
}

TEST(Verify, a_trust_directory_without_a_party_is_an_error_of_the_call) {
  const MadeExports& exports = small_exports();
  const TestDirectory trust;
  fs::copy_file(exports.trust() + "/north-ca.crt", trust / "north-ca.crt");
  const auto verdict = verify_export(exports.north(), trust.path(), {});
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::configuration);
  EXPECT_NE(verdict.error().reason.find("south-ca.crt"), std::string::npos);
  EXPECT_FALSE(verify_export(exports.north() + "-no", exports.trust(), {}));
}

// Damage that no flipped bit can do.
struct DamageCase {
  const char* name;
  void (*damage)(const std::string& copy);
  const char* verdict;
};

class Damage : public testing::TestWithParam<DamageCase> {};

TEST_P(Damage, is_named) {
  const std::string copy = small_exports().copy_of_north("damaged");
  GetParam().damage(copy);
  EXPECT_EQ(verdict_on(copy, small_exports().trust()), GetParam().verdict);
}

INSTANTIATE_TEST_SUITE_P(
    Verify, Damage,
    testing::Values(
        DamageCase{"other_version",
                   [](const std::string& copy) {
                     write_whole(copy + "/hotline-export", "hotline-export/v2\n");
                   },
                   "FAILED hotline-export"},
        DamageCase{"nothing_is_there",
                   [](const std::string& copy) {
                     fs::remove_all(copy);
                     fs::create_directory(copy);
                   },
                   "FAILED hotline-export"},
        DamageCase{"no_certificates",
                   [](const std::string& copy) { fs::remove_all(copy + "/certificates"); },
                   "FAILED certificates"},
        DamageCase{"a_third_party",
                   [](const std::string& copy) {
                     for (const char* purpose : {"log", "receipt", "witness"}) {
                       const std::string end = std::string("-") + purpose + ".crt";
                       fs::copy_file(copy + "/certificates/north" + end,
                                     copy + "/certificates/east" + end);
                     }
                   },
                   "FAILED certificates/east-log.crt"},
        DamageCase{"a_certificate_under_another_name",
                   [](const std::string& copy) {
                     fs::rename(copy + "/certificates/north-log.crt",
                                copy + "/certificates/nord-log.crt");
                   },
                   "FAILED certificates/north-log.crt"},
        DamageCase{"certificate_with_something_before_it",
                   [](const std::string& copy) {
                     const std::string path = copy + "/certificates/north-log.crt";
                     write_whole(path, "subject=north\n" + read_whole(path));
                   },
                   "FAILED certificates/north-log.crt"},
        DamageCase{"no_journal", [](const std::string& copy) { fs::remove_all(copy + "/journal"); },
                   "FAILED journal/checkpoint"},
        DamageCase{"no_transcript",
                   [](const std::string& copy) { fs::remove_all(copy + "/received"); },
                   "FAILED received entry 0"},
        DamageCase{"no_checkpoint",
                   [](const std::string& copy) { fs::remove(copy + "/sent/checkpoint"); },
                   "FAILED sent/checkpoint"},
        DamageCase{"cosigned_checkpoint_in_its_place",
                   [](const std::string& copy) {
                     const std::string notes = read_whole(copy + "/sent/cosigned");
                     const size_t size = static_cast<size_t>(static_cast<uint8_t>(notes[0])) << 8 |
                                         static_cast<uint8_t>(notes[1]);
                     write_whole(copy + "/sent/checkpoint", notes.substr(2, size));
                   },
                   "FAILED sent/checkpoint"},
        DamageCase{"no_receipts",
                   [](const std::string& copy) { fs::remove(copy + "/sent/cosigned"); },
                   "FAILED sent/cosigned"},
        DamageCase{"empty_receipts",
                   [](const std::string& copy) { write_whole(copy + "/sent/cosigned", ""); },
                   "FAILED sent/cosigned"},
        DamageCase{"file_beside",
                   [](const std::string& copy) { write_whole(copy + "/sent/note", "."); },
                   "FAILED sent/note"},
        DamageCase{"directory_beside",
                   [](const std::string& copy) { fs::create_directories(copy + "/sent/tile/9"); },
                   "FAILED sent/tile/9"},
        DamageCase{"same_tile_in_another_form",
                   [](const std::string& copy) {
                     fs::create_directory(copy + "/sent/tile/0/000.p");
                     fs::copy_file(copy + "/sent/tile/0/000", copy + "/sent/tile/0/000.p/256");
                   },
                   "FAILED sent/tile/0/000.p"},
        DamageCase{"symbolic_link",
                   [](const std::string& copy) {
                     fs::rename(copy + "/sent/tile/0/000", copy + "/../elsewhere");
                     fs::create_symlink(copy + "/../elsewhere", copy + "/sent/tile/0/000");
                   },
                   "FAILED sent/tile/0/000"},
        DamageCase{"certificate_behind_a_link",
                   [](const std::string& copy) {
                     const std::string path = copy + "/certificates/south-witness.crt";
                     fs::rename(path, copy + "/../elsewhere");
                     fs::create_symlink(copy + "/../elsewhere", path);
                   },
                   "FAILED certificates/south-witness.crt"},
        DamageCase{"missing_bundle",
                   [](const std::string& copy) { fs::remove(copy + "/journal/tile/entries/000"); },
                   "FAILED journal/tile/entries/000"},
        DamageCase{"nothing_but_parts_of_no_size",
                   [](const std::string& copy) {
                     write_whole(copy + "/journal/parts/000", std::string(256 * 4, '\xff'));
                   },
                   "FAILED journal entry 0"}),
    [](const auto& one) { return std::string(one.param.name); });

// Lies that a party wrote into its own journal, signed for, and had witnessed.
struct LieCase {
  const char* name;
  Lie lie;
  const char* fault;   // How its name begins.
  const char* reason;  // The words that stand in it.
};

class Lies : public testing::TestWithParam<LieCase> {};

TEST_P(Lies, are_noticed_though_every_signature_holds) {
  ExportPlan plan;
  plan.messages = 60;
  plan.north_per_mille = 500;
  plan.lie = GetParam().lie;
  const TestDirectory directory;
  ASSERT_TRUE(make_exports_with(small_exports().pki(), directory.path(), plan));
  const auto verdict = verify_export(directory / "north.export", small_exports().trust(), {});
  ASSERT_TRUE(verdict && verdict->fault);
  EXPECT_TRUE(verdict->fault->name.starts_with(GetParam().fault)) << verdict->fault->name;
  EXPECT_NE(verdict->fault->reason.find(GetParam().reason), std::string::npos)
      << verdict->fault->name << ": " << verdict->fault->reason;
}

INSTANTIATE_TEST_SUITE_P(
    Verify, Lies,
    testing::Values(
        LieCase{"other_channel", Lie::other_channel, "journal entry 0", "another channel"},
        LieCase{"second_store_created", Lie::second_store_created, "journal entry ",
                "only entry 0 may be StoreCreated"},
        LieCase{"unreadable_entry", Lie::unreadable_entry, "journal entry ", "cannot be read"},
        LieCase{"serial_again", Lie::serial_again, "journal entry ", "is not above"},
        LieCase{"released_other_leaf", Lie::released_other_leaf, "sent entry ",
                "not the message that the journal has there"},
        LieCase{"numbered_skips", Lie::numbered_skips, "journal entry ", ""},
        LieCase{"numbered_unknown_serial", Lie::numbered_unknown_serial, "journal entry ",
                "does not wait for one"},
        LieCase{"numbered_unsigned", Lie::numbered_unsigned, "journal entry ", "does not fit"},
        LieCase{"numbered_wrong_size", Lie::numbered_wrong_size, "journal entry ",
                "its checkpoint has the size"},
        LieCase{"numbered_wrong_root", Lie::numbered_wrong_root, "journal entry ",
                "the root in its checkpoint"},
        LieCase{"numbered_signed_twice", Lie::numbered_signed_twice, "journal entry ",
                "more than one signature"},
        LieCase{"received_skips", Lie::received_skips, "journal entry ", "and the next is"},
        LieCase{"received_other_leaf", Lie::received_other_leaf, "received entry ",
                "not the message that the journal has there"},
        LieCase{"received_forgotten", Lie::received_forgotten, "received entry ", ""},
        LieCase{"held_wrong_size", Lie::held_wrong_size, "journal entry ", "its size is not"},
        LieCase{"held_forgotten", Lie::held_forgotten, "sent/cosigned", "is not the receipt in"},
        LieCase{"given_wrong_size", Lie::given_wrong_size, "journal entry ", "its size is not"},
        LieCase{"body_other_size", Lie::body_other_size, "sent entry ", "not as long as it says"},
        LieCase{"given_twice", Lie::given_twice, "received/cosigned", "is not the receipt in"}),
    [](const auto& one) { return std::string(one.param.name); });

// An entry missing at the very end has nothing behind it that would not fit.
TEST(Verify, what_the_journal_forgets_at_the_end_is_noticed) {
  const struct {
    Lie lie;
    uint64_t north_per_mille;
    const char* fault;
    const char* reason;
  } cases[] = {
      {Lie::held_forgotten, 1000, "sent/cosigned", "no journal entry has the receipt in note 2"},
      {Lie::received_forgotten, 0, "received entry 2 (S-000003)", "no journal entry speaks of it"},
  };
  for (const auto& one : cases) {
    ExportPlan plan;
    plan.messages = 3;
    plan.batch_max = 1;
    plan.north_per_mille = one.north_per_mille;
    plan.lie = one.lie;
    const TestDirectory directory;
    ASSERT_TRUE(make_exports_with(small_exports().pki(), directory.path(), plan));
    const auto verdict = verify_export(directory / "north.export", small_exports().trust(), {});
    ASSERT_TRUE(verdict && verdict->fault);
    EXPECT_EQ(verdict->fault->name, one.fault);
    EXPECT_EQ(verdict->fault->reason, one.reason);
  }
}

// The first entry of a journal names no part.
TEST(Verify, a_part_that_nothing_names_is_no_part) {
  const std::string copy = small_exports().copy_of_north("damaged");
  const std::string path = copy + "/journal/parts/000";
  const std::string parts = read_whole(path);
  ASSERT_EQ(parts.substr(0, 4), std::string(4, '\0'));
  write_whole(path, std::string("\0\0\0\x28", 4) + std::string(40, 'x') + parts.substr(4));
  EXPECT_EQ(verdict_on(copy, small_exports().trust()), "FAILED journal entry 0");
}

// Nobody's signature is one more than there should be: two readers could be told two things.
TEST(Verify, a_cosigned_checkpoint_bears_no_third_signature) {
  const std::string copy = small_exports().copy_of_north("damaged");
  const std::string path = copy + "/journal/cosigned";
  const std::string notes = read_whole(path);
  const size_t size =
      static_cast<size_t>(static_cast<uint8_t>(notes[0])) << 8 | static_cast<uint8_t>(notes[1]);
  const std::string more = append_signature_line(
      notes.substr(2, size), format_signature_line({"somebody", 7, Bytes(64, 1)}));
  const std::string length = {static_cast<char>(more.size() >> 8), static_cast<char>(more.size())};
  write_whole(path, length + more + notes.substr(2 + size));
  EXPECT_EQ(verdict_on(copy, small_exports().trust()), "FAILED journal/cosigned");
}

TEST(Verify, an_empty_transcript_has_no_checkpoint) {
  const std::string copy = small_exports().copy_of_north("damaged");
  const std::string checkpoint =
      forged_checkpoint(copy, ExportLog::received, 0, empty_root(), small_exports().pki(), "south");
  std::filesystem::remove_all(copy + "/received");
  write_whole(copy + "/received/checkpoint", checkpoint);
  EXPECT_EQ(verdict_on(copy, small_exports().trust()), "FAILED received/checkpoint");
}

TEST(Verify, a_confirmation_of_no_recovery_that_waits_is_named) {
  const std::string copy = small_exports().copy_of_north("confirmed.export");
  LogContent journal = read_log(copy, ExportLog::journal);
  const std::string name = "journal entry " + std::to_string(journal.entries.size());
  for (const uint64_t epoch : {uint64_t{0}, uint64_t{1}}) {
    LogContent changed = journal;
    changed.entries.push_back(recovery_confirmed_entry(epoch));
    changed.parts.emplace_back();
    reseal_log(copy, ExportLog::journal, changed, small_exports().pki(), "north");
    EXPECT_EQ(verdict_on(copy, small_exports().trust()), "FAILED " + name);
  }
}

TEST(Verify, a_thousand_random_edits_are_found_and_named) {
  // scripts/explore asks for more, and from another seed.
  const char* edits = std::getenv("HOTLINE_TAMPER_EDITS");
  const char* from = std::getenv("HOTLINE_TAMPER_FROM");
  const uint64_t first = from != nullptr ? std::strtoull(from, nullptr, 10) : 1;
  const uint64_t count = edits != nullptr ? std::strtoull(edits, nullptr, 10) : 1000;
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("edited");
  Tampering tampering(exports.north());
  for (uint64_t seed = first; seed < first + count; ++seed) {
    const Edit edit = tampering.edit(copy, seed);
    const auto verdict = verify_export(copy, exports.trust(), {});
    ASSERT_TRUE(verdict) << verdict.error().reason;
    if (!verdict->fault) {
      ADD_FAILURE() << "seed " << seed << ", not found: " << expectation(edit);
    } else if (!is_named(edit, verdict->fault->name)) {
      ADD_FAILURE() << "seed " << seed << ": " << expectation(edit) << "; named "
                    << verdict->fault->name << ": " << verdict->fault->reason;
    }
    tampering.restore(copy, edit);
  }
  EXPECT_EQ(verdict_on(copy, exports.trust()), "VERIFIED") << "after the last edit was undone";
}

}  // namespace
}  // namespace hotline::audit
