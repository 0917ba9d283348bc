// hotline audit export: what a daemon says, written down as it says it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "client/audit/export_writer.h"
#include "client/audit/pem.h"
#include "protocol/message/envelope.h"
#include "protocol/terminal/exit_code.h"
#include "tests/test_party.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

Hash filled(uint8_t value) {
  Hash hash;
  hash.fill(value);
  return hash;
}

std::map<std::string, std::string> files_below(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(directory)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    files[fs::relative(file.path(), directory).string()] =
        std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

// North has five journal entries, sent three messages and received none.
class AuditExportTest : public testing::Test {
 protected:
  AuditExportTest() : terminal_(daemon_.connector()) {
    daemon_.roles = {wire::Role::auditor};
    for (const char* party : {"north", "south"}) {
      for (const char* purpose : {"log", "receipt", "witness"}) {
        const std::string name = std::string(party) + "-" + purpose;
        daemon_.certificates.emplace_back(name, to_bytes(as_bytes("DER of " + name)));
      }
    }
    client::FakeLog& journal = daemon_.exported[0];
    for (uint8_t i = 0; i < 5; ++i) journal.entries.push_back({Bytes(100, i), filled(i), {}, {}});
    journal.checkpoint = checkpoint(journal_origin(channel_.channel, "north", 0), 5);
    for (const uint64_t size : {1, 3, 4}) {
      journal.notes.push_back({size, checkpoint("cosigned journal", size)});
    }
    client::FakeLog& sent = daemon_.exported[1];
    for (uint8_t i = 0; i < 3; ++i) {
      const Bytes body(50, i);
      EnvelopeFields envelope;
      envelope.id = "N-00000" + std::to_string(i + 1);
      envelope.from = "north";
      envelope.to = "south";
      envelope.language = "en";
      envelope.parts = {describe_part(wire::PartKind::body, filled(9), body)};
      sent.entries.push_back({build_envelope(envelope), filled(i), filled(9), body});
    }
    sent.entries[1].salt.reset();  // Its body was erased.
    sent.checkpoint = checkpoint(channel_.origin, 3);
    sent.notes.push_back({3, checkpoint("receipt", 3)});
    target_ = fs::path(terminal_.write("here", "")).parent_path().string() + "/north.export";
  }

  std::string checkpoint(const std::string& origin, uint64_t size) {
    return sign_checkpoint({origin, size, filled(static_cast<uint8_t>(size))}, channel_.log.key,
                           channel_.log.signer);
  }

  int run(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"audit", "export", target_});
    return terminal_.run(more);
  }

  TestChannel channel_;
  client::FakeDaemon daemon_;
  client::Terminal terminal_;
  std::string target_;
};

TEST_F(AuditExportTest, WritesWhatTheDaemonSays) {
  EXPECT_EQ(run(), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.out(),
            "  journal   5 entries, 3 checkpoints cosigned by SOUTH\n"
            "  sent      3 messages of NORTH (2 with their bodies), 1 receipt of SOUTH\n"
            "  received  0 messages of SOUTH, 0 receipts of NORTH\n"
            "Written to " +
                target_ + ". Nothing of it was checked yet.\n");
  auto writer = *ExportWriter::create(target_ + ".expected");
  for (const char* party : {"north", "south"}) {
    for (const Purpose purpose : kSigningPurposes) {
      const std::string name = std::string(party) + "-" + purpose_name(purpose);
      ASSERT_TRUE(writer.add_certificate(
          party, purpose, format_pem({"CERTIFICATE", to_bytes(as_bytes("DER of " + name))})));
    }
  }
  for (const ExportLog log : {ExportLog::journal, ExportLog::sent}) {
    const client::FakeLog& from = daemon_.exported[log_number(log)];
    for (const auto& entry : from.entries) {
      std::optional<SaltedPart> part;
      if (entry.salt) part = SaltedPart{*entry.salt, entry.part};
      ASSERT_TRUE(writer.append(log, entry.bytes, entry.leaf_hash, part));
    }
    for (const auto& note : from.notes) ASSERT_TRUE(writer.append_cosigned(log, note.note));
    ASSERT_TRUE(writer.set_checkpoint(log, from.checkpoint));
  }
  ASSERT_TRUE(writer.finish());
  EXPECT_EQ(files_below(target_), files_below(target_ + ".expected"));
}

TEST_F(AuditExportTest, ShowsProgressOnATerminalOnlyAndEndsWithTheNextCommand) {
  EXPECT_EQ(run(), kExitDone);
  const std::string next = "Next: hotline audit verify " + target_ + " --trust DIR\n";
  EXPECT_NE(terminal_.err().find("\rfetching journal  25 %\rfetching journal  50 %"),
            std::string::npos)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("\rfetching sent  87 %   \rfetching sent  100 %\r"),
            std::string::npos)
      << terminal_.err();
  EXPECT_TRUE(terminal_.err().ends_with("\r" + next)) << terminal_.err();
  fs::remove_all(target_);
  terminal_.is_terminal = false;
  EXPECT_EQ(run(), kExitDone);
  EXPECT_EQ(terminal_.err(), next);
  fs::remove_all(target_);
  EXPECT_EQ(run({"--json"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "");
  EXPECT_EQ(terminal_.out(), "{\"v\":1,\"directory\":\"" + target_ +
                                 "\",\"party\":\"north\",\"journal\":{\"entries\":5,\"parts\":0,"
                                 "\"cosigned\":3},\"sent\":{\"entries\":3,\"parts\":2,\"cosigned\":"
                                 "1},\"received\":{\"entries\":0,\"parts\":0,\"cosigned\":0}}\n");
}

TEST_F(AuditExportTest, IsForAuditorsOnly) {
  daemon_.roles = {wire::Role::operator_};
  EXPECT_EQ(run(), kExitNotAllowed);
  EXPECT_NE(terminal_.err().find("why:  ann is not an auditor on this channel\n"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(target_));
  EXPECT_FALSE(fs::exists(target_ + ".partial"));
}

TEST_F(AuditExportTest, IsNeverWrittenOverAnother) {
  fs::create_directory(target_);
  EXPECT_EQ(run(), kExitRefused);
  EXPECT_NE(terminal_.err().find("exists already"), std::string::npos);
}

TEST_F(AuditExportTest, RefusesWhatNoExportCanHoldAndLeavesNothingBehind) {
  const auto expect_refused = [&](const std::string& because) {
    EXPECT_EQ(run(), kExitRefused);
    EXPECT_NE(terminal_.err().find(because), std::string::npos) << terminal_.err();
    EXPECT_FALSE(fs::exists(target_) || fs::exists(target_ + ".partial"));
  };
  daemon_.claimed_size_more = 1;
  expect_refused("journal: no checkpoint of its 6 entries");
  daemon_.exported[0].checkpoint = checkpoint("x", 6);
  daemon_.exported[1].checkpoint = checkpoint("x", 4);
  daemon_.exported[2].checkpoint = checkpoint("x", 1);
  expect_refused("journal: other entries than from 5 on");
  daemon_.claimed_size_more = 0;
  daemon_.exported[0].checkpoint = checkpoint("x", 5);
  daemon_.exported[1].checkpoint = checkpoint("x", 3);
  daemon_.exported[2].checkpoint = "";
  daemon_.certificates.pop_back();
  expect_refused("no certificate south-witness");
  daemon_.certificates.emplace_back("south-witness", Bytes{1});
  daemon_.export_page = 0;
  expect_refused("other entries than from 0 on");
}

}  // namespace
}  // namespace hotline::audit
