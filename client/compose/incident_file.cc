#include "client/compose/incident_file.h"

#include "protocol/message/names.h"
#include "protocol/terminal/toml_file.h"

namespace hotline::client {
namespace {

Status read_settings(const TomlFile& file, const TomlValue& table, MessageRequest& request) {
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
Status read_texts(const TomlFile& file, const TomlValue& table, MessageRequest& request) {
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
  if (key == "set") return read_settings(file, value, request);
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
    if (auto status = read_texts(*file, *texts, request); !status) return status.error();
  }
  return request;
}

}  // namespace hotline::client
