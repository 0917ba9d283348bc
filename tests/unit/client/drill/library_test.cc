// The scenarios of docs/scenarios/, and the schema beside them.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "client/drill/scenario_check.h"
#include "client/drill/scenario_words.h"
#include "protocol/terminal/json_input.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

const std::filesystem::path kLibrary =
    std::filesystem::path(HOTLINE_TEST_DATA).parent_path().parent_path() / "docs" / "scenarios";

std::string content_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> scenario_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(kLibrary)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TEST(ScenarioLibrary, EachCanBePlayedAndHasItsPage) {
  const UtcMs now = at("2026-11-28T14:00:00Z");
  const auto files = scenario_files();
  EXPECT_EQ(files.size(), 10u) << "nine, and the example";
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    auto reading = read_scenario_file(file.string(), now);
    ASSERT_TRUE(reading) << reading.error().reason;
    const auto checked = check_scenario(*std::move(reading), default_policy(), now);
    for (const Mistake& one : checked.mistakes.in_order()) {
      ADD_FAILURE() << one.at.line << ":" << one.at.column << ": " << one.what << ": " << one.why;
    }
    ASSERT_TRUE(checked.play);
    for (const Expectation& one : checked.scenario.expectations) {
      const bool has_objective = one.objective.has_value();
      EXPECT_TRUE(has_objective || !one.by_director || file.stem() == "example") << one.name;
    }
    if (file.stem() != "example") {
      EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(file).replace_extension(".md")));
    }
  }
}

TEST(ScenarioLibrary, OnlyWhatSlipsOnPurposeIsMissed) {
  const UtcMs now = at("2026-11-28T14:00:00Z");
  for (const auto& file : scenario_files()) {
    SCOPED_TRACE(file.filename().string());
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      auto reading = read_scenario_file(file.string(), now);
      ASSERT_TRUE(reading);
      reading->scenario.seed = seed;
      const auto checked = check_scenario(*std::move(reading), default_policy(), now);
      ASSERT_TRUE(checked.play) << "seed " << seed;
      for (size_t e = 0; e < checked.scenario.expectations.size(); ++e) {
        const Expectation& expected = checked.scenario.expectations[e];
        if (checked.play->expectations[e].kind != Outcome::Kind::missed) continue;
        bool has_slip = false;
        for (const Player& player : checked.scenario.players) {
          for (const auto& slip : player.script ? player.script->slips : Script().slips) {
            has_slip = has_slip || slip.about == expected.of;
          }
        }
        EXPECT_TRUE(has_slip) << expected.name << ", seed " << seed;
      }
    }
  }
}

// ---- The schema

std::set<std::string> properties(const JsonInput& table) {
  std::set<std::string> keys;
  const JsonInput* properties = table.find("properties");
  for (const auto& [key, value] : *properties->object()) keys.insert(key);
  return keys;
}

std::set<std::string> parsed(ScenarioTable table, size_t kind = 0) {
  const auto keys = scenario_keys(table, kind);
  return {keys.begin(), keys.end()};
}

TEST(ScenarioSchema, HasTheKeysAndKindsOfTheParser) {
  const auto schema = parse_json("schema", content_of(kLibrary / "scenario.schema.json"), 16);
  ASSERT_TRUE(schema) << schema.error().reason;
  const JsonInput* tables = schema->find("$defs");
  ASSERT_TRUE(tables);
  EXPECT_EQ(properties(*schema), parsed(ScenarioTable::file));
  EXPECT_EQ(properties(*tables->find("objective")), parsed(ScenarioTable::objective));
  EXPECT_EQ(properties(*tables->find("player")), parsed(ScenarioTable::player));
  EXPECT_EQ(properties(*tables->find("reply")), parsed(ScenarioTable::reply));
  EXPECT_EQ(properties(*tables->find("slip")), parsed(ScenarioTable::slip));
  EXPECT_EQ(properties(*tables->find("message")), parsed(ScenarioTable::message));
  for (size_t kind = 0; kind < kInjectKinds.size(); ++kind) {
    const JsonInput* table = tables->find(std::string("inject-") + kInjectKinds[kind].key);
    ASSERT_TRUE(table) << kInjectKinds[kind].key;
    EXPECT_EQ(properties(*table), parsed(ScenarioTable::inject, kind)) << kInjectKinds[kind].key;
  }
  for (size_t kind = 0; kind < kExpectationKinds.size(); ++kind) {
    const JsonInput* table = tables->find(std::string("expect-") + kExpectationKinds[kind].key);
    ASSERT_TRUE(table) << kExpectationKinds[kind].key;
    EXPECT_EQ(properties(*table), parsed(ScenarioTable::expect, kind))
        << kExpectationKinds[kind].key;
  }
}

std::vector<std::string> choices(const JsonInput& value) {
  std::vector<std::string> words;
  const JsonInput* list = value.find("enum");
  for (const JsonInput& one : *list->array()) words.push_back(*one.text());
  return words;
}

TEST(ScenarioSchema, HasTheWordsOfTheParser) {
  const auto schema = parse_json("schema", content_of(kLibrary / "scenario.schema.json"), 16);
  ASSERT_TRUE(schema) << schema.error().reason;
  const JsonInput* tables = schema->find("$defs");
  const auto keys = [](const Vocabulary& words) {
    std::vector<std::string> all;
    for (const Word& word : words.words) all.push_back(word.key);
    return all;
  };
  EXPECT_EQ(choices(*tables->find("role")), keys(vocabulary<wire::Role>()));
  EXPECT_EQ(choices(*tables->find("audience")), keys(vocabulary<wire::Audience>()));
  EXPECT_EQ(choices(*tables->find("slip")->find("properties")->find("kind")),
            std::vector<std::string>(kSlipKeys.begin(), kSlipKeys.end()));
  EXPECT_EQ(choices(*tables->find("inject-link-cut")->find("properties")->find("how")),
            std::vector<std::string>(kCutKeys.begin(), kCutKeys.end()));
}

}  // namespace
}  // namespace hotline::client
