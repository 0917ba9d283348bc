#include "client/compose/submitting.h"

#include <algorithm>
#include <random>
#include <utility>

#include "client/compose/conflict_check.h"
#include "client/compose/handing_in.h"
#include "client/show/link_caution.h"
#include "client/show/message_row.h"
#include "protocol/base/time_text.h"
#include "protocol/channel/channel_state.h"
#include "protocol/message/describe.h"
#include "protocol/message/draft.h"
#include "protocol/message/names.h"
#include "protocol/message/roles.h"
#include "protocol/message/serial.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// The daemon says when something happens; this is only how often we look whether it is too late.
constexpr int64_t kLook_ms = 1000;

constexpr char kNotSent[] = "the message was not sent";

bool has_reached(const wire::MessageRow& message, WaitFor until) {
  switch (until) {
    case WaitFor::committed:
      return true;
    case WaitFor::delivered:
      return message.delivered_at() != 0;
    case WaitFor::acknowledged:
      return message.acknowledged_at() != 0;
  }
  return true;
}

// Prints the lines of a message's life once each, as they come to be.
class Report {
 public:
  Report(Output& output, const Connection& connection) : output_(output), connection_(connection) {}

  void update(const wire::MessageRow& message) {
    if (output_.json()) return;
    const std::string lines[] = {delivered_line(output_, connection_, message),
                                 acknowledged_line(output_, connection_, message),
                                 mismatch_line(output_, message),
                                 declined_line(output_, connection_, message)};
    for (size_t i = 0; i < std::size(lines); ++i) {
      if (lines[i].empty() || std::exchange(printed_[i], true)) continue;
      output_.line(lines[i]);
    }
  }

 private:
  Output& output_;
  const Connection& connection_;
  bool printed_[4] = {};
};

// Why it did not come as far as was waited for, with what to do about it.
int say_too_late(Invocation& invocation, Connection& connection, const wire::MessageRow& message,
                 const WaitOptions& wait) {
  const std::string id = text(message.id());
  const std::string peer = upper_case(connection.peer());
  const std::string waited = format_duration(wait.timeout_ms);
  if (message.delivered_at() != 0) {
    return invocation.output.fail(
        id + " is delivered, and nobody at " + peer + " acknowledged it in " + waited,
        make_error(ErrorCode::timed_out, "a person there has not read it; the ladder goes on",
                   "hotline show " + id + "    or call " + peer + " by voice"));
  }
  std::string what = id + " is committed here but " + peer + " has not taken it";
  std::string why = "no receipt came in " + waited;
  if (auto reply = connection.status()) {
    const auto& status = **reply;
    if (status.link() != wire::LinkState::up) {
      what += ": link down";
      if (status.link_since() != 0) {
        what += " " + format_duration(status.clock() - status.link_since());
      }
      if (!text(status.last_refusal()).empty()) why = text(status.last_refusal());
    }
  }
  return invocation.output.fail(
      what, make_error(ErrorCode::timed_out, why,
                       "hotline status --peer    or call " + peer + " by voice"));
}

// Committed, but the daemon stopped telling us how far the message has come.
int say_lost(Invocation& invocation, const Submission& submission, Error error) {
  error.code = ErrorCode::timed_out;
  if (error.hint.empty()) error.hint = "hotline show " + submission.id;
  return invocation.output.fail(submission.id + " is committed; cannot follow it", error);
}

int report_committed(Invocation& invocation, const Submission& submission,
                     const ToldBack& told_back) {
  if (!invocation.output.json()) return kExitDone;
  JsonValue document = json_document();
  document.add("message", JsonValue()
                              .add("id", submission.id)
                              .add("committed_at", json_time(submission.committed_at))
                              .add("journal_index", submission.journal_index));
  invocation.output.document(add_told_back(document, told_back));
  return kExitDone;
}

// Why there is no link, for a message that cannot wait until there is one: in words, which may be
// none. Nothing where there is a link.
std::optional<std::string> why_no_link(Connection& connection, uint8_t precedence) {
  if (precedence > static_cast<uint8_t>(wire::Precedence::immediate)) return std::nullopt;
  const auto status = connection.status();
  if (!status || (*status)->link() == wire::LinkState::up) return std::nullopt;
  return text((*status)->last_refusal());
}

// Committed is not sent: who sends it must hear that the peer does not have it.
void say_missing_link(Output& output, Connection& connection, const std::string& id,
                      uint8_t precedence) {
  const auto why = why_no_link(connection, precedence);
  if (!why) return;
  const std::string peer = upper_case(connection.peer());
  output.talk(peer + " DOES NOT HAVE " + id + ": there is no link", Style::red);
  if (!why->empty()) output.talk("the last attempt failed: " + *why);
  output.talk(id + " goes by itself once there is a link; call " + peer + " by voice now");
}

// A suspended channel takes a FLASH about danger to life, and no other.
bool goes_although_suspended(Connection& connection, const FinishedDraft& draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft.bytes, kDraftIdentifier);
  if (!opened || !(*opened)->danger_to_life()) return false;
  const auto state = connection.channel_state();
  if (!state) return false;
  const auto mode = static_cast<ChannelMode>((*state)->mode());
  return mode == ChannelMode::suspended || mode == ChannelMode::reopening;
}

