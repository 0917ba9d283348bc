// hotline handover start, show, accept: the watch that goes signs what is open, and the one that
// comes ticks each item and signs too.
#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "client/commands/commands.h"
#include "client/show/handover_rows.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

constexpr const char* kNotAccepted = "the watch was not taken over";

std::string accept_words(const ShownHandover& handover) {
  return "handover accept --all --confirm " + short_handover_hash(handover.hash);
}

// Another person than the signer accepts the list.
bool is_signer(const Connection& connection, const ShownHandover& handover) {
  return handover.started.person == text(connection.server().person());
}

void say_who_accepts(Output& output, const Connection& connection, const ShownHandover& handover) {
  const std::string words = accept_words(handover);
  output.talk("Next, by whoever comes: " +
              (is_signer(connection, handover) || !output.may_give(words)
                   ? Output::others_command(words)
                   : output.command(words)));
}

Error nobody_started() {
  return make_error(ErrorCode::not_found, "nobody of this watch started a hand-over",
                    Output::others_command("handover start") + "    by whoever goes");
}

void say_watch(Output& output, const wire::HandoverReply& reply, UtcMs now) {
  const std::string began = format_rfc3339(reply.watch_since());
  const std::string before = format_rfc3339(reply.overdue_at());
  if (reply.overdue_at() <= now) {
    return output.talk("This watch began at " + began + ", and is OVERDUE: it was to be handed " +
                       "over before " + before);
  }
  output.talk("This watch began at " + began + ", and is to be handed over before " + before);
}

void print_answer(Output& output, const wire::HandoverReply& reply,
                  const std::optional<ShownHandover>& handover, UtcMs now) {
  if (output.json()) {
    output.document(json_document()
                        .add("handover", handover ? json_handover(*handover) : JsonValue())
                        .add("watch_since", json_time(reply.watch_since()))
                        .add("overdue_at", json_time(reply.overdue_at()))
                        .add("overdue", reply.overdue_at() <= now));
    return;
  }
  if (handover) print_handover(output, *handover);
  say_watch(output, reply, now);
}

int handover_start(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "the hand-over was not started";
  const std::string note = invocation.arguments.get("--note").value_or("");
  const auto connection = need(invocation.connect(), what);
  const auto lines = need(connection->list_handover(), what);
  const auto items = handover_items(*lines);
  // The daemon refuses whoever may not, and they read that alone.
  if (!output.json() && connection->may(Right::hand_over)) print_items(output, items, note);
  const auto reply = need(connection->start_handover(note, handover_hash(items, note)), what);
  const auto handover = need(shown_handover(*reply), what);
  if (output.json()) {
    print_answer(output, *reply, handover, invocation.now());
  } else if (handover) {
    print_signatures(output, *handover);
    say_watch(output, *reply, invocation.now());
    say_who_accepts(output, *connection, *handover);
  }
  return kExitDone;
}

int handover_show(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "cannot show the hand-over";
  const auto connection = need(invocation.connect(), what);
  const auto reply = need(connection->show_handover(), what);
  const auto handover = need(shown_handover(*reply), what);
  print_answer(output, *reply, handover, invocation.now());
  if (!handover) {
    output.talk("Nobody of this watch started a hand-over" +
                std::string(output.may_give("handover start") ? ": hotline handover start" : "."));
  }
  if (handover && !handover->accepted) say_who_accepts(output, *connection, *handover);
  return kExitDone;
}

// "7", or "3-9": of a list with so many items.
Result<std::pair<uint32_t, uint32_t>> parse_tick(std::string_view typed, size_t count) {
  const Error wrong = make_error(ErrorCode::usage,
                                 printable_line(std::string(typed)) +
                                     " is no item of this list: it has " + std::to_string(count),
                                 "--tick 1    or --tick 3-9    or --tick 1,3-9");
  const auto number = [](std::string_view digits) -> uint32_t {
    uint32_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, value);
    return parsed.ec == std::errc() && parsed.ptr == end ? value : 0;
  };
  const size_t dash = typed.find('-');
  const uint32_t first = number(typed.substr(0, dash));
  const uint32_t last = dash == std::string_view::npos ? first : number(typed.substr(dash + 1));
  if (first == 0 || last < first || last > count) return wrong;
  return std::pair(first, last);
}

