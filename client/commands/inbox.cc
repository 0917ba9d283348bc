// hotline inbox: what waits for this watch, FLASH first.
#include <optional>
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
  Reply waiting;
  std::optional<Reply> others;

  const wire::Rows& waits() const { return *waiting.as<wire::Rows>(); }
  std::vector<const wire::MessageRow*> rows() const {
    std::vector<const wire::MessageRow*> rows;
    if (waits().rows() != nullptr) rows.assign(waits().rows()->begin(), waits().rows()->end());
    const auto* more = others ? others->as<wire::Rows>()->rows() : nullptr;
    if (more == nullptr) return rows;
    for (const wire::MessageRow* row : *more) {
      if (!row->waits()) rows.push_back(row);
    }
    return rows;
  }
};

bool is_flash(const wire::MessageRow& row) {
  return row.precedence() == static_cast<uint8_t>(wire::Precedence::flash);
}

Result<Shown> read(const Arguments& arguments, Connection& connection, uint64_t limit) {
  auto waiting = connection.list({.box = wire::Box::waiting_in,
                                  .limit = limit,
                                  .after = arguments.get("--after").value_or("")});
  if (!waiting) return waiting.error();
  Shown shown{std::move(*waiting), std::nullopt};
  if (arguments.has("--all")) {
    auto others = connection.list({.box = wire::Box::incoming, .limit = limit});
    if (!others) return others.error();
    shown.others = std::move(*others);
  }
  return shown;
}

void print_json(Invocation& invocation, const Connection& connection, const Shown& shown) {
  JsonValue::Array messages;
  for (const wire::MessageRow* row : shown.rows()) {
    messages.push_back(json_row(*row, connection.party(), connection.peer()));
  }
  const wire::Rows& waits = shown.waits();
  JsonValue document = json_document();
  document.add("messages", std::move(messages))
      .add("waiting", waits.waiting())
      .add("waiting_flash", waits.waiting_flash())
      .add("more", waits.more())
      .add("next", waits.more() ? JsonValue(text(waits.next())) : JsonValue());
  invocation.output.document(document);
}

void print_table(Invocation& invocation, const Connection& connection, const Shown& shown) {
  Table table({{"DUE", 6},
               {"PREC", 9},
               {"ID", 8},
               {"DTG", 14, Table::Fit::left_out},
               {"FROM", 0, Table::Fit::left_out},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::MessageRow* row : shown.rows()) {
    Table::Row line;
    if (row->waits()) {
      if (is_flash(*row) || row->due_in_ms() <= 0) line.mark = "!";
      line.style = precedence_style(row->precedence());
    }
    const bool is_due = row->waits() && row->due_in_ms() != 0;  // Else nobody further is told.
    line.cells = {is_due ? format_remaining(row->due_in_ms()) : "-",
                  precedence_label(row->precedence()),
                  text(row->id()),
                  format_date_time_group(row->released_at()),
                  upper_case(connection.peer()),
                  text(row->subject())};
    table.add(std::move(line));
  }
  table.print(invocation.output);
}

// How many wait, what is not shown of them, and what to do next.
void say_what_waits(Invocation& invocation, const Shown& shown) {
  Output& output = invocation.output;
  const wire::Rows& waits = shown.waits();
  if (waits.waiting() == 0) return output.talk("Nothing waits for an acknowledgement.");
  const auto* rows = waits.rows();
  const size_t count = rows == nullptr ? 0 : rows->size();
  const std::string all = invocation.arguments.has("--all") ? " --all" : "";
  if (waits.more()) {
    output.talk(cut_words(invocation, count, waits.total(),
                          "inbox" + all + " --after " + text(waits.next())));
  }
  std::string words = format_count(waits.waiting()) + (waits.waiting() == 1 ? " waits" : " wait") +
                      " for an acknowledgement";
  const bool only_flash = waits.waiting_flash() == waits.waiting();
  if (waits.waiting_flash() != 0 && waits.more() && !only_flash) {
    words += ", " + format_count(waits.waiting_flash()) + " of them FLASH";
  }
  if (waits.waiting_flash() != 0) {
    words += ". Next: " + output.command("ack @flash");
  } else if (count != 0) {
    words += ". Next: " + output.command("ack " + text(rows->Get(0)->id()));
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
  if (invocation.output.json()) {
    print_json(invocation, **connection, *shown);
    return kExitDone;
  }
  print_table(invocation, **connection, *shown);
  say_what_waits(invocation, *shown);
  const wire::Rows* others = shown->others ? shown->others->as<wire::Rows>() : nullptr;
  if (others != nullptr && others->more() && others->rows()->size() != 0) {
    const auto* last = others->rows()->Get(others->rows()->size() - 1);
    Output& output = invocation.output;
    output.talk("Older ones: " + output.command("list --incoming --before " +
                                                std::to_string(last->journal_index())));
  }
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
