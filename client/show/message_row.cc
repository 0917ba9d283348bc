#include "client/show/message_row.h"

#include <algorithm>

#include "protocol/message/names.h"
#include "protocol/terminal/printable.h"

namespace hotline::client {
namespace {

// "0.1 s" after the message was committed here.
std::string since_commit(const wire::MessageRow& row, UtcMs at) {
  return format_duration(at - row.committed_at());
}

// "SOUTH operator", or "NORTH ann, operator".
std::string who_acknowledged(const Output& output, const Connection& connection,
                             const wire::MessageRow& row, const std::string& person) {
  const std::string receiver = upper_case(receiver_of(connection, row));
  if (row.acknowledged_role() == 0) return receiver;
  const std::string name = person.empty() ? "" : person + ", ";
  return receiver + " " + name + output.words(role_name(row.acknowledged_role()));
}

std::string next_words(const wire::MessageRow& row) {
  const int64_t due_ms = due_in_ms(row);
  if (due_ms == 0) return "and nobody further is left to be told";
  return due_ms < 0 ? "next now" : "next in " + format_remaining(due_ms);
}

}  // namespace

std::string sender_of(const Connection& connection, const wire::MessageRow& row) {
  return row.incoming() ? connection.peer() : connection.party();
}

std::string receiver_of(const Connection& connection, const wire::MessageRow& row) {
  return row.incoming() ? connection.party() : connection.peer();
}

const char* state_word(const wire::MessageRow& row) {
  // Before all else: the machine may have declined it, and still a person is asked.
  if (row.incoming() && row.waits()) return "waits";
  if (row.cancelled_at() != 0) return "cancelled";
  if (row.expired()) return "expired";
  if (row.corrected_at() != 0) return "corrected";
  if (row.declined_at() != 0) return "declined";
  if (row.answered_at() != 0) return "answered";
  if (row.answered_in_part_at() != 0) return "answered in part";
  if (row.acknowledged_at() != 0) return row.waits() ? "waits" : "acknowledged";
  if (row.incoming()) return "received";
  if (row.delivered_at() != 0) return "delivered";
  return row.numbered() ? "sent" : "queued";
}

std::string state_words(const wire::MessageRow& row) {
  if (!row.incoming() || !row.waits()) return state_word(row);
  if (row.cancelled_at() != 0) return "waits, cancelled";
  if (row.expired()) return "waits, expired";
  return row.corrected_at() != 0 ? "waits, corrected" : state_word(row);
}

std::string due_words(const wire::MessageRow& row) {
  if (row.paused_until() != 0) return "PAUSED";
  const int64_t due_ms = due_in_ms(row);
  return due_ms == 0 ? "-" : format_remaining(due_ms);
}

int64_t due_in_ms(const wire::MessageRow& row) {
  return row.waits() ? row.due_in_ms() : 0;
}

Style precedence_style(uint8_t precedence) {
  if (precedence == static_cast<uint8_t>(wire::Precedence::flash)) return Style::red;
  if (precedence == static_cast<uint8_t>(wire::Precedence::immediate)) return Style::yellow;
  return Style::plain;
}

std::string heading_of(const Output& output, const wire::MessageRow& row) {
  return printable_line(text(row.id())) + "  " +
         output.styled(precedence_style(row.precedence()), precedence_label(row.precedence())) +
         "  " + output.words(type_name(row.type()));
}

std::string life_line(const Output& output, const std::string& what, UtcMs at,
                      const std::string& rest) {
  const std::string word = output.words(what);
  std::string line = "  " + word + std::string(12 - std::min<size_t>(column_count(word), 12), ' ');
  line += "  " + output.time_of_day(at);
  return rest.empty() ? line : line + "  " + output.words(rest);
}

std::string delivered_line(const Output& output, const Connection& connection,
                           const wire::MessageRow& row) {
  if (row.delivered_at() == 0) return "";
  return life_line(output, "delivered", row.delivered_at(),
                   upper_case(receiver_of(connection, row)) + ", " +
                       output.words(since_commit(row, row.delivered_at())));
}

std::string acknowledged_line(const Output& output, const Connection& connection,
                              const wire::MessageRow& row, const std::string& person) {
  if (row.acknowledged_at() == 0) return "";
  return life_line(output, "acknowledged", row.acknowledged_at(),
                   who_acknowledged(output, connection, row, person) + ", " +
                       output.words(since_commit(row, row.acknowledged_at())) + "   " +
                       output.words("(acknowledgement is not agreement)"));
}

std::string disseminated_line(const Output& output, const Connection& connection,
                              const wire::MessageRow& row) {
  if (row.disseminated_at() == 0) return "";
  return life_line(output, "disseminated", row.disseminated_at(),
                   output.words(upper_case(receiver_of(connection, row)) + " told " +
                                audience_name(row.audience())));
}

std::string mismatch_line(const Output& output, const wire::MessageRow& row) {
  if (!row.mismatch() || row.cancelled_at() != 0) return "";
  return output.words(
      "  MISMATCH: the position or time read back differs from what was sent; speak to them now");
}

std::string declined_line(const Output& output, const Connection& connection,
                          const wire::MessageRow& row) {
  if (row.declined_at() == 0) return "";
  return life_line(output, "declined", row.declined_at(),
                   upper_case(receiver_of(connection, row)) + ", " +
                       output.words(decline_name(row.decline_code())));
}

void print_standing(Output& output, const wire::Detail& detail) {
  if (detail.cancelled()) {
    output.say("CANCELLED by " + printable_line(text(detail.cancelled_by())) + ": " +
                   printable_line(text(detail.cancelled_because())),
               Style::red);
  }
  if (detail.expired()) output.say("EXPIRED: its time is over", Style::yellow);
  std::string names;
  for (const std::string& id : texts(detail.corrections())) {
    names += (names.empty() ? "" : ", ") + printable_line(id);
  }
  if (!names.empty()) output.say("CORRECTED by " + names, Style::yellow);
}

std::string escalated_words(const std::string& rung, bool rung_tells_nobody) {
  if (rung.empty()) return "";
  if (!rung_tells_nobody) return "ESCALATED to " + rung;
  return "ESCALATED to " + rung + ": this rung calls nobody, no command is configured for it";
}

std::vector<std::string> life_lines(const Output& output, const Connection& connection,
                                    const wire::MessageRow& row,
                                    const std::string& acknowledged_by) {
  std::vector<std::string> lines;
  const auto add = [&](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  add(life_line(output, row.incoming() ? "received" : "committed", row.committed_at(),
                "journal " + std::to_string(row.journal_index())));
  if (!row.incoming() && row.delivered_at() == 0) {
    add(output.words(row.numbered() ? "  not delivered yet: sent, no receipt"
                                    : "  not delivered yet: waits for the link"));
  }
  if (!row.incoming()) add(delivered_line(output, connection, row));
  add(acknowledged_line(output, connection, row, acknowledged_by));
  add(mismatch_line(output, row));
  const auto happened = [&](const char* word, UtcMs at) {
    if (at != 0) add(life_line(output, word, at, since_commit(row, at)));
  };
  if (row.answered_at() == 0) happened("answered in part", row.answered_in_part_at());
  happened("answered", row.answered_at());
  add(disseminated_line(output, connection, row));
  add(declined_line(output, connection, row));
  happened("corrected", row.corrected_at());
  happened("cancelled", row.cancelled_at());
  if (!row.waits()) return lines;
  const std::string rung = text(row.rung());
  if (!rung.empty()) add(output.words("  " + escalated_words(rung, row.rung_tells_nobody())));
  if (row.paused_until() != 0) {
    add(output.words("  its ladder is PAUSED until " + format_rfc3339(row.paused_until())));
  }
  const bool again = row.acknowledged_at() != 0;
  add(output.words(
      (again ? "  waits for an acknowledgement again, " : "  waits for an acknowledgement, ") +
      next_words(row)));
  return lines;
}

JsonValue json_message(const Connection& connection, const wire::MessageRow& row) {
  const bool has_place = row.numbered() || row.incoming();
  return JsonValue()
      .add("id", text(row.id()))
      .add("from", sender_of(connection, row))
      .add("to", receiver_of(connection, row))
      .add("type", type_name(row.type()))
      .add("precedence", precedence_label(row.precedence()))
      .add("subject", text(row.subject()))
      .add("cut", row.cut())
      .add("language", text(row.language()))
      .add("state", state_word(row))
      .add("journal_index", row.journal_index())
      .add("transcript_index", has_place ? JsonValue(row.transcript_index()) : JsonValue())
      .add("released_at", json_time(row.released_at()))
      .add("committed_at", json_time(row.committed_at()))
      .add("delivered_at", json_time(row.delivered_at()))
      .add("acknowledged_at", json_time(row.acknowledged_at()))
      .add("acknowledged_role",
           row.acknowledged_role() == 0 ? JsonValue() : role_name(row.acknowledged_role()))
      .add("answered_at", json_time(row.answered_at()))
      .add("answered_in_part_at", json_time(row.answered_in_part_at()))
      .add("reply_by", json_time(row.reply_by()))
      .add("answer_due_at", json_time(row.answer_due_at()))
      .add("expires_at", json_time(row.expires_at()))
      .add("disseminated_at", json_time(row.disseminated_at()))
      .add("audience", row.audience() == 0 ? JsonValue() : audience_name(row.audience()))
      .add("declined_at", json_time(row.declined_at()))
      .add("decline_code", row.decline_code() == 0 ? JsonValue() : decline_name(row.decline_code()))
      .add("corrected_at", json_time(row.corrected_at()))
      .add("cancelled_at", json_time(row.cancelled_at()))
      .add("event_at", json_time(row.event_at()))
      .add("latitude_deg_e5", row.has_position() ? JsonValue(row.latitude()) : JsonValue())
      .add("longitude_deg_e5", row.has_position() ? JsonValue(row.longitude()) : JsonValue())
      .add("mismatch", row.mismatch())
      .add("waits", row.waits())
      .add("due_in_ms", due_in_ms(row) == 0 ? JsonValue() : JsonValue(due_in_ms(row)))
      .add("paused_until", json_time(row.paused_until()))
      .add("rung", json_text(text(row.rung())))
      .add("rung_tells_nobody", row.rung_tells_nobody());
}

JsonValue json_messages(const Connection& connection,
                        const std::vector<const wire::MessageRow*>& rows) {
  return json_each(rows,
                   [&](const wire::MessageRow* row) { return json_message(connection, *row); });
}

}  // namespace hotline::client
