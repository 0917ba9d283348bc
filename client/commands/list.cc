// hotline list: messages of both directions, the newest first.
#include "client/commands/commands.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/message/names.h"

namespace hotline::client {
namespace {

constexpr uint64_t kRowsByDefault = 20;

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

// Where --after goes on. The daemon names the next place in a list of what waits. A list by age
// goes on from the last message's place in the journal.
std::string next_place(const wire::Rows& rows) {
  const std::string named = text(rows.next());
  if (!named.empty() || rows.rows() == nullptr || rows.rows()->size() == 0) return named;
  return std::to_string(tables(rows.rows()).back()->journal_index());
}

void print(Output& output, const Connection& connection, const wire::Rows& rows) {
  const auto messages = tables(rows.rows());
  if (output.json()) {
    return output.document(
        json_document()
            .add("messages", json_messages(connection, messages))
            .add("total", rows.total())
            .add("more", rows.more())
            .add("next", rows.more() ? JsonValue(next_place(rows)) : JsonValue()));
  }
  // The id says who sent it, and the subject mostly what it is.
  Table table({{"ID", 8},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out},
               {"DTG", 14},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 12},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::MessageRow* one : messages) {
    table.add({one->waits() && one->incoming() ? "!" : "",
               {text(one->id()), precedence_label(one->precedence()), type_name(one->type()),
                format_date_time_group(one->released_at()), upper_case(sender_of(connection, *one)),
                one->mismatch() ? "MISMATCH" : state_word(*one), text(one->subject())},
               one->waits() ? precedence_style(one->precedence()) : Style::plain});
  }
  table.print(output);
}

Result<ListWish> read_wish(const Arguments& arguments) {
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
  if (waiting) {
    wish.after = arguments.get("--after").value_or("");
    return wish;
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
    return output.talk(wish.before_journal_index == 0 ? "No message yet." : "No older message.");
  }
  if (!rows.more()) return;
  std::string command = "list";
  if (wish.box == wire::Box::waiting) command += " --waiting";
  if (wish.box == wire::Box::incoming) command += " --incoming";
  if (wish.box == wire::Box::outgoing) command += " --outgoing";
  command += " --after " + next_place(rows);
  output.talk(cut_words(invocation, shown, rows.total(), command));
}

int list(Invocation& invocation) {
  const auto wish = need(read_wish(invocation.arguments));
  const auto connection = need(invocation.connect(), "cannot list messages");
  const auto rows = need(connection->list(wish), "cannot list messages");
  print(invocation.output, *connection, *rows);
  say_more(invocation, wish, *rows);
  return kExitDone;
}

}  // namespace

Command list_command() {
  return {
      {.name = "list",
       .summary = "List messages of both directions, the newest first",
       .description =
           "With --waiting: FLASH first, and within a precedence what waits longest. Where a "
           "terminal is narrow, TYPE and FROM are left out and subjects are cut.",
       .examples = {"hotline list", "hotline list --outgoing --limit 100", "hotline list --json"},
       .options = {{"--incoming", "", "the peer's messages only"},
                   {"--outgoing", "", "our messages only"},
                   {"--waiting", "", "only what waits for an acknowledgement, ours or theirs"},
                   row_limit_option("20"),
                   {"--before", "INDEX", "only those committed before this journal entry"},
                   after_option()}},
      list};
}

}  // namespace hotline::client
