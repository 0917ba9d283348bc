// hotline escalation list and hotline escalation show: which messages wait, who was told of each,
// when, and whether it worked.
#include <algorithm>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

JsonValue json_escalation(const wire::EscalationRow* row) {
  const auto json_told = [](const wire::ToldRung* told) {
    return JsonValue().add("at", json_time(told->at())).add("rung", text(told->rung()));
  };
  const std::string next = text(row->next());
  return JsonValue()
      .add("id", text(row->id()))
      .add("incoming", row->incoming())
      .add("precedence", precedence_label(row->precedence()))
      .add("rung", json_text(text(row->rung())))
      .add("rung_tells_nobody", row->rung_tells_nobody())
      .add("decided_at", json_time(row->decided_at()))
      .add("next", json_text(next))
      .add("due_in_ms", next.empty() ? JsonValue() : JsonValue(row->due_in_ms()))
      .add("attempts", texts(row->attempts()))
      .add("told", json_each(tables(row->told()), json_told));
}

void print_table(Output& output, const Connection& connection, const wire::EscalationRows& rows) {
  Table table({{"ID", 8},
               {"PREC", 9},
               {"FROM"},
               {"RUNG", 0, Table::Fit::cut, true},
               {"NEXT", 0, Table::Fit::cut, true},
               {"DUE", 6, Table::Fit::whole, true}});
  for (const wire::EscalationRow* one : tables(rows.rows())) {
    const std::string from = one->incoming() ? connection.peer() : connection.party();
    const std::string rung = text(one->rung());
    const std::string next = text(one->next());
    table.add({!next.empty() && one->due_in_ms() <= 0 ? "!" : "",
               {text(one->id()), precedence_label(one->precedence()), upper_case(from),
                rung.empty() ? "-" : rung + (one->rung_tells_nobody() ? ", calls nobody" : ""),
                next.empty() ? "-" : next, next.empty() ? "-" : format_remaining(one->due_in_ms())},
               precedence_style(one->precedence())});
  }
  table.print(output);
}

int escalation_list(Invocation& invocation) {
  Output& output = invocation.output;
  const auto limit = need(read_row_limit(invocation.arguments, limits::kListRowsMax));
  const auto connection = need(invocation.connect(), "cannot list escalations");
  const auto rows =
      need(connection->escalations("", limit, invocation.arguments.get("--after").value_or("")),
           "cannot list escalations");
  const auto escalations = tables(rows->rows());
  if (output.json()) {
    output.document(json_document()
                        .add("escalations", json_each(escalations, json_escalation))
                        .add("total", rows->total())
                        .add("more", rows->more())
                        .add("next", rows->more() ? JsonValue(text(rows->next())) : JsonValue()));
    return kExitDone;
  }
  print_table(output, *connection, *rows);
  if (escalations.empty()) {
    output.talk("Nothing escalates.");
  } else if (rows->more()) {
    output.talk(cut_words(invocation, escalations.size(), rows->total(),
                          "escalation list --after " + text(rows->next())));
  }
  return kExitDone;
}

void print_escalation(Output& output, const wire::EscalationRow& row) {
  output.line(text(row.id()) + "  " + precedence_label(row.precedence()));
  const auto told_rungs = tables(row.told());
  if (told_rungs.empty()) output.say("  nobody was told yet beyond the watch");
  for (const wire::ToldRung* told : told_rungs) {
    output.line("  " + output.words("ESCALATED") + "  " + output.time_of_day(told->at()) + "  " +
                printable_line(text(told->rung())));
  }
  if (row.rung_tells_nobody())
    output.say("    nobody is called: no command is configured for rung " +
               printable_line(text(row.rung())));
  for (const std::string& attempt : texts(row.attempts()))
    output.say("    " + printable_line(attempt));
  const std::string next = text(row.next());
  if (next.empty()) return output.say("  nothing further is due");
  const std::string label = output.words("next");
  output.line("  " + label + std::string(11 - std::min<size_t>(column_count(label), 9), ' ') +
              output.words("in " + format_remaining(row.due_in_ms())) + "  " +
              printable_line(output.words(next)));
}

int escalation_show(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string typed = *invocation.arguments.get("ID");
  const std::string what = "cannot show the escalation of " + typed;
  const auto connection = need(invocation.connect(), what);
  const auto id = need(resolve_name(*connection, typed, NameUse::any), what);
  const auto reply = need(connection->escalations(id), what);
  const auto escalations = tables(reply->rows());
  if (escalations.empty()) {
    return output.fail("", make_error(ErrorCode::not_found, id + " does not escalate",
                                      "hotline show " + id + "    says what became of it"));
  }
  for (const wire::EscalationRow* one : escalations) {
    if (output.json()) {
      output.document(json_document().add("escalation", json_escalation(one)));
    } else {
      print_escalation(output, *one);
    }
  }
  return kExitDone;
}

}  // namespace

Command escalation_list_command() {
  return {{.name = "escalation list",
           .summary = "List the messages that wait, and the rung each has climbed",
           .description = "FLASH comes first, and within a precedence what waits longest.",
           .examples = {"hotline escalation list", "hotline escalation list --json"},
           .options = {row_limit_option("1000"), after_option()}},
          escalation_list};
}

Command escalation_show_command() {
  return {{.name = "escalation show",
           .summary = "Show who was told of a message, and what comes next",
           .examples = {"hotline escalation show N-000123", "hotline escalation show @flash"},
           .positionals = {{"ID", "N-000123, N-123, @last or @flash"}}},
          escalation_show};
}

}  // namespace hotline::client
