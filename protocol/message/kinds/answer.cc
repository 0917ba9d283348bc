// ANSWER: to each question of a REQUEST, or to a message as a whole.
#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"

namespace hotline {
namespace {

constexpr char kAccepted[] = "accepted";

constexpr Wording kAnswer = {"Answer", "Ответ", "Відповідь", "Jawaban"};

void check_item(RuleChecker& checker, const wire::AnswerItem& item) {
  std::string number = "to question " + std::to_string(item.question());
  checker.require_known("answer", item.outcome());
  checker.allow_text("answer", item.text());
  bool later = item.outcome() == wire::AnswerOutcome::later;
  if (!later && !item.text()) checker.add("answer", number + " says nothing");
  if (later && !item.later_at()) {
    checker.add("answer", number + " will come later, and does not say when");
  }
  if (!later && item.later_at()) {
    checker.add("answer", number + " is given, and will come later, at once");
  }
  checker.check_later("answer", item.later_at());
}

void check_items(RuleChecker& checker, const wire::Answers& answer) {
  size_t count = answer.items() ? answer.items()->size() : 0;
  if (count == 0) return checker.add("answer", "is missing");
  if (count > limits::kQuestionsMax) {
    return checker.add("answer",
                       "has more than " + std::to_string(limits::kQuestionsMax) + " items");
  }
  std::vector<uint8_t> seen;
  for (const wire::AnswerItem* item : *answer.items()) {
    if (std::find(seen.begin(), seen.end(), item->question()) != seen.end()) {
      checker.add("answer", "to question " + std::to_string(item->question()) + " comes twice");
    }
    seen.push_back(item->question());
    check_item(checker, *item);
  }
}

void show_items(Describer& describer, const wire::Answers& answer) {
  if (!answer.items()) return;
  for (const wire::AnswerItem* item : *answer.items()) {
    std::string which = item->question() == 0 ? std::string(describer.phrases().whole_message)
                                              : std::to_string(item->question());
    std::string value = word(item->outcome(), describer.language());
    if (item->later_at()) value += ", " + show_time(*item->later_at());
    if (item->text()) value += ": " + std::string(view(item->text()));
    describer.numbered(kAnswer, which, value);
  }
}

// In capitals, without spaces, marks and digits.
std::u32string letters_of(std::string_view text) {
  std::u32string letters;
  while (!text.empty()) {
    const Character one = first_character(text);
    text.remove_prefix(one.size);
    const bool is_small =
        (one.code >= U'a' && one.code <= U'z') || (one.code >= U'а' && one.code <= U'я');
    const bool is_sign = one.code < U'A' || (one.code > U'Z' && one.code < U'a') ||
                         (one.code > U'z' && one.code < 0xC0);
    if (!is_sign) letters.push_back(is_small ? one.code - 0x20 : one.code);
  }
  return letters;
}

bool says_accepted(std::string_view text) {
  constexpr std::u32string_view kWords[] = {U"ACCEPTED", U"ПРИНЯТО", U"ПРИЙНЯТО", U"DITERIMA"};
  const std::u32string letters = letters_of(text);
  return std::find(std::begin(kWords), std::end(kWords), letters) != std::end(kWords);
}

class Answer final : public ContentOf<AnswersFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        field("answer", kAnswer, kMandatory).judged(check_items).shown(show_items)};
    return all;
  }

  const char* said_instead(TargetEffect, const Table&) const override { return kSayAnew; }
};

}  // namespace

template <>
const KindContent& content_of<AnswersFields>() {
  static const Answer content;
  return content;
}

AnswersFields acceptance_of_conflict() {
  return {{{0, wire::AnswerOutcome::answered, kAccepted, std::nullopt}}};
}

bool accepts_conflict(const wire::Body& body) {
  const wire::Answers* answers = body.content_as_answer();
  if (!answers || !answers->items() || answers->items()->size() != 1) return false;
  const wire::AnswerItem& item = *answers->items()->Get(0);
  return item.question() == 0 && item.outcome() == wire::AnswerOutcome::answered &&
         view(item.text()) == kAccepted;
}

bool reads_as_acceptance(const wire::Body& body) {
  if (body.content_type() == wire::Content::text) {
    return body.texts() &&
           std::any_of(body.texts()->begin(), body.texts()->end(),
                       [](const wire::Text* one) { return says_accepted(view(one->text())); });
  }
  const wire::Answers* answers = body.content_as_answer();
  if (!answers || !answers->items()) return false;
  return std::any_of(
      answers->items()->begin(), answers->items()->end(), [](const wire::AnswerItem* item) {
        return item->question() == 0 && item->outcome() == wire::AnswerOutcome::answered &&
               says_accepted(view(item->text()));
      });
}

std::vector<Problem> check_asked(const wire::Answers& answers, size_t questions) {
  std::vector<Problem> problems;
  if (!answers.items()) return problems;
  for (const wire::AnswerItem* item : *answers.items()) {
    if (item->question() <= questions) continue;
    problems.push_back(
        {"answer", "to question " + std::to_string(item->question()) + ", which was not asked",
         questions == 0 ? "the message asks no numbered questions; answer 0 is to it as a whole"
                        : "it asks " + std::to_string(questions) + "; answer 0 is to all of them",
         DeclineCode::rule_broken});
  }
  return problems;
}

}  // namespace hotline
