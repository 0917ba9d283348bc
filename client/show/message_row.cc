#include "client/show/message_row.h"

#include "protocol/message/names.h"

namespace hotline::client {
namespace {

std::string life_line(const std::string& word, const std::string& time, const std::string& rest) {
  std::string line = "  " + word;
  if (word.size() < 12) line += std::string(12 - word.size(), ' ');
  line += "  " + time;
  return rest.empty() ? line : line + "  " + rest;
}

// "0.1 s" after the message was committed here.
std::string since_commit(const ShownMessage& message, UtcMs at) {
  return format_duration(at - message.committed_at);
}

std::string next_words(const ShownMessage& message) {
  if (message.due_in_ms == 0) return "and nobody further is left to be told";
  return message.due_in_ms < 0 ? "next now" : "next in " + format_remaining(message.due_in_ms);
}

const char* state_word(const wire::MessageRow& row) {
  // Before all else: the machine may have declined it, and still a person is asked.
  if (row.incoming() && row.waits()) return "waits";
  if (row.cancelled_at() != 0) return "cancelled";
  if (row.corrected_at() != 0) return "corrected";
  if (row.declined_at() != 0) return "declined";
  if (row.answered_at() != 0) return "answered";
  if (row.acknowledged_at() != 0) return "acknowledged";
  if (row.incoming()) return "received";
  if (row.delivered_at() != 0) return "delivered";
  return row.numbered() ? "sent" : "queued";
}

}  // namespace

ShownMessage shown_message(const Connection& connection, const wire::MessageRow& row) {
  ShownMessage message;
  message.id = text(row.id());
  message.incoming = row.incoming();
  message.from = row.incoming() ? connection.peer() : connection.party();
  message.to = row.incoming() ? connection.party() : connection.peer();
  message.type = row.type();
  message.precedence = row.precedence();
  message.subject = text(row.subject());
  message.language = text(row.language());
  message.cut = row.cut();
  message.state = state_word(row);
  message.journal_index = row.journal_index();
  if (row.numbered() || row.incoming()) message.transcript_index = row.transcript_index();
  message.released_at = row.released_at();
  message.committed_at = row.committed_at();
  message.delivered_at = row.delivered_at();
  message.acknowledged_at = row.acknowledged_at();
  message.acknowledged_role = row.acknowledged_role();
  message.answered_at = row.answered_at();
  message.declined_at = row.declined_at();
  message.decline_code = row.decline_code();
  message.corrected_at = row.corrected_at();
  message.cancelled_at = row.cancelled_at();
  message.mismatch = row.mismatch();
  message.waits = row.waits();
  message.due_in_ms = row.waits() ? row.due_in_ms() : 0;
  message.rung = text(row.rung());
  message.rung_tells_nobody = row.rung_tells_nobody();
  return message;
}

std::vector<ShownMessage> shown_messages(const Connection& connection, const wire::Rows& rows) {
  std::vector<ShownMessage> messages;
  if (rows.rows() == nullptr) return messages;
  for (const wire::MessageRow* row : *rows.rows())
    messages.push_back(shown_message(connection, *row));
  return messages;
}

Style precedence_style(uint8_t precedence) {
  if (precedence == static_cast<uint8_t>(wire::Precedence::flash)) return Style::red;
  if (precedence == static_cast<uint8_t>(wire::Precedence::immediate)) return Style::yellow;
  return Style::plain;
}

std::string delivered_line(const Output& output, const ShownMessage& message) {
  if (message.delivered_at == 0) return "";
  return life_line("delivered", output.time_of_day(message.delivered_at),
                   upper_case(message.to) + ", " + since_commit(message, message.delivered_at));
}

std::string acknowledged_line(const Output& output, const ShownMessage& message) {
  if (message.acknowledged_at == 0) return "";
  std::string who = upper_case(message.to);
  if (message.acknowledged_role != 0) who += " " + role_name(message.acknowledged_role);
  return life_line("acknowledged", output.time_of_day(message.acknowledged_at),
                   who + ", " + since_commit(message, message.acknowledged_at) +
                       "   (acknowledgement is not agreement)");
}

std::string mismatch_line(const ShownMessage& message) {
  if (!message.mismatch) return "";
  return "  MISMATCH: the position or time read back differs from what was sent; speak to them now";
}

std::string declined_line(const Output& output, const ShownMessage& message) {
  if (message.declined_at == 0) return "";
  return life_line("declined", output.time_of_day(message.declined_at),
                   upper_case(message.to) + ", " + decline_name(message.decline_code));
}

std::string escalated_words(const std::string& rung, bool rung_tells_nobody) {
  if (rung.empty()) return "";
  return "ESCALATED to " + rung +
         (rung_tells_nobody ? ": nobody was called, no command is configured for it" : "");
}

std::vector<std::string> life_lines(const Output& output, const ShownMessage& message) {
  std::vector<std::string> lines;
  const auto add = [&](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  add(life_line(message.incoming ? "received" : "committed",
                output.time_of_day(message.committed_at),
                "journal " + std::to_string(message.journal_index)));
  if (!message.incoming && message.delivered_at == 0) {
    add("  not delivered yet: " +
        std::string(message.transcript_index ? "sent, no receipt" : "waits for the link"));
  }
  if (!message.incoming) add(delivered_line(output, message));
  add(acknowledged_line(output, message));
  add(mismatch_line(message));
  const auto happened = [&](const char* word, UtcMs at) {
    if (at != 0) add(life_line(word, output.time_of_day(at), since_commit(message, at)));
  };
  happened("answered", message.answered_at);
  add(declined_line(output, message));
  happened("corrected", message.corrected_at);
  happened("cancelled", message.cancelled_at);
  if (!message.waits) return lines;
  if (!message.rung.empty()) add("  " + escalated_words(message.rung, message.rung_tells_nobody));
  add("  waits for an acknowledgement, " + next_words(message));
  return lines;
}

JsonValue json_message(const ShownMessage& message) {
  return JsonValue()
      .add("id", message.id)
      .add("from", message.from)
      .add("to", message.to)
      .add("type", type_name(message.type))
      .add("precedence", precedence_label(message.precedence))
      .add("subject", message.subject)
      .add("cut", message.cut)
      .add("language", message.language)
      .add("state", message.state)
      .add("journal_index", message.journal_index)
      .add("transcript_index",
           message.transcript_index ? JsonValue(*message.transcript_index) : JsonValue())
      .add("released_at", json_time(message.released_at))
      .add("committed_at", json_time(message.committed_at))
      .add("delivered_at", json_time(message.delivered_at))
      .add("acknowledged_at", json_time(message.acknowledged_at))
      .add("acknowledged_role",
           message.acknowledged_role == 0 ? JsonValue() : role_name(message.acknowledged_role))
      .add("answered_at", json_time(message.answered_at))
      .add("declined_at", json_time(message.declined_at))
      .add("decline_code",
           message.decline_code == 0 ? JsonValue() : decline_name(message.decline_code))
      .add("corrected_at", json_time(message.corrected_at))
      .add("cancelled_at", json_time(message.cancelled_at))
      .add("mismatch", message.mismatch)
      .add("waits", message.waits)
      .add("due_in_ms", message.due_in_ms == 0 ? JsonValue() : JsonValue(message.due_in_ms))
      .add("rung", json_text(message.rung))
      .add("rung_tells_nobody", message.rung_tells_nobody);
}

}  // namespace hotline::client
