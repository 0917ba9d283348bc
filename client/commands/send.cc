// hotline send: a message to the other party, from words, from a template, or from a file.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/conflict_check.h"
#include "client/compose/incident_file.h"
#include "client/compose/message_request.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "client/compose/typed_text.h"
#include "client/compose/typed_volumes.h"
#include "protocol/base/time_text.h"
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
  Settings settings;
  if (auto status = read_settings(arguments, settings); !status) return status;
  for (auto& [key, value] : settings) request.settings[key] = value;
  if (const auto volume = settings.find("volume"); volume != settings.end()) {
    auto read = read_typed_volumes(volume->second, "");
    if (!read) return read.error();
    request.settings["volume"] = *std::move(read);
  }
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
    const auto when = parse_time(*typed, now);
    if (!when) return when.error();
    *field = *when;
    if (!parse_rfc3339(*typed)) request.understood.emplace_back(option + 2, time_in_words(*when));
  }
  return ok();
}

// Whatever names a message is made the name by which both parties know it.
Status resolve_names(Connection& connection, MessageRequest& request) {
  if (!request.incident.empty()) {
    auto thread = resolve_thread(connection, request.incident);
    if (!thread) return thread.error();
    request.incident = *std::move(thread);
  }
  const auto info = find_template(request.template_name);
  if (!info) return ok();
  for (const TemplateField& field : (*info)->fields) {
    const auto typed = request.settings.find(field.key);
    if (field.kind != kMessageName || typed == request.settings.end()) continue;
    auto id = resolve_name(connection, typed->second, NameUse::any);
    if (!id) return id.error();
    typed->second = *std::move(id);
  }
  return ok();
}

Result<MessageRequest> read_request(const Invocation& invocation, Connection& connection) {
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
  if (auto status = resolve_names(connection, request); !status) return status.error();
  take_template_precedence(request);
  if (request.precedence == wire::Precedence::unset) {
    return make_error(ErrorCode::usage, "how fast? a message has a precedence",
                      "-p flash, immediate, priority or routine");
  }
  return request;
}

// Under a key of the caller's own it must be the same message whenever it is typed.
Result<DraftFields> draft_of(const Invocation& invocation, const Connection& connection,
                             const MessageRequest& request) {
  const bool may_be_repeated = invocation.arguments.has("--idempotency-key");
  const auto typed_at = may_be_repeated ? std::nullopt : std::optional(invocation.now());
  const auto make = [&](UtcMs now) {
    return make_draft(request, connection.party(), now, typed_at);
  };
  auto draft = make(invocation.now());
  if (!draft || !may_be_repeated) return draft;
  const auto later = make(invocation.now() + 1000);
  if (later && build_draft(*later) == build_draft(*draft)) return draft;
  return make_error(
      ErrorCode::usage,
      "the template takes the time of sending, so that it says something else when "
      "it is sent again",
      "give the time with --set, as hotline template show " + request.template_name + " names it");
}

constexpr std::string_view kArrow = " -> ";

// "where=54.90N 020.10E -> 54.95N 020.10E". The old value is typed too, so that both watches see
// what was meant, and whoever corrects has looked.
Result<FieldChangeFields> parse_change(const std::string& typed) {
  const size_t equals = typed.find('=');
  const size_t arrow = typed.find(kArrow);
  if (equals == std::string::npos || equals == 0 || arrow == std::string::npos || arrow < equals) {
    return make_error(ErrorCode::usage, "--change " + typed + " changes nothing",
                      "--change where=\"54.90N 020.10E -> 54.95N 020.10E\"");
  }
  return FieldChangeFields{typed.substr(0, equals), typed.substr(equals + 1, arrow - equals - 1),
                           typed.substr(arrow + kArrow.size())};
}

