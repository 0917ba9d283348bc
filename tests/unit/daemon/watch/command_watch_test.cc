#include "daemon/watch/command_watch.h"

#include <gtest/gtest.h>

namespace hotline {
namespace {

Policy policy_with(const std::vector<std::string>& programs) {
  Policy policy = default_policy();
  Rung& rung = policy.at(kPrecedenceFirst).rungs.front();
  for (const std::string& program : programs) rung.commands.push_back({program, "argument"});
  return policy;
}

TEST(CommandWatch, ProgramsThatCanBeStartedAreNotMissing) {
  EXPECT_TRUE(missing_commands(default_policy()).empty());
  EXPECT_TRUE(missing_commands(policy_with({"/bin/sh"})).empty());
}

TEST(CommandWatch, EachThatCannotIsNamedWithItsReason) {
  const auto missing =
      missing_commands(policy_with({"/bin/sh", "/nowhere/pager", "/etc/passwd", "/bin", "pager"}));
  ASSERT_EQ(missing.size(), 4u);
  EXPECT_EQ(missing.at("/nowhere/pager"),
            "the command /nowhere/pager of a rung cannot be started (No such file or directory): "
            "it would tell nobody; mend it");
  EXPECT_NE(missing.at("/etc/passwd").find("cannot be executed"), std::string::npos);
  EXPECT_NE(missing.at("/bin").find("cannot be executed"), std::string::npos);
  EXPECT_NE(missing.at("pager").find("a whole path"), std::string::npos);
}

}  // namespace
}  // namespace hotline
