// hotline disseminate: this watch told its own people of a message. The other side sees who was
// told, and when.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/compose/submitting.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr const char* kToHint = "--to air-defence";

int disseminate(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string typed = *arguments.get("ID");
  const std::string what = "cannot say that " + typed + " was disseminated";
  const auto wait = need(read_wait_options(arguments, {"--at"}));
  const auto to = arguments.get("--to");
  if (!to) {
    return output.fail(what, make_error(ErrorCode::usage, "it does not say who was told",
                                        std::string(kToHint) + "    one of " +
                                            vocabulary<wire::Audience>().keys()));
  }
  if (arguments.has("--idempotency-key") && !arguments.has("--at")) {
    return output.fail(what, make_error(ErrorCode::usage,
                                        "without --at it says another time when it is sent again",
                                        "--at 2026-11-22T15:00:00Z    with --idempotency-key"));
  }
  DisseminationFields told;
  told.audience = need(parse_audience(*to), what);
  const auto connection = need(invocation.connect(), what);  // Which tells the daemon's clock.
  told.at = invocation.now();
  told.detail = arguments.get("--detail").value_or("");
  DraftFields draft;
  if (const auto at = arguments.get("--at")) {
    told.at = need(parse_time(*at, invocation.now()), what);
    if (!parse_rfc3339(*at)) draft.told_back.add("at", time_in_words(told.at));
  }
  const auto message = need(ReferredMessage::find(*connection, typed, NameUse::to_answer), what);
  message.say_heading(output);
  draft.precedence = message.precedence();
  draft.language = arguments.get("--language").value_or(connection->language());
  draft.references = {message.id()};
  draft.body.subject = made_subject(wire::MessageType::dissemination, draft.language,
                                    "Dissemination of " + message.id(), message.id());
  draft.body.content = std::move(told);
  return submit_and_report(invocation, *connection, draft, "dissemination of " + message.id(),
                           wait);
}

}  // namespace

Command disseminate_command() {
  std::vector<OptionSpec> options = {
      {"--to", "AUDIENCE", "who was told: " + vocabulary<wire::Audience>().keys()},
      {"--at", "TIME", "when they were told; now without it"},
      {"--detail", "TEXT", "who they are, in words; the other watch reads it"},
      {"--language", "TAG", "the language of the detail; the context's without it"}};
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  return {{.name = "disseminate",
           .summary = "Say that this watch told its own people of a message",
           .description =
               "An acknowledgement says that a person of the watch has read a message. This says "
               "that it reached those who must know of it, such as the crews of air defence. Each "
               "audience is told of by a message of its own.",
           .examples = {"hotline disseminate S-87 --to air-defence",
                        "hotline disseminate S-87 --to missile-warning --at=-5m --detail \"the "
                        "crews of both radars\""},
           .options = std::move(options),
           .positionals = {{"ID", "S-000087, S-87, @last or @flash"}}},
          disseminate};
}

}  // namespace hotline::client
