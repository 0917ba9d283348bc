// hotline report: what it reads, what it says first, and how it exits.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "protocol/terminal/exit_code.h"
#include "tests/audit/export_fixture.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/journal_entries.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

class ReportTest : public testing::Test {
 protected:
  ReportTest() : terminal_(daemon_.connector()) {}

  static void SetUpTestSuite() {
    exports_ = std::make_unique<audit::MadeExports>(audit::ExportPlan{.messages = 60});
  }
  static void TearDownTestSuite() { exports_.reset(); }

  int run(std::vector<std::string> words) {
    words.insert(words.begin(), "report");
    return terminal_.run(words);
  }
  std::vector<std::string> joint() const {
    return {"--joint", exports_->north(), exports_->south(), "--trust", exports_->trust()};
  }
  bool begins(const std::string& words) const { return terminal_.out().starts_with(words); }
  bool says(const std::string& words) const {
    return terminal_.out().find(words) != std::string::npos;
  }

  static std::unique_ptr<audit::MadeExports> exports_;
  FakeDaemon daemon_;
  Terminal terminal_;
};

std::unique_ptr<audit::MadeExports> ReportTest::exports_;

TEST_F(ReportTest, OneVerifiedExport) {
  EXPECT_EQ(run({exports_->north(), "--trust", exports_->trust()}), kExitDone) << terminal_.err();
  EXPECT_TRUE(begins("VERIFIED: both signed for what is counted here\n")) << terminal_.out();
  EXPECT_TRUE(says("RECORD OF NORTH"));
  EXPECT_FALSE(says("RECORD OF SOUTH"));
}

TEST_F(ReportTest, BothBesideEachOther) {
  EXPECT_EQ(run(joint()), kExitDone) << terminal_.err();
  EXPECT_TRUE(begins("VERIFIED and reconciled: ")) << terminal_.out();
  EXPECT_TRUE(says("RECORD OF NORTH"));
  EXPECT_TRUE(says("RECORD OF SOUTH"));
}

TEST_F(ReportTest, AnExportThatNobodyVerifiedSaysSoFirst) {
  EXPECT_EQ(run({exports_->north()}), kExitIncomplete);
  EXPECT_TRUE(begins("NOT VERIFIED: ")) << terminal_.out();
}

TEST_F(ReportTest, AFailedExportHasNoNumbersAndNoFile) {
  const std::string forged = exports_->copy_of_north("forged.export");
  std::fstream(forged + "/journal/checkpoint", std::ios::in | std::ios::out).put('x');
  const std::string file = *exports_ / "forged.html";
  EXPECT_EQ(run({"--joint", forged, exports_->south(), "--trust", exports_->trust(), "-o", file}),
            kExitVerificationFailed);
  EXPECT_TRUE(begins("<!DOCTYPE html>")) << terminal_.out();
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(run({forged, "--trust", exports_->trust()}), kExitVerificationFailed);
  EXPECT_TRUE(begins("FAILED: ")) << terminal_.out();
  EXPECT_FALSE(says("Messages of"));
  EXPECT_EQ(run({"--joint", exports_->south(), forged, "--trust", exports_->trust(), "--json"}),
            kExitVerificationFailed);
  EXPECT_TRUE(says("\"standing\":\"FAILED\""));
  EXPECT_FALSE(says("\"messages\"")) << "of the record that is good";
}

TEST_F(ReportTest, AFileIsWrittenInTheFormatOfItsNameAndNeverOver) {
  const std::string file = *exports_ / "report.html";
  auto words = joint();
  words.insert(words.end(), {"-o", file});
  EXPECT_EQ(run(words), kExitDone) << terminal_.err();
  std::string first;
  std::getline(std::ifstream(file) >> std::ws, first);
  EXPECT_EQ(first, "<!DOCTYPE html>");
  EXPECT_NE(run(words), kExitDone);
  EXPECT_NE(terminal_.err().find("report.html"), std::string::npos);
}

TEST_F(ReportTest, AJournalThatIsNotCosignedGivesNoNumbers) {
  const audit::MadeExports alone({.messages = 20, .with_south = false, .witnessed = false});
  EXPECT_EQ(run({alone.north(), "--trust", alone.trust(), "--json"}), kExitIncomplete);
  EXPECT_TRUE(says("\"entries\":0,\"left_out\":{\"entries\":")) << terminal_.out();
}

TEST_F(ReportTest, ADaemonsReportIsItsOwnWord) {
  const UtcMs now = *parse_rfc3339("2026-11-22T00:00:00Z");
  daemon_.journal = {released_entry(now, {.serial = 1}), started_entry(now + 1)};
  daemon_.case_rows = [](flatbuffers::FlatBufferBuilder& b) { return wire::CreateCaseRows(b); };
  EXPECT_EQ(run({}), kExitDone) << terminal_.err();
  EXPECT_TRUE(begins("NOT VERIFIED: ")) << terminal_.out();
  EXPECT_EQ(run({"--trust", exports_->trust()}), kExitUsage);
}

TEST_F(ReportTest, RefusesWhatItCannotDo) {
  EXPECT_EQ(run({"--joint", exports_->north()}), kExitUsage);
  EXPECT_EQ(run({exports_->north(), exports_->south()}), kExitUsage);
  EXPECT_EQ(run({exports_->north(), "--format", "pdf"}), kExitUsage);
  EXPECT_EQ(run({exports_->north(), "--from", "2026-12-01", "--to", "2026-12-01"}), kExitUsage);
  EXPECT_EQ(run({"/nowhere"}), kExitNotFound);
}

}  // namespace
}  // namespace hotline::client
