// The numbers that both parties follow, written as a file and read back.
#include "protocol/policy_file/policy_file.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "protocol/channel/policy_text.h"

namespace hotline::client {
namespace {

Result<Policy> read_back(const std::string& text) {
  const std::string path = testing::TempDir() + "policy_file_test.toml";
  std::ofstream(path) << text;
  auto read = read_policy_file(path);
  std::remove(path.c_str());
  return read;
}

TEST(PolicyFile, IsReadBackAsTheSamePolicy) {
  Policy policy = default_policy();
  policy.at(2).next_path_ms = 1'500;
  policy.at(3).rungs.pop_back();
  policy.separation = {12'345, 700, 90};
  policy.two_person.precedences = {true, true, false, false};
  policy.two_person.types = {wire::MessageType::launch};
  policy.two_person.one_for_life = true;
  policy.contacts = {{"north", "\"the red line\", or C:\\voice"}, {"south", "+00 000"}};
  policy.case_clock = {3'600'000, 7'200'000, 86'400'000, 7, wire::Role::operator_, {"a", "b"}};
  policy.retention = {0, 120, 18, 1};
  const auto read = read_back(policy_as_toml(policy));
  ASSERT_TRUE(read) << read.error().reason;
  EXPECT_EQ(canonical_text(*read), canonical_text(policy));
}

TEST(PolicyFile, HasNothingOfOnePartyAlone) {
  const std::string text = policy_as_toml(default_policy());
  const std::string rung = "name = \"supervisor\"\n";
  for (const std::string own : {"role = \"supervisor\"\n", "[[escalation.flash.rung.command]]\n"}) {
    std::string changed = text;
    const size_t end = changed.find("\n", changed.find("after", changed.find(rung))) + 1;
    const auto read = read_back(changed.insert(end, own));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().reason.find("each party's own"), std::string::npos)
        << read.error().reason;
  }
  EXPECT_FALSE(read_back(text + "\n[party]\nid = \"north\"\n"));
  EXPECT_FALSE(read_back(text + "\n[contacts]\nNorth = \"capital\"\n"));
}

TEST(PolicyFile, SaysWhatIsWrongWithTheCaseClock) {
  const auto read = [](const std::string& lines) { return read_back("[case]\n" + lines); };
  ASSERT_TRUE(read("guarantors = [\"b\", \"a\"]\n"));
  EXPECT_EQ(read("guarantors = [\"b\", \"a\"]\n")->case_clock.guarantors,
            (std::vector<std::string>{"a", "b"}));
  for (const std::string lines :
       {"guarantors = [\"a\", \"a\"]", "guarantors = [\"A\"]", "guarantors = \"a\"",
        "decided_by = \"auditor\"", "decided_by = \"nobody\"", "widespread = 1",
        "widespread = \"3\"", "widespread = 1001", "first_response = \"0s\"",
        "first_response = \"80h\"", "joint_response = \"1h\"", "first_respose = \"1h\""}) {
    const auto wrong = read(lines + "\n");
    ASSERT_FALSE(wrong) << lines;
    EXPECT_EQ(wrong.error().code, ErrorCode::configuration) << lines;
    EXPECT_FALSE(wrong.error().hint.empty()) << lines;
  }
}

TEST(PolicyFile, SaysHowLongSomethingIsKept) {
  const auto read = [](const std::string& lines) { return read_back("[retention]\n" + lines); };
  const auto kept = read(
      "reports = \"for ever\"\nnotices = \"1 year\"\nmessages = \"100 years\"\n"
      "people = \"1 month\"\n");
  ASSERT_TRUE(kept) << kept.error().reason;
  EXPECT_EQ(kept->retention, (RetentionPolicy{0, 12, 1'200, 1}));
  EXPECT_EQ(read("")->retention, RetentionPolicy{});
  for (const std::string lines :
       {"messages = \"10\"", "messages = 10", "messages = \"0 years\"", "messages = \"-1 years\"",
        "messages = \"101 years\"", "messages = \"1201 months\"", "messages = \"10 days\"",
        "messages = \"years\"", "messages = \"\"", "mesages = \"10 years\""}) {
    const auto wrong = read(lines + "\n");
    ASSERT_FALSE(wrong) << lines;
    EXPECT_EQ(wrong.error().code, ErrorCode::configuration) << lines;
    EXPECT_FALSE(wrong.error().hint.empty()) << lines;
  }
}

TEST(PolicyFile, WritesADurationInItsLargestUnit) {
  EXPECT_EQ(duration_as_toml(86'400'000), "1d");
  EXPECT_EQ(duration_as_toml(90'000), "90s");
  EXPECT_EQ(duration_as_toml(3'600'000), "1h");
  EXPECT_EQ(duration_as_toml(1'500), "1500ms");
}

}  // namespace
}  // namespace hotline::client
