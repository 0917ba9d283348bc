// The hand-over of the watch on the screen: the list with its numbers, what is ticked, and what is
// refused before anything is signed.
#include "protocol/channel/handover.h"

#include <gtest/gtest.h>

#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/journal_entries.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

Bytes list_entry(UtcMs signed_at, const std::vector<HandoverItem>& items, const std::string& note) {
  return journal_entry(signed_at, [&](auto& b) {
    std::vector<flatbuffers::Offset<wire::HandoverItem>> rows;
    for (const HandoverItem& item : items) {
      rows.push_back(wire::CreateHandoverItemDirect(b, item.code, item.subject.c_str(),
                                                    item.precedence, item.since, item.text.c_str(),
                                                    item.more));
    }
    const wire::Digest hash = to_digest(handover_hash(items, note));
    return wire::CreateHandoverStartedDirect(b, &rows, &hash, note.c_str(), nullptr, nullptr, 1);
  });
}

class HandoverCommand : public testing::Test {
 protected:
  HandoverCommand() : terminal_(daemon_.connector()) {
    daemon_.clock = terminal_.utc = at("2026-11-22T14:12:00Z");
    daemon_.watch_since = at("2026-11-22T02:00:00Z");
    sign({{wire::HandoverCode::unacknowledged, "S-000087", 1, at("2026-11-22T14:02:00Z"),
           "Airspace crossing", 0},
          {wire::HandoverCode::condition, "link-down south", 0, at("2026-11-22T14:08:00Z"),
           "no link to the peer: no route", 0},
          {wire::HandoverCode::draft, "", 0, 0, "", 12}},
         "radar 2 is off");
  }
  void sign(const std::vector<HandoverItem>& items, const std::string& note) {
    hash_ = to_hex(ByteView(handover_hash(items, note))).substr(0, 8);
    daemon_.handover_items = items;
    daemon_.handover_started = list_entry(at("2026-11-22T14:10:00Z"), items, note);
  }
  int accept(std::vector<std::string> words) {
    words.insert(words.begin(), {"handover", "accept"});
    words.insert(words.end(), {"--confirm", hash_});
    return terminal_.run(words);
  }

  FakeDaemon daemon_;
  Terminal terminal_;
  std::string hash_;
};

TEST_F(HandoverCommand, StartSendsTheNoteAndPrintsTheList) {
  EXPECT_EQ(terminal_.run({"handover", "start", "--note", "radar 2 is off"}), kExitDone)
      << terminal_.err();
  EXPECT_EQ(daemon_.handover_notes, std::vector<std::string>{"radar 2 is off"});
  EXPECT_EQ(
      terminal_.out(),
      "note: \"radar 2 is off\"\n"
      "  ITEM  KIND                  PREC   SUBJECT          SINCE           WORDS\n"
      "  1     to be acknowledged    FLASH  S-000087         221402Z NOV 26  Airspace crossing\n"
      "  2     wrong now             -      link-down south  221408Z NOV 26  no link to the "
      "peer: no route\n"
      "  3     draft, not handed in  -      -                -               and 12 more\n"
      "Signed by ann, operator at 2026-11-22T14:10:00.000Z\n");
  // The list that was shown is signed.
  EXPECT_EQ(daemon_.handover_lists,
            std::vector<Hash>{handover_hash(daemon_.handover_items, "radar 2 is off")});
  EXPECT_NE(terminal_.err().find("hotline handover accept --all --confirm " + hash_),
            std::string::npos)
      << terminal_.err();
}

TEST_F(HandoverCommand, APauseSaysItsEndOnANarrowTerminalToo) {
  sign({{wire::HandoverCode::paused, "N-000012", 1, at("2026-11-22T14:30:00Z"), "on the phone", 0},
        {wire::HandoverCode::condition, "link-down south", 0, at("2026-11-22T14:08:00Z"),
         "no link to the peer: no route to the address that stands in the configuration", 0}},
       "");
  for (const size_t columns : {60u, 80u, 200u}) {
    terminal_.columns = columns;
    EXPECT_EQ(terminal_.run({"handover", "show"}), kExitDone) << terminal_.err();
    EXPECT_NE(terminal_.out().find("221430Z"), std::string::npos) << terminal_.out();
  }
}

