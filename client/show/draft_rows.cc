#include "client/show/draft_rows.h"

#include "client/show/message_row.h"
#include "protocol/message/draft.h"
#include "protocol/message/envelope.h"
#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

std::string precedence_words(uint8_t precedence) {
  return precedence == 0 ? "-" : precedence_label(precedence);
}

std::string hex_of(const wire::DraftRow& row) {
  return row.hash() == nullptr ? "" : to_hex(to_hash(*row.hash()));
}

}  // namespace

std::string person_words(const std::string& name, uint8_t role) {
  return name.empty() ? role_name(role) : printable_line(name) + ", " + role_name(role);
}

std::string end_words(const wire::DraftDetail& detail) {
  const std::string name = format_draft_name(detail.row()->number());
  const std::string person = person_words(text(detail.ended_by()), detail.ended_role());
  const std::string at = format_rfc3339(detail.ended_at());
  if (detail.state() == wire::DraftState::discarded) {
    return name + " was discarded by " + person + " at " + at;
  }
  const std::string id = printable_line(text(detail.sent_as()));
  if (detail.row()->submitted_at() != 0) {
    return name + " was released by " + person + " at " + at + ", as " + id;
  }
  return name + " was sent as " + id + " by " + person + " at " + at;
}

std::string state_words(const wire::DraftRow& row) {
  if (row.submitted_at() != 0) return "waits for release";
  if (row.returned_at() == 0) return "draft";
  return text(row.returned_because()).empty() ? "withdrawn" : "given back";
}

std::string step_words(const wire::DraftRow& row) {
  if (row.submitted_at() != 0) {
    return "handed in for release by " +
           person_words(text(row.submitted_by()), row.submitted_role()) + " at " +
           format_rfc3339(row.submitted_at());
  }
  if (row.returned_at() == 0) return "";
  const std::string who = person_words(text(row.returned_by()), row.returned_role());
  const std::string at = format_rfc3339(row.returned_at());
  const std::string because = printable_line(text(row.returned_because()));
  return because.empty() ? "withdrawn by " + who + " at " + at
                         : "given back by " + who + " at " + at + ": " + because;
}

void print_drafts(Output& output, const std::vector<const wire::DraftRow*>& rows) {
  Table table({{"ID", 4},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out, true},
               {"STATE", 17, Table::Fit::cut},
               {"SAVED", 14, Table::Fit::left_out},
               {"BY", 0, Table::Fit::cut},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::DraftRow* one : rows) {
    table.add({"",
               {format_draft_name(one->number()), precedence_words(one->precedence()),
                type_name(one->type()), output.words(state_words(*one)),
                output.date_time_group(one->saved_at()),
                output.words(person_words(text(one->person()), one->role())), text(one->subject())},
               precedence_style(one->precedence())});
  }
  table.print(output);
}

JsonValue json_draft(const wire::DraftRow& row) {
  return JsonValue()
      .add("id", format_draft_name(row.number()))
      .add("number", row.number())
      .add("version", row.version())
      .add("type", type_name(row.type()))
      .add("precedence",
           row.precedence() == 0 ? JsonValue() : JsonValue(precedence_label(row.precedence())))
      .add("subject", text(row.subject()))
      .add("saved_at", json_time(row.saved_at()))
      .add("role", role_name(row.role()))
      .add("person", json_text(text(row.person())))
      .add("sha256", hex_of(row))
      .add("step", row.submitted_at() != 0                ? "submitted"
                   : row.returned_at() == 0               ? "saved"
                   : text(row.returned_because()).empty() ? "withdrawn"
                                                          : "returned")
      .add("submitted_at", json_time(row.submitted_at()))
      .add("submitted_by", json_text(text(row.submitted_by())))
      .add("returned_at", json_time(row.returned_at()))
      .add("returned_by", json_text(text(row.returned_by())))
      .add("returned_because", json_text(text(row.returned_because())))
      .add("journal_index", row.journal_index());
}

JsonValue json_drafts(const std::vector<const wire::DraftRow*>& rows) {
  return json_each(rows, [](const wire::DraftRow* row) { return json_draft(*row); });
}

void say_problems(Output& output, const std::vector<Problem>& problems) {
  if (!problems.empty()) output.talk("It cannot be sent yet:");
  for (const Problem& one : problems) {
    const std::string hint = output.words(printable_line(one.hint));
    output.talk("  " + output.words(printable_line(to_string(one))) +
                (hint.empty() ? "" : " (" + hint + ")"));
  }
}

JsonValue json_problems(const std::vector<Problem>& problems) {
  return json_each(problems, [](const Problem& one) {
    return JsonValue()
        .add("field", one.field)
        .add("reason", one.reason)
        .add("hint", json_text(one.hint));
  });
}

}  // namespace hotline::client
