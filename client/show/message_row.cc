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
std::string since_commit(const wire::MessageRow& row, int64_t at) {
  return format_duration(at - row.committed_at());
}

std::string next_words(const wire::MessageRow& row) {
  if (row.due_in_ms() == 0) return "and nobody further is left to be told";
  return row.due_in_ms() < 0 ? "next now" : "next in " + format_remaining(row.due_in_ms());
}

// Who acts on a message: the party that received it.
std::string receiver(const wire::MessageRow& row, const std::string& party,
                     const std::string& peer) {
  return upper_case(row.incoming() ? party : peer);
}

}  // namespace

std::string state_word(const wire::MessageRow& row) {
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

Style precedence_style(uint8_t precedence) {
  if (precedence == static_cast<uint8_t>(wire::Precedence::flash)) return Style::red;
  if (precedence == static_cast<uint8_t>(wire::Precedence::immediate)) return Style::yellow;
  return Style::plain;
}

std::string committed_line(const Output& output, const wire::MessageRow& row) {
  return life_line(row.incoming() ? "received" : "committed",
                   output.time_of_day(row.committed_at()),
                   "journal " + std::to_string(row.journal_index()));
}

std::string delivered_line(const Output& output, const wire::MessageRow& row,
                           const std::string& peer) {
  if (row.delivered_at() == 0) return "";
  return life_line("delivered", output.time_of_day(row.delivered_at()),
                   upper_case(peer) + ", " + since_commit(row, row.delivered_at()));
}

std::string acknowledged_line(const Output& output, const wire::MessageRow& row,
                              const std::string& party, const std::string& peer) {
  if (row.acknowledged_at() == 0) return "";
  std::string who = receiver(row, party, peer);
  if (row.acknowledged_role() != 0) who += " " + role_name(row.acknowledged_role());
  return life_line("acknowledged", output.time_of_day(row.acknowledged_at()),
                   who + ", " + since_commit(row, row.acknowledged_at()) + "   " + kNotAgreement);
}

std::string mismatch_line(const wire::MessageRow& row) {
  if (!row.mismatch()) return "";
  return "  MISMATCH: the position or time read back differs from what was sent; speak to them now";
}

std::string declined_line(const Output& output, const wire::MessageRow& row,
                          const std::string& party, const std::string& peer) {
  if (row.declined_at() == 0) return "";
  return life_line("declined", output.time_of_day(row.declined_at()),
                   receiver(row, party, peer) + ", " + decline_name(row.decline_code()));
}

std::vector<std::string> life_lines(const Output& output, const wire::MessageRow& row,
                                    const std::string& party, const std::string& peer) {
  std::vector<std::string> lines = {committed_line(output, row)};
  if (!row.incoming() && row.delivered_at() == 0) {
    lines.push_back("  not delivered yet: " +
                    std::string(row.numbered() ? "sent, no receipt" : "waits for the link"));
  }
  const auto add = [&](std::string line) {
    if (!line.empty()) lines.push_back(std::move(line));
  };
  add(row.incoming() ? "" : delivered_line(output, row, peer));
  add(acknowledged_line(output, row, party, peer));
  add(mismatch_line(row));
  const auto happened = [&](const char* word, int64_t at) {
    if (at != 0) add(life_line(word, output.time_of_day(at), since_commit(row, at)));
  };
  happened("answered", row.answered_at());
  add(declined_line(output, row, party, peer));
  happened("corrected", row.corrected_at());
  happened("cancelled", row.cancelled_at());
  if (row.waits()) {
    const std::string rung = text(row.rung());
    if (!rung.empty()) {
      add("  ESCALATED to " + rung +
          (row.rung_tells_nobody() ? ": nobody was called, no command is configured for it" : ""));
    }
    add("  waits for an acknowledgement, " + next_words(row));
  }
  return lines;
}

JsonValue json_row(const wire::MessageRow& row, const std::string& party, const std::string& peer) {
  const std::string type = type_name(row.type());
  JsonValue json;
  json.add("id", text(row.id()))
      .add("from", row.incoming() ? peer : party)
      .add("to", row.incoming() ? party : peer)
      .add("type", type)
      .add("precedence", precedence_label(row.precedence()))
      .add("subject", text(row.subject()))
      .add("cut", row.cut())
      .add("language", text(row.language()))
      .add("state", state_word(row))
      .add("journal_index", row.journal_index())
      .add("transcript_index",
           row.numbered() || row.incoming() ? JsonValue(row.transcript_index()) : JsonValue())
      .add("released_at", json_time(row.released_at()))
      .add("committed_at", json_time(row.committed_at()))
      .add("delivered_at", json_time(row.delivered_at()))
      .add("acknowledged_at", json_time(row.acknowledged_at()))
      .add("acknowledged_role",
           row.acknowledged_role() == 0 ? JsonValue() : role_name(row.acknowledged_role()))
      .add("answered_at", json_time(row.answered_at()))
      .add("declined_at", json_time(row.declined_at()))
      .add("decline_code", row.decline_code() == 0 ? JsonValue() : decline_name(row.decline_code()))
      .add("corrected_at", json_time(row.corrected_at()))
      .add("cancelled_at", json_time(row.cancelled_at()))
      .add("mismatch", row.mismatch())
      .add("waits", row.waits())
      .add("due_in_ms",
           row.waits() && row.due_in_ms() != 0 ? JsonValue(row.due_in_ms()) : JsonValue())
      .add("rung", text(row.rung()).empty() ? JsonValue() : text(row.rung()))
      .add("rung_tells_nobody", row.rung_tells_nobody());
  return json;
}

}  // namespace hotline::client