Result<ContentFields> read_change_content(const Arguments& arguments, const std::string& id) {
  const std::string reason = arguments.get("--reason").value_or("");
  const bool corrects = arguments.has("--corrects");
  if (reason.empty()) {
    return make_error(
        ErrorCode::usage,
        std::string("a ") + (corrects ? "correction" : "cancellation") + " needs a reason",
        "--reason \"...\"");
  }
  if (!corrects) {
    if (arguments.has("--change"))
      return make_error(ErrorCode::usage, "a cancellation changes no field",
                        "--corrects " + id + " corrects it");
    return ContentFields(CancellationFields{reason});
  }
  CorrectionFields correction;
  correction.reason = reason;
  for (const std::string& typed : arguments.all("--change")) {
    auto change = parse_change(typed);
    if (!change) return change.error();
    correction.changes.push_back(*std::move(change));
  }
  if (correction.changes.empty()) {
    return make_error(ErrorCode::usage, "what is wrong in " + id + "?",
                      "--change where=\"54.90N 020.10E -> 54.95N 020.10E\"");
  }
  return ContentFields(std::move(correction));
}

// A time by the clock and a place in a grid become words that are read alike on any day.
Status date_changes(wire::MessageType type, UtcMs now, std::vector<FieldChangeFields>& changes,
                    Understood& understood) {
  for (FieldChangeFields& change : changes) {
    for (std::string* value : {&change.old_value, &change.new_value}) {
      auto dated = corrected_value(type, change.field, *value, now);
      if (!dated) return dated.error();
      if (*dated != *value) understood.emplace_back(change.field, *dated);
      *value = *std::move(dated);
    }
  }
  return ok();
}

std::vector<OptionSpec> correction_options() {
  return {{"--corrects", "ID", "a CORRECTION of this own message, with --change and --reason"},
          {"--change", "FIELD=OLD -> NEW", "what was wrong, and what is right", true},
          {"--cancels", "ID", "a CANCELLATION of this own message, with --reason"},
          {"--reason", "TEXT", "why it is corrected or cancelled"}};
}

// A CORRECTION or a CANCELLATION of an own message is asked for.
bool is_correction(const Arguments& arguments) {
  return arguments.has("--corrects") || arguments.has("--cancels");
}

// The precedence is the message's, unless another was typed. Errors: usage, and those of finding
// the message.
Result<DraftFields> read_correction(const Invocation& invocation, Connection& connection) {
  const Arguments& arguments = invocation.arguments;
  if (arguments.has("--corrects") && arguments.has("--cancels")) {
    return make_error(ErrorCode::usage, "a message is corrected or cancelled, not both");
  }
  const bool corrects = arguments.has("--corrects");
  const std::string typed = *arguments.get(corrects ? "--corrects" : "--cancels");
  const auto message = ReferredMessage::find(connection, typed, NameUse::any);
  if (!message) return message.error();
  if (message->row().incoming()) {
    return make_error(ErrorCode::usage,
                      message->id() + " is a message of " + upper_case(connection.peer()) +
                          ": only who sent it can correct or cancel it",
                      "hotline reply " + message->id() + " \"...\"    says what is wrong with it");
  }
  auto content = read_change_content(arguments, message->id());
  if (!content) return content.error();
  BodyFields body;
  body.subject = (corrects ? "Correction of " : "Cancellation of ") + message->id();
  if (const auto subject = arguments.get("--subject")) body.subject = *subject;
  DraftFields draft;
  if (auto* correction = std::get_if<CorrectionFields>(&*content)) {
    const auto type = static_cast<wire::MessageType>(message->row().type());
    const auto status = date_changes(type, invocation.now(), correction->changes, draft.understood);
    if (!status) return status.error();
  }
  body.content = *std::move(content);
  draft.precedence = message->precedence();
  if (const auto level = arguments.get("--precedence")) {
    const auto precedence = parse_precedence(*level);
    if (!precedence) return precedence.error();
    draft.precedence = *precedence;
  }
  draft.language = typed_language(invocation, connection);
  draft.references = {message->id()};
  if (corrects) draft.correction_of = message->id();
  draft.body = std::move(body);
  return draft;
}

