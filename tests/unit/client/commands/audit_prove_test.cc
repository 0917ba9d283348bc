// hotline audit prove: proofs out of exports as two daemons would leave them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/audit/covering_note.h"
#include "client/audit/exported_log.h"
#include "client/audit/proof_maker.h"
#include "protocol/message/envelope.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/exit_code.h"
#include "tests/audit/made_exports.h"
#include "tests/unit/client/terminal.h"

namespace hotline::audit {
namespace {

namespace fs = std::filesystem;

// Exports of north and south, made once for all tests of a plan.
class Exports {
 public:
  explicit Exports(const ExportPlan& plan) {
    std::string pattern = testing::TempDir() + "hotline-exports-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = pattern;
    if (auto status = make_exports(directory_, plan); !status) {
      throw std::runtime_error(status.error().reason);
    }
  }
  ~Exports() { fs::remove_all(directory_); }
  Exports(const Exports&) = delete;
  Exports& operator=(const Exports&) = delete;

  std::string north() const { return path("north.export"); }
  std::string trust() const { return path("trust"); }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

 private:
  std::string directory_;
};

const Exports& good_exports() {
  static const Exports exports([] {
    ExportPlan plan;
    plan.messages = 700;
    plan.erased_per_mille = 20;
    plan.malformed_per_mille = 20;
    plan.unreceipted = true;
    return plan;
  }());
  return exports;
}

std::vector<std::string> ids_of(ExportLog which) {
  const auto reader = *ExportReader::open(good_exports().north());
  auto log = *ExportedLog::open(reader, which);
  std::vector<std::string> ids;
  for (uint64_t i = 0; i < log.size(); ++i) {
    const auto envelope = open_envelope(*log.entry_bytes(i));
    ids.push_back(envelope ? (*envelope)->id()->str() : "");
  }
  return ids;
}

TEST(ProofMaker, EveryMessageThatHasAReceiptCanBeProved) {
  const TrustDirectory trust = *TrustDirectory::open(good_exports().trust());
  size_t proved = 0;
  size_t without_body = 0;
  for (const ExportLog which : {ExportLog::sent, ExportLog::received}) {
    const std::vector<std::string> ids = ids_of(which);
    ASSERT_GT(ids.size(), 200u);
    for (uint64_t i = 0; i < ids.size(); ++i) {
      if (ids[i].empty()) continue;
      const auto made = make_proof(good_exports().north(), ids[i]);
      if (!made) {
        // North's last message alone waits for its receipt.
        EXPECT_EQ(made.error().code, ErrorCode::incomplete) << made.error().reason;
        EXPECT_TRUE(which == ExportLog::sent && i + 1 == ids.size()) << ids[i];
        continue;
      }
      EXPECT_EQ(made->proof.index, i);
      EXPECT_EQ(made->log, which);
      const auto checked = check_proof(format_proof_file(made->proof), trust);
      ASSERT_TRUE(checked) << ids[i] << ": " << checked.error().reason;
      EXPECT_EQ(checked->names.sender, which == ExportLog::sent ? "north" : "south");
      EXPECT_EQ(checked->unchecked.empty(), made->proof.body.has_value());
      ++(made->proof.body ? proved : without_body);
    }
  }
  EXPECT_GT(proved, 600u);
  EXPECT_GT(without_body, 0u);
}

// As the daemon calls what has no serial of its own, or that of another message.
TEST(ProofMaker, AMessageWithoutASerialIsProvedByItsPlace) {
  const TrustDirectory trust = *TrustDirectory::open(good_exports().trust());
  const std::vector<std::string> ids = ids_of(ExportLog::received);
  const auto without = std::find(ids.begin(), ids.end(), "");
  ASSERT_NE(without, ids.end());
  const auto index = static_cast<uint64_t>(without - ids.begin());
  const auto made = make_proof(good_exports().north(), "s-?" + std::to_string(index));
  ASSERT_TRUE(made) << made.error().reason;
  EXPECT_EQ(made->log, ExportLog::received);
  EXPECT_EQ(made->proof.index, index);
  EXPECT_EQ(made->id, format_place("S", index));
  const auto checked = check_proof(format_proof_file(made->proof), trust);
  ASSERT_TRUE(checked) << checked.error().reason;
  EXPECT_EQ(checked->names.sender, "south");

  const auto own = make_proof(good_exports().north(), "N-?0");
  ASSERT_TRUE(own) << own.error().reason;
  EXPECT_EQ(own->log, ExportLog::sent);
  for (const std::string& name : {format_place("S", ids.size()), format_place("Q", 0)}) {
    const auto none = make_proof(good_exports().north(), name);
    ASSERT_FALSE(none) << name;
    EXPECT_EQ(none.error().code, ErrorCode::not_found) << name;
  }
}

TEST(CoveringNote, IsTheSmallestThatCovers) {
  const auto reader = *ExportReader::open(good_exports().north());
  for (const ExportLog which : {ExportLog::sent, ExportLog::received}) {
    const auto log = *ExportedLog::open(reader, which);
    std::ifstream in(good_exports().north() + "/" + cosigned_path(which), std::ios::binary);
    const std::string file(std::istreambuf_iterator<char>(in), {});
    ASSERT_GT(file.size(), 32u * 1024);  // So that it is searched and not read through.
    uint64_t next = 0;
    for (size_t at = 0; at < file.size();) {
      const size_t size =
          static_cast<uint8_t>(file[at]) * 256u + static_cast<uint8_t>(file[at + 1]);
      const std::string note = file.substr(at + 2, size);
      const uint64_t covered = parse_checkpoint_text(parse_note(note)->text)->size;
      for (; next < covered; ++next) {
        const auto found =
            find_covering_note(good_exports().north(), which, log.checkpoint().origin, next);
        ASSERT_TRUE(found) << found.error().reason;
        ASSERT_EQ(*found, note) << next;
      }
      at += 2 + size;
    }
    const auto none =
        find_covering_note(good_exports().north(), which, log.checkpoint().origin, next);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::incomplete);
  }
}

TEST(TileHashes, AreTheHashesOfTheLog) {
  const auto reader = *ExportReader::open(good_exports().north());
  auto log = *ExportedLog::open(reader, ExportLog::journal);
  ASSERT_GT(log.size(), 256u);
  const TileHashes hashes(reader, ExportLog::journal, log.size());
  Frontier frontier;
  for (uint64_t i = 0; i < log.size(); ++i) frontier.append(leaf_hash(*log.entry_bytes(i)));
  EXPECT_EQ(root_at(hashes, log.size()), frontier.root());
  EXPECT_EQ(frontier.root(), log.checkpoint().root);
  EXPECT_FALSE(hashes.damage());
}

class AuditProveTest : public testing::Test {
 protected:
  int prove(std::vector<std::string> more) {
    more.insert(more.begin(), {"audit", "prove"});
    more.insert(more.end(), {"--export", good_exports().north()});
    return terminal_.run(more);
  }

