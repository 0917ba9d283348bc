// Requests on the screen: which question was answered, by whom and in which message, what is still
// open, and by when.
#include <gtest/gtest.h>

#include "protocol/message/body.h"
#include "protocol/terminal/exit_code.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/client/terminal.h"

namespace hotline::client {
namespace {

class RequestsTest : public testing::Test {
 protected:
  RequestsTest() : terminal_(daemon_.connector()) {
    daemon_.clock = terminal_.utc = at("2026-11-22T14:12:00Z");
    FakeMessage request;
    request.id = "S-000088";
    request.type = wire::MessageType::request;
    request.precedence = wire::Precedence::priority;
    request.subject = "Three questions";
    request.released_at = request.committed_at = at("2026-11-22T14:00:00Z");
    BodyFields body;
    body.subject = request.subject;
    body.texts = {{"en", "We ask.", true, ""}};
    body.content = QuestionsFields{{"Is it yours?", "Where does it go?", "Until when?"}};
    request.body = build_body(body);
    daemon_.messages = {request};
  }
  FakeMessage& request() { return daemon_.messages[0]; }
  void answer_in_part() {
    request().questions.resize(3);
    request().questions[0] = {
        wire::AnswerOutcome::answered, "ours, a flight",          0, "N-000005", false,
        wire::Role::operator_,         at("2026-11-22T14:05:00Z")};
    request().questions[1] = {wire::AnswerOutcome::later,
                              "",
                              at("2026-11-22T16:00:00Z"),
                              "N-000006",
                              false,
                              wire::Role::supervisor,
                              at("2026-11-22T14:06:00Z")};
    request().answered_in_part_at = at("2026-11-22T14:05:00Z");
  }
  bool says(const std::string& words) const {
    return terminal_.out().find(words) != std::string::npos;
  }

