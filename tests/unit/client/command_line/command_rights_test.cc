// The commands that a person of each role is offered.
#include "client/command_line/command_rights.h"

#include <gtest/gtest.h>

#include <vector>

#include "protocol/message/roles.h"

namespace hotline::client {
namespace {

bool may(wire::Role role, const std::string& words, bool exercise = true) {
  const std::vector<uint8_t> roles{static_cast<uint8_t>(role)};
  return may_give(roles, words, exercise);
}

TEST(CommandRights, FollowTheTableOfRoles) {
  using enum wire::Role;
  for (const char* words : {"ack S-000001", "send --corrects N-1", "conflicts --accept N-1,S-1",
                            "incident close S-1 --reason \"...\"", "decide N-1 --rung x",
                            "draft submit D-1", "handover start", "test-call"}) {
    EXPECT_TRUE(may(operator_, words)) << words;
    EXPECT_TRUE(may(supervisor, words)) << words;
    EXPECT_FALSE(may(auditor, words)) << words;
    EXPECT_FALSE(may(releaser, words)) << words;
  }
  EXPECT_TRUE(may(releaser, "release D-1"));
  EXPECT_FALSE(may(operator_, "release D-1"));
  EXPECT_TRUE(may(supervisor, "ack --all"));
  EXPECT_FALSE(may(operator_, "ack --all"));
  EXPECT_TRUE(may(auditor, "audit export DIR"));
  EXPECT_TRUE(may(director, "drill agree"));
  EXPECT_FALSE(may(supervisor, "drill agree"));
  EXPECT_TRUE(may(director, "drill begin"));
  EXPECT_FALSE(may(operator_, "drill begin"));
  EXPECT_TRUE(may(supervisor, "drill agree", false)) << "the daemon says that the channel is live";
  EXPECT_TRUE(may(monitor, "send"));
  EXPECT_FALSE(may(monitor, "ack"));
  for (const char* words : {"conflicts", "conflicts N-1", "show N-1", "draft list", "case show N-1",
                            "handover show", "channel status", "acknowledge"}) {
    EXPECT_TRUE(may(auditor, words)) << words;
  }
}

}  // namespace
}  // namespace hotline::client
