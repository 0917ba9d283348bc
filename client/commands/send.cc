// hotline send: a message to the other party, from words, from a template, or from a file.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/correction_request.h"
#include "client/compose/incident_file.h"
#include "client/compose/message_request.h"
#include "client/compose/submitting.h"
#include "client/compose/typed_text.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/typed_time.h"

namespace hotline::client {
namespace {

// "where=54.90N 020.10E" into the map. Error: usage.
Status read_settings(const Arguments& arguments, std::map<std::string, std::string>& settings) {
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

// What stands on the command line goes before what stands in the file.
Status apply_options(const Invocation& invocation, const Connection& connection,
                     MessageRequest& request) {
  const Arguments& arguments = invocation.arguments;
  if (const auto name = arguments.get("--template")) request.template_name = *name;
  if (const auto level = arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*level);
    if (!precedence) return precedence.error();
    request.precedence = *precedence;
  }
  std::map<std::string, std::string> settings;
  if (auto status = read_settings(arguments, settings); !status) return status;
  for (auto& [key, value] : settings) request.settings[key] = value;
  const auto texts = read_texts(invocation, connection, "TEXT");
  if (!texts) return texts.error();
  if (!texts->empty()) request.texts = *texts;
  if (const auto subject = arguments.get("--subject")) request.subject = *subject;
  if (const auto incident = arguments.get("--incident")) request.incident = *incident;
  request.questions = arguments.all("--question");
  const UtcMs now = invocation.now();
  for (const auto& [option, field] :
       {std::pair{"--reply-by", &request.reply_by}, std::pair{"--expires", &request.expires_at}}) {
    const auto typed = arguments.get(option);
    if (!typed) continue;
    const auto when = parse_when(*typed, now);
    if (!when) return when.error();
    *field = *when;
  }
  return ok();
}

Result<MessageRequest> read_request(const Invocation& invocation, const Connection& connection) {
  MessageRequest request;
  if (const auto path = invocation.arguments.get("--file")) {
    auto from_file = read_incident_file(*path);
    if (!from_file) return from_file.error();
    request = std::move(*from_file);
  }
  if (request.language.empty() || invocation.arguments.has("--language")) {
    request.language = typed_language(invocation, connection);
  }
  if (auto status = apply_options(invocation, connection, request); !status) return status.error();
  if (request.precedence == wire::Precedence::unset) {
    return make_error(ErrorCode::usage, "how fast? a message has a precedence",
                      "-p flash, immediate, priority or routine");
  }
  return request;
}

// Under a key of the caller's own it must be the same message whenever it is typed.
Result<DraftFields> draft_of(const Invocation& invocation, const Connection& connection,
                             const MessageRequest& request) {
  const auto make = [&](UtcMs now) { return make_draft(request, connection.party(), now); };
  auto draft = make(invocation.now());
  if (!draft || !invocation.arguments.has("--idempotency-key")) return draft;
  const auto later = make(invocation.now() + 1000);
  if (later && build_draft(*later) == build_draft(*draft)) return draft;
  return make_error(
      ErrorCode::usage,
      "the template takes the time of sending, so that it says something else when "
      "it is sent again",
      "give the time with --set, as hotline template show " + request.template_name + " names it");
}

int send(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = "the message was not sent";
  const auto wait = read_wait_options(invocation.arguments, {"--reply-by", "--expires"});
  if (!wait) return output.fail("", wait.error());
  auto connection = invocation.connect();
  if (!connection) return output.fail(what, connection.error());
  if (is_correction(invocation.arguments)) {
    const auto draft = read_correction(invocation, **connection);
    if (!draft) return output.fail(what, draft.error());
    const std::string kind = std::string(draft->kind().key) + " of " + draft->references.front();
    return submit_and_report(invocation, **connection, *draft, kind, *wait);
  }
  const auto request = read_request(invocation, **connection);
  if (!request) return output.fail(what, request.error());
  const auto draft = draft_of(invocation, **connection, *request);
  if (!draft) return output.fail(what, draft.error());
  return submit_and_report(invocation, **connection, *draft, kind_of(*request), *wait);
}

}  // namespace

Command send_command() {
  std::vector<OptionSpec> options = {
      {"-p,--precedence", "LEVEL", "flash, immediate, priority or routine (Z, O, P, R)"},
      {"-t,--template", "NAME", "fill this template: hotline template list"},
      {"--set", "KEY=VALUE", "a field of the template: hotline template show NAME", true},
      {"-f,--file", "FILE", "read template, fields and texts from a TOML file"},
      {"--question", "TEXT", "ask; each is answered, refused or put off by the other side", true},
      {"--incident", "NAME", "the thread of messages that this one belongs to"},
      {"--reply-by", "TIME", "2026-11-22T15:00:00Z or +30m"},
      {"--expires", "TIME", "after that it is of no use"}};
  for (OptionSpec& option : correction_options()) options.push_back(std::move(option));
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {{"send",
           "Send a message to the other party",
           "Once it is committed it cannot be taken back: a correction or a cancellation is a "
           "message of its own. FLASH and IMMEDIATE have at most 200 words.",
           {"hotline send -p flash -t airspace-crossing --set where=\"54.90N 020.10E\" --wait "
            "acknowledged",
            "hotline send -p routine \"The exercise of tomorrow begins at 0600Z.\"",
            "hotline send -p priority --text en=\"We found a buoy.\" --text ru=\"Мы нашли буй.\"",
            "hotline send -p priority --question \"Is it yours?\" --question \"Where does it go?\"",
            "hotline send --corrects N-123 --change where=\"54.90N 020.10E -> 54.95N 020.10E\" "
            "--reason \"read from the wrong chart\"",
            "hotline send --cancels N-123 --reason \"sent by mistake\"",
            "hotline send -f stray-missile.toml", "echo \"Long text\" | hotline send -p routine -"},
           std::move(options),
           {{"TEXT", "the text, or - for standard input", false, true}}},
          send};
}

}  // namespace hotline::client
