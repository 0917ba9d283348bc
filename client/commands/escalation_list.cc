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

void print_table(Output& output, const std::vector<ShownEscalation>& escalations) {
  Table table({{"ID", 8}, {"PREC", 9}, {"FROM"}, {"RUNG"}, {"NEXT"}, {"DUE", 6}});
  for (const ShownEscalation& one : escalations) {
    const bool has_next = !one.next.empty();
    table.add({has_next && one.due_in_ms <= 0 ? "!" : "",
               {one.id, precedence_label(one.precedence), upper_case(one.from),
                one.rung.empty() ? "-" : one.rung + (one.rung_tells_nobody ? ", calls nobody" : ""),
                has_next ? one.next : "-", has_next ? format_remaining(one.due_in_ms) : "-"},
               precedence_style(one.precedence)});
  }
  table.print(output);
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
  const std::vector<ShownEscalation> escalations = shown_escalations(**connection, rows);
  if (output.json()) {
    output.document(json_document()
                        .add("escalations", json_each(escalations, json_escalation))
                        .add("total", rows.total())
                        .add("more", rows.more())
                        .add("next", rows.more() ? JsonValue(text(rows.next())) : JsonValue()));
    return kExitDone;
  }
  print_table(output, escalations);
  if (escalations.empty()) {
    output.talk("Nothing escalates.");
  } else if (rows.more()) {
    output.talk(cut_words(invocation, escalations.size(), rows.total(),
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
