// B11: the answers to a REQUEST, between two cores: what was not asked is refused at every place, a
// part of the answers is no answer to the whole, and what is open is known to both.
#include "protocol/channel/answers.h"

#include <gtest/gtest.h>

#include "tests/durations.h"
#include "tests/precedences.h"
#include "tests/unit/protocol/channel/scripted_peer.h"
#include "tests/unit/protocol/channel/two_cores.h"

namespace hotline {
namespace {

using wire::AnswerOutcome;

class AnswersTest : public testing::Test {
 protected:
  // North asks, as N-000001 and so on.
  void ask(const std::vector<std::string>& questions, uint8_t precedence = kPriority) {
    const auto sent = cores.submit(kNorth, precedence, QuestionsFields{questions});
    ASSERT_TRUE(sent) << sent.error().reason;
    cores.settle();
  }
  Result<Submission> answer(const std::vector<AnswerItemFields>& items,
                            const std::string& request = "N-000001") {
    auto sent = cores.submit(kSouth, kPriority, AnswersFields{items}, {request});
    cores.settle();
    return sent;
  }
  static AnswerItemFields said(uint8_t question, const std::string& text = "ours") {
    return {question, AnswerOutcome::answered, text, std::nullopt};
  }
  AnswerItemFields later(uint8_t question) {
    return {question, AnswerOutcome::later, "", cores.now().utc + 30 * kMinute_ms};
  }
  bool is_answered(size_t party, MessageKey key) {
    return !cores.core(party).answers().of(key).empty() &&
           cores.core(party).answers().is_answered(key);
  }
  size_t open(size_t party) { return cores.core(party).answers().open_count(); }
  std::vector<MessageKey> open_keys(size_t skip = 0, size_t limit = 10) {
    std::vector<MessageKey> keys;
    for (const auto& one : cores.core(kSouth).answers().open_requests(skip, limit)) {
      keys.push_back(one.key);
    }
    return keys;
  }

