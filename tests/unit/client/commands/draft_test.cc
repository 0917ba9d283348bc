// Drafts on the command line, against a daemon that keeps them.
#include "protocol/message/draft.h"

#include <gtest/gtest.h>

#include "protocol/base/sha256.h"
#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"
#include "protocol/message/body.h"
#include "protocol/message/template.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

// A draft as its fields, for what a test compares.
struct Read {
  uint8_t type = 0;
  uint8_t precedence = 0;
  UtcMs reply_by = 0;
  std::string incident;
  std::string subject;
  std::vector<std::string> texts;  // "en=..."
  Bytes body;
};

Read read(const Bytes& bytes) {
  const auto draft = open_flatbuffer<wire::Draft>(bytes, kDraftIdentifier);
  Read found{(*draft)->type(),
             (*draft)->precedence(),
             (*draft)->reply_by(),
             text_of((*draft)->incident()),
             {},
             {},
             Bytes((*draft)->body()->begin(), (*draft)->body()->end())};
  const auto body = open_body(found.body);
  found.subject = (*body)->subject()->str();
  if ((*body)->texts() == nullptr) return found;
  for (const wire::Text* text : *(*body)->texts()) {
    found.texts.push_back(text->language()->str() + "=" + text->text()->str());
  }
  return found;
}

constexpr char kFlightVolume[] =
    "volume=54.90N 020.10E 5km / 0m amsl to 1000m amsl / 2026-11-24T10:00:00Z to "
    "2026-11-24T12:00:00Z";

class DraftTest : public testing::Test {
 protected:
  DraftTest() : terminal_(daemon_.connector()) {
    daemon_.clock = daemon_.committed_at = at("2026-11-22T14:12:07.913Z");
  }

