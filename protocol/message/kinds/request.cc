// REQUEST: questions, each of which is owed an answer.
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/template.h"

namespace hotline {
namespace {

constexpr Wording kQuestion = {"Question", "Вопрос", "Питання", "Pertanyaan"};

void check_questions(RuleChecker& checker, const wire::Questions& request) {
  size_t count = request.questions() ? request.questions()->size() : 0;
  if (count == 0) return checker.add("question", "is missing");
  if (count > limits::kQuestionsMax) {
    return checker.add("question", "is one of more than " + std::to_string(limits::kQuestionsMax));
  }
  for (const auto* question : *request.questions()) checker.require_text("question", question);
}

void show_questions(Describer& describer, const wire::Questions& request) {
  if (!request.questions()) return;
  for (flatbuffers::uoffset_t i = 0; i < request.questions()->size(); ++i) {
    describer.numbered(kQuestion, std::to_string(i + 1),
                       std::string(view(request.questions()->Get(i))));
  }
}

std::optional<std::string> write_questions(const wire::Questions& request) {
  std::string text;
  for (flatbuffers::uoffset_t i = 0; request.questions() && i < request.questions()->size(); ++i) {
    text += (text.empty() ? "" : " | ") + request.questions()->Get(i)->str();
  }
  return text;
}

Status read_questions(std::string_view text, QuestionsFields& fields) {
  for (std::string_view one : split(text, '|')) fields.questions.emplace_back(trim(one));
  return ok();
}

class Request final : public ContentOf<QuestionsFields> {
  const std::vector<Row>& rows() const override {
    static const std::vector<Row> all = {
        field("question", kQuestion, kMandatory)
            .judged(check_questions)
            .shown(show_questions)
            .written(write_questions)
            .read_by("one or more texts", "Did a weapon of yours have an accident?",
                     "what you ask; several parted by |", read_questions)};
    return all;
  }

  std::string subject_of(const QuestionsFields& fields, Language) const override {
    return hotline::subject_of(fields.questions.front());
  }
};

}  // namespace

template <>
const KindContent& content_of<QuestionsFields>() {
  static const Request content;
  return content;
}

}  // namespace hotline
