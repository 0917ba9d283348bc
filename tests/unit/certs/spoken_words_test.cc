// Words that two people compare by voice.
#include "certs/spoken_words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "certs/word_list.h"

namespace hotline {
namespace {

TEST(SpokenWords, TheListHasTwoThousandWordsThatBeginDifferently) {
  std::set<std::string> beginnings;
  size_t words = 0, at = 0;
  while (at < kWordList.size()) {
    const size_t end = std::min(kWordList.find(' ', at), kWordList.size());
    beginnings.insert(std::string(kWordList.substr(at, std::min<size_t>(4, end - at))));
    ++words;
    at = end + 1;
  }
  EXPECT_EQ(words, kWordListSize);
  EXPECT_EQ(beginnings.size(), kWordListSize);
}

// As Python's hashlib.scrypt has them, with the list of python-mnemonic.
TEST(SpokenWords, AreThoseThatAnotherProgramFinds) {
  EXPECT_EQ(*spoken_words("hotline exchange 1\n"), "enlist change actual crash topple wide");
  EXPECT_EQ(*spoken_words("hotline exchange 2\n"), "imitate chase educate maximum proud salmon");
}

TEST(SpokenWords, AreComparedAsPeopleType) {
  const std::string words = "abandon ability able about above absent";
  EXPECT_TRUE(are_same_words("Abandon, ABILITY  able-about above\nabsent.", words));
  for (const char* wrong :
       {"", "abandon", "abandon ability able about above",
        "abandon ability able about above absent absorb", "ability abandon able about above absent",
        "abandon ability able about above absen"}) {
    EXPECT_FALSE(are_same_words(wrong, words)) << wrong;
  }
}

}  // namespace
}  // namespace hotline