// The receiver is cautioned of the same.
void say_cautions(Output& output, const Connection& connection, const FinishedDraft& draft,
                  UtcMs now) {
  const auto opened = open_flatbuffer<wire::Draft>(draft.bytes, kDraftIdentifier);
  const auto body = opened ? open_body(bytes((*opened)->body())) : Error{};
  if (!body) return;
  for (const std::string& caution : cautions_of(**body, connection.language(), now)) {
    output.quote(caution);
  }
}

// A thread that is misspelt is another one, and this is said before anything goes. Where the search
// index does not know at once nothing is said: no message waits for it.
void say_new_thread(Output& output, Connection& connection, const FinishedDraft& draft) {
  const auto opened = open_flatbuffer<wire::Draft>(draft.bytes, kDraftIdentifier);
  const std::string thread = opened ? text((*opened)->incident()) : "";
  if (thread.empty() || parse_written_serial(thread)) return;
  const auto rows = connection.list({.limit = 1, .incident = thread, .impatient = true});
  if (rows && (*rows)->total() == 0 && (*rows)->not_searched() == 0) {
    output.talk("No message belongs to the thread " + printable_line(thread) +
                " yet: it begins with this one.");
  }
}

// Under a key of the caller's, a time that is said by the clock is another one when it is sent
// again.
Status check_repeatable(const Arguments& arguments, const std::vector<std::string>& timed_options) {
  if (!arguments.has("--idempotency-key")) return ok();
  if (arguments.get("--idempotency-key")->empty()) {
    return make_error(ErrorCode::usage, "--idempotency-key is empty", "take a UUID");
  }
  for (const std::string& option : timed_options) {
    for (const std::string& typed : arguments.all(option)) {
      // "2=+2h" has the number of a question before it.
      const std::string_view time = std::string_view(typed).substr(typed.find('=') + 1);
      const UtcMs any_day = 0;
      if (parse_time(time, any_day) && !parse_time(time, std::nullopt)) {
        return make_error(ErrorCode::usage,
                          option + " " + typed + " is another time when it is sent again",
                          option + " 2026-11-22T15:00:00Z    with --idempotency-key");
      }
    }
  }
  return ok();
}

}  // namespace

int follow_message(Invocation& invocation, Connection& connection, const Submission& submission,
                   const ToldBack& told_back, const WaitOptions& wait) {
  Report report(invocation.output, connection);
  const int64_t begin_ms = invocation.around->steady_ms();
  // Nothing else changes what is reported here.
  const auto status = connection.watch(submission.journal_index + 1,
                                       {wire::Fact::ReceiptHeld, wire::Fact::Received});
  if (!status) return say_lost(invocation, submission, status.error());
  while (true) {
    auto detail = connection.show(submission.id);
    if (!detail) return say_lost(invocation, submission, detail.error());
    const wire::MessageRow& message = *(*detail)->row();
    report.update(message);
    if (has_reached(message, wait.until)) {
      if (invocation.output.json()) {
        JsonValue document = json_document();
        document.add("message", json_message(connection, message));
        const auto no_link = message.delivered_at() == 0
                                 ? why_no_link(connection, message.precedence())
                                 : std::nullopt;
        if (no_link) document.add("no_link", *no_link);
        invocation.output.document(add_told_back(document, told_back));
      }
      return kExitDone;
    }
    if (message.declined_at() != 0) {
      return invocation.output.fail(
          "", make_error(ErrorCode::refused,
                         upper_case(connection.peer()) + " declined " + submission.id + ": " +
                             decline_name(message.decline_code()),
                         "hotline show " + submission.id));
    }
    const int64_t left_ms = wait.timeout_ms - (invocation.around->steady_ms() - begin_ms);
    if (left_ms <= 0) return say_too_late(invocation, connection, message, wait);
    auto news = connection.next_watched(std::min(left_ms, kLook_ms));
    if (!news && news.error().code != ErrorCode::timed_out) {
      return say_lost(invocation, submission, news.error());
    }
  }
}

std::vector<OptionSpec> wait_options() {
  return {{"--wait", "STATE", "return when it is committed (as without), delivered, acknowledged"},
          {.names = "--timeout",
           .value = "TIME",
           .help = "how long --wait waits at most: 90s, 10m (as without), 2h",
           .only_with = {"--wait"}}};
}

Result<WaitOptions> read_wait_options(const Arguments& arguments,
                                      const std::vector<std::string>& timed_options) {
  WaitOptions options;
  const std::string state = arguments.get("--wait").value_or("committed");
  if (state == "delivered") {
    options.until = WaitFor::delivered;
  } else if (state == "acknowledged") {
    options.until = WaitFor::acknowledged;
  } else if (state != "committed") {
    return make_error(ErrorCode::usage, "--wait " + state + " is unknown",
                      "--wait committed, delivered or acknowledged");
  }
  if (const auto typed = arguments.get("--timeout")) {
    const auto timeout = parse_duration_ms(*typed);
    if (!timeout) return timeout.error();
    options.timeout_ms = *timeout;
  }
  if (auto status = check_repeatable(arguments, timed_options); !status) return status.error();
  return options;
}

