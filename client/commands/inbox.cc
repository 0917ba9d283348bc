// hotline inbox: what waits for this watch, the most pressing first.
#include <algorithm>

#include "client/commands.h"
#include "client/exit_code.h"
#include "client/message_row.h"
#include "client/names.h"
#include "protocol/limits.h"

namespace hotline::client {
namespace {

using RowList = std::vector<const wire::MessageRow*>;

RowList incoming_rows(const wire::Rows& rows) {
  RowList incoming;
  if (rows.rows() == nullptr) return incoming;
  for (const wire::MessageRow* row : *rows.rows()) {
    if (row->incoming()) incoming.push_back(row);
  }
  // What waits comes first, by what is due next; the rest by age, the newest first.
  std::stable_sort(incoming.begin(), incoming.end(), [](const auto* a, const auto* b) {
    if (a->waits() != b->waits()) return a->waits();
    if (a->waits()) return a->due_in_ms() < b->due_in_ms();
    return a->journal_index() > b->journal_index();
  });
  return incoming;
}

bool is_flash(const wire::MessageRow& row) {
  return row.precedence() == static_cast<uint8_t>(wire::Precedence::flash);
}

void print_json(Invocation& invocation, const Connection& connection, const RowList& rows) {
  JsonValue::Array messages;
  for (const wire::MessageRow* row : rows) {
    messages.push_back(json_row(*row, connection.party(), connection.peer()));
  }
  JsonValue document = json_document();
  document.add("messages", std::move(messages));
  invocation.output.document(document);
}

void print_table(Invocation& invocation, const Connection& connection, const RowList& rows) {
  Table table({{"DUE", 6}, {"PREC", 9}, {"ID", 8}, {"DTG", 14}, {"FROM"}, {"SUBJECT"}});
  size_t waiting = 0;
  const wire::MessageRow* next = nullptr;
  for (const wire::MessageRow* row : rows) {
    Table::Row line;
    if (row->waits()) {
      ++waiting;
      if (next == nullptr || (is_flash(*row) && !is_flash(*next))) next = row;
      if (is_flash(*row) || row->due_in_ms() <= 0) line.mark = "!";
      line.style = precedence_style(row->precedence());
    }
    line.cells = {row->waits() ? format_remaining(row->due_in_ms()) : "-",
                  precedence_name(row->precedence()),
                  text(row->id()),
                  format_date_time_group(row->released_at()),
                  upper_case(connection.peer()),
                  text(row->subject())};
    table.add(std::move(line));
  }
  table.print(invocation.output);
  if (next == nullptr) {
    invocation.output.talk("Nothing waits for an acknowledgement.");
    return;
  }
  invocation.output.talk(std::to_string(waiting) + (waiting == 1 ? " waits" : " wait") +
                         " for an acknowledgement. Next: hotline ack " +
                         (is_flash(*next) ? "@flash" : text(next->id())));
}

int inbox(Invocation& invocation) {
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail("cannot read the inbox", connection.error());
  const auto box = invocation.arguments.has("--all") ? wire::Box::incoming : wire::Box::waiting;
  auto reply = (*connection)->list(box, limits::kListRowsMax);
  if (!reply) return invocation.output.fail("cannot read the inbox", reply.error());
  const RowList rows = incoming_rows(*reply->as<wire::Rows>());
  if (invocation.output.json()) {
    print_json(invocation, **connection, rows);
  } else {
    print_table(invocation, **connection, rows);
  }
  return kExitDone;
}

}  // namespace

CommandSpec inbox_command() {
  return {"inbox",
          "Show what waits for an acknowledgement by this watch",
          "DUE is the time that is left until the next person is told. What is marked with ! must "
          "be read now.",
          {"hotline inbox", "hotline inbox --all", "hotline inbox --json"},
          {{"--all", "", "also what was acknowledged or needs no acknowledgement"}},
          {},
          inbox};
}

}  // namespace hotline::client
