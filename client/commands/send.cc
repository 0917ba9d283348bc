// hotline send: a message to the other party, from words, from a template, or from a file.
#include "client/commands/commands.h"
#include "client/compose/conflict_check.h"
#include "client/compose/handing_in.h"
#include "client/compose/message_request.h"
#include "client/compose/preview.h"
#include "client/compose/saved_draft.h"
#include "client/compose/submitting.h"
#include "client/compose/typed_correction.h"
#include "client/compose/typed_message.h"
#include "client/compose/typed_text.h"
#include "protocol/message/template.h"

namespace hotline::client {
namespace {

constexpr char kMessageNotSent[] = "the message was not sent";

Result<MessageRequest> read_request(const Invocation& invocation, Connection& connection) {
  auto request = read_typed_message(invocation, connection);
  if (request && request->precedence == wire::Precedence::unset) {
    return make_error(ErrorCode::usage, "how fast? a message has a precedence",
                      "-p flash, immediate, priority or routine");
  }
  return request;
}

// Under a key of the caller's own it must be the same message whenever it is typed.
Result<DraftFields> draft_of(const Invocation& invocation, const Connection& connection,
                             const MessageRequest& request) {
  const bool may_be_repeated = invocation.arguments.has("--idempotency-key");
  const auto make = [&](UtcMs now) {
    return make_draft(request, connection.party(), now, typed_at(invocation));
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

// Under a key of the caller's own it may have been sent before, and what it is in conflict with may
// have come since.
Status check_before_sending(const Invocation& invocation, Connection& connection, ByteView draft,
                            ToldBack& told_back) {
  Status clear = check_conflicts(connection, draft, told_back);
  const auto key = invocation.arguments.get("--idempotency-key");
  if (!clear && key) {
    invocation.output.set_sent(Sent::unknown, "", Connection::hint_in_doubt(*key));
  }
  return clear;
}

// Whatever says something else than a saved draft would not be what was read and agreed on.
Status check_says_nothing_else(const Arguments& arguments, const std::string& name) {
  std::vector<OptionSpec> options = message_options();
  for (OptionSpec& option : change_options()) options.push_back(std::move(option));
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  std::vector<std::string> names = {"TEXT"};
  for (const OptionSpec& option : options) names.push_back(option.long_name());
  for (const std::string& typed : names) {
    if (!arguments.has(typed)) continue;
    return make_error(ErrorCode::usage,
                      typed + " goes without --draft: " + name + " is sent as it was saved",
                      "hotline draft edit " + name + "    changes it first");
  }
  return ok();
}

// A saved draft, as it was saved. One that was sent goes again under its idempotency key, for the
// daemon answers that as the first time.
Result<FinishedDraft> read_saved(const Invocation& invocation, Connection& connection) {
  const std::string typed = *invocation.arguments.get("--draft");
  if (auto status = check_says_nothing_else(invocation.arguments, typed); !status) {
    return status.error();
  }
  const auto number = read_draft_name(typed);
  if (!number) return number.error();
  const auto saved = SavedDraft::find(connection, *number);
  if (!saved) return saved.error();
  ToldBack told_back;
  const bool may_be_repeated =
      invocation.arguments.has("--idempotency-key") && saved->state() == wire::DraftState::sent;
  if (!may_be_repeated) {
    if (auto status = saved->check_open(); !status) return status.error();
    if (saved->row().submitted_at() != 0) {
      const bool by_two = asks_two_people(connection, saved->bytes());
      return make_error(
          ErrorCode::refused, saved->name() + " waits for its release",
          by_two ? Output::others_command("release " + saved->name()) + "    by another person"
                 : hint_to_send_alone(saved->name()));
    }
    const auto problems = saved->problems(connection, invocation.now());
    if (!problems.empty()) {
      return make_error(ErrorCode::refused, to_string(problems.front()),
                        hint_to_edit(saved->name(), problems.front()));
    }
    auto clear = check_before_sending(invocation, connection, saved->bytes(), told_back);
    if (!clear) {
      return make_error(clear.error().code, clear.error().reason,
                        hint_to_say_why(saved->name(), saved->kind()));
    }
  }
  const ByteView bytes = saved->bytes();
  return FinishedDraft{Bytes(bytes.begin(), bytes.end()),
                       saved->kind(),
                       saved->row().precedence(),
                       std::string(saved->kind().key) + ", was " + saved->name(),
                       std::move(told_back),
                       *number};
}

int check_and_submit(Invocation& invocation, Connection& connection, const DraftFields& draft,
                     const std::string& words, const WaitOptions& wait) {
  auto finished = need(finish(invocation, connection, draft, words), kMessageNotSent);
  // A sensor feed may ask for nothing, and announces nothing.
  if (connection.may(Right::look)) {
    const auto clear =
        check_before_sending(invocation, connection, finished.bytes, finished.told_back);
    if (!clear) return invocation.output.fail(kMessageNotSent, clear.error());
  }
  if (invocation.arguments.has("--dry-run")) return show_preview(invocation, connection, finished);
  return submit_finished(invocation, connection, finished, wait);
}

int send(Invocation& invocation) {
  Output& output = invocation.output;
  output.set_sent(Sent::no);
  const std::string what = kMessageNotSent;
  const auto wait = need(read_wait_options(invocation.arguments, {"--reply-by", "--expires"}));
  const auto connection = need(invocation.connect(), what);
  if (invocation.arguments.has("--draft")) {
    const auto saved = need(read_saved(invocation, *connection), what);
    if (invocation.arguments.has("--dry-run")) return show_preview(invocation, *connection, saved);
    return submit_finished(invocation, *connection, saved, wait);
  }
  if (is_correction(invocation.arguments)) {
    const auto draft = need(read_correction(invocation, *connection), what);
    const std::string kind = std::string(draft.kind().key) + " of " + draft.references.front();
    return check_and_submit(invocation, *connection, draft, kind, wait);
  }
  const auto request = need(read_request(invocation, *connection), what);
  const auto draft = need(draft_of(invocation, *connection, request), what);
  return check_and_submit(invocation, *connection, draft, requested_kind(request), wait);
}

}  // namespace

Command send_command() {
  std::vector<OptionSpec> options = message_options();
  options.push_back(
      {"--draft", "D-N", "a saved draft, exactly as it was saved: hotline draft list"});
  for (OptionSpec& option : change_options()) options.push_back(std::move(option));
  for (OptionSpec& option : text_options()) options.push_back(std::move(option));
  for (OptionSpec& option : wait_options()) options.push_back(std::move(option));
  options.push_back(idempotency_option());
  options.push_back(preview_option());
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
            "hotline send -p flash -t airspace-crossing --set where=5454N02006E --dry-run",
            "hotline send -p routine \"The exercise of tomorrow begins at 0600Z.\"",
            "hotline send -p priority --text en=\"We found a buoy.\" --text ru=\"Мы нашли буй.\"",
            "hotline send -p priority --question \"Is it yours?\" --question \"Where does it go?\"",
            "hotline send --corrects N-123 --change where=\"54.90N 020.10E -> 54.95N 020.10E\" "
            "--reason \"read from the wrong chart\"",
            "hotline send --cancels N-123 --reason \"sent by mistake\"",
            "hotline send -p routine -t activity --set kind=live-fire --set "
            "volume=@area.geojson --set contact=\"range control, 123.450 MHz\"",
            "hotline send --draft D-3 --wait delivered", "hotline send -f stray-missile.toml",
            "echo \"Long text\" | hotline send -p routine -"},
       .options = std::move(options),
       .positionals = {{"TEXT", "the text, or - for standard input", false, true}}},
      send};
}

}  // namespace hotline::client