  // Runs a command that must succeed.
  void run(const std::vector<std::string>& words) {
    ASSERT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
  }
  Read draft(size_t number) { return read(daemon_.drafts.at(number - 1).bytes); }
  const wire::Incident& incident(const Read& read) {
    return *flatbuffers::GetRoot<wire::Body>(read.body.data())->content_as_incident();
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(DraftTest, WhatIsMissingIsSaidAndKeptAllTheSame) {
  run({"draft", "save", "-t", "stray-missile"});
  EXPECT_EQ(terminal_.out(), "D-1  version 1  incident  saved 14:12:07.913Z  journal 7\n");
  EXPECT_NE(terminal_.err().find("precedence: is missing"), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("where: is missing"), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("hotline draft edit D-1 -p priority"), std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.err().find("subject"), std::string::npos) << terminal_.err();
  EXPECT_EQ(incident(draft(1)).kind(), wire::IncidentKind::stray_missile);
  EXPECT_EQ(incident(draft(1)).observed_at(), daemon_.clock);
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(DraftTest, TimesThatAreTypedAreUnderstoodWhenItIsSaved) {
  run({"draft", "save", "-p", "flash", "-t", "stray-missile", "--set", "where=54.90N 020.10E",
       "--set", "when=-5m", "--reply-by", "+2h"});
  EXPECT_NE(terminal_.err().find("understood: when 2026-11-22T14:07:07.913Z"), std::string::npos)
      << terminal_.err();
  EXPECT_EQ(incident(draft(1)).observed_at(), at("2026-11-22T14:07:07.913Z"));
  EXPECT_EQ(draft(1).reply_by, at("2026-11-22T16:12:07.913Z"));
  EXPECT_NE(terminal_.err().find("Next: hotline send --draft D-1"), std::string::npos)
      << terminal_.err();
}

TEST_F(DraftTest, NothingAtAllIsNoDraft) {
  EXPECT_EQ(terminal_.run({"draft", "save", "-p", "flash"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"draft", "save", "-t", "stray-missile", "--set", "where=here"}),
            kExitUsage);
  EXPECT_TRUE(daemon_.drafts.empty());
}

TEST_F(DraftTest, OnlyWhatIsTypedChanges) {
  run({"draft", "save", "-p", "flash", "-t", "stray-missile", "--set", "where=54.90N 020.10E",
       "--set", "weather=fog"});
  const Read before = draft(1);
  run({"draft", "edit", "D-1", "-p", "immediate", "--incident", "storm"});
  EXPECT_EQ(draft(1).precedence, static_cast<uint8_t>(wire::Precedence::immediate));
  EXPECT_EQ(draft(1).incident, "storm");
  EXPECT_EQ(draft(1).body, before.body);
  run({"draft", "edit", "D-1", "--set", "where=55.0N 021.0E", "--set", "weather="});
  const Read after = draft(1);
  EXPECT_EQ(incident(after).position()->latitude(), 55'00000);
  EXPECT_EQ(incident(after).weather(), nullptr);
  EXPECT_EQ(incident(after).accuracy_m(), 11'132u);  // By the digits that were typed now.
  EXPECT_EQ(incident(after).observed_at(), incident(before).observed_at());
  EXPECT_EQ(after.subject, "Stray missile, 55.0N 021.0E");
  EXPECT_EQ(after.texts, std::vector<std::string>{"en=" + after.subject});
  EXPECT_EQ(daemon_.drafts.at(0).version, 3u);
}

TEST_F(DraftTest, WordsOfAPersonStayAndATranslationOfWhatIsNotSaidAnyMoreGoes) {
  run({"draft", "save", "-p", "routine", "--subject", "Buoy", "--text", "en=We found a buoy.",
       "--text", "ru=Мы нашли буй."});
  run({"draft", "edit", "D-1", "--text", "uk=Ми знайшли буй."});
  EXPECT_EQ(draft(1).texts.size(), 3u);
  run({"draft", "edit", "D-1", "--text", "en=We lost a buoy.", "--text", "uk=Ми загубили буй."});
  EXPECT_EQ(draft(1).texts,
            (std::vector<std::string>{"en=We lost a buoy.", "uk=Ми загубили буй."}));
  EXPECT_EQ(draft(1).subject, "Buoy");
  EXPECT_NE(terminal_.err().find("The text in ru was left out"), std::string::npos);
  run({"draft", "edit", "D-1", "Found again."});
  EXPECT_EQ(draft(1).texts, std::vector<std::string>{"en=Found again."});
}

TEST_F(DraftTest, QuestionsAreAskedAnew) {
  run({"draft", "save", "-p", "routine", "--question", "Is it yours | or ours?"});
  run({"draft", "edit", "D-1", "--reply-by", "2026-11-22T18:00:00Z"});
  EXPECT_EQ(draft(1).texts, std::vector<std::string>{"en=Is it yours | or ours?"});
  run({"draft", "edit", "D-1", "--question", "Whose is it?", "--question", "Since when?"});
  EXPECT_EQ(draft(1).subject, "Whose is it?");
  EXPECT_EQ(draft(1).texts, std::vector<std::string>{"en=1. Whose is it?\n2. Since when?"});
  run({"draft", "save", "-p", "routine", "All quiet."});
  EXPECT_EQ(terminal_.run({"draft", "edit", "D-2", "--question", "Why?"}), kExitUsage);
}

// A field that nobody has filled in is as it was after an edit of something else.
TEST_F(DraftTest, EveryTemplateCanBeEditedBeforeItIsFinished) {
  for (const TemplateInfo& info : templates()) {
    if (info.type == wire::MessageType::test) continue;  // The daemon keeps none.
    run({"draft", "save", "-t", info.name, "--subject", "To be finished"});
    const size_t number = daemon_.drafts.size();
    const std::string name = format_draft_name(number);
    const Read before = draft(number);
    run({"draft", "edit", name, "-p", "priority"});
    EXPECT_EQ(draft(number).body, before.body) << info.name;
    for (const TemplateField& field : info.fields) {
      if (field.example.empty()) continue;
      run({"draft", "edit", name, "--set", field.key + "=" + field.example});
    }
    const Read whole = draft(number);
    EXPECT_EQ(whole.body == before.body, info.fields.empty()) << info.name;
    run({"draft", "edit", name, "-p", "routine"});
    EXPECT_EQ(draft(number).body, whole.body) << info.name;
  }
}

TEST_F(DraftTest, AnEditOfNothingSavesNothing) {
  run({"draft", "save", "-t", "stray-missile"});
  EXPECT_EQ(terminal_.run({"draft", "edit", "D-1"}), kExitUsage);
  EXPECT_EQ(daemon_.drafts.at(0).version, 1u);
}

TEST_F(DraftTest, AFieldThatItDoesNotHaveIsNotSet) {
  run({"draft", "save", "-t", "stray-missile"});
  EXPECT_EQ(terminal_.run({"draft", "edit", "D-1", "--set", "wheer=54.90N 020.10E"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("where"), std::string::npos) << terminal_.err();
  EXPECT_EQ(daemon_.drafts.at(0).version, 1u);
}

TEST_F(DraftTest, AStaleEditChangesNothing) {
  run({"draft", "save", "-t", "stray-missile"});
  run({"draft", "save", "-t", "collision-at-sea"});
  const Bytes other = daemon_.drafts.at(1).bytes;
  daemon_.on_request = [this, other](wire::RequestBody request) {
    if (request == wire::RequestBody::SaveDraft) daemon_.drafts.at(0).bytes = other;
  };
  EXPECT_EQ(terminal_.run({"draft", "edit", "D-1", "-p", "flash"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("D-1 was not changed"), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("D-1 was changed by ann, operator at"), std::string::npos)
      << terminal_.err();
  EXPECT_EQ(daemon_.drafts.at(0).bytes, other);
}

TEST_F(DraftTest, ItIsSentAsItWasSaved) {
  for (const bool exercise : {false, true}) {
    daemon_.exercise = exercise;
    run({"draft", "save", "-p", "routine", "All quiet."});
    const size_t number = daemon_.drafts.size();
    const std::string name = format_draft_name(number);
    run({"draft", "show", name});
    const std::string hash = to_hex(sha256({daemon_.drafts.back().bytes}));
    EXPECT_NE(terminal_.out().find(hash), std::string::npos) << terminal_.out();
    EXPECT_NE(terminal_.out().find("ann, operator"), std::string::npos) << terminal_.out();
    run({"send", "--draft", name});
    EXPECT_EQ(daemon_.committed.back().draft, daemon_.drafts.back().bytes);
    EXPECT_EQ(daemon_.committed.back().draft_number, number);
    const std::string text = exercise ? mark_exercise("All quiet.") : "All quiet.";
    EXPECT_EQ(draft(number).texts, std::vector<std::string>{"en=" + text});
  }
}

TEST_F(DraftTest, WhatBreaksARuleIsNotSent) {
  run({"draft", "save", "-t", "stray-missile"});
  EXPECT_EQ(terminal_.run({"send", "--draft", "D-1"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("precedence: is missing"), std::string::npos) << terminal_.err();
  EXPECT_NE(terminal_.err().find("hotline draft edit D-1 -p"), std::string::npos);
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(DraftTest, NothingIsSaidBesideADraft) {
  run({"draft", "save", "-p", "routine", "All quiet."});
  for (const std::vector<std::string>& words : {std::vector<std::string>{"-p", "flash"},
                                                {"--subject", "x"},
                                                {"--set", "where=x"},
                                                {"All is not quiet."},
                                                {"--corrects", "N-1"}}) {
    std::vector<std::string> typed = {"send", "--draft", "D-1"};
    typed.insert(typed.end(), words.begin(), words.end());
    EXPECT_EQ(terminal_.run(typed), kExitUsage) << words.front();
  }
  EXPECT_TRUE(daemon_.submitted.empty());
}

TEST_F(DraftTest, OneThatWasSentGoesAgainUnderItsKeyOnly) {
  run({"draft", "save", "-p", "routine", "All quiet."});
  run({"send", "--draft", "D-1", "--idempotency-key", "k"});
  daemon_.drafts.at(0).state = wire::DraftState::sent;
  daemon_.drafts.at(0).sent_as = "N-000123";
  run({"send", "--draft", "D-1", "--idempotency-key", "k"});
  EXPECT_EQ(daemon_.committed.size(), 1u);
  EXPECT_EQ(terminal_.run({"send", "--draft", "D-1"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("D-1 was sent as N-000123 by bob, operator"), std::string::npos)
      << terminal_.err();
}

TEST_F(DraftTest, ANoticeInConflictIsNotSentWithoutAReason) {
  run({"draft", "save", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set",
       "contact=tower", "--set", kFlightVolume});
  daemon_.conflicts_of_drafts = {{.own = "", .peers = "S-000005", .horizontal_m = 1}};
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  EXPECT_EQ(terminal_.run({"send", "--draft", "D-1"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("hotline draft edit D-1 --set conflict-reason="),
            std::string::npos)
      << terminal_.err();
  // Handed in it would be refused at its release.
  EXPECT_EQ(terminal_.run({"draft", "submit", "D-1"}), kExitRefused);
  EXPECT_NE(terminal_.err().find("S-000005 volume 2 with volume 1: 1 m apart"), std::string::npos)
      << terminal_.err();
  run({"draft", "edit", "D-1", "--set", "conflict-reason=agreed by voice"});
  daemon_.refusal_of_drafts.clear();
  run({"send", "--draft", "D-1"});
  EXPECT_NE(terminal_.err().find("IN CONFLICT with S-000005 volume 2 with volume 1: 1 m apart"),
            std::string::npos)
      << terminal_.err();
}

// Whoever reads a draft, and whoever is to release it, sees what its writer saw.
TEST_F(DraftTest, TheConflictsOfADraftAreSaidWhereverItIsRead) {
  daemon_.conflicts_of_drafts = {{.own = "", .peers = "S-000005", .horizontal_m = 1}};
  daemon_.refusal_of_drafts = "it comes too near to S-000005";
  daemon_.link = wire::LinkState::down;
  daemon_.link_since = at("2026-11-22T14:08:55Z");
  const std::string conflict =
      "IN CONFLICT with S-000005 volume 2 with volume 1: 1 m apart, 0 m in height";
  const std::string caution = "What SOUTH announced since is not known here.";
  const auto expect_said = [&] {
    EXPECT_NE(terminal_.err().find(conflict), std::string::npos) << terminal_.err();
    EXPECT_NE(terminal_.err().find(caution), std::string::npos) << terminal_.err();
  };
  run({"draft", "save", "-p", "routine", "-t", "activity", "--set", "kind=flight", "--set",
       "contact=tower", "--set", kFlightVolume});
  expect_said();
  EXPECT_NE(terminal_.err().find("It does not say why it comes so near, and would be refused."),
            std::string::npos);
  run({"draft", "show", "D-1"});
  expect_said();
  run({"draft", "show", "D-1", "--json"});
  EXPECT_NE(terminal_.out().find(R"("conflicts":[{"own":null,"peers":"S-000005",)"),
            std::string::npos)
      << terminal_.out();
  EXPECT_NE(terminal_.out().find(R"("conflicts_total":1,"refusal":"it comes too near)"),
            std::string::npos);
  EXPECT_NE(terminal_.out().find(R"("link_down":true)"), std::string::npos);
  // A text announces nothing, and is held against nothing.
  run({"draft", "save", "-p", "routine", "All quiet."});
  EXPECT_EQ(terminal_.err().find("CONFLICT"), std::string::npos) << terminal_.err();
  EXPECT_EQ(terminal_.err().find(caution), std::string::npos) << terminal_.err();
}

TEST_F(DraftTest, ACorrectionIsKeptAndOneThatDoesNotFitSaysSo) {
  FakeMessage own;
  own.id = "N-000123";
  own.incoming = false;
  own.type = wire::MessageType::text;
  own.body = build_body({"Quiet", {{"en", "All quiet.", true, ""}}, TextContentFields{}});
  daemon_.messages.push_back(own);
  const std::vector<std::string> words = {
      "draft",           "save",     "--corrects",    "N-123", "--change",
      "text -> Firing.", "--reason", "heard wrongly", "-p",    "routine"};
  EXPECT_EQ(terminal_.run(words), kExitDone) << terminal_.err();
  EXPECT_NE(terminal_.err().find("Next: hotline send --draft D-1"), std::string::npos)
      << terminal_.err();
  daemon_.refusal_of_drafts = "text: is not \"All quiet.\" but \"Hold.\"";
  EXPECT_EQ(terminal_.run(words), kExitDone);
  EXPECT_NE(terminal_.err().find("but \"Hold.\". It would be refused."), std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"draft", "show", "D-1"}), kExitDone);
  EXPECT_NE(terminal_.err().find("but \"Hold.\". It would be refused."), std::string::npos);
  EXPECT_NE(terminal_.err().find("Next: hotline draft discard D-1    then write it anew"),
            std::string::npos)
      << terminal_.err();
  EXPECT_EQ(terminal_.run({"draft", "show", "D-1", "--json"}), kExitDone);
  EXPECT_NE(terminal_.out().find("\"may_be_sent\":false"), std::string::npos);
}

TEST_F(DraftTest, AListSaysWhatItLeavesOut) {
  run({"draft", "list"});
  EXPECT_NE(terminal_.err().find("No draft is kept."), std::string::npos);
  for (int i = 0; i < 3; ++i) run({"draft", "save", "-p", "routine", "All quiet."});
  terminal_.columns = 80;
  run({"draft", "list", "--limit", "2"});
  EXPECT_NE(terminal_.out().find("D-2"), std::string::npos);
  EXPECT_EQ(terminal_.out().find("D-3"), std::string::npos);
  EXPECT_NE(terminal_.err().find("2 of 3 are shown. The next: hotline draft list --after D-2 "
                                 "--limit 2"),
            std::string::npos)
      << terminal_.err();
  run({"draft", "discard", "D-2"});
  run({"draft", "list", "--json"});
  EXPECT_EQ(terminal_.out().find("\"D-2\""), std::string::npos);
  EXPECT_NE(terminal_.out().find("\"total\":2"), std::string::npos) << terminal_.out();
  run({"inbox"});
  EXPECT_NE(terminal_.err().find("2 drafts are not sent. See: hotline draft list"),
            std::string::npos)
      << terminal_.err();
}

TEST_F(DraftTest, ANameThatIsNone) {
  for (const char* verb : {"show", "edit", "discard"}) {
    EXPECT_EQ(terminal_.run({"draft", verb, "D-x"}), kExitUsage) << verb;
    EXPECT_EQ(terminal_.run({"draft", verb, "D-99"}), kExitNotFound) << verb;
  }
  EXPECT_EQ(terminal_.run({"send", "--draft", "N-1"}), kExitUsage);
  EXPECT_EQ(terminal_.run({"send", "--draft", "D-99"}), kExitNotFound);
}

TEST_F(DraftTest, AListOf80ColumnsSaysByWhom) {
  terminal_.columns = 80;
  run({"draft", "save", "-p", "immediate", "-t", "stray-missile"});
  daemon_.drafts[0].person = "annabelle";
  daemon_.drafts[0].role = wire::Role::supervisor;
  run({"draft", "list"});
  EXPECT_NE(terminal_.out().find("  BY  "), std::string::npos) << terminal_.out();
  EXPECT_NE(terminal_.out().find("annabelle"), std::string::npos) << terminal_.out();
}

TEST_F(DraftTest, NoLineIsWiderThanTheTerminal) {
  run({"draft", "save", "-p", "flash", "--danger-to-life", "-t", "stray-missile"});
  for (const size_t columns : {80, 60}) {
    terminal_.columns = columns;
    run({"draft", "show", "D-1"});
    std::istringstream lines(terminal_.out());
    for (std::string line; std::getline(lines, line);) EXPECT_LE(column_count(line), columns);
  }
  terminal_.is_terminal = false;
  run({"draft", "show", "D-1"});
  EXPECT_NE(terminal_.out().find(to_hex(ByteView(sha256({daemon_.drafts[0].bytes})))),
            std::string::npos)
      << "a program is given it whole";
}

}  // namespace
}  // namespace hotline::client
