#include "client/compose/typed_message.h"

#include "client/compose/incident_file.h"
#include "client/compose/referred_message.h"
#include "client/compose/typed_text.h"
#include "client/compose/typed_volumes.h"
#include "client/show/message_choice.h"
#include "protocol/base/time_text.h"
#include "protocol/message/kinds/content.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

// "where=54.90N 020.10E" into the map. Error: usage.
Status read_settings(const Arguments& arguments, Settings& settings) {
  for (const std::string& typed : arguments.all("--set")) {
    const size_t equals = typed.find('=');
    if (equals == std::string::npos || equals == 0) {
      return make_error(ErrorCode::usage, "--set " + typed + " sets nothing",
                        "--set where=\"54.90N 020.10E\"");
    }
    if (!settings.emplace(typed.substr(0, equals), typed.substr(equals + 1)).second) {
      return make_error(ErrorCode::usage, typed.substr(0, equals) + " was set more than once");
    }
  }
  return ok();
}

// "when=-50m" as the text, where the template has such a field: --set was forgotten. A message that
// says something else than was meant must not go.
Status check_no_field_as_text(const Arguments& arguments, const std::string& template_name) {
  const std::string typed = arguments.get("TEXT").value_or("");
  const std::string key = typed.substr(0, typed.find('='));
  const auto info = find_template(template_name);
  if (key == typed || !info) return ok();
  for (const TemplateField& field : (*info)->fields) {
    if (key != field.key) continue;
    return make_error(ErrorCode::usage, "\"" + typed + "\" is a field and no text",
                      "--set " + as_typed(typed));
  }
  return ok();
}

// The command line goes before the file.
Status apply_options(const Invocation& invocation, const Connection& connection,
                     MessageRequest& request) {
  const Arguments& arguments = invocation.arguments;
  if (const auto name = arguments.get("--template")) request.template_name = *name;
  if (const auto level = arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*level);
    if (!precedence) return precedence.error();
    request.precedence = *precedence;
  }
  if (auto status = check_no_field_as_text(arguments, request.template_name); !status) {
    return status;
  }
  Settings settings;
  if (auto status = read_settings(arguments, settings); !status) return status;
  for (auto& [key, value] : settings) request.settings[key] = value;
  if (const auto volume = settings.find("volume"); volume != settings.end()) {
    auto read = read_typed_volumes(volume->second, "", typed_at(invocation), drawn_for(connection));
    if (!read) return read.error();
    if (names_a_file(volume->second)) request.told_back.add("volume", *read);
    request.settings["volume"] = *std::move(read);
  }
  const auto texts = read_texts(invocation, connection, "TEXT");
  if (!texts) return texts.error();
  if (!texts->empty()) request.texts = *texts;
  if (const auto subject = arguments.get("--subject")) request.subject = *subject;
  if (const auto incident = arguments.get("--incident")) request.incident = *incident;
  request.questions = arguments.all("--question");
  request.danger_to_life = arguments.has("--danger-to-life");
  const UtcMs now = invocation.now();
  for (const auto& [option, field] :
       {std::pair{"--reply-by", &request.reply_by}, std::pair{"--expires", &request.expires_at}}) {
    const auto typed = arguments.get(option);
    if (!typed) continue;
    const auto when = parse_time(*typed, now);
    if (!when) return when.error();
    *field = *when;
    if (!parse_rfc3339(*typed)) request.told_back.add(option + 2, time_in_words(*when));
  }
  return ok();
}

// Whatever names a message is made the name by which both parties know it.
Status resolve_thread_name(const Invocation& invocation, Connection& connection,
                           MessageRequest& request) {
  if (request.incident.empty()) return ok();
  auto thread = resolve_thread_to_join(connection, request.incident,
                                       invocation.arguments.has("--new-thread"));
  if (!thread) return thread.error();
  request.incident = *std::move(thread);
  return ok();
}

Status resolve_setting(Connection& connection, const std::string& key, std::string_view looks,
                       Settings& settings) {
  const auto typed = settings.find(key);
  if (looks != kMessageName || typed == settings.end() || typed->second.empty()) return ok();
  auto id = resolve_name(connection, typed->second, NameUse::any);
  if (!id) return id.error();
  typed->second = *std::move(id);
  return ok();
}

Status resolve_names(const Invocation& invocation, Connection& connection,
                     MessageRequest& request) {
  if (auto status = resolve_thread_name(invocation, connection, request); !status) return status;
  const auto info = find_template(request.template_name);
  if (!info) return ok();
  for (const TemplateField& field : (*info)->fields) {
    auto status = resolve_setting(connection, field.key, field.kind, request.settings);
    if (!status) return status;
  }
  return ok();
}

}  // namespace

std::optional<UtcMs> typed_at(const Invocation& invocation) {
  if (invocation.arguments.has("--idempotency-key")) return std::nullopt;
  return invocation.now();
}

std::vector<OptionSpec> changing_options() {
  return {
      {"-p,--precedence", "LEVEL", "flash, immediate, priority or routine (Z, O, P, R)"},
      {"--set", "KEY=VALUE",
       "a field of the template: hotline template show NAME; volume=@FILE reads GeoJSON", true},
      {"--question", "TEXT", "ask; each is answered, refused or put off by the other side", true},
      {"--incident", "NAME",
       "the thread of messages that this one belongs to: any message of it, or a word for it"},
      new_thread_option(),
      {"--reply-by", "TIME", "+30m, 15:00Z (today), 221500Z NOV 26 or 2026-11-22T15:00:00Z"},
      {"--expires", "TIME", "after that it is of no use"},
      {"--danger-to-life", "", "a FLASH on which lives depend"}};
}

std::vector<OptionSpec> message_options() {
  std::vector<OptionSpec> options = changing_options();
  for (OptionSpec& option : options) {  // The file may have the word.
    if (!option.only_with.empty()) option.only_with.push_back("--file");
  }
  options.insert(options.begin() + 1,
                 {"-t,--template", "NAME", "fill this template: hotline template list"});
  options.insert(options.begin() + 3,
                 {"-f,--file", "FILE", "read template, fields and texts from a TOML file"});
  return options;
}

Result<MessageRequest> read_typed_message(const Invocation& invocation, Connection& connection) {
  MessageRequest request;
  if (const auto path = invocation.arguments.get("--file")) {
    auto from_file = read_incident_file(*path, typed_at(invocation), drawn_for(connection));
    if (!from_file) return from_file.error();
    request = std::move(*from_file);
  }
  if (request.language.empty() || invocation.arguments.has("--language")) {
    request.language = typed_language(invocation, connection);
  }
  if (auto status = apply_options(invocation, connection, request); !status) return status.error();
  if (auto status = resolve_names(invocation, connection, request); !status) return status.error();
  take_template_precedence(request);
  return request;
}

Result<MessageRequest> read_typed_changes(const Invocation& invocation, Connection& connection,
                                          const Kind& kind, const std::string& language) {
  MessageRequest request;
  if (auto status = apply_options(invocation, connection, request); !status) return status.error();
  if (auto status = resolve_thread_name(invocation, connection, request); !status) {
    return status.error();
  }
  const bool says_language = invocation.arguments.has("--language");
  if (invocation.arguments.has("TEXT") && !says_language) request.texts.front().language = language;
  for (const FieldInfo* field : kind.content().fields()) {
    if (field->looks == nullptr) continue;
    auto status = resolve_setting(connection, field->key, field->looks, request.settings);
    if (!status) return status.error();
  }
  return request;
}

}  // namespace hotline::client
