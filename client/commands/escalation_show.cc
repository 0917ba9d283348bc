// hotline escalation show: who was told of one message, when, and whether it worked.
#include "client/commands/commands.h"
#include "client/compose/message_name.h"
#include "client/show/escalation_row.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

void print_row(Output& output, const wire::EscalationRow& row) {
  output.line(text(row.id()) + "  " + precedence_label(row.precedence()));
  if (row.told() == nullptr || row.told()->size() == 0) {
    output.line("  nobody was told yet beyond the watch");
  } else {
    for (const wire::ToldRung* told : *row.told()) {
      output.line("  ESCALATED  " + output.time_of_day(told->at()) + "  " +
                  printable_line(text(told->rung())));
    }
  }
  if (row.rung_tells_nobody())
    output.line("    nobody is called: no command is configured for rung " +
                printable_line(text(row.rung())));
  if (row.attempts() != nullptr) {
    for (const auto* attempt : *row.attempts()) output.line("    " + printable_line(text(attempt)));
  }
  const std::string next = text(row.next());
  output.line(next.empty() ? "  nothing further is due"
                           : "  next       in " + format_remaining(row.due_in_ms()) + "  " +
                                 printable_line(next));
}

int escalation_show(Invocation& invocation) {
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot show the escalation of " + typed;
  auto connection = invocation.connect();
  if (!connection) return invocation.output.fail(what, connection.error());
  const auto id = resolve_name(**connection, typed, NameUse::any);
  if (!id) return invocation.output.fail(what, id.error());
  auto reply = (*connection)->escalations(*id);
  if (!reply) return invocation.output.fail(what, reply.error());
  const auto* rows = reply->as<wire::EscalationRows>()->rows();
  if (rows == nullptr || rows->size() == 0) {
    return invocation.output.fail("",
                                  make_error(ErrorCode::not_found, *id + " does not escalate",
                                             "hotline show " + *id + "    says what became of it"));
  }
  for (const wire::EscalationRow* row : *rows) {
    if (invocation.output.json()) {
      JsonValue document = json_document();
      document.add("escalation", json_escalation(*row));
      invocation.output.document(document);
    } else {
      print_row(invocation.output, *row);
    }
  }
  return kExitDone;
}

}  // namespace

Command escalation_show_command() {
  return {{"escalation show",
           "Show who was told of a message, and what comes next",
           "",
           {"hotline escalation show N-000123", "hotline escalation show @flash"},
           {},
           {{"ID", "N-000123, N-123, @last or @flash"}}},
          escalation_show};
}

}  // namespace hotline::client
