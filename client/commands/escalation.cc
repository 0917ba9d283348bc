// hotline escalation list and hotline escalation show: which messages wait, who was told of each,
// when, and whether it worked.
#include <algorithm>
#include <optional>

#include "client/commands/commands.h"
#include "client/compose/referred_message.h"
#include "client/show/draft_rows.h"
#include "client/show/message_row.h"
#include "client/show/row_limit.h"
#include "protocol/base/limits.h"
#include "protocol/base/text.h"
#include "protocol/base/time_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

JsonValue json_escalation(const wire::EscalationRow* row) {
  const auto json_told = [](const wire::ToldRung* told) {
    return JsonValue().add("at", json_time(told->at())).add("rung", text(told->rung()));
  };
  const auto json_contact = [](const wire::Contact* one) {
    return JsonValue().add("name", text(one->name())).add("how", text(one->how()));
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
      .add("alarm_every_ms", row->alarm_every_ms())
      .add("attempts", texts(row->attempts()))
      .add("paused_until", json_time(row->paused_until()))
      .add("paused_because", json_text(text(row->paused_because())))
      .add("paused_by", json_text(text(row->paused_person())))
      .add("told", json_each(tables(row->told()), json_told))
      .add("contacts", json_each(tables(row->contacts()), json_contact));
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
                one->paused_until() != 0 ? "PAUSED"
                : rung.empty()           ? "-"
                               : rung + (one->rung_tells_nobody() ? ", calls nobody" : ""),
                !next.empty()                ? next
                : one->alarm_every_ms() != 0 ? "alarm again"
                                             : "-",
                next.empty() ? "-" : format_remaining(one->due_in_ms())},
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
  for (const wire::Contact* one : tables(row.contacts())) {
    output.say("    call " + printable_line(text(one->name())) + ": " +
               printable_line(text(one->how())));
  }
  if (row.paused_until() != 0) {
    output.say("  PAUSED until " + format_rfc3339(row.paused_until()) + ", by " +
                   person_words(text(row.paused_person()), row.paused_role()) + ": " +
                   printable_line(text(row.paused_because())),
               Style::yellow);
  }
  const std::string next = text(row.next());
  if (next.empty() && row.alarm_every_ms() != 0) {
    return output.say("  no rung is left; the alarm sounds every " +
                      format_duration(row.alarm_every_ms()) + " until it is acknowledged");
  }
  if (next.empty()) return output.say("  nothing further is due");
  const std::string label = output.words("next");
  output.line("  " + label + std::string(11 - std::min<size_t>(column_count(label), 9), ' ') +
              output.words("in " + format_remaining(row.due_in_ms())) + "  " +
              printable_line(output.words(next)));
}

int answer_with(Output& output, const wire::EscalationRows& rows) {
  for (const wire::EscalationRow* one : tables(rows.rows())) {
    if (output.json()) {
      output.document(json_document().add("escalation", json_escalation(one)));
    } else {
      print_escalation(output, *one);
    }
  }
  return kExitDone;
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
    if (const auto message = connection->show(id); !message) {
      return output.fail(what, message.error());
    }
    return output.fail("", make_error(ErrorCode::not_found, id + " does not escalate",
                                      "hotline show " + id + "    says what became of it"));
  }
  return answer_with(output, *reply);
}

int change_pause(Invocation& invocation, const std::optional<std::string>& typed_end,
                 const std::string& reason, const std::string& what) {
  Output& output = invocation.output;
  const auto connection = need(invocation.connect(), what);
  // By the daemon's clock, which connecting tells.
  const UtcMs until = typed_end ? need(parse_time(*typed_end, invocation.now()), what) : 0;
  const auto id =
      need(resolve_name(*connection, *invocation.arguments.get("ID"), NameUse::any), what);
  const auto reply = need(connection->pause_escalation(id, until, reason), what);
  return answer_with(output, *reply);
}

int escalation_pause(Invocation& invocation) {
  const std::string what = "the ladder was not paused";
  const auto typed = invocation.arguments.get("--until");
  const std::string reason = invocation.arguments.get("--reason").value_or("");
  if (!typed || is_blank(reason)) {
    return invocation.output.fail(
        what,
        make_error(ErrorCode::usage, typed ? "it does not say why" : "it does not say until when",
                   typed ? "--reason \"...\"" : "--until +30m"));
  }
  return change_pause(invocation, typed, reason, what);
}

int escalation_resume(Invocation& invocation) {
  return change_pause(invocation, std::nullopt, invocation.arguments.get("--reason").value_or(""),
                      "the pause was not ended");
}

int escalation_raise(Invocation& invocation) {
  Output& output = invocation.output;
  const std::string what = "the message was not escalated";
  const std::string reason = invocation.arguments.get("--reason").value_or("");
  if (is_blank(reason)) {
    return output.fail(what,
                       make_error(ErrorCode::usage, "it does not say why", "--reason \"...\""));
  }
  const auto connection = need(invocation.connect(), what);
  const auto id =
      need(resolve_name(*connection, *invocation.arguments.get("ID"), NameUse::any), what);
  const auto reply = need(connection->raise_escalation(id, reason), what);
  return answer_with(output, *reply);
}

}  // namespace

Command escalation_raise_command() {
  return {{.name = "escalation raise",
           .summary = "Tell the next rung of a message now",
           .description =
               "An operator or a supervisor escalates, with a reason. The next rung is told at "
               "once, and those above it at the intervals that were agreed. A message that was "
               "acknowledged and then forgotten waits again, for this side alone: the other side "
               "learns nothing of it. A pause of its ladder ends.",
           .examples = {"hotline escalation raise S-87 --reason \"nobody did what it asks for\""},
           .options = {{"--reason", "TEXT", "why; the watch reads it"}},
           .positionals = {{"ID", "N-000123, N-123, @last or @flash"}}},
          escalation_raise};
}

Command escalation_pause_command() {
  return {{.name = "escalation pause",
           .summary = "Tell nobody again of a message that waits, until a time",
           .description =
               "A supervisor pauses, for 12 hours at most. The message still waits, and everybody "
               "can see that its ladder is paused. At the time the ladder goes on by itself: what "
               "came due meanwhile is due then.",
           .examples = {"hotline escalation pause S-87 --until +30m --reason \"he is on his way\""},
           .options = {{"--until", "TIME", "when it goes on"}, {"--reason", "TEXT", "why"}},
           .positionals = {{"ID", "N-000123, N-123, @last or @flash"}}},
          escalation_pause};
}

Command escalation_resume_command() {
  return {{.name = "escalation resume",
           .summary = "Let a paused ladder go on now",
           .examples = {"hotline escalation resume S-87"},
           .options = {{"--reason", "TEXT", "why"}},
           .positionals = {{"ID", "N-000123, N-123, @last or @flash"}}},
          escalation_resume};
}

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
