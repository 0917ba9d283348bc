// A draft on its way to the daemon: in an exercise every kind gets the marks here, and nowhere
// else.
#include "client/compose/draft.h"

#include <gtest/gtest.h>

#include "protocol/base/strict_flatbuffer.h"
#include "protocol/base/text.h"
#include "protocol/message/draft.h"
#include "protocol/message/message_rules.h"
#include "protocol/message/neutral_phrases.h"

namespace hotline::client {
namespace {

constexpr UtcMs kNow = 1'795'356'060'000;

DraftFields fields(ContentFields content, std::vector<TextFields> texts = {}) {
  DraftFields draft;
  draft.precedence = wire::Precedence::priority;
  draft.language = "en";
  draft.body.subject = "About XN-000001";
  draft.body.texts = std::move(texts);
  draft.body.content = std::move(content);
  return draft;
}

// The texts of what is sent.
std::vector<std::string> texts_of(const DraftFields& draft, bool exercise) {
  const auto finished = finish_draft(draft, exercise, kNow);
  EXPECT_TRUE(finished) << finished.error().reason;
  if (!finished) return {};
  const auto opened = open_flatbuffer<wire::Draft>(*finished, kDraftIdentifier);
  EXPECT_TRUE(opened);
  const Bytes bytes((*opened)->body()->begin(), (*opened)->body()->end());
  const auto body = open_body(bytes);
  EXPECT_TRUE(body);
  std::vector<std::string> texts;
  if ((*body)->texts() == nullptr) return texts;
  for (const wire::Text* text : *(*body)->texts()) texts.push_back(text->text()->str());
  return texts;
}

using Texts = std::vector<std::string>;

TEST(Draft, B1_WhatIsAllCodedFieldsSaysItsSubjectInAnExercise) {
  const AnswersFields answer{{{1, wire::AnswerOutcome::answered, "ours", std::nullopt}}};
  for (const ContentFields& content :
       {ContentFields(answer), ContentFields(CorrectionFields{{{"where", "here", "there"}}, "why"}),
        ContentFields(CancellationFields{"why"})}) {
    EXPECT_EQ(texts_of(fields(content), true), Texts{mark_exercise("About XN-000001")});
    EXPECT_EQ(texts_of(fields(content), false), Texts{});
  }
  EXPECT_EQ(texts_of(fields(DeclineFields{wire::DeclineCode::not_for_us, "why"}), true), Texts{});
  const AcknowledgementFields read{wire::Role::operator_, kNow, {}, {}};
  EXPECT_EQ(texts_of(fields(read), true), Texts{});
}

TEST(Draft, B1_EachTextIsMarkedOnce) {
  const std::vector<TextFields> texts = {{"en", "A drill.", true, ""},
                                         {"ru", mark_exercise("Учение."), false, "north"}};
  EXPECT_EQ(texts_of(fields(TextContentFields{}, texts), true),
            (Texts{mark_exercise("A drill."), mark_exercise("Учение.")}));
  EXPECT_EQ(texts_of(fields(TextContentFields{}, {texts[0]}), false), Texts{"A drill."});
  const std::string phrase(*neutral_phrase(1, "en"));
  EXPECT_EQ(texts_of(fields(TestFields{1, 7, Hash{}, kNow}, {{"en", phrase, true, ""}}), true),
            Texts{mark_exercise(phrase)});
}

TEST(Draft, ARuleThatIsBrokenIsFoundBeforeItIsSent) {
  const auto refused = finish_draft(fields(TextContentFields{}), false, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_NE(refused.error().reason.find("text: is missing"), std::string::npos);
  // In an exercise no subject stands in for what a person has to say.
  EXPECT_FALSE(finish_draft(fields(TextContentFields{}), true, kNow));
  EXPECT_FALSE(finish_draft(fields(TextContentFields{}, {{"en", " ", true, ""}}), true, kNow));
}

}  // namespace
}  // namespace hotline::client