OptionSpec idempotency_option() {
  return {"--idempotency-key", "KEY",
          "your own name for this message: sent again under the same one, it goes once"};
}

Result<FinishedDraft> finish(const Invocation& invocation, const Connection& connection,
                             DraftFields draft, const std::string& words) {
  if (!invocation.arguments.has("--idempotency-key")) draft.nonce = std::random_device()();
  auto bytes = finish_draft(draft, connection.server().exercise(), invocation.now());
  if (!bytes) return bytes.error();
  return FinishedDraft{*std::move(bytes), draft.kind(), static_cast<uint8_t>(draft.precedence),
                       words, draft.told_back};
}

int submit_and_report(Invocation& invocation, Connection& connection, const DraftFields& draft,
                      const std::string& words, const WaitOptions& wait) {
  const auto finished = finish(invocation, connection, draft, words);
  if (!finished) return invocation.output.fail(kNotSent, finished.error());
  return submit_finished(invocation, connection, *finished, wait);
}

int submit_finished(Invocation& invocation, Connection& connection, const FinishedDraft& draft,
                    const WaitOptions& wait) {
  Output& output = invocation.output;
  const std::string key = invocation.arguments.get("--idempotency-key").value_or("");
  if (wait.until == WaitFor::acknowledged && !draft.kind.waits_for_acknowledgement()) {
    return output.fail(
        kNotSent,
        make_error(ErrorCode::usage, "nobody acknowledges this " + std::string(draft.kind.key),
                   "--wait delivered"));
  }
  const bool may_read = connection.may(Right::look);
  if (!may_read && wait.until != WaitFor::committed) {
    return output.fail(kNotSent, make_error(ErrorCode::not_allowed,
                                            "you have no role here that may read, so that nothing "
                                            "can be waited for",
                                            "leave --wait out"));
  }
  // Whoever will be refused reads that alone.
  const bool may_send = output.may_give(invocation.command);
  if (may_send) {
    tell_back(output, draft.told_back);
    say_cautions(output, connection, draft, invocation.now());
  }
  const bool about_volumes = may_read && is_about_volumes(connection, draft.bytes);
  const auto missing = about_volumes ? missing_link(connection) : std::nullopt;
  ToldBack told_back = draft.told_back;
  if (about_volumes) {
    told_back.link_down = missing.has_value();
    told_back.link_down_since = missing ? missing->since : 0;
  }
  if (may_send && may_read && !output.json()) {
    say_new_thread(output, connection, draft);
    say_announced_unknown(output, connection, missing);
  }
  if (draft.saved_as == 0 && asks_two_people(connection, draft.bytes)) {
    FinishedDraft handed_in = draft;
    handed_in.told_back = told_back;
    return hand_in(invocation, connection, handed_in, wait);
  }
  output.set_sent(Sent::unknown, "", Connection::hint_in_doubt(key));
  const auto submission = connection.submit(draft.bytes, key, draft.saved_as);
  if (!submission && connection.is_in_doubt()) {
    return output.fail("it is not known whether the message was sent", submission.error());
  }
  if (!submission) {
    output.set_sent(Sent::no);
    const Error refusal = with_words_to_keep(submission.error(), draft);
    return output.fail(kNotSent, draft.saved_as == 0
                                     ? refusal
                                     : with_what_became(connection, draft.saved_as, refusal));
  }
  output.set_sent(Sent::yes, submission->id);
  if (!output.json()) {
    output.line(
        submission->id + "  " +
        output.styled(precedence_style(draft.precedence), precedence_label(draft.precedence)) +
        "  " + output.words(draft.words));
    output.line(life_line(output, "committed", submission->committed_at,
                          "journal " + std::to_string(submission->journal_index)));
    if (!draft.by_two && is_excused_from_two(connection, draft.bytes)) {
      output.talk("One person has released it, because lives depend on it. The watch is alarmed.");
    }
  }
  // Whoever may not read, as a sensor feed, asks nothing more: each question would be on record as
  // refused.
  if (!may_read) return report_committed(invocation, *submission, told_back);
  if (!output.json()) {
    if (goes_although_suspended(connection, draft)) {
      output.talk("The channel is SUSPENDED. FLASH about danger to life goes all the same.",
                  Style::red);
    }
    say_missing_link(output, connection, submission->id, draft.precedence);
    // FLASH and IMMEDIATE were told of above.
    if (draft.precedence > static_cast<uint8_t>(wire::Precedence::immediate) &&
        (about_volumes ? missing : missing_link(connection))) {
      output.talk(upper_case(connection.peer()) + " does not have " + submission->id +
                  " yet. It goes by itself once there is a link.");
    }
    if (wait.until == WaitFor::committed) return kExitDone;
  }
  return follow_message(invocation, connection, *submission, told_back, wait);
}

}  // namespace hotline::client
