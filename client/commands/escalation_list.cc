// hotline escalation list: which messages wait, and who was told of each.
#include "client/commands/commands.h"
#include "client/show/escalation_row.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"

namespace hotline::client {
namespace {

std::string rung_words(const wire::EscalationRow& row) {
  return text(row.rung()) + (row.rung_tells_nobody() ? ", calls nobody" : "");
}

void print_table(Invocation& invocation, const Connection& connection,
                 const wire::EscalationRows& rows) {
  Table table({{"ID", 8}, {"PREC", 9}, {"FROM"}, {"RUNG"}, {"NEXT"}, {"DUE", 6}});
  if (rows.rows() != nullptr) {
    for (const wire::EscalationRow* row : *rows.rows()) {
      table.add({row->due_in_ms() <= 0 && !text(row->next()).empty() ? "!" : "",
                 {text(row->id()), precedence_label(row->precedence()),
                  upper_case(row->incoming() ? connection.peer() : connection.party()),
                  text(row->rung()).empty() ? "-" : rung_words(*row),
                  text(row->next()).empty() ? "-" : text(row->next()),
                  text(row->next()).empty() ? "-" : format_remaining(row->due_in_ms())},
                 precedence_style(row->precedence())});
    }
  }
  table.print(invocation.output);
}

void print_json(Output& output, const wire::EscalationRows& rows) {
  JsonValue::Array escalations;
  if (rows.rows() != nullptr) {
    for (const auto* row : *rows.rows()) escalations.push_back(json_escalation(*row));
  }
  JsonValue document = json_document();
  document.add("escalations", std::move(escalations))
      .add("total", rows.total())
      .add("more", rows.more())
      .add("next", rows.more() ? JsonValue(text(rows.next())) : JsonValue());
  output.document(document);
}

int escalation_list(Invocation& invocation) {
  Output& output = invocation.output;
  const auto limit = read_row_limit(invocation.arguments, limits::kListRowsMax);
  if (!limit) return output.fail("", limit.error());
  auto connection = invocation.connect();
  if (!connection) return output.fail("cannot list escalations", connection.error());
  auto reply =
      (*connection)->escalations("", *limit, invocation.arguments.get("--after").value_or(""));
  if (!reply) return output.fail("cannot list escalations", reply.error());
  const wire::EscalationRows& rows = *reply->as<wire::EscalationRows>();
  if (output.json()) {
    print_json(output, rows);
    return kExitDone;
  }
  print_table(invocation, **connection, rows);
  if (rows.rows() == nullptr || rows.rows()->size() == 0) {
    output.talk("Nothing escalates.");
  } else if (rows.more()) {
    output.talk(cut_words(invocation, rows.rows()->size(), rows.total(),
                          "escalation list --after " + text(rows.next())));
  }
  return kExitDone;
}

}  // namespace

Command escalation_list_command() {
  return {{"escalation list",
           "List the messages that wait, and the rung each has climbed",
           "FLASH comes first, and within a precedence what waits longest.",
           {"hotline escalation list", "hotline escalation list --json"},
           {row_limit_option("1000"), after_option()},
           {}},
          escalation_list};
}

}  // namespace hotline::client
