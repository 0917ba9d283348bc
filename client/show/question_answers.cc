#include "client/show/question_answers.h"

#include "client/show/message_view.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/message/words.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

using wire::AnswerOutcome;

struct Asked {
  std::string question;
  const wire::QuestionRow* row = nullptr;  // Null where nobody said anything of it.

  AnswerOutcome outcome() const {
    return row ? static_cast<AnswerOutcome>(row->outcome()) : AnswerOutcome::unset;
  }
  bool is_open() const {
    return outcome() == AnswerOutcome::unset || outcome() == AnswerOutcome::later;
  }
};

std::vector<Asked> questions_of(const wire::Detail& detail, const wire::Body* body) {
  std::vector<Asked> all;
  const wire::Questions* request = body ? body->content_as_request() : nullptr;
  if (request == nullptr || request->questions() == nullptr) return all;
  const auto answered = tables(detail.questions());
  for (const flatbuffers::String* question : *request->questions()) {
    const size_t number = all.size();
    const bool known = number < answered.size() && answered[number]->outcome() != 0;
    all.push_back({text(question), known ? answered[number] : nullptr});
  }
  return all;
}

std::string party_of(const Connection& connection, const wire::QuestionRow& row) {
  return row.incoming() ? connection.peer() : connection.party();
}

// "ours, a training flight (S-000090, SOUTH operator, 281341Z NOV 26)".
std::string answer_words(const Output& output, const Connection& connection, const Asked& asked) {
  if (asked.row == nullptr) return output.words("OPEN");
  const wire::QuestionRow& row = *asked.row;
  std::string words;
  if (asked.outcome() == AnswerOutcome::refused) words = output.words("refused") + ": ";
  if (asked.outcome() == AnswerOutcome::later) {
    words = output.words("OPEN, will be answered by " + format_date_time_group(row.later_at()));
    if (!text(row.text()).empty()) words += ": ";
  }
  return words + text(row.text()) + " (" + text(row.id()) + ", " +
         upper_case(party_of(connection, row)) + " " + output.words(role_name(row.role())) + ", " +
         format_date_time_group(row.at()) + ")";
}

JsonValue json_question(const Connection& connection, const Asked& asked, size_t number) {
  const wire::QuestionRow* row = asked.row;
  const Word* outcome = row ? vocabulary<AnswerOutcome>().by_value(row->outcome()) : nullptr;
  JsonValue json;
  json.add("number", number)
      .add("question", asked.question)
      .add("state", outcome ? outcome->key : "open")
      .add("open", asked.is_open())
      .add("answer", row ? json_text(text(row->text())) : JsonValue())
      .add("later_at", row ? json_time(row->later_at()) : JsonValue())
      .add("answered_in", row ? json_text(text(row->id())) : JsonValue())
      .add("answered_by", row ? json_text(party_of(connection, *row)) : JsonValue())
      .add("answered_role", row ? JsonValue(role_name(row->role())) : JsonValue())
      .add("answered_at", row ? json_time(row->at()) : JsonValue());
  return json;
}

uint64_t count_open(const std::vector<Asked>& questions) {
  uint64_t count = 0;
  for (const Asked& one : questions) count += one.is_open() ? 1 : 0;
  return count;
}

}  // namespace

void print_answers(Output& output, const Connection& connection, const wire::Detail& detail,
                   const wire::Body* body) {
  const std::vector<Asked> questions = questions_of(detail, body);
  if (questions.empty()) return;
  Description lines;
  for (size_t i = 0; i < questions.size(); ++i) {
    lines.emplace_back(output.words("Question " + std::to_string(i + 1)),
                       answer_words(output, connection, questions[i]));
  }
  const uint64_t open = count_open(questions);
  output.line("");
  output.say(open == 0 ? "Answers, none is open:"
                       : "Answers, " + format_count(open) + " of " +
                             format_count(questions.size()) + " open:");
  output.text(render_lines(output, lines));
}

void add_answers_to(JsonValue& document, const Connection& connection, const wire::Detail& detail,
                    const wire::Body* body) {
  const std::vector<Asked> questions = questions_of(detail, body);
  JsonValue list;
  for (size_t i = 0; i < questions.size(); ++i) {
    list.append(json_question(connection, questions[i], i + 1));
  }
  const bool asks = !questions.empty();
  document.add("questions", std::move(list))
      .add("questions_open", asks ? JsonValue(count_open(questions)) : JsonValue());
}

}  // namespace hotline::client
