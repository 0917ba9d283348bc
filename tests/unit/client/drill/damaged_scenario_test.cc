// Whatever is done to a scenario file, it is read, or refused with places that lie within it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <sstream>

#include "client/drill/scenario_check.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

std::string example() {
  std::ostringstream text;
  text << std::ifstream(HOTLINE_TEST_DATA "/../../docs/scenarios/example.toml").rdbuf();
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// One to three edits: a line lost, doubled or moved; a value put in another's place; a byte.
std::string damaged(const std::vector<std::string>& original, std::mt19937& random) {
  std::vector<std::string> lines = original;
  const auto any = [&random](size_t count) { return random() % count; };
  for (size_t edits = 1 + any(3); edits > 0; --edits) {
    const size_t at = any(lines.size()), other = any(lines.size());
    switch (any(5)) {
      case 0:
        lines.erase(lines.begin() + static_cast<long>(at));
        break;
      case 1:
        lines.insert(lines.begin() + static_cast<long>(at), lines[other]);
        break;
      case 2:
        std::swap(lines[at], lines[other]);
        break;
      case 3: {
        const size_t equals = lines[at].find('='), from = lines[other].find('=');
        if (equals != std::string::npos && from != std::string::npos) {
          lines[at] = lines[at].substr(0, equals) + lines[other].substr(from);
        }
        break;
      }
      default:
        if (!lines[at].empty()) lines[at][any(lines[at].size())] = "\"=[]#-0z"[any(8)];
    }
  }
  return joined(lines);
}

TEST(DamagedScenario, IsReadOrRefusedAtAPlaceInIt) {
  const UtcMs now = at("2026-11-28T14:00:00Z");
  const std::vector<std::string> original = lines_of(example());
  std::mt19937 random(1);
  size_t unread = 0, refused = 0, played = 0;
  for (size_t i = 0; i < 1'000; ++i) {
    const std::string text = damaged(original, random);
    auto reading = parse_scenario("drill.toml", text, now);
    if (!reading) {
      ++unread;
      EXPECT_TRUE(reading.error().reason.starts_with("drill.toml:")) << reading.error().reason;
      continue;
    }
    const auto checked = check_scenario(*std::move(reading), default_policy(), now);
    const auto lines = static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const Mistake& one : checked.mistakes.in_order()) {
      EXPECT_GE(one.at.line, 1u) << one.what << "\n" << text;
      EXPECT_LE(one.at.line, lines) << one.what;
      EXPECT_FALSE(one.what.empty());
    }
    (checked.mistakes.count() > 0 ? refused : played) += 1;
    EXPECT_EQ(checked.play.has_value() || checked.mistakes.count() > 0, true);
  }
  EXPECT_GT(unread, 50u);
  EXPECT_GT(refused, 50u);
  EXPECT_GT(played, 50u);
}

}  // namespace
}  // namespace hotline::client
