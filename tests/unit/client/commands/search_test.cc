// hotline search, and the options by which hotline list leaves messages out: as the daemon is
// asked, and what is said of what it has.
#include <gtest/gtest.h>

#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

class SearchTest : public testing::Test {
 protected:
  SearchTest() : terminal_(daemon_.connector()) {
    daemon_.clock = at("2026-11-22T14:12:07.913Z");
    for (const uint64_t index : {900u, 890u, 880u}) {
      FakeMessage message;
      message.id = "S-000" + std::to_string(index);
      message.incoming = true;
      message.precedence = wire::Precedence::routine;
      message.subject = "Convoy";
      message.journal_index = index;
      message.committed_at = daemon_.clock;
      daemon_.messages.push_back(message);
    }
  }

  std::string asked(const std::vector<std::string>& words) {
    daemon_.lists.clear();
    EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
    return daemon_.lists.size() == 1 ? daemon_.lists[0] : "asked another number of times";
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(SearchTest, TheDaemonIsAskedForWhatWasTyped) {
  const auto ms = [](const char* time) { return std::to_string(at(time)); };
  EXPECT_EQ(asked({"search", "convoy"}), "convoy|0|||0|0|0");
  EXPECT_EQ(asked({"search", "мін", "поле"}), "мін поле|0|||0|0|0");
  EXPECT_EQ(asked({"search", "\"red line\"", "--type", "incident"}), "\"red line\"|2|||0|0|0");
  EXPECT_EQ(asked({"search", "x", "--from", "2026-11-22", "--to", "now"}),
            "x|0|||" + ms("2026-11-22T00:00:00Z") + "|" + ms("2026-11-22T14:12:07.913Z") + "|0");
  EXPECT_EQ(asked({"list"}), "|0|||0|0|0");
  EXPECT_EQ(asked({"list", "--text", "a b", "--type", "airspace-crossing", "--precedence",
                   "routine", "--incident", "s-87", "--since", "today"}),
            "a b|0|airspace-crossing|S-000087|" + ms("2026-11-22T00:00:00Z") + "|0|4");
  EXPECT_EQ(asked({"list", "--until", "281341Z NOV 26"}),
            "|0|||0|" + ms("2026-11-28T13:41:00Z") + "|0");
  EXPECT_EQ(asked({"list", "--waiting", "--precedence", "o"}), "|0|||0|0|2");
}

TEST_F(SearchTest, AThreadIsNamedByAMessageOrAWord) {
  EXPECT_EQ(asked({"list", "--incident", "mine-field"}), "|0||mine-field|0|0|0");
  EXPECT_EQ(asked({"thread", "mine-field"}), "|0||mine-field|0|0|0");
  EXPECT_EQ(asked({"thread", "s-890"}), "|0||S-000890|0|0|0");
  EXPECT_EQ(terminal_.run({"thread", "mine-field", "--limit", "1"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "1 of 3 are shown. The next: hotline thread mine-field --after 900 --limit 1\n");
  EXPECT_EQ(terminal_.run({"thread", "S-5"}), kExitNotFound);
  daemon_.messages.clear();
  EXPECT_EQ(terminal_.run({"thread", "mine-field"}), kExitNotFound);
  EXPECT_EQ(terminal_.run({"thread"}), kExitUsage);
}

TEST_F(SearchTest, WhatMakesNoSenseIsRefused) {
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{"search"}, Words{"search", " "}, Words{"search", "x", "--type", "rumour"},
        Words{"search", "x", "--from", "soon"}, Words{"search", "x", "--limit", "1001"},
        Words{"search", "x", "--from", "now", "--to=-1h"}, Words{"search", "x", "--after", "y"},
        Words{"list", "--type", "rumour"}, Words{"list", "--precedence", "loud"},
        Words{"list", "--text", " "}, Words{"list", "--incident", "the crossing"},
        Words{"list", "--waiting", "--text", "x"},
        Words{"list", "--waiting", "--since", "today"}}) {
    daemon_.lists.clear();
    EXPECT_EQ(terminal_.run(words), kExitUsage) << words.back();
    EXPECT_NE(terminal_.err(), "");
    EXPECT_TRUE(daemon_.lists.empty());
  }
}

TEST_F(SearchTest, RowsAreThoseOfAListAndTheNextPageIsOneOfTheSame) {
  EXPECT_EQ(terminal_.run({"search", "convoy"}), kExitDone);
  const std::string found = terminal_.out();
  EXPECT_EQ(terminal_.err(), "");
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_EQ(found, terminal_.out());
  EXPECT_EQ(terminal_.run({"search", "it's", "\"red line\"", "--from", "today", "--type", "text",
                           "--limit", "1"}),
            kExitDone);
  EXPECT_EQ(
      terminal_.err(),
      "1 of 3 are shown. The next:\n  hotline search 'it'\\''s \"red line\"' --type text --from "
      "2026-11-22T00:00:00.000Z --after 900 --limit 1\n");
  EXPECT_EQ(
      terminal_.run({"list", "--incoming", "--text", "a b", "--incident", "S-87", "--limit", "2"}),
      kExitDone);
  EXPECT_EQ(terminal_.err(),
            "2 of 3 are shown. The next: hotline list --incoming --incident S-000087 --text 'a b' "
            "--after 890 --limit 2\n");
}

TEST_F(SearchTest, NothingFoundSaysSo) {
  daemon_.messages.clear();
  for (const auto& [words, said] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"search", "x"}, "No message has these words.\n"},
           {{"search", "x", "--to", "-3h"}, "No message of your choice has these words.\n"},
           {{"search", "x", "--after", "7"}, "No older message has these words.\n"},
           {{"list", "--type", "text"}, "No message is like that.\n"},
           {{"list", "--precedence", "flash"}, "No message is like that.\n"}}) {
    EXPECT_EQ(terminal_.run(words), kExitDone);
    EXPECT_EQ(terminal_.out(), "");
    EXPECT_EQ(terminal_.err(), said);
  }
  EXPECT_EQ(terminal_.run({"search", "x", "--json"}), kExitDone);
  EXPECT_EQ(
      terminal_.out(),
      "{\"v\":1,\"messages\":[],\"total\":0,\"more\":false,\"next\":null,\"not_searched\":0}\n");
}

TEST_F(SearchTest, WhatIsNotLookedAtIsTold) {
  daemon_.not_searched = 1'234;
  EXPECT_EQ(terminal_.run({"search", "convoy"}), kExitDone);
  EXPECT_NE(terminal_.err().find("The newest 1,234 entries of the journal are not looked at"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"search", "convoy", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"not_searched\":1234"), std::string::npos);
}

}  // namespace
}  // namespace hotline::client
