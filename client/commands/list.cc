// hotline list: messages of both directions, the newest first.
#include "client/commands/commands.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

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

// The rows that the daemon sent, as they are shown.
struct Listed {
  std::vector<ShownMessage> messages;
  uint64_t total = 0;
  bool more = false;
  std::string next;  // Where --after goes on.

  Listed(const Connection& connection, const wire::Rows& rows)
      : messages(shown_messages(connection, rows)),
        total(rows.total()),
        more(rows.more()),
        next(text(rows.next())) {
    // The daemon names the next place in a list of what waits. A list by age goes on from the last
    // message's place in the journal.
    if (next.empty() && !messages.empty()) next = std::to_string(messages.back().journal_index);
  }
};

void print(Output& output, const Listed& listed) {
  if (output.json()) {
    return output.document(json_document()
                               .add("messages", json_each(listed.messages, json_message))
                               .add("total", listed.total)
                               .add("more", listed.more)
                               .add("next", listed.more ? JsonValue(listed.next) : JsonValue()));
  }
  // The id says who sent it, and the subject mostly what it is.
  Table table({{"ID", 8},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out},
               {"DTG", 14},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 12},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const ShownMessage& one : listed.messages) {
    table.add({one.waits && one.incoming ? "!" : "",
               {one.id, precedence_label(one.precedence), type_name(one.type),
                format_date_time_group(one.released_at), upper_case(one.from),
                one.mismatch ? "MISMATCH" : one.state, one.subject},
               one.waits ? precedence_style(one.precedence) : Style::plain});
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
void say_more(Invocation& invocation, const ListWish& wish, const Listed& listed) {
  Output& output = invocation.output;
  if (listed.messages.empty()) {
    if (wish.box == wire::Box::waiting)
      return output.talk(wish.after.empty() ? "No message waits." : "No more message waits.");
    return output.talk(wish.before_journal_index == 0 ? "No message yet." : "No older message.");
  }
  if (!listed.more) return;
  std::string command = "list";
  if (wish.box == wire::Box::waiting) command += " --waiting";
  if (wish.box == wire::Box::incoming) command += " --incoming";
  if (wish.box == wire::Box::outgoing) command += " --outgoing";
  command += " --after " + listed.next;
  output.talk(cut_words(invocation, listed.messages.size(), listed.total, command));
}

int list(Invocation& invocation) {
  const auto wish = read_wish(invocation.arguments);
  if (!wish) return invocation.output.fail("", wish.error());
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot list messages", connection.error());
  auto reply = (*connection)->list(*wish);
  if (!reply) return invocation.output.fail("cannot list messages", reply.error());
  const Listed listed(**connection, *reply->as<wire::Rows>());
  print(invocation.output, listed);
  say_more(invocation, *wish, listed);
  return kExitDone;
}

}  // namespace

Command list_command() {
  return {
      {"list",
       "List messages of both directions, the newest first",
       "With --waiting: FLASH first, and within a precedence what waits longest. Where a terminal "
       "is narrow, TYPE and FROM are left out and subjects are cut.",
       {"hotline list", "hotline list --outgoing --limit 100", "hotline list --json"},
       {{"--incoming", "", "the peer's messages only"},
        {"--outgoing", "", "our messages only"},
        {"--waiting", "", "only what waits for an acknowledgement, ours or theirs"},
        row_limit_option("20"),
        {"--before", "INDEX", "only those committed before this journal entry"},
        after_option()},
       {}},
      list};
}

}  // namespace hotline::client
