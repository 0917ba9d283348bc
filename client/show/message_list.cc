#include "client/show/message_list.h"

#include "client/show/message_row.h"
#include "protocol/message/names.h"

namespace hotline::client {

std::string next_place(const wire::Rows& rows) {
  const std::string named = text(rows.next());
  if (!named.empty() || rows.rows() == nullptr || rows.rows()->size() == 0) return named;
  return std::to_string(tables(rows.rows()).back()->journal_index());
}

void show_messages(Output& output, const Connection& connection, const wire::Rows& rows,
                   std::optional<JsonValue> conflicts) {
  const auto messages = tables(rows.rows());
  if (output.json()) {
    JsonValue document = json_document();
    document.add("messages", json_messages(connection, messages))
        .add("total", rows.total())
        .add("more", rows.more())
        .add("next", rows.more() ? JsonValue(next_place(rows)) : JsonValue())
        .add("not_searched", rows.not_searched());
    if (conflicts) document.add("conflicts", *std::move(conflicts));
    return output.document(document);
  }
  // The id says who sent it, and the subject mostly what it is.
  Table table({{"ID", 8},
               {"PREC", 9},
               {"TYPE", 0, Table::Fit::left_out, true},
               {"DTG", 14},
               {"FROM", 0, Table::Fit::left_out},
               {"STATE", 12, Table::Fit::wrapped, true},
               {"SUBJECT", 0, Table::Fit::cut}});
  for (const wire::MessageRow* one : messages) {
    table.add({one->waits() && one->incoming() ? "!" : "",
               {text(one->id()), precedence_label(one->precedence()), type_name(one->type()),
                output.date_time_group(one->released_at()), upper_case(sender_of(connection, *one)),
                one->mismatch() && one->cancelled_at() == 0 ? "MISMATCH" : state_words(*one),
                text(one->subject())},
               one->waits() ? precedence_style(one->precedence()) : Style::plain});
  }
  table.print(output);
  if (rows.not_searched() == 0) return;
  output.talk("The newest " + format_count(rows.not_searched()) +
              " entries of the journal are not looked at: the daemon's disk is nearly full, and "
              "what is left of it is for messages.");
}

}  // namespace hotline::client
