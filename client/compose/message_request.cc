#include "client/compose/message_request.h"

#include "client/compose/typed_text.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

std::string original_language(const MessageRequest& request) {
  return request.texts.empty() ? request.language : request.texts.front().language;
}

// Adds to `told_back` how its fields were understood.
Result<BodyFields> fill(const MessageRequest& request, const std::string& own_party, UtcMs now,
                        std::optional<UtcMs> typed_at, ToldBack& told_back) {
  const auto info = find_template(request.template_name.empty() ? "text" : request.template_name);
  if (!info) return info.error();
  auto settings = settings_in_degrees(**info, request.settings);
  if (!settings) return settings.error();
  TemplateInput input;
  input.set = *std::move(settings);
  input.subject = request.subject;
  input.language = original_language(request);
  for (const TextFields& one : request.texts) {
    if (!input.texts.emplace(one.language, one.text).second) {
      return make_error(ErrorCode::usage, "there are two texts in " + one.language,
                        "one text for each language");
    }
  }
  input.translated_by = own_party;
  input.precedence = request.precedence;
  input.now = now;
  input.typed_at = typed_at;
  input.unfinished = request.unfinished;
  auto filled = fill_template((*info)->name, input);
  if (!filled) return filled.error();
  told_back.append(understood_fields(**info, request.settings, filled->fields, typed_at));
  return std::move(filled->fields);
}

Result<BodyFields> ask(const MessageRequest& request) {
  if (!request.template_name.empty() || !request.settings.empty()) {
    return make_error(ErrorCode::usage, "questions go without a template",
                      "send them as a message of their own");
  }
  BodyFields body;
  body.subject = request.subject.empty() ? subject_of(request.questions.front()) : request.subject;
  body.texts = request.texts;
  if (body.texts.empty()) {
    body.texts = {{request.language, questions_as_text(request.questions), true, ""}};
  }
  body.content = QuestionsFields{request.questions};
  return body;
}

}  // namespace

Result<DraftFields> make_draft(const MessageRequest& request, const std::string& own_party,
                               UtcMs now, std::optional<UtcMs> typed_at) {
  DraftFields draft;
  const bool empty = request.template_name.empty() && request.texts.empty() &&
                     request.questions.empty() && request.settings.empty();
  if (empty) {
    return make_error(ErrorCode::usage, "there is nothing to say in the message",
                      "hotline send -p routine \"...\"    or -t with a template, or - for standard "
                      "input");
  }
  if (request.template_name.empty() && !request.settings.empty()) {
    return make_error(ErrorCode::usage, "--set sets a field of a template, and there is none",
                      "-t airspace-crossing    (hotline template list)");
  }
  auto body = request.questions.empty() ? fill(request, own_party, now, typed_at, draft.told_back)
                                        : ask(request);
  if (!body) return body.error();
  draft.body = std::move(*body);
  draft.precedence = request.precedence;
  draft.language = original_language(request);
  draft.incident = request.incident;
  draft.danger_to_life = request.danger_to_life;
  draft.reply_by = request.reply_by;
  draft.expires_at = request.expires_at;
  draft.told_back.append(request.told_back);
  return draft;
}

std::string questions_as_text(const std::vector<std::string>& questions) {
  if (questions.size() == 1) return questions.front();
  std::string text;
  for (size_t i = 0; i < questions.size(); ++i) {
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + questions[i];
  }
  return text;
}

void take_template_precedence(MessageRequest& request) {
  if (request.precedence != wire::Precedence::unset) return;
  const auto info = find_template(request.template_name);
  if (info) request.precedence = (*info)->precedence;
}

std::string requested_kind(const MessageRequest& request) {
  if (!request.questions.empty()) return "request";
  return request.template_name.empty() ? "text" : request.template_name;
}

}  // namespace hotline::client
