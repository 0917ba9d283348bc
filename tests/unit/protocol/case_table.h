// A table of cases (tests/cases/*.csv) held against the tests that bear its rows' ids: each row is
// in the name of a case of a suite, or is said to be elsewhere, and not both.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>

namespace hotline {

// Ids stand before the name of a case, as in E02_H08_TheMostUrgentFirst.
inline std::set<std::string> ids_in_suite(const std::string& name) {
  std::set<std::string> ids;
  const auto& all = *testing::UnitTest::GetInstance();
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const testing::TestSuite& suite = *all.GetTestSuite(i);
    if (name != suite.name()) continue;
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string test = suite.GetTestInfo(j)->name();
      for (size_t at = 0; at + 3 < test.size() && test[at + 3] == '_'; at += 4) {
        ids.insert(test.substr(at, 3));
      }
    }
  }
  return ids;
}

// `elsewhere`: by id, where a row is tested, or why it has nothing to test.
inline void expect_rows_accounted_for(const std::string& table, const std::set<std::string>& here,
                                      const std::map<std::string, std::string>& elsewhere,
                                      size_t rows_expected) {
  std::ifstream file(std::string(HOTLINE_TEST_CASES_DIR) + "/" + table);
  ASSERT_TRUE(file) << table;
  std::string line;
  std::getline(file, line);
  size_t rows = 0;
  while (std::getline(file, line)) {
    const std::string id = line.substr(0, line.find(','));
    ++rows;
    EXPECT_NE(here.contains(id), elsewhere.contains(id)) << id;
  }
  EXPECT_EQ(rows, rows_expected);
}

}  // namespace hotline
