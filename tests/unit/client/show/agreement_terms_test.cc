#include "client/show/agreement_terms.h"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/channel/policy_text.h"

namespace hotline::client {
namespace {

std::string only_change(const std::function<void(Policy&)>& change) {
  const Policy before = default_policy();
  Policy after = before;
  change(after);
  const auto found = differences(before, after);
  EXPECT_EQ(found.size(), 1u);
  if (found.empty()) return "none";
  const AgreementDifference& one = found.front();
  return one.words + ": " + one.before + " -> " + one.after + ", " + one.change;
}

TEST(AgreementTerms, SayWhatWouldChange) {
  EXPECT_EQ(only_change([](Policy& p) { p.at(1).undelivered_alarm_ms = 300'000; }),
            "FLASH: alarm UNDELIVERED: 4min -> 5min, later");
  EXPECT_EQ(only_change([](Policy& p) { p.at(4).rungs[0].after_ms = 3'600'000; }),
            "ROUTINE: rung supervisor: 6h -> 1h, sooner");
  // An alarm that never sounds again is the latest of all.
  EXPECT_EQ(only_change([](Policy& p) { p.at(1).alarm_again_ms = 0; }),
            "FLASH: the alarm sounds again: 30s -> never, later");
  EXPECT_EQ(only_change([](Policy& p) { p.at(4).alarm_again_ms = 60'000; }),
            "ROUTINE: the alarm sounds again: never -> 1min, sooner");
  EXPECT_EQ(only_change([](Policy& p) { p.at(2).rungs.pop_back(); }),
            "IMMEDIATE: rung voice, which proposes voice: 30min -> , gone");
  EXPECT_EQ(only_change([](Policy& p) { p.at(2).rungs.back().proposes_voice = false; }),
            "IMMEDIATE: rung voice: IMMEDIATE: rung voice, which proposes voice -> IMMEDIATE: rung "
            "voice, changed");
  EXPECT_EQ(only_change([](Policy& p) {
              p.contacts = {{"north-duty-officer", "+00 1"}};
            }),
            "contact north-duty-officer:  -> +00 1, new");
  EXPECT_EQ(only_change([](Policy& p) { p.separation.horizontal_m = 5'000; }),
            "separation on the ground: 10000m -> 5000m, smaller");
  EXPECT_EQ(only_change([](Policy& p) { p.separation.time_s = 3'600; }),
            "separation in time: 10min -> 1h, larger");
  EXPECT_EQ(only_change([](Policy& p) { p.case_clock.first_response_ms /= 2; }),
            "case: first response: 1d -> 12h, sooner");
  EXPECT_EQ(only_change([](Policy& p) {
              p.case_clock.guarantors = {"a", "b"};
            }),
            "case: guarantors: - -> a, b, changed");
  EXPECT_EQ(only_change([](Policy& p) { p.retention.messages = 120; }),
            "kept at least: other messages: for ever -> 10 years, shorter");
  EXPECT_EQ(only_change([](Policy& p) { p.two_person.one_for_life = true; }),
            "one person for danger to life: no -> yes, changed");
}

TEST(AgreementTerms, SayWhichRetentionIsLonger) {
  Policy before = default_policy();
  before.retention = {18, 18, 18, 18};
  Policy after = before;
  after.retention = {12, 240, 0, 18};
  std::vector<std::string> changes;
  for (const AgreementDifference& one : differences(before, after))
    changes.push_back(one.words + ": " + one.before + " -> " + one.after + ", " + one.change);
  EXPECT_EQ(changes, (std::vector<std::string>{
                         "kept at least: reports and decisions: 18 months -> 1 year, shorter",
                         "kept at least: notices: 18 months -> 20 years, longer",
                         "kept at least: other messages: 18 months -> for ever, longer"}));
}

// Whatever is signed is shown: no two policies of different digests have the same terms.
TEST(AgreementTerms, LeaveNothingOut) {
  EXPECT_TRUE(differences(default_policy(), default_policy()).empty());
  const std::function<void(Policy&)> changes[] = {
      [](Policy& p) { p.at(1).next_path_ms += 1; },
      [](Policy& p) { p.at(2).dissemination_due_ms += 1; },
      [](Policy& p) { p.at(3).first_answer_due_ms += 1; },
      [](Policy& p) { p.at(4).full_answer_due_ms += 1; },
      [](Policy& p) { p.at(4).rungs[1].name = "other"; },
      [](Policy& p) { p.link.test_call_interval_ms += 1; },
      [](Policy& p) { p.link.test_call_acknowledged_ms += 1; },
      [](Policy& p) { p.link.channel_check_interval_ms += 1; },
      [](Policy& p) { p.separation.vertical_m += 1; },
      [](Policy& p) { p.separation.time_s += 1; },
      [](Policy& p) { p.two_person.precedences[2] = true; },
      [](Policy& p) { p.two_person.types = {wire::MessageType::launch}; },
      [](Policy& p) { p.case_clock.first_response_ms += 1; },
      [](Policy& p) { p.case_clock.repeated_within_ms += 1; },
      [](Policy& p) { p.case_clock.joint_response_ms += 1; },
      [](Policy& p) { p.case_clock.widespread += 1; },
      [](Policy& p) { p.case_clock.decided_by = wire::Role::operator_; },
      [](Policy& p) { p.case_clock.guarantors = {"first-guarantor"}; },
      [](Policy& p) { p.retention.reports = 1; },
      [](Policy& p) { p.retention.notices = 1; },
      [](Policy& p) { p.retention.messages = 1; },
      [](Policy& p) { p.retention.people = 1; },
  };
  for (const auto& change : changes) {
    Policy after = default_policy();
    change(after);
    EXPECT_NE(digest(after), digest(default_policy()));
    EXPECT_FALSE(differences(default_policy(), after).empty());
  }
}

}  // namespace
}  // namespace hotline::client
