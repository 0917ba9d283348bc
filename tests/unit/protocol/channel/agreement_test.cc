#include "protocol/channel/agreement.h"

#include <gtest/gtest.h>

#include "protocol/channel/policy_text.h"

namespace hotline {
namespace {

Agreement made_agreement() {
  Agreement made;
  made.number = 2;
  made.follows[0] = 7;
  made.from = 1'795'000'000'000;
  made.policy = default_policy();
  for (PrecedencePolicy& one : made.policy.precedences) {
    for (Rung& rung : one.rungs) rung.role.clear();
  }
  made.policy.two_person.precedences[0] = true;
  made.policy.two_person.types = {wire::MessageType::launch};
  made.policy.contacts = {{"north-duty-officer", "+00 000 000 001, in English"},
                          {"south-duty-officer", "+00 000 000 002"}};
  made.policy.case_clock.first_response_ms = 12 * CasePolicy::kHour_ms;
  made.policy.case_clock.widespread = 5;
  made.policy.case_clock.decided_by = wire::Role::operator_;
  made.policy.case_clock.guarantors = {"first-guarantor", "second-guarantor"};
  made.policy.retention = {0, 240, 120, 60};
  return made;
}

TEST(Agreement, IsReadBackAsItWasWritten) {
  const Agreement made = made_agreement();
  const std::string text = agreement_text(made);
  EXPECT_TRUE(text.starts_with("hotline/agreement/1\nnumber 2\nfollows 0700")) << text;
  const auto read = parse_agreement(text);
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_EQ(agreement_text(*read), text);
  EXPECT_EQ(read->policy.contacts, made.policy.contacts);
  EXPECT_EQ(read->policy.two_person, made.policy.two_person);
  EXPECT_EQ(read->policy.at(1).rungs[2].proposes_voice, true);
  EXPECT_EQ(read->policy.case_clock, made.policy.case_clock);
  EXPECT_EQ(read->policy.retention, made.policy.retention);
}

// Whoever signs a text signs that and no other way to write it.
TEST(Agreement, HasOneForm) {
  const std::string text = agreement_text(made_agreement());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return changed.replace(at, from.size(), to);
  };
  const std::string refused[] = {
      "",
      "hotline/agreement/1\n",
      text + "\n",
      text + "extra 1\n",
      text.substr(0, text.size() - 1),
      with("number 2", "number 02"),
      with("number 2", "number 1"),
      with("follows 07", "follows 7"),
      with("hotline/policy/1", "hotline/policy/2"),
      with("flash next-path 30000", "flash next-path 030000"),
      with("flash next-path 30000\n", ""),
      with("flash next-path 30000", "flash next-path 30000\nflash next-path 30000"),
      with("flash next-path 30000", "flash next-path 0"),
      with("flash next-path 30000", "flash next-path 30000 "),
      with("rung voice voice 480000", "rung voice voice 200000"),
      with("contact north", "contact zorth"),
      with("two-person launch 1", "two-person launch 2"),
      with("two-person launch", "two-person acknowledgement"),
      with("separation time", "seperation time"),
      with("case first-response 43200000", "case first-response 86400000"),  // The default.
      with("case first-response 43200000", "case first-response 0"),
      with("case widespread 5", "case widespread 1"),
      with("case widespread 5", "case widespread 5\ncase widespread 5"),
      with("case decided-by operator", "case decided-by supervisor"),
      with("case decided-by operator", "case decided-by auditor"),
      with("case decided-by operator", "case decided-by nobody"),
      with("case guarantor first-guarantor", "case guarantor third-guarantor"),
      with("case guarantor first-guarantor", "case guarantor First"),
      with("case guarantor first-guarantor", "case guarantor "),
      with("retention notices 240", "retention notices 0"),  // The default: said by nothing.
      with("retention notices 240", "retention notices 1201"),
      with("retention notices 240", "retention notices -1"),
      with("retention notices 240", "retention leaves 240"),
      with("retention notices 240", "retention people 60"),
  };
  for (const std::string& one : refused) EXPECT_FALSE(parse_agreement(one)) << one;
}

TEST(Agreement, DoesNotReadMoreThanItMay) {
  Agreement large = made_agreement();
  EXPECT_TRUE(parse_agreement(agreement_text(large)));
  EXPECT_FALSE(parse_agreement(agreement_text(large) + std::string(20'000, '\n')));
}

// A policy that says nothing of these keeps the digest that it always had.
TEST(Agreement, SaysOfTheCaseClockAndOfRetentionOnlyWhatIsNotTheDefault) {
  EXPECT_EQ(canonical_text(default_policy()).find("retention"), std::string::npos);
  EXPECT_EQ(canonical_text(default_policy()).find("case "), std::string::npos);
  EXPECT_EQ(canonical_text(default_policy()).find("guarantor"), std::string::npos);
}

TEST(Agreement, KeepsTheRolesAndCommandsOfThisParty) {
  Policy local = default_policy();
  local.at(1).rungs[1].commands = {{"/usr/local/bin/page"}};
  Policy agreed = made_agreement().policy;
  agreed.at(1).rungs[1].after_ms += 1000;
  agreed.at(1).rungs[0].name = "another";
  const Policy followed = with_local_rungs(agreed, local);
  EXPECT_EQ(followed.at(1).rungs[1].commands, local.at(1).rungs[1].commands);
  EXPECT_EQ(followed.at(1).rungs[1].role, "supervisor");
  EXPECT_EQ(followed.at(1).rungs[1].after_ms, local.at(1).rungs[1].after_ms + 1000);
  EXPECT_EQ(followed.at(1).rungs[0].role, "");
}

}  // namespace
}  // namespace hotline
