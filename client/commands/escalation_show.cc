// hotline escalation show: who was told of one message, when, and whether it worked.
#include "client/commands/commands.h"
#include "client/compose/message_name.h"
#include "client/show/escalation_row.h"
#include "protocol/message/names.h"
#include "protocol/terminal/exit_code.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

void print_escalation(Output& output, const ShownEscalation& one) {
  output.line(one.id + "  " + precedence_label(one.precedence));
  if (one.told.empty()) output.line("  nobody was told yet beyond the watch");
  for (const ShownEscalation::Told& told : one.told) {
    output.line("  ESCALATED  " + output.time_of_day(told.at) + "  " + printable_line(told.rung));
  }
  if (one.rung_tells_nobody)
    output.line("    nobody is called: no command is configured for rung " +
                printable_line(one.rung));
  for (const std::string& attempt : one.attempts) output.line("    " + printable_line(attempt));
  output.line(one.next.empty() ? "  nothing further is due"
                               : "  next       in " + format_remaining(one.due_in_ms) + "  " +
                                     printable_line(one.next));
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
  const std::vector<ShownEscalation> escalations =
      shown_escalations(**connection, *reply->as<wire::EscalationRows>());
  if (escalations.empty()) {
    return invocation.output.fail("",
                                  make_error(ErrorCode::not_found, *id + " does not escalate",
                                             "hotline show " + *id + "    says what became of it"));
  }
  for (const ShownEscalation& one : escalations) {
    if (invocation.output.json()) {
      invocation.output.document(json_document().add("escalation", json_escalation(one)));
    } else {
      print_escalation(invocation.output, one);
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
