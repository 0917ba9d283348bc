// hotline audit verify and reconcile as people and scripts meet them.
#include <gtest/gtest.h>

#include <filesystem>

#include "protocol/terminal/exit_code.h"
#include "tests/audit/export_fixture.h"
#include "tests/unit/client/terminal.h"

namespace hotline::audit {
namespace {

using client::Terminal;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(AuditVerifyCommand, says_what_was_checked_up_to_where_and_what_was_trusted) {
  const MadeExports& exports = small_exports();
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "verify", exports.north(), "--trust", exports.trust()}),
            kExitDone)
      << terminal.err();
  const auto verdict = verify_export(exports.north(), exports.trust(), {});
  const std::string last = std::to_string(verdict->cosigned_size - 1);
  EXPECT_TRUE(has(terminal.out(), "  journal       ")) << terminal.out();
  EXPECT_TRUE(has(terminal.out(), " entries, gap-free\n")) << terminal.out();
  EXPECT_TRUE(has(terminal.out(), "cosigned by SOUTH up to entry " + last + "\n"));
  EXPECT_TRUE(has(terminal.out(), "  not covered   entries "));
  EXPECT_TRUE(has(terminal.out(), "VERIFIED up to entry " + last + ", root "));
  EXPECT_TRUE(has(terminal.out(), "Trusted: north-ca.crt, south-ca.crt (DEV ONLY)\n"));
  EXPECT_TRUE(has(terminal.err(), "100 %")) << "progress, on a terminal";
  terminal.is_terminal = false;
  terminal.run({"audit", "verify", exports.north(), "--trust", exports.trust()});
  EXPECT_EQ(terminal.err(), "");
}

TEST(AuditVerifyCommand, names_the_first_bad_entry) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("altered");
  std::string parts = read_whole(copy + "/sent/parts/000");
  parts[100] ^= 1;
  write_whole(copy + "/sent/parts/000", parts);
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "verify", copy, "--trust", exports.trust()}),
            kExitVerificationFailed);
  EXPECT_TRUE(terminal.out().starts_with("FAILED at sent entry 0 (N-")) << terminal.out();
  EXPECT_FALSE(has(terminal.out(), "VERIFIED"));
  EXPECT_EQ(terminal.run({"audit", "verify", copy, "--trust", exports.trust(), "--json"}),
            kExitVerificationFailed);
  EXPECT_TRUE(has(terminal.out(), R"("verdict":"FAILED","fault":"sent entry 0 (N-)"))
      << terminal.out();
}

TEST(AuditVerifyCommand, tells_incomplete_from_failed) {
  ExportPlan plan;
  plan.messages = 10;
  plan.witnessed = false;
  const MadeExports exports(plan);
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "verify", exports.north(), "--trust", exports.trust()}),
            kExitIncomplete);
  EXPECT_TRUE(has(terminal.out(), "  not checked   no journal entry is cosigned by south\n"))
      << terminal.out();
  EXPECT_TRUE(has(terminal.out(), "INCOMPLETE up to nothing  Trusted: "));
}

TEST(AuditVerifyCommand, wants_to_know_whom_to_trust) {
  const MadeExports& exports = small_exports();
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "verify", exports.north()}), kExitUsage);
  EXPECT_TRUE(has(terminal.err(), "--trust DIR"));
  const TestDirectory empty;
  EXPECT_EQ(terminal.run({"audit", "verify", exports.north(), "--trust", empty.path()}),
            kExitConfiguration);
  EXPECT_TRUE(has(terminal.err(), "north-ca.crt is missing")) << terminal.err();
  EXPECT_EQ(terminal.run({"audit", "verify", empty / "no", "--trust", exports.trust()}),
            kExitNotFound);
  EXPECT_EQ(terminal.run(
                {"audit", "verify", exports.north(), "--trust", exports.trust(), "--threads", "0"}),
            kExitUsage);
}

TEST(AuditVerifyCommand, prints_one_object) {
  const MadeExports& exports = small_exports();
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "verify", exports.north(), "--trust", exports.trust(),
                          "--threads", "2", "--json"}),
            kExitDone);
  EXPECT_TRUE(terminal.out().starts_with(
      R"({"v":1,"verdict":"VERIFIED","fault":null,"reason":null,"unchecked":[],"party":"north",)"))
      << terminal.out();
  EXPECT_TRUE(has(terminal.out(), R"("trusted":["north-ca.crt","south-ca.crt"]})"));
}

TEST(AuditReconcileCommand, shows_both_sides_of_each_transcript) {
  const MadeExports& exports = small_exports();
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "reconcile", exports.north(), exports.south()}), kExitDone)
      << terminal.err();
  EXPECT_TRUE(terminal.out().starts_with("               NORTH  SOUTH\nsent by NORTH"))
      << terminal.out();
  EXPECT_TRUE(has(terminal.out(), "all match\nRECONCILED: no differences\n"));
}

TEST(AuditReconcileCommand, does_not_say_that_receipts_match_which_are_missing) {
  const MadeExports& exports = small_exports();
  const std::string copy = exports.copy_of_north("reconciled");
  std::filesystem::remove(copy + "/sent/cosigned");
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "reconcile", copy, exports.south()}), kExitDone);
  EXPECT_TRUE(has(terminal.out(), "those that both have match\nNO RECEIPT at NORTH for the last "))
      << terminal.out();
  EXPECT_TRUE(has(terminal.out(), " messages of NORTH that both have: "));
}

TEST(AuditReconcileCommand, keeps_its_columns_apart_however_many_messages_there_are) {
  ExportPlan plan;
  plan.messages = 12'000;
  plan.batch_max = 1000;
  plan.north_per_mille = 1000;
  const MadeExports exports(plan);
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "reconcile", exports.north(), exports.south()}), kExitDone);
  EXPECT_TRUE(has(terminal.out(), "\nsent by NORTH  12,")) << terminal.out();
}

TEST(AuditReconcileCommand, ends_with_11_when_they_differ) {
  ExportPlan plan;
  plan.messages = 20;
  plan.unreceipted = true;
  const MadeExports exports(plan);
  Terminal terminal;
  EXPECT_EQ(terminal.run({"audit", "reconcile", exports.north(), exports.south()}),
            kExitNotReconciled);
  EXPECT_TRUE(has(terminal.out(), " only at NORTH\n")) << terminal.out();
  EXPECT_TRUE(has(terminal.out(), "NOT RECONCILED: 1 difference\n"));
  EXPECT_EQ(terminal.run({"audit", "reconcile", exports.north(), exports.south(), "--json"}),
            kExitNotReconciled);
  EXPECT_TRUE(terminal.out().starts_with(R"({"v":1,"reconciled":false,"differences":1,)"));
}

}  // namespace
}  // namespace hotline::audit
