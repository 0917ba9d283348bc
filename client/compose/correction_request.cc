#include "client/compose/correction_request.h"

#include "client/compose/referred_message.h"
#include "client/compose/typed_text.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

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

Result<ContentFields> read_content(const Arguments& arguments, const std::string& id) {
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

}  // namespace

std::vector<OptionSpec> correction_options() {
  return {{"--corrects", "ID", "a CORRECTION of this own message, with --change and --reason"},
          {"--change", "FIELD=OLD -> NEW", "what was wrong, and what is right", true},
          {"--cancels", "ID", "a CANCELLATION of this own message, with --reason"},
          {"--reason", "TEXT", "why it is corrected or cancelled"}};
}

bool is_correction(const Arguments& arguments) {
  return arguments.has("--corrects") || arguments.has("--cancels");
}

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
  auto content = read_content(arguments, message->id());
  if (!content) return content.error();
  BodyFields body;
  body.subject = (corrects ? "Correction of " : "Cancellation of ") + message->id();
  if (const auto subject = arguments.get("--subject")) body.subject = *subject;
  body.content = *std::move(content);

  DraftFields draft;
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

}  // namespace hotline::client