// With a reason given it goes, whatever it comes near to. Under a key of the caller's own it may
// have been sent before, and what it is in conflict with may have come since.
Status check_before_sending(const Invocation& invocation, Connection& connection,
                            const MessageRequest& request, const DraftFields& draft) {
  const auto reason = request.settings.find("conflict-reason");
  if (reason != request.settings.end() && !reason->second.empty()) return ok();
  Status clear = check_no_conflicts(connection, draft, invocation.now());
  const auto key = invocation.arguments.get("--idempotency-key");
  if (!clear && key) {
    invocation.output.set_sent(Sent::unknown, "", Connection::hint_in_doubt(*key));
  }
  return clear;
}

int send(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = "the message was not sent";
  const auto wait = need(read_wait_options(invocation.arguments, {"--reply-by", "--expires"}));
  const auto connection = need(invocation.connect(), what);
  if (is_correction(invocation.arguments)) {
    const auto draft = need(read_correction(invocation, *connection), what);
    const std::string kind = std::string(draft.kind().key) + " of " + draft.references.front();
    return submit_and_report(invocation, *connection, draft, kind, wait);
  }
  const auto request = need(read_request(invocation, *connection), what);
  const auto draft = need(draft_of(invocation, *connection, request), what);
  if (const auto clear = check_before_sending(invocation, *connection, request, draft); !clear) {
    return output.fail(what, clear.error());
  }
  return submit_and_report(invocation, *connection, draft, requested_kind(request), wait);
}

}  // namespace

Command send_command() {
  std::vector<OptionSpec> options = {
      {"-p,--precedence", "LEVEL", "flash, immediate, priority or routine (Z, O, P, R)"},
      {"-t,--template", "NAME", "fill this template: hotline template list"},
      {"--set", "KEY=VALUE",
       "a field of the template: hotline template show NAME; volume=@FILE reads GeoJSON", true},
      {"-f,--file", "FILE", "read template, fields and texts from a TOML file"},
      {"--question", "TEXT", "ask; each is answered, refused or put off by the other side", true},
      {"--incident", "NAME",
       "the thread of messages that this one belongs to: any message of it, or a word for it"},
      {"--reply-by", "TIME", "+30m, 15:00Z (today), 221500Z NOV 26 or 2026-11-22T15:00:00Z"},
      {"--expires", "TIME", "after that it is of no use"}};
  for (OptionSpec& option : correction_options()) options.push_back(std::move(option));
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {
      {.name = "send",
       .summary = "Send a message to the other party",
       .description =
           "Once it is committed it cannot be taken back: a correction or a cancellation is a "
           "message of its own. FLASH and IMMEDIATE have at most 200 words. Times and positions "
           "are understood in the forms that a watch writes (docs/operator.md), and told back as "
           "they were understood.",
       .examples =
           {"hotline send -p flash -t airspace-crossing --set where=\"54.90N 020.10E\" --wait "
            "acknowledged",
            "hotline send -p flash -t airspace-crossing --set where=5454N02006E --set when=-5m",
            "hotline send -p routine \"The exercise of tomorrow begins at 0600Z.\"",
            "hotline send -p priority --text en=\"We found a buoy.\" --text ru=\"Мы нашли буй.\"",
            "hotline send -p priority --question \"Is it yours?\" --question \"Where does it go?\"",
            "hotline send --corrects N-123 --change where=\"54.90N 020.10E -> 54.95N 020.10E\" "
            "--reason \"read from the wrong chart\"",
            "hotline send --cancels N-123 --reason \"sent by mistake\"",
            "hotline send -p routine -t activity --set kind=live-fire --set "
            "volume=@area.geojson --set contact=\"range control, 123.450 MHz\"",
            "hotline send -f stray-missile.toml", "echo \"Long text\" | hotline send -p routine -"},
       .options = std::move(options),
       .positionals = {{"TEXT", "the text, or - for standard input", false, true}}},
      send};
}

}  // namespace hotline::client
