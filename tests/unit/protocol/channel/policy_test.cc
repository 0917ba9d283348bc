#include "protocol/channel/policy.h"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/channel/notifier_command.h"
#include "protocol/channel/policy_text.h"

namespace hotline {
namespace {

TEST(Policy, TheDefaultIsValidAndTheFlashChainEndsInsideTenMinutes) {
  const Policy policy = default_policy();
  EXPECT_TRUE(validate(policy));
  ASSERT_EQ(policy.at(1).rungs.size(), 3u);
  EXPECT_LE(policy.at(1).rungs.back().after_ms, 10 * 60'000);
  EXPECT_TRUE(policy.at(1).rungs.back().proposes_voice);
  EXPECT_EQ(policy.at(4).alarm_again_ms, 0);
}

TEST(Policy, TheDigestIsOfAFixedText) {
  // Another text is another agreement: the two parties of an installed channel would alarm.
  EXPECT_EQ(to_hex(digest(default_policy())),
            "0b7b4dc45172e05796b73282a0b8c7cee59406e83d3e1509022c9fd7c6c33476");
  EXPECT_EQ(
      canonical_text(default_policy()).substr(0, 185),
      "hotline/policy/1\nflash next-path 30000\nflash undelivered-alarm 240000\n"
      "flash alarm-again 30000\nflash rung supervisor 180000\nflash rung duty-director 300000\n"
      "flash rung voice voice 480000\n");
}

TEST(Policy, ACommandMayStandForANotifier) {
  Policy policy = default_policy();
  policy.at(1).rungs[0].commands = {{"/bin/page", "supervisor"}, notifier_command("pager-2")};
  EXPECT_TRUE(validate(policy));
  EXPECT_EQ(notifier_of(policy.at(1).rungs[0].commands[0]), "");
  EXPECT_EQ(notifier_of(policy.at(1).rungs[0].commands[1]), "pager-2");
}

TEST(Policy, TheDigestCoversWhatIsAgreedAndNothingLocal) {
  const Hash before = digest(default_policy());
  Policy policy = default_policy();
  policy.at(1).rungs[0].role = "watch";
  policy.at(1).rungs[0].commands = {{"/usr/local/bin/page", "supervisor"}};
  EXPECT_EQ(digest(policy), before);

  const std::function<void(Policy&)> agreed[] = {
      [](Policy& p) { p.at(1).next_path_ms += 1; },
      [](Policy& p) { p.at(2).undelivered_alarm_ms += 1; },
      [](Policy& p) { p.at(3).alarm_again_ms += 1; },
      [](Policy& p) { p.at(4).rungs[1].after_ms += 1; },
      [](Policy& p) { p.at(4).rungs[1].name += "s"; },
      [](Policy& p) { p.at(4).rungs[1].proposes_voice = true; },
      [](Policy& p) { p.at(4).rungs.pop_back(); },
      [](Policy& p) { p.at(1).dissemination_due_ms += 1; },
      [](Policy& p) { p.at(1).first_answer_due_ms += 1; },
      [](Policy& p) { p.at(1).full_answer_due_ms += 1; },
      [](Policy& p) { p.link.test_call_interval_ms += 1; },
      [](Policy& p) { p.link.test_call_acknowledged_ms += 1; },
      [](Policy& p) { p.link.channel_check_interval_ms += 1; },
      [](Policy& p) { p.retention.messages = 120; },
  };
  for (const auto& change : agreed) {
    Policy changed = default_policy();
    change(changed);
    EXPECT_NE(digest(changed), before);
  }
}

TEST(Policy, RefusesWhatCannotBeFollowedAndSaysWhere) {
  struct {
    std::function<void(Policy&)> change;
    const char* reason;
  } const cases[] = {
      {[](Policy& p) { p.at(1).rungs[1].after_ms = p.at(1).rungs[0].after_ms; },
       "the ladder of flash, rung duty-director (180 s) is not later than supervisor (180 s)"},
      {[](Policy& p) { p.at(2).rungs[0].after_ms = -1; },
       "the ladder of immediate, rung supervisor: after is -1 ms"},
      {[](Policy& p) { p.at(2).rungs[2].after_ms = INT64_MAX; },
       "the ladder of immediate, rung voice: after is 9223372036854775807 ms"},
      {[](Policy& p) { p.at(3).rungs[2].name = "supervisor"; },
       "the ladder of priority has two rungs with the name supervisor"},
      {[](Policy& p) { p.at(3).rungs[2].name = "Duty Director"; },
       "the ladder of priority has a rung with the name \"Duty Director\""},
      {[](Policy& p) {
         p.at(4).rungs.resize(9, Rung{"r", 1, false, "", {}});
       },
       "the ladder of routine has 9 rungs"},
      {[](Policy& p) { p.at(1).alarm_again_ms = 1; }, "the ladder of flash: alarm again is 1 ms"},
      {[](Policy& p) { p.at(1).undelivered_alarm_ms = 0; },
       "the ladder of flash: undelivered alarm is 0 ms"},
      {[](Policy& p) { p.at(1).full_answer_due_ms = 1; },
       "the ladder of flash: the full answer is due before the first"},
      {[](Policy& p) {
         p.at(1).rungs[0].commands = {{"page", "supervisor"}};
       },
       "the ladder of flash, rung supervisor has a command that does not begin with an absolute "
       "path"},
      {[](Policy& p) { p.at(1).rungs[0].commands = {{}}; },
       "the ladder of flash, rung supervisor has a command that does not begin with an absolute "
       "path"},
      {[](Policy& p) { p.at(1).rungs[0].commands = {notifier_command("Pager")}; },
       "the ladder of flash, rung supervisor has a command that does not begin with an absolute "
       "path"},
      {[](Policy& p) { p.at(1).rungs[0].commands = {Command(33, "/bin/true")}; },
       "the ladder of flash, rung supervisor has a command that is too long"},
      {[](Policy& p) { p.at(1).rungs[0].commands.resize(5, {"/bin/true"}); },
       "the ladder of flash, rung supervisor has 5 commands"},
      {[](Policy& p) { p.retention.people = -1; }, "retention: people is -1 months"},
      {[](Policy& p) { p.retention.reports = 1'201; }, "retention: reports is 1201 months"},
      {[](Policy& p) { p.link.test_call_interval_ms = 0; }, "the test call interval is 0 ms"},
  };
  for (const auto& refused : cases) {
    Policy policy = default_policy();
    refused.change(policy);
    const Status checked = validate(policy);
    ASSERT_FALSE(checked) << refused.reason;
    EXPECT_EQ(checked.error().code, ErrorCode::configuration);
    EXPECT_EQ(checked.error().reason, refused.reason);
    EXPECT_FALSE(checked.error().hint.empty()) << refused.reason;
  }
}

}  // namespace
}  // namespace hotline
