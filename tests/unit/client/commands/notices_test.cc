// Notices and their conflicts on the screen, against a daemon with known contents.
#include <gtest/gtest.h>

#include <sstream>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/message/body.h"
#include "protocol/message/draft.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

Bytes activity_body(const std::string& contact, const std::string& subject,
                    const std::string& units) {
  ActivityFields fields;
  fields.kind = wire::ActivityKind::flight;
  fields.contact = contact;
  fields.units = units;
  fields.volumes = {{Circle{{54'90000, 20'10000}, 5'000},
                     {0, HeightDatum::mean_sea_level},
                     {1'000, HeightDatum::mean_sea_level},
                     at("2026-11-24T10:00:00Z"),
                     at("2026-11-24T12:00:00Z")}};
  BodyFields body;
  body.subject = subject;
  body.texts = {{"en", "We fly.", true, ""}};
  body.content = fields;
  return build_body(body);
}

constexpr char kVolume[] =
    "volume=54.90N 020.10E 5km / 0m amsl to 1000m amsl / 2026-11-24T10:00:00Z to "
    "2026-11-24T12:00:00Z";

constexpr char kToAccept[] =
    "To accept the conflict: hotline conflicts --accept N-000003,S-000005\n";
constexpr char kNotCompared[] =
    "The daemons have not compared their lists since this one was started.\n";

class NoticesTest : public testing::Test {
 protected:
  NoticesTest() : terminal_(daemon_.connector()) {
    daemon_.clock = daemon_.committed_at = at("2026-11-22T14:12:07.913Z");
    FakeMessage own;
    own.id = "N-000003";
    own.incoming = false;
    own.type = wire::MessageType::activity;
    own.precedence = wire::Precedence::routine;
    own.subject = "Flight, 54.90000N 020.10000E";
    own.journal_index = 1042;
    own.committed_at = daemon_.committed_at;
    own.body = activity_body("tower", own.subject, "");
    FakeMessage theirs = own;
    theirs.id = "S-000005";
    theirs.incoming = true;
    theirs.type = wire::MessageType::launch;
    theirs.precedence = wire::Precedence::priority;
    theirs.subject = "launch: space launch";
    daemon_.messages = {theirs, own};
    daemon_.conflicts = {{.own = "N-000003",
                          .peers = "S-000005",
                          .horizontal_m = 9'812,
                          .from = at("2026-11-24T11:00:00Z"),
                          .until = at("2026-11-24T12:00:00Z")}};
    daemon_.notices = {
        {"N-000003", at("2026-11-24T10:00:00Z"), at("2026-11-24T12:00:00Z"), 54'90000, 20'10000, 1},
        {"S-000005", at("2026-11-24T11:00:00Z"), at("2026-11-24T13:00:00Z"), 55'00000, 20'30000,
         0}};
  }

  // The acknowledged word: an ANSWER to theirs that names ours beside it.
  void expect_acceptance(const Bytes& bytes) {
    const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
    ASSERT_TRUE(draft);
    ASSERT_EQ((*draft)->references()->size(), 2u);
    EXPECT_EQ((*draft)->references()->Get(0)->str(), "S-000005");
    EXPECT_EQ((*draft)->references()->Get(1)->str(), "N-000003");
    EXPECT_EQ((*draft)->precedence(), static_cast<uint8_t>(wire::Precedence::priority));
    const Bytes body_bytes((*draft)->body()->begin(), (*draft)->body()->end());
    const auto body = open_body(body_bytes);
    ASSERT_TRUE(body);
    const auto* answer = (*body)->content_as_answer();
    ASSERT_NE(answer, nullptr);
    ASSERT_EQ(answer->items()->size(), 1u);
    EXPECT_EQ(answer->items()->Get(0)->question(), 0);
    EXPECT_EQ(answer->items()->Get(0)->outcome(), wire::AnswerOutcome::answered);
    EXPECT_EQ(answer->items()->Get(0)->text()->str(), "accepted");
  }

  std::vector<std::string> sending(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"send",          "-p",    "routine",     "-t",
                                      "activity",      "--set", "kind=flight", "--set",
                                      "contact=tower", "--set", kVolume,       "We fly."};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(NoticesTest, ConflictsFitEightyColumns) {
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  OURS      THEIRS    APART    HEIGHT  FROM            UNTIL           ACCEPTED\n"
            "! N-000003  S-000005  9,812 m  0 m     241100Z NOV 26  241200Z NOV 26  nobody\n");
  EXPECT_EQ(terminal_.err(), "The terminal is too narrow for VOLUME, TIME: --json has all\n" +
                                 std::string(kNotCompared) + kToAccept);
}

TEST_F(NoticesTest, ConflictsInAPipeHaveEveryColumn) {
  terminal_.is_terminal = false;
  daemon_.conflicts[0].accepted_by_peer = true;
  EXPECT_EQ(terminal_.run({"conflicts", "N-3"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "N-000003\t1\tS-000005\t2\t9,812 m\t0 m\t0 s\t241100Z NOV 26\t241200Z NOV "
            "26\tthem\n");
}

TEST_F(NoticesTest, EachPairOfVolumesIsListed) {
  daemon_.conflicts[0].pairs = 3;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_NE(terminal_.err().find(
                "N-000003 and S-000005 come too near in 3 pairs of volumes; the list has the "
                "nearest: volume 1 with volume 2.\n"
                "Also volume 2 with volume 2: 9,813 m apart, 0 m in height, 0 s in time, from "
                "241100Z NOV 26 to 241200Z NOV 26\n"
                "Also volume 3 with volume 2: 9,814 m apart"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"conflicts", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"pairs\":3,\"others\":[{\"own_volume\":2,\"peers_volume\":2,"
                                 "\"horizontal_m\":9813,"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(NoticesTest, ConflictsAsJson) {
  EXPECT_EQ(terminal_.run({"conflicts", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "{\"v\":1,\"conflicts\":[{\"own\":\"N-000003\",\"peers\":\"S-000005\",\"own_volume\":1,"
            "\"peers_volume\":2,\"horizontal_m\":9812,\"vertical_m\":0,\"time_s\":0,"
            "\"from\":\"2026-11-24T11:00:00.000Z\",\"until\":\"2026-11-24T12:00:00.000Z\","
            "\"accepted_by_us\":false,\"accepted_by_peer\":false,\"own_acceptance\":null,"
            "\"peers_acceptance\":null,\"pairs\":1,\"others\":[],\"draft\":null,\"before\":null}],"
            "\"total\":1,"
            "\"incomplete\":false,\"compared_at\":null,\"compared_all\":false,\"differ\":false,"
            "\"more\":false,\"next\":null,\"link_down\":false,\"link_down_since\":null}\n");
}

TEST_F(NoticesTest, WhetherThePeerFindsTheSameConflictsIsSaid) {
  daemon_.compared_at = at("2026-11-22T14:00:00Z");
  daemon_.compared_all = true;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(
      terminal_.err(),
      std::string("SOUTH finds the same conflicts. Compared at 221400Z NOV 26.\n") + kToAccept);
  daemon_.compared_all = false;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(
      terminal_.err(),
      std::string("SOUTH found the same conflicts. Compared at 221400Z NOV 26. What was announced "
                  "since is not compared yet.\n") +
          kToAccept);
  daemon_.differ = true;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            std::string("SOUTH finds other conflicts than we do. Compare the lists by voice. "
                        "Compared at 221400Z NOV 26.\n") +
                kToAccept);
  EXPECT_EQ(terminal_.run({"conflicts", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"compared_at\":\"2026-11-22T14:00:00.000Z\","
                                 "\"compared_all\":false,\"differ\":true"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(NoticesTest, NoConflictIsSaidPlainly) {
  daemon_.conflicts.clear();
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_EQ(terminal_.err(), std::string("No conflict is open.\n") + kNotCompared);
}

TEST_F(NoticesTest, ConflictsThatAreCutSayWhereTheyGoOn) {
  daemon_.conflicts.resize(25, daemon_.conflicts[0]);
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            std::string("20 of 25 are shown. The next: hotline conflicts --after 20\n") +
                kNotCompared + kToAccept);
  EXPECT_EQ(terminal_.run({"conflicts", "--after", "20"}), kExitDone);
  EXPECT_EQ(terminal_.err(), std::string(kNotCompared) + kToAccept);
  daemon_.incomplete = true;
  EXPECT_EQ(terminal_.run({"conflicts", "--after", "25"}), kExitDone);
  EXPECT_EQ(
      terminal_.err(),
      std::string("More is announced than the daemon can compare: this is not all. Compare by "
                  "hand.\nNo more conflict is open.\n") +
          kNotCompared);
}

TEST_F(NoticesTest, AConflictIsAcceptedInEitherOrder) {
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,S-5"}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "s-5,n-3"}), kExitDone) << terminal_.err();
  ASSERT_EQ(daemon_.committed.size(), 2u);
  for (const auto& one : daemon_.committed) expect_acceptance(one.draft);
  EXPECT_NE(terminal_.out().find("acceptance of the conflict of N-000003 with S-000005"),
            std::string::npos)
      << terminal_.out();
}

TEST_F(NoticesTest, OnlyAConflictThatIsThereIsAccepted) {
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,N-4"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,S-5", "--limit", "3"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"conflicts", "--wait", "delivered"}), kExitUsage);
  daemon_.conflicts[0].accepted_by_us = true;
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,S-5"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("SOUTH has to accept it too"), std::string::npos);
  daemon_.conflicts.clear();
  EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,S-5"}), kExitNotFound);
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(NoticesTest, NoticesAreListedByTheirStart) {
  terminal_.columns = 140;
  EXPECT_EQ(terminal_.run({"notices"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  ID        TYPE      FROM   START           END             WHERE                 "
            "CONFLICTS  SUBJECT\n"
            "! N-000003  activity  NORTH  241000Z NOV 26  241200Z NOV 26  54.90000N 020.10000E  1"
            "          Flight, 54.90000N 020.10000E\n"
            "  S-000005  launch    SOUTH  241100Z NOV 26  241300Z NOV 26  55.00000N 020.30000E  0"
            "          launch: space launch\n");
  EXPECT_EQ(daemon_.notices_asked, std::vector<std::string>{"0 both 0"});
}

TEST_F(NoticesTest, NoticesFitEightyColumns) {
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"notices"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  ID        START           END             CONFLICTS  SUBJECT\n"
            "! N-000003  241000Z NOV 26  241200Z NOV 26  1          Flight, 54.90000N 020.10…\n"
            "  S-000005  241100Z NOV 26  241300Z NOV 26  0          launch: space launch\n");
}

TEST_F(NoticesTest, NoticesAsJsonHaveNumbersWithTheirUnits) {
  EXPECT_EQ(terminal_.run({"notices", "--limit", "1", "--json"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "{\"v\":1,\"notices\":[{\"id\":\"N-000003\",\"type\":\"activity\",\"from\":\"north\","
            "\"subject\":\"Flight, 54.90000N 020.10000E\",\"start\":\"2026-11-24T10:00:00.000Z\","
            "\"end\":\"2026-11-24T12:00:00.000Z\",\"latitude_deg_e5\":5490000,"
            "\"longitude_deg_e5\":2010000,\"conflicts\":1,\"conflicts_accepted\":0,\"state\":"
            "\"sent\"}],\"total\":2,"
            "\"incomplete\":false,\"more\":true,\"next\":\"1\",\"link_down\":false,"
            "\"link_down_since\":null}\n");
}

TEST_F(NoticesTest, NoticesAreChosenByTypeSideTimeAndPlace) {
  EXPECT_EQ(terminal_.run({"notices", "--type", "launch", "--from", "south", "--at",
                           "2026-11-24T11:30:00Z", "--near", "54.90N 020.10E", "--within", "50km",
                           "--limit", "1"}),
            kExitDone)
      << terminal_.err();
  EXPECT_EQ(daemon_.notices_asked,
            std::vector<std::string>{"5 peers " + std::to_string(at("2026-11-24T11:30:00Z")) +
                                     " 5490000 2010000 50000"});
  EXPECT_EQ(
      terminal_.err(),
      "1 of 2 are shown. The next:\n  hotline notices --type launch --from south --at "
      "2026-11-24T11:30:00Z --near \"54.90N 020.10E\" --within 50km --after 1 \\\n    --limit 1\n");
}

TEST_F(NoticesTest, WhatChoosesNothingIsRefused) {
  EXPECT_EQ(terminal_.run({"notices", "--type", "text"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"notices", "--from", "east"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"notices", "--at", "2026-11-20T00:00:00Z"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"notices", "--near", "54.90N 020.10E"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"notices", "--within", "50km"}), kExitUsage);
  EXPECT_TRUE(daemon_.notices_asked.empty());
  daemon_.notices.clear();
  EXPECT_EQ(terminal_.run({"notices"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "No notice is active.\n");
}

TEST_F(NoticesTest, ANoticeIsCheckedWithoutSendingIt) {
  const std::string file = terminal_.write(
      "notice.toml",
      "template = \"activity\"\n[texts]\nen = \"We fly.\"\n[set]\nkind = \"flight\"\ncontact = "
      "\"tower\"\nvolume = \"" +
          std::string(kVolume).substr(7) + "\"\n");
  EXPECT_EQ(terminal_.run({"notice", "check", file}), kExitDone) << terminal_.err();
  EXPECT_EQ(terminal_.err(), "No conflict. Nothing was sent.\n");
  daemon_.conflicts_of_drafts = daemon_.conflicts;
  daemon_.conflicts_of_drafts[0].own = "";
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  EXPECT_EQ(terminal_.run({"notice", "check", file}), kExitRefused);
  EXPECT_NE(terminal_.out().find("! this "), std::string::npos) << terminal_.out();
  EXPECT_NE(terminal_.err().find("1 conflict. Nothing was sent."), std::string::npos);
  EXPECT_EQ(terminal_.run({"notice", "check", file, "--json"}), kExitRefused);
  EXPECT_NE(terminal_.out().find("\"own\":null,\"peers\":\"S-000005\""), std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find("\"refusal\":\"it comes too near to S-000005\""),
            std::string::npos);
  // One that says why would go.
  daemon_.refusal_of_drafts.clear();
  EXPECT_EQ(terminal_.run({"notice", "check", file}), kExitDone);
  EXPECT_NE(terminal_.err().find("1 conflict. Nothing was sent. It needs no other reason to be "
                                 "sent.\n"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(daemon_.checked.size(), 4u);
  EXPECT_TRUE(daemon_.submitted.empty());
}

// Whoever changes a notice hears how near it comes before it goes, and how near it came.
TEST_F(NoticesTest, ACorrectionSaysHowNearItComesAndHowNearItWas) {
  daemon_.conflicts_of_drafts = daemon_.conflicts;
  daemon_.conflicts_of_drafts[0].own = "";
  daemon_.conflicts_of_drafts[0].before_m = 12'000;
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  const std::string words =
      "S-000005 volume 2 with volume 1: 9,812 m apart, 0 m in height, 0 s in time, from 241100Z "
      "NOV 26 to 241200Z NOV 26 "
      "(as it stands: 12,000 m, 0 m in height, 0 s in time)";
  terminal_.columns = 300;
  const std::vector<std::string> correction = {"--corrects",       "N-3",      "--change",
                                               "contact -> range", "--reason", "moved"};
  const auto run = [&](std::vector<std::string> command) {
    command.insert(command.end(), correction.begin(), correction.end());
    return terminal_.run(command);
  };
  EXPECT_EQ(run({"notice", "check"}), kExitRefused);
  EXPECT_NE(terminal_.err().find(words), std::string::npos) << terminal_.err();
  EXPECT_EQ(run({"send"}), kExitRefused);
  EXPECT_NE(terminal_.err().find(words), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("--change \"conflict-reason -> ...\""), std::string::npos);
  EXPECT_TRUE(daemon_.submitted.empty());
  daemon_.refusal_of_drafts.clear();
  EXPECT_EQ(run({"notice", "check"}), kExitDone);
  EXPECT_NE(terminal_.err().find(words), std::string::npos) << terminal_.err();
  EXPECT_EQ(run({"send"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.err().find("IN CONFLICT with " + words), std::string::npos)
      << terminal_.err();
  FakeMessage sent = daemon_.messages[1];
  sent.id = "N-000123";
  daemon_.messages.push_back(sent);
  EXPECT_EQ(run({"send", "--json"}), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.out().find("\"before\":{\"horizontal_m\":12000,\"vertical_m\":0,"
                                 "\"time_s\":0}"),
            std::string::npos)
      << terminal_.out();
}

// Where the one ends before the other starts the times between them are said in one order
// everywhere.
TEST_F(NoticesTest, VolumesThatLieApartInTimeAreSaidAlikeInTextAndJson) {
  std::swap(daemon_.conflicts[0].from, daemon_.conflicts[0].until);
  EXPECT_EQ(terminal_.run({"conflicts", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"from\":\"2026-11-24T11:00:00.000Z\","
                                 "\"until\":\"2026-11-24T12:00:00.000Z\""),
            std::string::npos)
      << terminal_.out();
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_NE(terminal_.out().find("241100Z NOV 26  241200Z NOV 26"), std::string::npos);
}

// By which message each party accepted one, and whether that counts for the notices as they are.
TEST_F(NoticesTest, WhoAcceptedAConflictIsSaid) {
  daemon_.conflicts[0].own_acceptance = "N-000007";
  daemon_.conflicts[0].peers_acceptance = "S-000009";
  daemon_.conflicts[0].accepted_by_us = true;
  const std::string ours =
      "The conflict of N-000003 and S-000005 was accepted by NORTH in N-000007.\n";
  const std::string lapsed =
      "The conflict of N-000003 and S-000005 is accepted by SOUTH no more: a notice was changed "
      "after S-000009.\n";
  terminal_.columns = 200;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"conflicts"}, {"show", "N-3"}, {"thread", "N-3"}}) {
    EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
    EXPECT_NE(terminal_.err().find(ours + lapsed), std::string::npos) << terminal_.err();
  }
  EXPECT_NE(terminal_.err().find(
                "N-000003 is IN CONFLICT with S-000005 volume 2 with volume 1: 9,812 m apart"),
            std::string::npos)
      << terminal_.err();
  daemon_.conflicts[0].accepted_by_peer = true;
  EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
  EXPECT_EQ(terminal_.out(), "");
  EXPECT_EQ(terminal_.run({"conflicts", "--all"}), kExitDone);
  EXPECT_NE(terminal_.out().find("  both\n"), std::string::npos) << terminal_.out();
  EXPECT_NE(terminal_.err().find("was accepted by SOUTH in S-000009."), std::string::npos);
  EXPECT_EQ(terminal_.run({"thread", "N-3", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"own_acceptance\":\"N-000007\",\"peers_acceptance\":"
                                 "\"S-000009\""),
            std::string::npos)
      << terminal_.out();
  EXPECT_EQ(terminal_.run({"show", "N-3"}), kExitDone);
  EXPECT_EQ(terminal_.out().find("IN CONFLICT"), std::string::npos) << terminal_.out();
}

// A notice of ours has all three ways, one of theirs the way that is left.
TEST_F(NoticesTest, ANoticeInConflictSaysTheCommandsThatEndIt) {
  terminal_.columns = 200;
  EXPECT_EQ(terminal_.run({"show", "N-3"}), kExitDone);
  EXPECT_NE(terminal_.err().find(
                "To move it: hotline send --corrects N-000003 --change \"volume -> ...\" --reason "
                "\"...\"\nTo cancel it: hotline send --cancels N-000003 --reason \"...\"\nTo "
                "accept the conflict: hotline conflicts --accept N-000003,S-000005\n"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"show", "S-5"}), kExitDone);
  EXPECT_EQ(terminal_.err().find("To move it"), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("conflicts --accept N-000003,S-000005"), std::string::npos);
  daemon_.conflicts[0].accepted_by_us = true;
  EXPECT_EQ(terminal_.run({"show", "S-5"}), kExitDone);
  EXPECT_EQ(terminal_.err().find("To accept"), std::string::npos) << terminal_.err();
}

// Each with the command that accepts it.
TEST_F(NoticesTest, ANoticeInSeveralConflictsShowsHowToAcceptEach) {
  daemon_.conflicts.push_back(daemon_.conflicts[0]);
  daemon_.conflicts[1].own = "N-000004";
  daemon_.conflicts.push_back(daemon_.conflicts[0]);
  daemon_.conflicts[2].own = "N-000007";
  daemon_.conflicts[2].accepted_by_us = true;
  EXPECT_EQ(terminal_.run({"show", "S-5"}), kExitDone);
  for (const char* accepted : {"N-000003,S-000005\n", "N-000004,S-000005\n"}) {
    EXPECT_NE(terminal_.err().find("To accept the conflict: hotline conflicts --accept " +
                                   std::string(accepted)),
              std::string::npos)
        << terminal_.err();
  }
  EXPECT_EQ(terminal_.err().find("N-000007,"), std::string::npos) << terminal_.err();
}

TEST_F(NoticesTest, WhoeverMayNotSendIsOfferedNothingToSend) {
  for (const auto role : {wire::Role::auditor, wire::Role::releaser}) {
    daemon_.roles = {role};
    for (const char* id : {"N-3", "S-5"}) {
      EXPECT_EQ(terminal_.run({"show", id}), kExitDone);
      EXPECT_EQ(terminal_.err(), "");
    }
    daemon_.refusal_of_drafts = "it comes too near to S-000005";
    // By the daemon, so that it is on record.
    daemon_.mishaps = {FakeDaemon::Mishap::refuse};
    daemon_.refusal = make_error(ErrorCode::not_allowed, "ann has no role here that may send this");
    EXPECT_EQ(terminal_.run({"conflicts", "--accept", "N-3,S-5"}), kExitNotAllowed);
    EXPECT_EQ(terminal_.run({"reply", "S-99", "x"}), kExitNotAllowed)
        << "before it is said that there is none: " << terminal_.err();
  }
}

// Whoever accepts or takes back goes by what is announced as well.
TEST_F(NoticesTest, WithoutALinkEveryCommandAboutNoticesSaysWhatIsNotKnown) {
  daemon_.link = wire::LinkState::down;
  daemon_.link_since = at("2026-11-22T14:08:55Z");
  const std::string caution =
      "Caution: the link is down since 221408Z NOV 26. What SOUTH announced since is not known "
      "here.\n";
  terminal_.columns = 200;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"conflicts", "--accept", "N-3,S-5"},
        {"send", "--cancels", "N-3", "--reason", "not flown"},
        {"send", "--corrects", "N-3", "--change", "contact -> range", "--reason", "wrong"},
        {"show", "N-3"},
        {"notices"},
        {"conflicts"}}) {
    EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
    EXPECT_NE(terminal_.err().find(caution), std::string::npos) << words[0] << terminal_.err();
  }
  EXPECT_EQ(terminal_.run({"notices", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"link_down\":true,\"link_down_since\":\"2026-"),
            std::string::npos)
      << terminal_.out();
}

// Greater numbers and longer names leave out a column before they break a line.
TEST_F(NoticesTest, ConflictsOfAnExerciseFitEightyColumns) {
  terminal_.columns = 80;
  for (const auto& [metres, height] : {std::pair{9'812u, 0u}, {100'000u, 12'000u}}) {
    daemon_.conflicts = {{.own = "XN-000003",
                          .peers = "XS-000005",
                          .horizontal_m = metres,
                          .vertical_m = height,
                          .from = at("2026-11-24T11:00:00Z"),
                          .until = at("2026-11-24T12:00:00Z")}};
    EXPECT_EQ(terminal_.run({"conflicts"}), kExitDone);
    std::istringstream lines(terminal_.out());
    size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 80u) << line;
    EXPECT_EQ(count, 2u) << terminal_.out();
    EXPECT_NE(terminal_.out().find("nobody"), std::string::npos);
  }
}

TEST_F(NoticesTest, OnlyANoticeIsChecked) {
  const std::string file =
      terminal_.write("text.toml", "precedence = \"routine\"\n[texts]\nen = \"Hello.\"\n");
  EXPECT_EQ(terminal_.run({"notice", "check", file}), kExitRefused);
  EXPECT_TRUE(daemon_.checked.empty());
}

TEST_F(NoticesTest, ANoticeInConflictIsSentOnlyWithAReason) {
  daemon_.conflicts_of_drafts = daemon_.conflicts;
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  EXPECT_EQ(terminal_.run(sending()), kExitRefused);
  EXPECT_NE(terminal_.err().find("it comes too near to what SOUTH announced"), std::string::npos)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("S-000005 volume 2 with volume 1: 9,812 m apart, 0 m in height, 0 "
                                 "s in time, from 241100Z NOV 26 to 241200Z NOV"),
            std::string::npos)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("--set conflict-reason=\"...\""), std::string::npos);
  EXPECT_TRUE(daemon_.submitted.empty());
  daemon_.refusal_of_drafts.clear();
  EXPECT_EQ(terminal_.run(sending({"--set", "conflict-reason=agreed by voice"})), kExitDone)
      << terminal_.err();
  EXPECT_NE(terminal_.err().find("IN CONFLICT with S-000005 volume 2 with volume 1: 9,812 m apart"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(daemon_.committed.size(), 1u);
  daemon_.conflicts_of_drafts.clear();
  EXPECT_EQ(terminal_.run(sending()), kExitDone) << terminal_.err();
  EXPECT_EQ(daemon_.committed.size(), 2u);
  EXPECT_EQ(daemon_.checked.size(), 3u);
}

// It may have been sent before what it is in conflict with was announced.
TEST_F(NoticesTest, ARepeatUnderAKeyThatIsInConflictMayHaveBeenSent) {
  daemon_.conflicts_of_drafts = daemon_.conflicts;
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  EXPECT_EQ(terminal_.run(sending({"--json"})), kExitRefused);
  EXPECT_NE(terminal_.err().find("\"sent\":false"), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.run(sending({"--idempotency-key", "k1", "--json"})), kExitRefused);
  EXPECT_NE(terminal_.err().find("\"sent\":\"unknown\""), std::string::npos) << terminal_.err();
}

TEST_F(NoticesTest, ACorrectedMessageIsShownAsItStands) {
  FakeMessage& own = daemon_.messages[1];
  own.newest_body = activity_body("harbour", "Flight, moved", "two helicopters");
  own.corrections = {"N-000007", "N-000009"};
  own.cancelled = own.expired = true;
  EXPECT_EQ(terminal_.run({"show", "N-3"}), kExitDone);
  const std::string out = terminal_.out();
  EXPECT_NE(
      out.find(
          "\nCANCELLED by N-000011: sent twice\nEXPIRED: its time is over\n"
          "CORRECTED by N-000007, N-000009\nIN CONFLICT with S-000005 volume 2 with volume 1: "),
      std::string::npos)
      << out;
  const size_t now = out.find("harbour"), before = out.find("As first sent:\n"),
               text = out.find("en, original");
  EXPECT_LT(now, before) << out;
  EXPECT_LT(before, text) << out;
  const std::string replaced = out.substr(before, text - before);
  EXPECT_NE(replaced.find("Subject       Flight, 54.90000N 020.10000E\n"), std::string::npos)
      << replaced;
  EXPECT_NE(replaced.find("tower\n"), std::string::npos) << replaced;
  EXPECT_NE(replaced.find("(was not said)\n"), std::string::npos) << replaced;
  EXPECT_EQ(replaced.find("5 km"), std::string::npos) << replaced;
}

TEST_F(NoticesTest, ACorrectedMessageAsJsonHasBothStates) {
  FakeMessage& own = daemon_.messages[1];
  EXPECT_EQ(terminal_.run({"show", "N-3", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"newest\":null,\"as_sent\":null,\"corrections\":[],"
                                 "\"cancelled\":false,\"expired\":false"),
            std::string::npos)
      << terminal_.out();
  own.newest_body = activity_body("harbour", own.subject, "");
  own.corrections = {"N-000007"};
  own.expired = true;
  EXPECT_EQ(terminal_.run({"show", "N-3", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"newest\":{\"subject\":\"Flight, "), std::string::npos);
  EXPECT_NE(terminal_.out().find("\"as_sent\":[{\"label\":\"Contact\",\"value\":\"tower\"}],"
                                 "\"corrections\":[\"N-000007\"],\"cancelled\":false,"
                                 "\"expired\":true"),
            std::string::npos)
      << terminal_.out();
}

}  // namespace
}  // namespace hotline::client