Result<std::set<uint32_t>> read_ticks(const Arguments& arguments, size_t count) {
  std::set<uint32_t> ticked;
  if (arguments.has("--all") && arguments.has("--tick")) {
    return make_error(ErrorCode::usage, "--all ticks every item, and --tick some of them",
                      "one of the two");
  }
  const auto add = [&ticked](uint32_t first, uint32_t last) {
    for (uint32_t number = first; number <= last; ++number) ticked.insert(number);
  };
  if (arguments.has("--all")) add(1, static_cast<uint32_t>(count));
  for (const std::string& typed : arguments.all("--tick")) {
    for (const std::string_view part : split(typed, ',')) {
      const auto range = parse_tick(part, count);
      if (!range) return range.error();
      add(range->first, range->second);
    }
  }
  return ticked;
}

Status check_confirmed(const Arguments& arguments, const Connection& connection,
                       const ShownHandover& handover) {
  const auto typed = arguments.get("--confirm");
  if (!typed) {
    const std::string words = accept_words(handover);
    return make_error(ErrorCode::usage, "nobody has confirmed that the list was read",
                      is_signer(connection, handover)
                          ? Output::others_command(words) + "    by whoever comes"
                          : "hotline " + words);
  }
  const std::string digits = short_handover_hash(handover.hash);
  const bool is_whole = typed->size() >= digits.size();
  if (is_whole && upper_case(to_hex(ByteView(handover.hash))).starts_with(upper_case(*typed))) {
    return ok();
  }
  return make_error(ErrorCode::refused,
                    printable_line(*typed) + " is not the beginning of this list's hash",
                    "hotline handover show    then try again");
}

// By name: who comes sees what nobody has spoken of yet.
Status check_whole(const std::set<uint32_t>& ticked, const std::vector<HandoverItem>& items) {
  std::string missing;
  for (uint32_t number = 1; number <= items.size(); ++number) {
    if (ticked.contains(number)) continue;
    missing += (missing.empty() ? "" : ", ") + std::to_string(number) + " " +
               printable_line(handover_label(items[number - 1]));
  }
  if (missing.empty()) return ok();
  return make_error(ErrorCode::refused, "not ticked: " + missing, "hotline handover show");
}

int handover_accept(Invocation& invocation) {
  Output& output = invocation.output;
  const auto connection = need(invocation.connect(), kNotAccepted);
  const auto before = need(connection->show_handover(), kNotAccepted);
  const auto handover = need(shown_handover(*before), kNotAccepted);
  if (!handover) return output.fail(kNotAccepted, nobody_started());
  const auto ticked = need(read_ticks(invocation.arguments, handover->items.size()), kNotAccepted);
  for (const Status& status : {check_confirmed(invocation.arguments, *connection, *handover),
                               check_whole(ticked, handover->items)}) {
    if (!status) return output.fail(kNotAccepted, status.error());
  }
  const auto reply =
      need(connection->accept_handover(handover->started.journal_index, handover->hash,
                                       {ticked.begin(), ticked.end()}),
           kNotAccepted);
  const auto accepted = need(shown_handover(*reply), kNotAccepted);
  print_answer(output, *reply, accepted, invocation.now());
  output.talk("What came since the list was signed is not in it: " +
              output.command("watch-log --since " + format_rfc3339(handover->started.at)));
  return kExitDone;
}

}  // namespace

Command handover_start_command() {
  return {
      {.name = "handover start",
       .summary = "Sign what is open, for the watch that comes",
       .description =
           "The list is made from what is open: messages to be acknowledged, answered or "
           "passed on, conflicts, incidents, drafts, whatever is wrong now, and the rungs of "
           "the ladder that were climbed in this watch. It is shown, and then signed as it was "
           "shown: where it changed meanwhile nothing is signed. It is kept in the journal, and "
           "a later one takes its place. An operator or a supervisor signs.",
       .examples = {"hotline handover start",
                    "hotline handover start --note \"the generator is on test until 0400Z\""},
       .options = {{"--note", "TEXT", "what else the next watch must know"}}},
      handover_start};
}

Command handover_show_command() {
  return {{.name = "handover show",
           .summary = "Show the newest hand-over, and since when this watch goes on",
           .examples = {"hotline handover show", "hotline handover show --json"}},
          handover_show};
}

Command handover_accept_command() {
  return {{.name = "handover accept",
           .summary = "Take over the watch: tick every item of the list, and sign it",
           .description = "By another person than who signed the list. Each item is ticked by its "
                          "number; what is not ticked is named, and nothing is signed. The hash is "
                          "that of the list as it was read.",
           .examples = {"hotline handover accept --all --confirm 7be194c0",
                        "hotline handover accept --tick 1-4 --tick 5,7 --confirm 7be194c0"},
           .options = {{"--tick", "ITEM", "a number, or several: 1,3-9", true},
                       {"--all", "", "every item"},
                       {"--confirm", "HASH", "the first eight digits of the list's hash"}}},
          handover_accept};
}

}  // namespace hotline::client
