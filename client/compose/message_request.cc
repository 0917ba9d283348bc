#include "client/compose/message_request.h"

#include "client/compose/typed_text.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {
namespace {

std::string original_language(const MessageRequest& request) {
  return request.texts.empty() ? request.language : request.texts.front().language;
}

// Adds to `understood` how its fields were understood.
Result<BodyFields> fill(const MessageRequest& request, const std::string& own_party, UtcMs now,
                        std::optional<UtcMs> typed_at, Understood& understood) {
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
  auto filled = fill_template((*info)->name, input);
  if (!filled) return filled.error();
  for (auto& one : understood_fields(**info, request.settings, filled->fields, typed_at)) {
    understood.push_back(std::move(one));
  }
  return std::move(filled->fields);
}

// Whoever reads texts only must see the questions too.
std::string questions_as_text(const std::vector<std::string>& questions) {
  if (questions.size() == 1) return questions.front();
  std::string text;
  for (size_t i = 0; i < questions.size(); ++i) {
    text += (i == 0 ? "" : "\n") + std::to_string(i + 1) + ". " + questions[i];
  }
  return text;
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

Status read_set(const TomlFile& file, const TomlValue& table, MessageRequest& request) {
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"set\" must be a table", "write [set] on a line of its own");
  }
  for (const auto& [key, value] : table.members) {
    if (value.kind == TomlValue::Kind::list || value.kind == TomlValue::Kind::table) {
      return file.error(value, "\"" + key + "\" must be one value", key + " = \"...\"");
    }
    request.settings[key] = value.text;
  }
  return ok();
}

// The original first: the one in the message's language, or the only one there is.
Status read_texts_of(const TomlFile& file, const TomlValue& table, MessageRequest& request) {
  if (table.kind != TomlValue::Kind::table) {
    return file.error(table, "\"texts\" must be a table", "write [texts] on a line of its own");
  }
  const auto& members = table.members;
  if (request.language.empty() && members.size() == 1) request.language = members[0].first;
  for (const auto& [language, value] : members) {
    const auto content = file.text_of(value, language);
    if (!content) return content.error();
    TextFields one{language, *content, language == request.language, ""};
    request.texts.insert(one.original ? request.texts.begin() : request.texts.end(), one);
  }
  if (!request.texts.empty() && !request.texts.front().original) {
    return file.error(table, "which of the texts is the original?",
                      "language = \"" + request.texts.front().language + "\" at the top says so");
  }
  return ok();
}

Status read_member(const TomlFile& file, const std::string& key, const TomlValue& value,
                   MessageRequest& request) {
  if (key == "set") return read_set(file, value, request);
  if (key == "texts") return ok();  // Read last, when the language is known.
  const auto content = file.text_of(value, key);
  if (!content) return content.error();
  if (key == "template") request.template_name = *content;
  if (key == "subject") request.subject = *content;
  if (key == "incident") request.incident = *content;
  if (key == "language") request.language = *content;
  if (key == "precedence") {
    const auto precedence = parse_precedence(*content);
    if (!precedence) return file.error(value, precedence.error().reason, precedence.error().hint);
    request.precedence = *precedence;
  }
  return ok();
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
  auto body = request.questions.empty() ? fill(request, own_party, now, typed_at, draft.understood)
                                        : ask(request);
  if (!body) return body.error();
  draft.body = std::move(*body);
  draft.precedence = request.precedence;
  draft.language = original_language(request);
  draft.incident = request.incident;
  draft.reply_by = request.reply_by;
  draft.expires_at = request.expires_at;
  draft.understood.insert(draft.understood.end(), request.understood.begin(),
                          request.understood.end());
  return draft;
}

Result<MessageRequest> read_incident_file(const std::string& path) {
  const auto file = read_toml_file(path);
  if (!file) return file.error();
  if (auto status = file->only(file->root, {"template", "precedence", "subject", "language",
                                            "incident", "set", "texts"});
      !status) {
    return status.error();
  }
  MessageRequest request;
  for (const auto& [key, value] : file->root.members) {
    if (auto status = read_member(*file, key, value, request); !status) return status.error();
  }
  if (const TomlValue* texts = file->root.find("texts")) {
    if (auto status = read_texts_of(*file, *texts, request); !status) return status.error();
  }
  return request;
}

std::string requested_kind(const MessageRequest& request) {
  if (!request.questions.empty()) return "request";
  return request.template_name.empty() ? "text" : request.template_name;
}

}  // namespace hotline::client
