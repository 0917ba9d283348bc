// The incidents of public record in tests/data/incidents can be sent as they are: their templates
// take every field, and the rules of their types hold.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "protocol/message/template.h"
#include "protocol/message/words.h"

namespace hotline {
namespace {

// The TOML that these files use: comments, tables, and one basic string without escapes on each
// line.
struct IncidentFile {
  std::map<std::string, std::map<std::string, std::string>> tables;

  void read(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line, table;
    while (std::getline(file, line)) {
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == '[') {
        table = line.substr(1, line.find(']') - 1);
        continue;
      }
      size_t equals = line.find(" = \"");
      ASSERT_NE(equals, std::string::npos) << path << ": " << line;
      ASSERT_EQ(line.back(), '"') << path << ": " << line;
      ASSERT_EQ(line.find('\\'), std::string::npos) << path << ": " << line;
      tables[table][line.substr(0, equals)] = line.substr(equals + 4, line.size() - equals - 5);
    }
  }
};

std::vector<std::filesystem::path> incident_paths() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(HOTLINE_TEST_DATA "/incidents")) {
    if (entry.path().extension() == ".toml") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(IncidentFiles, AreSixAndKeepTheRules) {
  auto paths = incident_paths();
  EXPECT_EQ(paths.size(), 6u);
  for (const auto& path : paths) {
    IncidentFile file;
    file.read(path);
    auto& head = file.tables[""];
    const Word* precedence = vocabulary<wire::Precedence>().by_key(head["precedence"]);
    ASSERT_NE(precedence, nullptr) << path;
    TemplateInput input;
    input.set = file.tables["set"];
    input.subject = head["subject"];
    input.language = head["language"];
    input.texts = file.tables["texts"];
    input.translated_by = "north";
    input.precedence = static_cast<wire::Precedence>(precedence->value);
    input.now = 1'795'356'060'000;
    EXPECT_GE(input.texts.size(), 2u) << path << " shows a translation";
    auto filled = fill_template(head["template"], input);
    EXPECT_TRUE(filled) << path << ": " << filled.error().reason << "; " << filled.error().hint;
  }
}

}  // namespace
}  // namespace hotline
