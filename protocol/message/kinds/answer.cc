// ANSWER: to each question of a REQUEST, or to a message as a whole.
#include <algorithm>

#include "protocol/base/limits.h"
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
