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

// Where --after goes on: of what waits the daemon says it, of the others it is the last one's place
// in the journal.
std::string next_place(const wire::Rows& rows) {
  if (!text(rows.next()).empty() || rows.rows() == nullptr || rows.rows()->size() == 0)
    return text(rows.next());
  return std::to_string(rows.rows()->Get(rows.rows()->size() - 1)->journal_index());
}

void print(Invocation& invocation, const Connection& connection, const wire::Rows& rows) {
  if (invocation.output.json()) {
    JsonValue::Array messages;
    if (rows.rows() != nullptr) {
      for (const wire::MessageRow* row : *rows.rows()) {
        messages.push_back(json_row(*row, connection.party(), connection.peer()));
      }
    }
    JsonValue document = json_document();
    document.add("messages", std::move(messages))
        .add("total", rows.total())
        .add("more", rows.more())
        .add("next", rows.more() ? JsonValue(next_place(rows)) : JsonValue());
    invocation.output.document(document);
    return;
  }
  // The id says who sent it, and the subject mostly what it is.
  Table table({{"ID", 8},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out},
               {"DTG", 14},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 12},
               {"SUBJECT", 0, Table::Fit::cut}});
  if (rows.rows() != nullptr) {
    for (const wire::MessageRow* row : *rows.rows()) {
      table.add({row->waits() && row->incoming() ? "!" : "",
                 {text(row->id()), precedence_label(row->precedence()), type_name(row->type()),
                  format_date_time_group(row->released_at()),
                  upper_case(row->incoming() ? connection.peer() : connection.party()),
                  row->mismatch() ? "MISMATCH" : state_word(*row), text(row->subject())},
                 row->waits() ? precedence_style(row->precedence()) : Style::plain});
    }
  }
  table.print(invocation.output);
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
  if (rows.rows() == nullptr || rows.rows()->size() == 0) {
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
  output.talk(cut_words(invocation, rows.rows()->size(), rows.total(), command));
}

int list(Invocation& invocation) {
  const auto wish = read_wish(invocation.arguments);
  if (!wish) return invocation.output.fail("", wish.error());
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot list messages", connection.error());
  auto reply = (*connection)->list(*wish);
  if (!reply) return invocation.output.fail("cannot list messages", reply.error());
  const wire::Rows& rows = *reply->as<wire::Rows>();
  print(invocation, **connection, rows);
  say_more(invocation, *wish, rows);
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
