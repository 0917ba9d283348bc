// hotline inbox: what waits for this watch, FLASH first.
#include <vector>

#include "client/commands/commands.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

// An inbox shows what waits, the most urgent first, and with --all behind it the newest of
// the others.
struct Shown {
  std::vector<ShownMessage> messages;
  size_t waiting_shown = 0;  // The first so many wait.
  uint64_t waiting = 0;
  uint64_t waiting_flash = 0;
  uint64_t total = 0;
  bool more = false;  // Of those that wait.
  std::string next;
  std::string older_before;  // The others go on before this entry of the journal; empty: no more.
};

Result<Shown> read(const Arguments& arguments, Connection& connection, uint64_t limit) {
  const auto waiting = connection.list({.box = wire::Box::waiting_in,
                                        .limit = limit,
                                        .after = arguments.get("--after").value_or("")});
  if (!waiting) return waiting.error();
  const wire::Rows& waits = *waiting->as<wire::Rows>();
  Shown shown;
  shown.messages = shown_messages(connection, waits);
  shown.waiting_shown = shown.messages.size();
  shown.waiting = waits.waiting();
  shown.waiting_flash = waits.waiting_flash();
  shown.total = waits.total();
  shown.more = waits.more();
  shown.next = text(waits.next());
  if (!arguments.has("--all")) return shown;
  const auto others = connection.list({.box = wire::Box::incoming, .limit = limit});
  if (!others) return others.error();
  const wire::Rows& rows = *others->as<wire::Rows>();
  for (ShownMessage& message : shown_messages(connection, rows)) {
    if (rows.more()) shown.older_before = std::to_string(message.journal_index);
    if (!message.waits) shown.messages.push_back(std::move(message));
  }
  return shown;
}

void print_json(Output& output, const Shown& shown) {
  output.document(json_document()
                      .add("messages", json_each(shown.messages, json_message))
                      .add("waiting", shown.waiting)
                      .add("waiting_flash", shown.waiting_flash)
                      .add("more", shown.more)
                      .add("next", shown.more ? JsonValue(shown.next) : JsonValue()));
}

void print_table(Output& output, const Shown& shown) {
  Table table({{"DUE", 6},
               {"PREC", 9},
               {"ID", 8},
               {"DTG", 14, Table::Fit::left_out},
               {"FROM", 0, Table::Fit::left_out},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const ShownMessage& one : shown.messages) {
    Table::Row line;
    if (one.waits) {
      const bool is_flash = one.precedence == static_cast<uint8_t>(wire::Precedence::flash);
      if (is_flash || one.due_in_ms <= 0) line.mark = "!";
      line.style = precedence_style(one.precedence);
    }
    line.cells = {one.due_in_ms == 0 ? "-" : format_remaining(one.due_in_ms),
                  precedence_label(one.precedence),
                  one.id,
                  format_date_time_group(one.released_at),
                  upper_case(one.from),
                  one.subject};
    table.add(std::move(line));
  }
  table.print(output);
}

// How many wait, what is not shown of them, and what to do next.
void say_what_waits(Invocation& invocation, const Shown& shown) {
  Output& output = invocation.output;
  if (shown.waiting == 0) return output.talk("Nothing waits for an acknowledgement.");
  const std::string all = invocation.arguments.has("--all") ? " --all" : "";
  if (shown.more) {
    output.talk(cut_words(invocation, shown.waiting_shown, shown.total,
                          "inbox" + all + " --after " + shown.next));
  }
  std::string words = format_count(shown.waiting) + (shown.waiting == 1 ? " waits" : " wait") +
                      " for an acknowledgement";
  const bool only_flash = shown.waiting_flash == shown.waiting;
  if (shown.waiting_flash != 0 && shown.more && !only_flash) {
    words += ", " + format_count(shown.waiting_flash) + " of them FLASH";
  }
  if (shown.waiting_flash != 0) {
    words += ". Next: " + output.command("ack @flash");
  } else if (shown.waiting_shown != 0) {
    words += ". Next: " + output.command("ack " + shown.messages.front().id);
  }
  output.talk(words);
}

int inbox(Invocation& invocation) {
  const Arguments& arguments = invocation.arguments;
  const auto limit = read_row_limit(arguments, limits::kListRowsMax);
  if (!limit) return invocation.output.fail("", limit.error());
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot read the inbox", connection.error());
  const auto shown = read(arguments, **connection, *limit);
  if (!shown) return invocation.output.fail("cannot read the inbox", shown.error());
  Output& output = invocation.output;
  if (output.json()) {
    print_json(output, *shown);
    return kExitDone;
  }
  print_table(output, *shown);
  say_what_waits(invocation, *shown);
  if (!shown->older_before.empty())
    output.talk("Older ones: " + output.command("list --incoming --before " + shown->older_before));
  return kExitDone;
}

}  // namespace

Command inbox_command() {
  return {
      {"inbox",
       "Show what waits for an acknowledgement by this watch",
       "FLASH comes first, and within a precedence what waits longest. DUE is the time that is "
       "left until the next person is told, - where nobody is left. What is marked with ! must be "
       "read now.",
       {"hotline inbox", "hotline inbox --all", "hotline inbox --json"},
       {{"--all", "", "also what was acknowledged or needs no acknowledgement"},
        row_limit_option("1000"),
        after_option()},
       {}},
      inbox};
}

}  // namespace hotline::client
