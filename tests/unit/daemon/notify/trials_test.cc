// Each command of the policy is tried once, some at a time, and marked as a trial.
#include "daemon/notify/trials.h"

#include <gtest/gtest.h>

#include "daemon/notify/notice_body.h"
#include "daemon/process/notifier_limits.h"
#include "protocol/channel/notifier_command.h"

namespace hotline {
namespace {

class TrialsTest : public testing::Test {
 protected:
  // A ladder of FLASH whose rungs have these programs, and the pager at each rung.
  static Policy policy_with(const std::vector<std::string>& programs) {
    Policy policy = default_policy();
    std::vector<Rung>& rungs = policy.at(kPrecedenceFirst).rungs;
    rungs[0].commands = {notifier_command("pager")};
    rungs[1].commands = {notifier_command("pager")};
    for (const std::string& program : programs) rungs[1].commands.push_back({program});
    return policy;
  }
  Status begin(const Policy& policy) {
    return trials_.begin(policy, {"north", "north", {}, false},
                         [this](const std::vector<TriedNotifier>& tried) { ended_ = tried; });
  }
  void end(size_t number, wire::Outcome outcome) {
    EXPECT_TRUE(trials_.take({started_.at(number).name, outcome, "as it went", {}}));
  }

  std::vector<Attempt> started_;
  std::vector<AttemptText> texts_;
  std::optional<std::vector<TriedNotifier>> ended_;
  Trials trials_{[this](const Attempt& attempt, const AttemptText& text) {
    started_.push_back(attempt);
    texts_.push_back(text);
  }};
};

TEST_F(TrialsTest, EachIsTriedOnceWhateverRungsNameIt) {
  ASSERT_TRUE(begin(policy_with({"/bin/page"})));
  ASSERT_EQ(started_.size(), 2u);
  EXPECT_FALSE(begin(policy_with({}))) << "one at a time";
  end(1, wire::Outcome::failed);
  EXPECT_FALSE(ended_);
  end(0, wire::Outcome::done);
  ASSERT_TRUE(ended_);
  EXPECT_EQ(ended_->at(0).name, "pager");
  EXPECT_EQ(ended_->at(0).outcome, wire::Outcome::done);
  EXPECT_EQ(ended_->at(1).name, "/bin/page");
  EXPECT_EQ(ended_->at(1).outcome, wire::Outcome::failed);
  EXPECT_EQ(ended_->at(1).detail, "as it went");
  EXPECT_TRUE(begin(policy_with({})));
}

TEST_F(TrialsTest, SaysThatItIsOne) {
  ASSERT_TRUE(begin(policy_with({})));
  const std::string webhook = webhook_body(started_[0], texts_[0]);
  EXPECT_NE(webhook.find("\"message\":\"TRIAL\""), std::string::npos) << webhook;
  EXPECT_NE(webhook.find("\"count\":0"), std::string::npos) << webhook;
  EXPECT_NE(webhook.find("\"trial\":true"), std::string::npos) << webhook;
  const std::string alert = alert_body(started_[0], texts_[0], 0, 1);
  EXPECT_NE(alert.find("\"alertname\":\"HotlineTrial\""), std::string::npos) << alert;
  EXPECT_NE(alert.find("TRIAL. Nothing waits"), std::string::npos) << alert;
}

TEST_F(TrialsTest, SomeAreUnderWayAtATime) {
  ASSERT_TRUE(begin(policy_with({"/1", "/2", "/3", "/4", "/5"})));
  EXPECT_EQ(started_.size(), limits::kTrialsAtOnce);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_FALSE(ended_);
    end(i, wire::Outcome::done);
  }
  EXPECT_EQ(started_.size(), 6u);
  EXPECT_TRUE(ended_);
}

TEST_F(TrialsTest, WhatIsNoTrialIsNotTaken) {
  EXPECT_FALSE(
      trials_.take({AttemptName{1, true, 1, "supervisor", 0, 1}, wire::Outcome::done, "", {}}));
  EXPECT_EQ(begin(default_policy()).error().code, ErrorCode::not_found);
  EXPECT_FALSE(begin(default_policy()));
}

}  // namespace
}  // namespace hotline
