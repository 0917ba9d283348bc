// hotline channel status, suspend, restrict, reopen: the state of the channel, which a supervisor
// of each side declares.
#include <string>

#include "client/commands/commands.h"
#include "client/compose/submitting.h"
#include "client/show/channel_standing.h"
#include "client/show/message_row.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/channel_state.h"
#include "protocol/message/names.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

// ---- status

UtcMs since_of(const wire::DeclaredState& declared) {
  return declared.from() == 0 ? declared.at() : declared.from();
}

JsonValue json_declared(const wire::DeclaredState* declared) {
  if (declared == nullptr) return {};
  return JsonValue()
      .add("id", text(declared->id()))
      .add("state", channel_mode_word(declared->state()))
      .add("reason", text(declared->reason()))
      .add("from", json_time(since_of(*declared)))
      .add("declared_at", json_time(declared->at()));
}

JsonValue json_channel(const Connection& connection, const wire::ChannelStateReply& state) {
  JsonValue::Array by, lacks;
  if (state.by_us()) by.emplace_back(connection.party());
  if (state.by_peer()) by.emplace_back(connection.peer());
  if (state.lacks_own()) lacks.emplace_back("own-supervisor");
  if (state.lacks_peers()) lacks.emplace_back("peer-supervisor");
  if (state.lacks_test_call()) lacks.emplace_back("test-call");
  return json_document()
      .add("party", connection.party())
      .add("peer", connection.peer())
      .add("state", channel_mode_word(state.mode()))
      .add("since", json_time(state.since()))
      .add("by", std::move(by))
      .add("lacks", std::move(lacks))
      .add("own", json_declared(state.own()))
      .add("peers", json_declared(state.peers()))
      .add("own_next", json_declared(state.own_next()))
      .add("peers_next", json_declared(state.peers_next()));
}

void say_mode(Output& output, const Connection& connection, const wire::ChannelStateReply& state) {
  const auto mode = static_cast<ChannelMode>(state.mode());
  if (mode == ChannelMode::open) return output.say("The channel is open.");
  const std::string by = state.by_us() && state.by_peer() ? "both sides"
                         : state.by_us()                  ? upper_case(connection.party())
                                                          : upper_case(connection.peer());
  const std::string since = format_rfc3339(state.since());
  if (mode == ChannelMode::restricted) {
    output.say("The channel is RESTRICTED since " + since + ", by " + by, Style::yellow);
    return output.say("Only FLASH and IMMEDIATE go, and what ends a wait.");
  }
  if (mode == ChannelMode::reopening) {
    output.say("The channel is to be OPENED AGAIN. It is suspended since " + since + ", by " + by,
               Style::red);
  } else {
    output.say("The channel is SUSPENDED since " + since + ", by " + by, Style::red);
  }
  output.say("Only FLASH about danger to life goes, and what ends a wait.");
}

void say_declared(Output& output, const std::string& party, const wire::DeclaredState* declared,
                  bool is_next) {
  if (declared == nullptr) return;
  const std::string state = channel_mode_word(declared->state());
  const std::string from = format_rfc3339(since_of(*declared));
  const std::string id = text(declared->id());
  const std::string reason = text(declared->reason());
  if (is_next) {
    output.say("  " + party + " declares it " + state + " from " + from + " on, in " + id + ": " +
               reason);
  } else if (declared->from() != 0) {
    output.say("  " + party + " declared it " + state + " from " + from + " on, in " + id + ": " +
               reason);
  } else {
    output.say("  " + party + " declared it " + state + " at " + from + ", in " + id + ": " +
               reason);
  }
}

void say_lacking(Output& output, const Connection& connection,
                 const wire::ChannelStateReply& state) {
  if (!state.lacks_own() && !state.lacks_peers() && !state.lacks_test_call()) return;
  output.say("It is open again once:");
  if (state.lacks_own()) {
    const std::string words = "channel reopen --reason \"...\"";
    output.say(
        "  a supervisor of " + upper_case(connection.party()) + " declares it open: " +
        (connection.may(Right::declare) ? output.command(words) : Output::others_command(words)));
  }
  if (state.lacks_peers()) {
    output.say("  a supervisor of " + upper_case(connection.peer()) + " declares it open");
  }
  if (state.lacks_test_call()) {
    output.say("  a person has acknowledged a test call of either side" +
               std::string(output.may_give("test-call") ? ": hotline test-call" : ""));
  }
}

