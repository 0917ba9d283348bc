// A newer export, and newer evidence, are refused by name.
#include "client/audit/format_line.h"

#include <gtest/gtest.h>

#include "client/audit/evidence_check.h"
#include "client/audit/verify.h"
#include "client/report/exported_messages.h"
#include "tests/audit/export_fixture.h"

namespace hotline::audit {
namespace {

bool names_both_formats(const std::string& reason) {
  return reason.find("of format 2, which a newer release writes") != std::string::npos &&
         reason.find("reads format 1") != std::string::npos;
}

TEST(FormatLine, ANewerFormatIsToldFromALineThatIsNone) {
  EXPECT_TRUE(check_format_line("hotline-export/v3\n", "hotline-export/v3\n"));
  for (const char* newer : {"hotline-export/v4\n", "hotline-export/v12\n"}) {
    EXPECT_EQ(check_format_line(newer, "hotline-export/v3\n").error().code,
              ErrorCode::configuration);
  }
  for (const char* none :
       {"hotline-export/v2\n", "hotline-export/v4", "hotline-export/v\n", "hotline-export/v4x\n",
        "hotline-export/v-4\n", "hotline-export/v99999999999999999999\n", "hotline-evidence/v4\n",
        "hotline-export/v3\n\n", "v4\n", ""}) {
    EXPECT_EQ(check_format_line(none, "hotline-export/v3\n").error().code, ErrorCode::malformed)
        << none;
  }
}

TEST(FormatLine, ANewerExportIsRefusedByName) {
  const std::string newer = small_exports().copy_of_north("newer");
  write_whole(newer + "/hotline-export", "hotline-export/v2\n");
  const auto verdict = verify_export(newer, small_exports().trust(), {});
  ASSERT_TRUE(verdict);
  ASSERT_TRUE(verdict->fault);
  EXPECT_EQ(verdict->fault->name, "hotline-export");
  EXPECT_TRUE(names_both_formats(verdict->fault->reason)) << verdict->fault->reason;

  const auto listed = client::ExportedMessages::read(newer);
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, ErrorCode::configuration);
  EXPECT_TRUE(names_both_formats(listed.error().reason)) << listed.error().reason;
}

TEST(FormatLine, NewerEvidenceIsRefusedByName) {
  const auto read = parse_evidence_file("hotline-evidence/v2\nsomething new\n");
  ASSERT_FALSE(read);
  EXPECT_TRUE(names_both_formats(read.error().reason)) << read.error().reason;
  EXPECT_FALSE(parse_evidence_file("hotline-evidence/v1"));
  EXPECT_FALSE(parse_evidence_file(""));
}

}  // namespace
}  // namespace hotline::audit
