#include "daemon/api/read_turns.h"

#include <gtest/gtest.h>

#include <string>

namespace hotline {
namespace {

using Rank = ReadTurns::Rank;

class Turns : public testing::Test {
 protected:
  void ask(const std::string& who, const std::string& what, Rank rank = Rank::watch_floor) {
    turns_.add(who, rank, [this, what] { said_ += what + " "; });
  }
  std::string all() {
    while (ReadTurns::Start start = turns_.take()) start();
    return std::move(said_);
  }

  ReadTurns turns_;
  std::string said_;
};

TEST_F(Turns, PersonByPerson) {
  for (const char* what : {"e1", "e2", "e3"}) ask("eve", what);
  ask("ann", "a1");
  ask("bob", "b1");
  ask("ann", "a2");
  EXPECT_EQ(all(), "e1 a1 b1 e2 a2 e3 ");
  EXPECT_EQ(all(), "");
  ask("ann", "a3");
  EXPECT_EQ(all(), "a3 ");
}

TEST_F(Turns, AnExportComesBehind) {
  ask("eve", "x1", Rank::in_the_back);
  ask("eve", "x2", Rank::in_the_back);
  ask("ann", "a1");
  ask("eve", "e1");
  ask("ann", "a2");
  EXPECT_EQ(all(), "a1 e1 a2 x1 x2 ");
}

}  // namespace
}  // namespace hotline