int channel_status(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot show the state of the channel";
  const auto connection = need(invocation.connect(), what);
  const auto state = need(connection->channel_state(), what);
  if (output.json()) {
    output.document(json_channel(*connection, *state));
    return kExitDone;
  }
  const std::string own = upper_case(connection->party()), peer = upper_case(connection->peer());
  say_mode(output, *connection, *state);
  say_declared(output, own, state->own(), false);
  say_declared(output, peer, state->peers(), false);
  say_declared(output, own, state->own_next(), true);
  say_declared(output, peer, state->peers_next(), true);
  say_lacking(output, *connection, *state);
  return kExitDone;
}

// ---- suspend, restrict, reopen

int declare(Invocation& invocation, const std::string& state, const std::string& what) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const Arguments& arguments = invocation.arguments;
  const auto wait = need(read_wait_options(arguments));
  const std::string reason = arguments.get("--reason").value_or("");
  if (is_blank(reason)) {
    return output.fail(what,
                       make_error(ErrorCode::usage, "it does not say why", "--reason \"...\""));
  }
  ToldBack told_back;
  TemplateInput input;
  input.set = {{"state", state}, {"reason", reason}};
  const auto connection = need(invocation.connect(), what);
  if (const auto typed = arguments.get("--from")) {
    const UtcMs from = need(parse_time(*typed, invocation.now()), what);
    if (from <= invocation.now()) {
      return output.fail(what, make_error(ErrorCode::usage, "--from " + *typed + " is past",
                                          "leave --from out: it holds at once"));
    }
    input.set["from"] = format_rfc3339(from);
    if (!parse_rfc3339(*typed)) told_back.add("from", time_in_words(from));
  }
  input.language = connection->language();
  input.translated_by = connection->party();
  input.precedence = wire::Precedence::priority;
  input.now = invocation.now();
  const auto filled = need(fill_template("status", input), what);
  DraftFields draft;
  draft.precedence = input.precedence;
  draft.language = input.language;
  draft.body = filled.fields;
  draft.told_back = told_back;
  return submit_and_report(invocation, *connection, draft, "the channel is declared " + state,
                           wait);
}

int channel_suspend(Invocation& invocation) {
  return declare(invocation, "suspended", "the channel was not suspended");
}

int channel_restrict(Invocation& invocation) {
  return declare(invocation, "restricted", "the channel was not restricted");
}

int channel_reopen(Invocation& invocation) {
  return declare(invocation, "open", "the channel was not declared open");
}

std::vector<OptionSpec> declaring_options(bool has_time) {
  std::vector<OptionSpec> options = {{"--reason", "TEXT", "why; the other side reads it"}};
  if (has_time) options.push_back({"--from", "TIME", "when it begins; at once without it"});
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace

Command channel_status_command() {
  return {{.name = "channel status",
           .summary = "Show whether the channel is open, restricted or suspended",
           .description = "By whom, why and since when; and what a suspended channel still needs "
                          "to be open again.",
           .examples = {"hotline channel status", "hotline channel status --json"}},
          channel_status};
}

Command channel_suspend_command() {
  return {{.name = "channel suspend",
           .summary = "Declare the channel suspended",
           .description =
               "From then on only FLASH about danger to life goes, in both directions, and what "
               "ends a wait: acknowledgements, declines, disseminations, answers, cancellations; "
               "test calls and service messages too. What was sent before still arrives. A "
               "supervisor suspends. It takes a supervisor of each side and an acknowledged test "
               "call to open it again.",
           .examples = {"hotline channel suspend --reason \"by order of the General Staff\"",
                        "hotline channel suspend --reason \"both paths are mended\" --from +2h"},
           .options = declaring_options(true)},
          channel_suspend};
}

Command channel_restrict_command() {
  return {{.name = "channel restrict",
           .summary = "Declare the channel restricted to what is urgent",
           .description = "From then on only FLASH and IMMEDIATE go, and what ends a wait. A "
                          "supervisor restricts, and the same side lifts it: hotline channel "
                          "reopen.",
           .examples = {"hotline channel restrict --reason \"one path is left\""},
           .options = declaring_options(true)},
          channel_restrict};
}

Command channel_reopen_command() {
  return {{.name = "channel reopen",
           .summary = "Declare the channel open again",
           .description =
               "A suspended channel is open once a supervisor of each side has declared it so, "
               "and a person has acknowledged a test call that was made after the suspension. "
               "hotline channel status says what it lacks.",
           .examples = {"hotline channel reopen --reason \"both paths are proved\""},
           .options = declaring_options(false)},
          channel_reopen};
}

}  // namespace hotline::client
