#include "client/show/incident_rows.h"

#include "client/show/message_row.h"
#include "protocol/geometry/position_text.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

bool is_closed(const wire::IncidentStand& stand) {
  return !text(stand.closing()).empty();
}

// A code for programs.
const char* state_code(const wire::IncidentRow& row) {
  if (row.cancelled()) return "cancelled";
  const bool own = is_closed(*row.own());
  const bool peers = is_closed(*row.peers());
  if (own && peers) return row.own()->disputed() || row.peers()->disputed() ? "disputed" : "closed";
  if (own) return "closed_by_us";
  if (peers) return "closed_by_peer";
  return row.requests() != 0 && row.open_requests() == 0 ? "answered" : "open";
}

std::string first_subject(const wire::IncidentRow& row) {
  return row.first() ? text(row.first()->subject()) : "";
}

std::string stand_line(const Output& output, const std::string& party,
                       const wire::IncidentStand& stand) {
  const uint64_t count = stand.reports();
  const std::string reports = count == 0
                                  ? "no report of its own"
                                  : format_count(count) + (count == 1 ? " report" : " reports");
  const std::string begin = party + "  ";
  if (!is_closed(stand)) return begin + output.words(reports + ", has not closed it");
  return begin +
         output.words(reports + ", closed it at " + output.date_and_time(stand.closed_at()) +
                      (stand.disputed() ? " with a disagreement" : "") + " (" +
                      printable_line(text(stand.closing())) + ")");
}

std::string event_words(const wire::MessageRow& row) {
  std::string words;
  if (row.event_at() != 0) words += "  " + format_date_time_group(row.event_at());
  if (row.has_position()) {
    words += "  " + format_position(Position{row.latitude(), row.longitude()});
  }
  return words;
}

// A line, cut where the terminal ends.
std::string fitted(const Output& output, const std::string& line) {
  return output.terminal() ? cut_to_columns(line, output.columns()) : line;
}

std::string message_line(const Output& output, const wire::MessageRow& row,
                         const std::string& rest) {
  return fitted(output, "  " + printable_line(text(row.id())) + "  " +
                            precedence_label(row.precedence()) + rest + "  " +
                            printable_line(text(row.subject())));
}

std::string request_words(const Output& output, const wire::MessageRow& row) {
  const UtcMs due = row.answer_due_at() != 0 ? row.answer_due_at() : row.reply_by();
  std::string words = "  " + output.words(state_words(row));
  if (row.answered_at() == 0 && due != 0) {
    words += output.words(", due " + format_date_time_group(due));
  }
  return words;
}

void print_title(Output& output, const char* title) {
  output.line("");
  output.say(title);
}

JsonValue json_stand(const wire::IncidentStand& stand) {
  return JsonValue()
      .add("reports", stand.reports())
      .add("closed", is_closed(stand))
      .add("closed_by", json_text(text(stand.closing())))
      .add("closed_at", json_time(stand.closed_at()))
      .add("disputed", stand.disputed());
}

}  // namespace

std::string incident_state(const Connection& connection, const wire::IncidentRow& row) {
  const std::string code = state_code(row);
  if (code == "closed_by_us") return "closed by us";
  if (code == "closed_by_peer") return "closed by " + upper_case(connection.peer());
  return code == "disputed" ? "closed, disputed" : code;
}

void print_incidents(Output& output, const Connection& connection, const wire::IncidentRows& rows) {
  Table table({{"ID", 8},
               {"PREC", 9},
               {"STATE", 6, Table::Fit::wrapped, true},
               {"SINCE", 14},
               {"LAST", 14, Table::Fit::left_out},
               {"MESSAGES", 0, Table::Fit::left_out},
               {"OPEN"},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::IncidentRow* one : tables(rows.rows())) {
    const bool only_theirs =
        !one->cancelled() && is_closed(*one->peers()) && !is_closed(*one->own());
    table.add(
        {only_theirs ? "!" : "",
         {text(one->id()), precedence_label(one->precedence()), incident_state(connection, *one),
          output.date_time_group(one->began_at()), output.date_time_group(one->last_at()),
          format_count(one->messages()), format_count(one->open_requests()), first_subject(*one)}});
  }
  table.print(output);
}

void print_incident(Output& output, const Connection& connection, const wire::IncidentRows& rows) {
  const wire::IncidentRow& row = *tables(rows.rows()).front();
  output.line(fitted(output, printable_line(text(row.id())) + "  " +
                                 output.words(incident_state(connection, row)) + "  " +
                                 printable_line(first_subject(row))));
  for (const std::string& line :
       {stand_line(output, upper_case(connection.party()), *row.own()),
        stand_line(output, upper_case(connection.peer()), *row.peers())}) {
    if (output.terminal()) {
      output.text(wrapped(line, output.text_width(), "  "));
    } else {
      output.line("  " + line);
    }
  }
  const auto reports = tables(rows.reports());
  if (!reports.empty()) print_title(output, "Reports");
  for (const wire::MessageRow* one : reports) {
    const std::string state = output.words(state_words(*one));
    output.line(message_line(output, *one, event_words(*one) + "  " + state));
  }
  const auto requests = tables(rows.requests());
  if (!requests.empty()) print_title(output, "Questions");
  for (const wire::MessageRow* one : requests)
    output.line(message_line(output, *one, request_words(output, *one)));
  const auto perhaps = tables(rows.perhaps());
  if (!perhaps.empty()) print_title(output, "Perhaps the same event");
  for (const wire::SameEventRow* one : perhaps) {
    output.line(message_line(output, *one->report(), event_words(*one->report())));
    output.say("    " + format_count(one->distance_m()) + " m and " +
               format_duration(static_cast<int64_t>(one->apart_ms())) + " from " +
               printable_line(text(one->other())));
  }
}

JsonValue json_incident(const Connection& connection, const wire::IncidentRow& row) {
  return JsonValue()
      .add("id", text(row.id()))
      .add("state", state_code(row))
      .add("subject", json_text(first_subject(row)))
      .add("first", row.first() ? json_message(connection, *row.first()) : JsonValue())
      .add("precedence", precedence_label(row.precedence()))
      .add("began_at", json_time(row.began_at()))
      .add("last_at", json_time(row.last_at()))
      .add("messages", row.messages())
      .add("requests", row.requests())
      .add("open_requests", row.open_requests())
      .add("own", json_stand(*row.own()))
      .add("peers", json_stand(*row.peers()));
}

void add_incident_to(JsonValue& document, const Connection& connection,
                     const wire::IncidentRows& rows) {
  document.add("incident", json_incident(connection, *tables(rows.rows()).front()))
      .add("reports", json_messages(connection, tables(rows.reports())))
      .add("questions", json_messages(connection, tables(rows.requests())))
      .add("perhaps", json_each(tables(rows.perhaps()), [&](const wire::SameEventRow* one) {
             return JsonValue()
                 .add("report", json_message(connection, *one->report()))
                 .add("near", text(one->other()))
                 .add("distance_m", one->distance_m())
                 .add("apart_ms", one->apart_ms());
           }));
}

}  // namespace hotline::client
