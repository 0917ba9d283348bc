#include "protocol/channel/answers.h"

#include <algorithm>

#include "protocol/base/limits.h"
#include "protocol/channel/journal.h"
#include "protocol/message/body.h"
#include "protocol/message/envelope.h"
#include "protocol/message/kinds/kinds.h"
#include "protocol/message/message_rules.h"

namespace hotline {

std::optional<MessageKey> answered_by(const wire::Entry& entry) {
  const auto speech = message_in(entry);
  const bool answers = speech && kind_of(speech->type).effect == TargetEffect::answers;
  return answers ? speech->target : std::nullopt;
}

void Answers::apply(const wire::Entry& entry) {
  const wire::Received* received = entry.fact_as_Received();
  if (received && received->answer_due() && received->decline_code() == 0) {
    open(*received, entry.at());
  }
  const auto speech = message_in(entry);
  if (!speech || !speech->target) return;
  const MessageKey of = *speech->target;
  switch (kind_of(speech->type).effect) {
    case TargetEffect::answers:
      note(speech->key, of);
      if (is_answered(of)) close(of);
      break;
    case TargetEffect::declines:
      if (speech->role != static_cast<uint8_t>(wire::Role::machine)) close(of);
      break;
    case TargetEffect::cancels:
      close(of);
      break;
    case TargetEffect::acknowledges:
    case TargetEffect::corrects:
    case TargetEffect::disseminates:
    case TargetEffect::none:
      break;
  }
}

void Answers::open(const wire::Received& request, UtcMs at) {
  const MessageKey key{true, request.index()};
  const uint8_t precedence = known_precedence(request.precedence());
  OpenRequest one{precedence, at + config_.policy.at(precedence).full_answer_due_ms, key};
  const auto record = recorder_.message(key);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  if (envelope && (*envelope)->reply_by()) one.due = *(*envelope)->reply_by();
  open_.emplace(key, one);
  by_due_.insert(one);
}

void Answers::close(MessageKey request) {
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  by_due_.erase(found->second);
  open_.erase(found);
}

std::optional<UtcMs> Answers::due_of(MessageKey request) const {
  const auto found = open_.find(request);
  return found == open_.end() ? std::nullopt : std::optional(found->second.due);
}

std::vector<Answers::OpenRequest> Answers::open_requests(size_t skip, size_t limit) const {
  std::vector<OpenRequest> found;
  for (const OpenRequest& one : by_due_) {
    if (found.size() == limit) break;
    if (skip == 0) found.push_back(one);
    if (skip > 0) --skip;
  }
  return found;
}

size_t Answers::count_questions(MessageKey target) {
  const auto newest = corrections_.newest(target);
  const auto body = newest ? open_body(newest->body) : Error{};
  const wire::Questions* request = body ? (*body)->content_as_request() : nullptr;
  return request && request->questions() ? request->questions()->size() : 0;
}

Status Answers::check(MessageKey target, const wire::Body& body) {
  std::vector<Problem> problems;
  if (const wire::Answers* answers = body.content_as_answer()) {
    problems = check_asked(*answers, count_questions(target));
  } else if (const wire::Dissemination* told = body.content_as_dissemination()) {
    const auto record = recorder_.message(target);
    const auto envelope = record ? open_envelope(record->envelope) : Error{};
    if (envelope) problems = check_told_after(*told, (*envelope)->released_at());
  }
  if (problems.empty()) return ok();
  return make_error(ErrorCode::refused, to_string(problems.front()), problems.front().hint);
}

void Answers::note(MessageKey answer, MessageKey target) {
  const size_t asked = count_questions(target);
  const auto record = recorder_.message(answer);
  const auto body = record ? open_body(record->body) : Error{};
  const wire::Answers* answers = body ? (*body)->content_as_answer() : nullptr;
  if (!answers || !answers->items() || asked == 0) return;
  std::vector<Question>& questions = answered_[target];
  // A correction may ask more than there was.
  questions.resize(std::max(questions.size(), std::min(asked, limits::kQuestionsMax)));
  const auto settle = [&](Question& question, wire::AnswerOutcome outcome) {
    const bool takes_back = outcome == wire::AnswerOutcome::later && !question.is_open();
    if (!takes_back) question = {outcome, answer};
  };
  for (const wire::AnswerItem* item : *answers->items()) {
    if (item->question() == 0) {
      for (Question& question : questions) {
        if (question.is_open()) settle(question, item->outcome());
      }
    } else if (item->question() <= questions.size()) {
      settle(questions[item->question() - 1u], item->outcome());
    }
  }
}

bool Answers::is_answered(MessageKey target) const {
  const std::vector<Question>& questions = of(target);
  return std::none_of(questions.begin(), questions.end(),
                      [](const Question& one) { return one.is_open(); });
}

const std::vector<Answers::Question>& Answers::of(MessageKey request) const {
  static const std::vector<Question> none;
  const auto found = answered_.find(request);
  return found == answered_.end() ? none : found->second;
}

std::optional<Answers::Said> Answers::said(MessageKey request, size_t number) {
  const std::vector<Question>& questions = of(request);
  if (number == 0 || number > questions.size()) return std::nullopt;
  const Question& question = questions[number - 1];
  if (question.outcome == wire::AnswerOutcome::unset) return std::nullopt;
  const auto record = recorder_.message(question.answer);
  const auto envelope = record ? open_envelope(record->envelope) : Error{};
  const auto body = record ? open_body(record->body) : Error{};
  if (!envelope || !body || !(*body)->content_as_answer()) return std::nullopt;
  Said said{{},
            {},
            corrections_.name_of(question.answer),
            (*envelope)->releaser_role(),
            (*envelope)->released_at()};
  // An answer to the question itself goes before one to the whole.
  for (const size_t wanted : {number, size_t{0}}) {
    for (const wire::AnswerItem* item : *(*body)->content_as_answer()->items()) {
      if (item->question() != wanted || item->outcome() != question.outcome) continue;
      if (item->text()) said.text = item->text()->str();
      if (item->later_at()) said.later_at = *item->later_at();
      return said;
    }
  }
  return std::nullopt;
}

}  // namespace hotline
