// hotline list: messages of both directions, the newest first.
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/message_row.h"
#include "client/names.h"
#include "client/row_limit.h"

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
        .add("next", text(rows.next()).empty() ? JsonValue() : JsonValue(text(rows.next())));
    invocation.output.document(document);
    return;
  }
  Table table(
      {{"ID", 8}, {"PREC", 9}, {"TYPE"}, {"DTG", 14}, {"FROM"}, {"STATE", 12}, {"SUBJECT"}});
  if (rows.rows() != nullptr) {
    for (const wire::MessageRow* row : *rows.rows()) {
      table.add({row->waits() && row->incoming() ? "!" : "",
                 {text(row->id()), precedence_name(row->precedence()), type_name(row->type()),
                  format_date_time_group(row->released_at()),
                  upper_case(row->incoming() ? connection.peer() : connection.party()),
                  state_word(*row), text(row->subject())},
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
  if (!waiting && arguments.has("--after")) {
    return make_error(ErrorCode::usage, "--after goes with --waiting only", "go on with --before");
  }
  const auto limit = read_row_limit(arguments, kRowsByDefault);
  if (!limit) return limit.error();
  wish.limit = *limit;
  const auto before = arguments.number("--before", 0);
  if (!before) return before.error();
  wish.before_journal_index = *before;
  wish.after = arguments.get("--after").value_or("");
  return wish;
}

// How to see the rest.
void say_more(Invocation& invocation, const ListWish& wish, const wire::Rows& rows) {
  if (!rows.more() || rows.rows() == nullptr || rows.rows()->size() == 0) return;
  std::string command = "hotline list";
  if (wish.box == wire::Box::waiting) {
    command += " --waiting --after " + text(rows.next());
  } else {
    if (wish.box == wire::Box::incoming) command += " --incoming";
    if (wish.box == wire::Box::outgoing) command += " --outgoing";
    const auto* last = rows.rows()->Get(rows.rows()->size() - 1);
    command += " --before " + std::to_string(last->journal_index());
  }
  invocation.output.talk(
      cut_words(invocation.arguments, rows.rows()->size(), rows.total(), command));
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

CommandSpec list_command() {
  return {"list",
          "List messages of both directions, the newest first",
          "With --waiting: FLASH first, and within a precedence what waits longest.",
          {"hotline list", "hotline list --outgoing --limit 100", "hotline list --json"},
          {{"--incoming", "", "the peer's messages only"},
           {"--outgoing", "", "our messages only"},
           {"--waiting", "", "only what waits for an acknowledgement, ours or theirs"},
           row_limit_option("20"),
           {"--before", "INDEX", "only those committed before this journal entry"},
           after_option()},
          {},
          list};
}

}  // namespace hotline::client
