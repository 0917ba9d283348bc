// hotline decline: this watch cannot act on a message, and says so.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

int decline(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot decline " + typed;
  const auto wait = read_wait_options(invocation.arguments);
  if (!wait) return output.fail("", wait.error());
  const auto code = parse_decline_code(invocation.arguments.get("--code").value_or("not-for-us"));
  if (!code) return output.fail("", code.error());
  const auto reason = invocation.arguments.get("--reason");
  if (!reason || reason->empty()) {
    return output.fail("", make_error(ErrorCode::usage, "a decline needs a reason",
                                      "hotline decline " + typed + " --reason \"...\""));
  }
  auto connection = invocation.connect();
  if (!connection) return output.fail(what, connection.error());
  const auto message = ReferredMessage::find(**connection, typed, NameUse::to_answer);
  if (!message) return output.fail(what, message.error());
  output.talk(message->heading(output));

  BodyFields body;
  body.subject = "Decline of " + message->id();
  body.content = DeclineFields{*code, *reason};
  DraftFields draft;
  draft.precedence = message->precedence();
  draft.language = invocation.arguments.get("--language").value_or((*connection)->language());
  draft.references = {message->id()};
  draft.body = std::move(body);
  return submit_and_report(invocation, **connection, draft, "decline of " + message->id(), *wait);
}

}  // namespace

Command decline_command() {
  std::vector<OptionSpec> options = {
      {"--code", "CODE", "why, for machines: not-for-us (as without), rule-broken, ..."},
      {"--reason", "TEXT", "why, for people; the other watch reads it"},
      {"--language", "TAG", "the language of the reason; the context's without it"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {{"decline",
           "Say that this watch cannot act on a message",
           "A declined message stays where it is; the other watch learns at once that it must find "
           "another way.",
           {"hotline decline S-87 --reason \"not our sector, call the naval centre\""},
           std::move(options),
           {{"ID", "S-000087, S-87, @last or @flash"}}},
          decline};
}

}  // namespace hotline::client