  TwoCores cores;
  const MessageKey kOwn{false, 1};   // The first request, at north,
  const MessageKey kPeers{true, 0};  // and at south.
};

TEST_F(AnswersTest, B11_AQuestionThatWasNotAskedIsRefused) {
  cores.connect();
  ask({"Is it yours?", "Where does it go?", "Until when?"});
  const auto sent = answer({said(4)});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, ErrorCode::refused);
  EXPECT_EQ(sent.error().reason, "answer: to question 4, which was not asked");
  EXPECT_EQ(sent.error().hint, "it asks 3; answer 0 is to all of them");
  EXPECT_TRUE(cores.core(kSouth).answers().of(kPeers).empty());
  ASSERT_TRUE(cores.submit(kNorth, kPriority));
  cores.settle();
  EXPECT_FALSE(answer({said(1)}, "N-000002"));  // A TEXT asks nothing.
  EXPECT_TRUE(answer({said(0)}, "N-000002"));
}

TEST_F(AnswersTest, NobodyWasToldOfAMessageBeforeThereWasOne) {
  cores.connect();
  ask({"Is it yours?"});
  const auto tell = [&](int64_t before_ms) {
    return cores.submit(
        kSouth, kPriority,
        DisseminationFields{wire::Audience::air_defence, cores.now().utc - before_ms, ""},
        {"N-000001"});
  };
  const auto too_early = tell(kTimeTolerance_ms + 60'000);
  ASSERT_FALSE(too_early);
  EXPECT_EQ(too_early.error().reason.find("at: "), 0u) << too_early.error().reason;
  EXPECT_NE(too_early.error().reason.find("before the message was released"), std::string::npos);
  EXPECT_TRUE(tell(60'000)) << "two clocks may differ";
}

TEST_F(AnswersTest, B11_APartOfTheAnswersIsNotAllOfThem) {
  cores.connect();
  ask({"Is it yours?", "Where does it go?", "Until when?"});
  EXPECT_EQ(open(kSouth), 1u);
  EXPECT_EQ(open(kNorth), 0u);
  ASSERT_TRUE(answer({said(1), later(2)}));
  EXPECT_FALSE(is_answered(kNorth, kOwn));
  EXPECT_FALSE(is_answered(kSouth, kPeers));
  EXPECT_EQ(open(kSouth), 1u);
  const auto& questions = cores.core(kNorth).answers().of(kOwn);
  ASSERT_EQ(questions.size(), 3u);
  EXPECT_FALSE(questions[0].is_open());
  EXPECT_TRUE(questions[1].is_open());
  EXPECT_EQ(questions[1].outcome, AnswerOutcome::later);
  EXPECT_TRUE(questions[2].is_open());
  ASSERT_TRUE(answer({{3, AnswerOutcome::refused, "not to be told", std::nullopt}}));
  EXPECT_FALSE(is_answered(kNorth, kOwn));
  ASSERT_TRUE(answer({said(2, "north")}));
  EXPECT_TRUE(is_answered(kNorth, kOwn));
  EXPECT_TRUE(is_answered(kSouth, kPeers));
  EXPECT_EQ(open(kSouth), 0u);
}

TEST_F(AnswersTest, TheWordsAndTheMessageOfAnAnswerAreFound) {
  cores.connect();
  ask({"Is it yours?", "Where does it go?"});
  ASSERT_TRUE(answer({said(1, "ours, a flight")}));
  ASSERT_TRUE(answer({later(1), said(2, "home")}));  // A word that was given is not taken back.
  auto& answers = cores.core(kNorth).answers();
  const auto first = answers.said(kOwn, 1);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "ours, a flight");
  EXPECT_EQ(first->id, "S-000001");
  const auto second = answers.said(kOwn, 2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->text, "home");
  EXPECT_EQ(second->id, "S-000002");
  EXPECT_FALSE(answers.said(kOwn, 3));
  EXPECT_FALSE(answers.said(kOwn, 0));
}

TEST_F(AnswersTest, AnAnswerToTheWholeIsOneToEveryQuestion) {
  cores.connect();
  ask({"Is it yours?", "Where does it go?"});
  ASSERT_TRUE(answer({said(0, "we know nothing of it")}));
  EXPECT_TRUE(is_answered(kNorth, kOwn));
  EXPECT_EQ(cores.core(kNorth).answers().said(kOwn, 2)->text, "we know nothing of it");
}

TEST_F(AnswersTest, B23_OpenRequestsComeByPrecedenceAndThenByWhenTheyAreDue) {
  cores.connect();
  ask({"first?"});
  ask({"second?"}, 2);
  ask({"third?"});
  EXPECT_EQ(open_keys(), (std::vector<MessageKey>{{true, 1}, {true, 0}, {true, 2}}));
  EXPECT_EQ(open_keys(1, 1), (std::vector<MessageKey>{{true, 0}}));
  EXPECT_EQ(open_keys(3, 1), std::vector<MessageKey>{});
  EXPECT_TRUE(cores.core(kSouth).answers().due_of({true, 2}));
  EXPECT_FALSE(cores.core(kSouth).answers().due_of({true, 3}));
  const auto declined =
      cores.submit(kSouth, kPriority,
                   DeclineFields{wire::DeclineCode::not_for_us, "not our sector"}, {"N-000001"});
  ASSERT_TRUE(declined) << declined.error().reason;
  cores.settle();
  EXPECT_EQ(open_keys(), (std::vector<MessageKey>{{true, 1}, {true, 2}}));
  ASSERT_TRUE(cores.submit(kNorth, kPriority, CancellationFields{"known by now"}, {"N-000003"}));
  cores.settle();
  EXPECT_EQ(open_keys(), (std::vector<MessageKey>{{true, 1}}));
}

// A peer may run other software, and this party starts again: it knows what it knew.
TEST(AnswersOfAPeer, B11_WhatWasNotAskedIsDeclinedAndARestartKeepsTheRest) {
  ScriptedPeer peer;
  ASSERT_TRUE(peer.start());
  LinkId link = peer.link_up();
  BodyFields request;
  request.subject = "Two questions";
  request.texts = {{"en", "We ask.", true, ""}};
  request.content = QuestionsFields{{"Is it yours?", "Where does it go?"}};
  peer.submit(wire::MessageType::request, wire::Precedence::priority, request);
  const MessageKey key{false, 1};
  ASSERT_TRUE(peer.disk().messages().contains(key));
  peer.say(link, ScriptedPeer::receipt_frame(peer.receipt(1)));
  const Hash leaf = peer.disk().messages().at(key).leaf_hash;
  const auto say = [&](uint8_t question) {
    const AnswersFields answers{{{question, AnswerOutcome::answered, "ours", std::nullopt}}};
    peer.own.append(peer.answering(wire::MessageType::answer, answers, "N-000001", leaf));
    peer.say(link, peer.messages_frame(peer.own.size() - 1, peer.own.size()));
    return peer.recorded<wire::Received>().back()->decline_code();
  };
  EXPECT_EQ(say(3), static_cast<uint16_t>(wire::DeclineCode::rule_broken));
  EXPECT_TRUE(peer.core().answers().of(key).empty());
  EXPECT_EQ(say(2), 0);
  peer.crash();
  ASSERT_TRUE(peer.start());
  EXPECT_FALSE(peer.core().answers().is_answered(key));
  ASSERT_EQ(peer.core().answers().of(key).size(), 2u);
  EXPECT_TRUE(peer.core().answers().of(key)[0].is_open());
  EXPECT_FALSE(peer.core().answers().of(key)[1].is_open());
  link = peer.link_up();
  EXPECT_EQ(say(1), 0);
  EXPECT_TRUE(peer.core().answers().is_answered(key));
}

}  // namespace
}  // namespace hotline