TEST_F(HandoverCommand, EveryItemIsTickedOrNothingIsSigned) {
  EXPECT_EQ(accept({"--tick", "2"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("not ticked: 1 S-000087, 3 draft"), std::string::npos)
      << terminal_.err();
  EXPECT_EQ(accept({}), kExitRefused) << "nothing is ticked by itself";
  EXPECT_TRUE(daemon_.ticked.empty());
  EXPECT_EQ(accept({"--tick", "3", "--tick", "1-2"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.err().find("hotline watch-log --since 2026-11-22T14:10:00.000Z"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(accept({"--tick", "1,2,3"}), kExitDone);
  EXPECT_EQ(accept({"--all"}), kExitDone);
  EXPECT_EQ(daemon_.ticked, (std::vector<std::vector<uint32_t>>(3, {1, 2, 3})));
}

TEST_F(HandoverCommand, AnotherHashSignsNothing) {
  EXPECT_EQ(terminal_.run({"handover", "accept", "--all"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("--confirm " + hash_), std::string::npos);
  for (const std::string& wrong : {std::string("00000000"), hash_.substr(0, 7), std::string()}) {
    EXPECT_EQ(terminal_.run({"handover", "accept", "--all", "--confirm", wrong}), kExitRefused);
  }
  EXPECT_TRUE(daemon_.ticked.empty());
}

TEST_F(HandoverCommand, WhoSignedTheListIsShownTheCommandAsAnothers) {
  EXPECT_EQ(terminal_.run({"handover", "accept", "--all"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("    by whoever comes"), std::string::npos) << terminal_.err();
  daemon_.handover_signer = "bob";
  EXPECT_EQ(terminal_.run({"handover", "accept", "--all"}), kExitUsage);
  EXPECT_EQ(terminal_.err().find("by whoever comes"), std::string::npos) << terminal_.err();
}

TEST_F(HandoverCommand, ShowsNoneOneAndAnAcceptedOne) {
  EXPECT_EQ(terminal_.run({"handover", "show", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"subject\":\"S-000087\",\"precedence\":\"FLASH\""),
            std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("\"accepted\":null"), std::string::npos);
  daemon_.handover_accepted = journal_entry(at("2026-11-22T14:11:00Z"), [](auto& b) {
    return wire::CreateHandoverAccepted(b, 1042, &kAnyDigest, 3, nullptr, nullptr, 3);
  });
  EXPECT_EQ(terminal_.run({"handover", "show"}), kExitDone);
  EXPECT_NE(terminal_.out().find("Accepted by bob, supervisor at 2026-11-22T14:11:00.000Z\n"),
            std::string::npos)
      << terminal_.out();
  daemon_.handover_started.clear();
  daemon_.handover_accepted.clear();
  EXPECT_EQ(terminal_.run({"handover", "show", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"handover\":null"), std::string::npos) << terminal_.out();
  EXPECT_EQ(accept({"--all"}), kExitNotFound);
}

TEST_F(HandoverCommand, AnEmptyListIsSignedToo) {
  sign({}, "");
  EXPECT_EQ(terminal_.run({"handover", "show"}), kExitDone);
  EXPECT_NE(terminal_.out().find("Nothing is open.\n"), std::string::npos) << terminal_.out();
  EXPECT_EQ(accept({}), kExitDone) << terminal_.err();
  EXPECT_EQ(daemon_.ticked, (std::vector<std::vector<uint32_t>>{{}}));
}

// Whoever comes has a context of their own.
TEST_F(HandoverCommand, WhatAnotherPersonTypesHasNoContextOfThisOne) {
  terminal_.columns = 400;  // Nothing is folded.
  const std::string config = terminal_.environment["HOTLINE_CONFIG"];
  EXPECT_EQ(terminal_.run({"--context", "north", "-c", config, "handover", "start"}), kExitDone)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("by whoever comes: hotline handover accept --all --confirm "),
            std::string::npos)
      << terminal_.err();
  daemon_.handover_started.clear();
  terminal_.run({"--context", "north", "-c", config, "handover", "accept", "--all"});
  EXPECT_NE(terminal_.err().find("try:  hotline handover start    by whoever goes"),
            std::string::npos)
      << terminal_.err();
}

}  // namespace
}  // namespace hotline::client