  FakeDaemon daemon_;
  Terminal terminal_;
};

TEST_F(RequestsTest, B11_ANumberThatWasNotAskedIsRefusedWithTheQuestions) {
  EXPECT_EQ(terminal_.run({"reply", "S-88", "--answer", "4=ours"}), kExitUsage);
  EXPECT_NE(terminal_.err().find("S-000088 asks 3 questions, and none is number 4\n"
                                 "  try:  --answer 1=\"...\"   1. Is it yours?\n"),
            std::string::npos)
      << terminal_.err();
  EXPECT_TRUE(daemon_.submitted.empty());
  EXPECT_EQ(terminal_.run({"reply", "S-88", "--answer", "3=tomorrow"}), kExitDone);
}

TEST_F(RequestsTest, B11_ShowSaysOfEachQuestionWhoAnsweredItAndWhatIsOpen) {
  EXPECT_EQ(terminal_.run({"show", "S-88"}), kExitDone);
  EXPECT_TRUE(says("\nAnswers, 3 of 3 open:\n  Question 1    OPEN\n")) << terminal_.out();
  answer_in_part();
  EXPECT_EQ(terminal_.run({"show", "S-88"}), kExitDone);
  EXPECT_TRUE(
      says("\nAnswers, 2 of 3 open:\n"
           "  Question 1    ours, a flight (N-000005, NORTH operator, 221405Z NOV 26)\n"
           "  Question 2    OPEN, will be answered by 221600Z NOV 26 (N-000006, NORTH "
           "supervisor, 221406Z NOV\n                26)\n"
           "  Question 3    OPEN\n"))
      << terminal_.out();
  EXPECT_TRUE(says("answered in part  14:05:00.000Z")) << terminal_.out();
  request().questions[1].outcome = wire::AnswerOutcome::refused;
  request().questions[1].text = "not to be told";
  request().questions[2] = request().questions[0];
  EXPECT_EQ(terminal_.run({"show", "S-88"}), kExitDone);
  EXPECT_TRUE(says("\nAnswers, none is open:\n")) << terminal_.out();
  EXPECT_TRUE(says("  Question 2    refused: not to be told (N-000006,")) << terminal_.out();
}

TEST_F(RequestsTest, B11_ShowAsJsonHasTheAnswers) {
  answer_in_part();
  EXPECT_EQ(terminal_.run({"show", "S-88", "--json"}), kExitDone);
  EXPECT_TRUE(
      says(R"("questions":[{"number":1,"question":"Is it yours?","state":"answered","open":false,)"
           R"("answer":"ours, a flight","later_at":null,"answered_in":"N-000005",)"
           R"("answered_by":"north","answered_role":"operator",)"
           R"("answered_at":"2026-11-22T14:05:00.000Z"},)"))
      << terminal_.out();
  EXPECT_TRUE(says(R"("state":"later","open":true,"answer":null,)"
                   R"("later_at":"2026-11-22T16:00:00.000Z")"))
      << terminal_.out();
  EXPECT_TRUE(says(R"("number":3,"question":"Until when?","state":"open","open":true,)"
                   R"("answer":null,"later_at":null,"answered_in":null,"answered_by":null,)"
                   R"("answered_role":null,"answered_at":null}],"questions_open":2)"))
      << terminal_.out();
}

// The words of a peer cannot make lines or colours of their own.
TEST_F(RequestsTest, AnAnswerIsShownWithoutItsControlCharacters) {
  answer_in_part();
  request().questions[0].text = "ours\x1b[31m\nQuestion 2    no";
  EXPECT_EQ(terminal_.run({"show", "S-88"}), kExitDone);
  EXPECT_FALSE(says("\x1b[31m")) << terminal_.out();
  EXPECT_FALSE(says("\nQuestion 2    no")) << terminal_.out();
}

TEST_F(RequestsTest, B23_TheInboxSaysHowManyRequestsAreOpenAndListsThemByWhenTheyAreDue) {
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "Nothing waits for an acknowledgement.\n");
  EXPECT_EQ(terminal_.run({"inbox", "--requests"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "No request waits for an answer.\n");
  request().answer_due_at = at("2026-11-22T14:42:00Z");
  FakeMessage late = request();
  late.id = "S-000089";
  late.subject = "Late";
  late.answer_due_at = at("2026-11-22T14:11:00Z");
  daemon_.messages.insert(daemon_.messages.begin(), late);
  terminal_.columns = 80;
  EXPECT_EQ(terminal_.run({"inbox"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "Nothing waits for an acknowledgement.\n"
            "2 requests are not answered. See: hotline inbox --requests\n");
  EXPECT_EQ(terminal_.run({"inbox", "--requests"}), kExitDone);
  EXPECT_EQ(terminal_.out(),
            "  DUE     PREC       ID        ANSWER BY       FROM   STATE     SUBJECT\n"
            "! now     PRIORITY   S-000089  221411Z NOV 26  SOUTH  received  Late\n"
            "  30:00   PRIORITY   S-000088  221442Z NOV 26  SOUTH  received  Three questions\n");
  EXPECT_EQ(terminal_.err(), "Next: hotline show S-000089\n");
  EXPECT_EQ(terminal_.run({"inbox", "--requests", "--all"}), kExitUsage);
}

TEST_F(RequestsTest, B23_OpenRequestsThatAreCutSayWhereTheyGoOn) {
  request().answer_due_at = at("2026-11-22T14:42:00Z");
  daemon_.messages.resize(3, request());
  EXPECT_EQ(terminal_.run({"inbox", "--requests", "--limit", "2"}), kExitDone);
  EXPECT_EQ(terminal_.err(),
            "2 of 3 are shown. The next: hotline inbox --requests --after 2 --limit 2\n");
  EXPECT_EQ(terminal_.run({"inbox", "--requests", "--limit", "2", "--after", "2", "--json"}),
            kExitDone);
  EXPECT_TRUE(says(R"("total":3,"more":false,"next":null})")) << terminal_.out();
  EXPECT_TRUE(says(R"("answer_due_at":"2026-11-22T14:42:00.000Z")")) << terminal_.out();
  EXPECT_EQ(terminal_.run({"inbox", "--requests", "--after", "3"}), kExitDone);
  EXPECT_EQ(terminal_.err(), "No more request waits for an answer.\n");
}

TEST_F(RequestsTest, B23_AListSaysWhatHasExpired) {
  request().expires_at = at("2026-11-22T14:11:59Z");
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_TRUE(says("  expired ")) << terminal_.out();
  request().waits = true;  // It is still to be read.
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_TRUE(says("  waits, expired ")) << terminal_.out();
  request().waits = false;
  request().expires_at = at("2026-11-22T14:12:01Z");
  EXPECT_EQ(terminal_.run({"list"}), kExitDone);
  EXPECT_TRUE(says("  received ")) << terminal_.out();
  EXPECT_EQ(terminal_.run({"list", "--json"}), kExitDone);
  EXPECT_TRUE(says(R"("expires_at":"2026-11-22T14:12:01.000Z")")) << terminal_.out();
}

}  // namespace
}  // namespace hotline::client
