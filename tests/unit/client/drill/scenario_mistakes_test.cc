// The table of bad scenario files (tests/cases/scenario_mistakes.txt).
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "client/drill/scenario_check.h"
#include "protocol/base/text.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

struct Expected {
  TomlPlace at;
  std::string what, why, hint;
};
struct Case {
  std::string name;
  std::string toml;
  uint32_t lines_before = 0;
  std::vector<Expected> mistakes;
};

Expected read_expected(const std::string& line) {
  std::istringstream in(line);
  Expected expected;
  char colon = 0;
  in >> expected.at.line >> colon >> expected.at.column >> colon;
  std::string rest;
  std::getline(in, rest);
  const auto parts = split(rest, '|');
  EXPECT_EQ(parts.size(), 3u) << line;
  if (parts.size() != 3) return expected;
  expected.what = trim(parts[0]);
  expected.why = trim(parts[1]);
  expected.hint = trim(parts[2]);
  return expected;
}

std::vector<Case> read_cases() {
  std::ifstream file(HOTLINE_TEST_CASES_DIR "/scenario_mistakes.txt");
  std::vector<Case> cases;
  std::string base, line;
  while (std::getline(file, line)) {
    if (line.starts_with("=== ")) {
      const std::string name = line.substr(4);
      if (cases.size() == 1) base = cases[0].toml;
      Case& one = cases.emplace_back();
      one.name = name;
      if (name == "base" || name.starts_with("whole ")) continue;
      one.toml = base;
      one.lines_before = static_cast<uint32_t>(std::count(base.begin(), base.end(), '\n'));
    } else if (cases.empty()) {
      continue;  // The explanation on top.
    } else if (line.starts_with("--- ")) {
      cases.back().mistakes.push_back(read_expected(line.substr(4)));
    } else {
      cases.back().toml += line + "\n";
    }
  }
  return cases;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(ScenarioMistakes, EachIsToldAtItsPlaceWithAWayOut) {
  const UtcMs now = at("2026-11-28T14:00:00Z");
  const std::vector<Case> cases = read_cases();
  ASSERT_GT(cases.size(), 50u);
  for (const Case& one : cases) {
    SCOPED_TRACE(one.name);
    auto reading = parse_scenario("drill.toml", one.toml, now);
    ASSERT_TRUE(reading) << reading.error().reason;
    const auto checked = check_scenario(*std::move(reading), default_policy(), now);
    const std::vector<Mistake> told = checked.mistakes.in_order();
    EXPECT_EQ(told.size(), one.mistakes.size());
    for (size_t i = 0; i < told.size(); ++i) {
      const std::string is = std::to_string(told[i].at.line - one.lines_before) + ":" +
                             std::to_string(told[i].at.column) + ": " + told[i].what + " | " +
                             told[i].why + " | " + told[i].hint;
      if (i >= one.mistakes.size()) {
        ADD_FAILURE() << "told as well: " << is;
        continue;
      }
      const Expected& expected = one.mistakes[i];
      EXPECT_EQ(told[i].at.line, expected.at.line + one.lines_before) << is;
      EXPECT_EQ(told[i].at.column, expected.at.column) << is;
      EXPECT_TRUE(told[i].what.starts_with(expected.what)) << is;
      EXPECT_TRUE(says(told[i].why, expected.why)) << is;
      EXPECT_TRUE(says(told[i].hint, expected.hint)) << is;
    }
  }
}

std::string with_injects(size_t count) {
  std::string toml = "title = \"A drill\"\nsides = [\"north\", \"south\"]\n";
  for (size_t i = 0; i < count; ++i) {
    toml += "[[inject]]\nname = \"i" + std::to_string(i) +
            "\"\nkind = \"note\"\nfrom = \"north\"\ntext = \"On.\"\n" +
            (i == 0 ? std::string("at = \"1s\"\n")
                    : "after = \"i" + std::to_string(i - 1) + "\"\nwait = \"1s\"\n");
  }
  return toml;
}

TEST(ScenarioMistakes, TenThousandInjectsAreRefusedAtTheFirstTooMany) {
  auto reading = parse_scenario("drill.toml", with_injects(10'000), 0);
  ASSERT_TRUE(reading) << reading.error().reason;
  const auto told = reading->mistakes.in_order();
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0].what, "a scenario has at most 2,000 of [[inject]], and here are 10,000");
  EXPECT_EQ(told[0].at.line, 2u + 6u + 7u * 1'999u + 1u);
}

TEST(ScenarioMistakes, AsManyInjectsAsThereMayBeArePlayed) {
  const auto checked =
      check_scenario(*parse_scenario("drill.toml", with_injects(2'000), 0), default_policy(), 0);
  EXPECT_EQ(checked.mistakes.count(), 0u);
  ASSERT_TRUE(checked.play);
  EXPECT_EQ(checked.play->events.size(), 2'000u);
  EXPECT_EQ(checked.play->ends_ms, 2'000'000);
}

TEST(ScenarioMistakes, BeyondAHundredTheyAreCounted) {
  std::string toml = "title = \"A drill\"\nsides = [\"north\", \"south\"]\n";
  for (size_t i = 0; i < 150; ++i) toml += "[[inject]]\nname = \"I\"\n";
  const auto reading = parse_scenario("drill.toml", toml, 0);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->mistakes.in_order().size(), scenario_limits::kMistakesKept);
  EXPECT_GT(reading->mistakes.count(), 150u);
}

TEST(ScenarioMistakes, WhatIsNoTomlIsAnErrorOfItsOwn) {
  const auto reading = parse_scenario("drill.toml", "title = \n", 0);
  ASSERT_FALSE(reading);
  EXPECT_TRUE(reading.error().reason.starts_with("drill.toml:1:")) << reading.error().reason;
}

}  // namespace
}  // namespace hotline::client
