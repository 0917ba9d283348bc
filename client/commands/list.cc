// hotline list: messages of both directions, the newest first.
#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/message_choice.h"
#include "client/show/message_list.h"
#include "client/show/row_limit.h"
#include "protocol/base/text.h"

namespace hotline::client {
namespace {

constexpr uint64_t kRowsByDefault = 20;
constexpr TimeOptions kTimeOptions = {"--since", "--until"};

Result<wire::Box> chosen_box(const Arguments& arguments) {
  wire::Box box = wire::Box::all;
  int chosen = 0;
  if (arguments.has("--incoming")) box = wire::Box::incoming, ++chosen;
  if (arguments.has("--outgoing")) box = wire::Box::outgoing, ++chosen;
  if (arguments.has("--waiting")) box = wire::Box::waiting, ++chosen;
  if (chosen > 1) {
    return make_error(ErrorCode::usage, "--incoming, --outgoing and --waiting exclude each other");
  }
  return box;
}

Result<ListWish> read_wish(const Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  ListWish wish;
  const auto box = chosen_box(arguments);
  if (!box) return box.error();
  wish.box = *box;
  const bool waiting = wish.box == wire::Box::waiting;
  if (waiting && arguments.has("--before")) {
    return make_error(ErrorCode::usage, "--before does not go with --waiting",
                      "what waits is ordered by precedence; go on with --after");
  }
  if (arguments.has("--before") && arguments.has("--after")) {
    return make_error(ErrorCode::usage, "--before and --after exclude each other");
  }
  const auto limit = read_row_limit(arguments, kRowsByDefault);
  if (!limit) return limit.error();
  wish.limit = *limit;
  if (auto chosen = read_choice(invocation, kTimeOptions, wish); !chosen) return chosen.error();
  wish.words = arguments.get("--text").value_or("");
  if (arguments.has("--text") && is_blank(wish.words)) {
    return make_error(ErrorCode::usage, "--text has no word to search for");
  }
  if (waiting) {
    wish.after = arguments.get("--after").value_or("");
    if (!is_chosen(wish)) return wish;
    return make_error(ErrorCode::usage, "of what waits only a --precedence can be chosen",
                      "leave --waiting out");
  }
  const auto before = arguments.number(arguments.has("--after") ? "--after" : "--before", 0);
  if (!before) return before.error();
  wish.before_journal_index = *before;
  return wish;
}

// How to see the rest, or that there is nothing.
void say_more(Invocation& invocation, const ListWish& wish, const wire::Rows& rows) {
  Output& output = invocation.output;
  const size_t shown = tables(rows.rows()).size();
  if (shown == 0) {
    if (wish.box == wire::Box::waiting)
      return output.talk(wish.after.empty() ? "No message waits." : "No more message waits.");
    if (wish.before_journal_index != 0) return output.talk("No older message.");
    const bool all = !is_chosen(wish) && wish.precedence == wire::Precedence::unset;
    output.talk(all ? "No message yet." : "No message is like that.");
    const std::string near = text(rows.near_thread());
    if (!near.empty()) output.talk("Is this meant? --incident " + near);
    return;
  }
  if (!rows.more()) return;
  std::string command = "list";
  if (wish.box == wire::Box::waiting) command += " --waiting";
  if (wish.box == wire::Box::incoming) command += " --incoming";
  if (wish.box == wire::Box::outgoing) command += " --outgoing";
  command += choice_words(wish, kTimeOptions);
  if (!wish.words.empty()) command += " --text " + as_typed(wish.words);
  command += " --after " + next_place(rows);
  output.talk(cut_words(invocation, shown, rows.total(), command));
}

int list(Invocation& invocation) {
  const auto connection = need(invocation.connect(), "cannot list messages");
  auto wish = need(read_wish(invocation), "cannot list messages");
  if (wish.incident.starts_with('@')) {
    wish.incident = need(resolve_thread(*connection, wish.incident), "cannot list messages");
  }
  const auto rows = need(connection->list(wish), "cannot list messages");
  show_messages(invocation.output, *connection, *rows);
  say_more(invocation, wish, *rows);
  return kExitDone;
}

}  // namespace

Command list_command() {
  return {
      {.name = "list",
       .summary = "List messages of both directions, the newest first",
       .description =
           "With --waiting: FLASH first, and within a precedence what waits longest. Options that "
           "choose go together: all of them must fit. Times are those at which this party's daemon "
           "committed the message. Where a terminal is narrow, TYPE and FROM are left out and "
           "subjects are cut.",
       .examples = {"hotline list", "hotline list --outgoing --limit 100", "hotline list --json",
                    "hotline list --type incident --precedence flash --since today",
                    "hotline list --incident S-000087", "hotline list --text \"mine field\""},
       .options = {{"--incoming", "", "the peer's messages only"},
                   {"--outgoing", "", "our messages only"},
                   {"--waiting", "", "only what waits for an acknowledgement, ours or theirs"},
                   type_option(),
                   {"--precedence", "PRECEDENCE", "flash, immediate, priority or routine only"},
                   {"--incident", "NAME",
                    "only the thread of this message, or of this word: hotline thread"},
                   {"--since", "TIME",
                    "only those of this time and later: today, -2h, 281341Z NOV 26"},
                   {"--until", "TIME", "only those of this time and earlier"},
                   {"--text", "WORDS",
                    "only those with all these words, as hotline search finds them"},
                   row_limit_option("20"),
                   {"--before", "INDEX", "only those committed before this journal entry"},
                   after_option()}},
      list};
}

}  // namespace hotline::client