  client::Terminal terminal_;
};

TEST_F(AuditProveTest, WritesAFileThatChecks) {
  const std::string file = fs::path(terminal_.write("x", "")).parent_path().string() + "/n1.proof";
  EXPECT_EQ(prove({"n-1", "-o", file}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.out().rfind("N-000001 is leaf ", 0), 0u) << terminal_.out();
  EXPECT_EQ(terminal_.err(), "Next: hotline audit check " + file + " --trust DIR\n");
  EXPECT_EQ(terminal_.run({"audit", "check", file, "--trust", good_exports().trust()}), kExitDone)
      << terminal_.out();
  EXPECT_EQ(prove({"N-1", "-o", file}), kExitRefused);
  EXPECT_NE(terminal_.err().find("exists already"), std::string::npos);

  EXPECT_EQ(prove({"N-1"}), kExitDone);
  std::ifstream in(file, std::ios::binary);
  EXPECT_EQ(terminal_.out(), std::string(std::istreambuf_iterator<char>(in), {}));
  EXPECT_EQ(prove({"N-1", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out().rfind("{\"v\":1,\"id\":\"N-000001\",\"leaf\":", 0), 0u);
}

TEST_F(AuditProveTest, SaysWhyItCannot) {
  EXPECT_EQ(prove({"@last"}), kExitUsage);
  EXPECT_EQ(prove({"N-999999"}), kExitNotFound);
  EXPECT_EQ(prove({"Q-1"}), kExitNotFound);
  EXPECT_EQ(terminal_.run({"audit", "prove", "N-1"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"audit", "prove", "N-1", "--export", good_exports().trust()}),
            kExitNotFound);
  EXPECT_EQ(terminal_.run({"audit", "prove", "N-1", "--export", "nowhere"}), kExitNotFound);
  const std::string last = ids_of(ExportLog::sent).back();
  EXPECT_EQ(prove({last}), kExitIncomplete);
  EXPECT_NE(terminal_.err().find("no receipt in this export covers sent entry"), std::string::npos);
}

TEST_F(AuditProveTest, OutOfADamagedExportItMakesNothing) {
  const uint64_t index = 5;  // Its neighbour stands in every checkpoint that covers it.
  const std::string id = ids_of(ExportLog::sent)[index];
  const std::string damaged = good_exports().path("damaged");
  const auto expect_damaged = [&](const std::string& file, int64_t at) {
    fs::remove_all(damaged);
    fs::copy(good_exports().north(), damaged, fs::copy_options::recursive);
    const auto size = static_cast<int64_t>(fs::file_size(damaged + "/" + file));
    std::fstream stream(damaged + "/" + file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(at < 0 ? size + at : at);
    const char byte = static_cast<char>(stream.peek() ^ 1);
    stream.seekp(at < 0 ? size + at : at);
    stream.put(byte);
    stream.close();
    EXPECT_EQ(terminal_.run({"audit", "prove", id, "--export", damaged}), kExitVerificationFailed)
        << file << ": " << terminal_.err();
    EXPECT_TRUE(terminal_.out().empty());
  };
  std::ifstream in(good_exports().north() + "/" + cosigned_path(ExportLog::sent), std::ios::binary);
  const std::string notes(std::istreambuf_iterator<char>(in), {});
  const std::string note = make_proof(good_exports().north(), id)->proof.checkpoint_note;
  const size_t signature = notes.find(note) + note.rfind(' ') + 20;
  // The neighbour that the proof needs; the receipt; a certificate.
  expect_damaged(tile_path(ExportLog::sent, 0, 0, 256), (index ^ 1) * 32);
  expect_damaged(cosigned_path(ExportLog::sent), static_cast<int64_t>(signature));
  expect_damaged(certificate_path("south", Purpose::receipt), 200);
  fs::remove(damaged + "/" + tile_path(ExportLog::sent, 0, 0, 256));
  EXPECT_EQ(terminal_.run({"audit", "prove", id, "--export", damaged}), kExitVerificationFailed);
  fs::remove_all(damaged);
}

// An export of a journal is read like a daemon's, and knows the names of the peer's messages.
TEST_F(AuditProveTest, TheLogOfAnExportIsReadWithoutADaemon) {
  EXPECT_EQ(terminal_.run({"audit", "log", "--export", good_exports().north()}), kExitDone);
  const std::string all = terminal_.out();
  EXPECT_NE(all.find("created     store of NORTH for the channel with SOUTH, live"),
            std::string::npos);
  EXPECT_EQ(terminal_.run({"audit", "log", "--export", good_exports().north(), "-n", "50"}),
            kExitDone)
      << terminal_.err();
  const std::string last = terminal_.out();
  EXPECT_TRUE(all.ends_with(last));
  EXPECT_EQ(std::count(last.begin(), last.end(), '\n'), 50);
  EXPECT_EQ(terminal_.run({"audit", "log", "--export", good_exports().trust()}), kExitNotFound);
}

}  // namespace
}  // namespace hotline::audit
