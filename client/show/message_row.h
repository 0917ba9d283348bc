// One message as lists and reports show it: its values, then its times on lines or all of it as
// JSON, made from the same values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Codes are those of the wire; protocol/message/names.h has words for them. A time of 0 says that
// it has not happened.
struct ShownMessage {
  std::string id;
  bool incoming = false;
  std::string from;  // Ids of parties.
  std::string to;
  uint8_t type = 0;
  uint8_t precedence = 0;
  std::string subject;
  std::string language;
  bool cut = false;  // Subject or language are not whole.
  // The last thing that happened to it: "queued", "sent", "received", "delivered", "waits",
  // "acknowledged", "answered", "declined", "corrected", "cancelled".
  std::string state;
  uint64_t journal_index = 0;
  std::optional<uint64_t> transcript_index;  // Once it stands in its transcript.
  UtcMs released_at = 0;
  UtcMs committed_at = 0;
  UtcMs delivered_at = 0;
  UtcMs acknowledged_at = 0;
  uint8_t acknowledged_role = 0;
  UtcMs answered_at = 0;
  UtcMs declined_at = 0;
  uint16_t decline_code = 0;
  UtcMs corrected_at = 0;
  UtcMs cancelled_at = 0;
  bool mismatch = false;
  bool waits = false;
  int64_t due_in_ms = 0;  // Of one that waits; 0: nobody further is told.
  std::string rung;       // The last it has climbed; may be empty.
  bool rung_tells_nobody = false;
};

ShownMessage shown_message(const Connection& connection, const wire::MessageRow& row);
std::vector<ShownMessage> shown_messages(const Connection& connection, const wire::Rows& rows);

Style precedence_style(uint8_t precedence);

// "  delivered     14:12:08.021Z  SOUTH, 0.1 s". Each without a line feed; empty when it has not
// happened.
std::string delivered_line(const Output& output, const ShownMessage& message);
std::string acknowledged_line(const Output& output, const ShownMessage& message);
std::string mismatch_line(const ShownMessage& message);
std::string declined_line(const Output& output, const ShownMessage& message);

// Every one of these lines that has something to say, in the order of the message's life.
std::vector<std::string> life_lines(const Output& output, const ShownMessage& message);

// "ESCALATED to supervisor", and that nobody was called where that is so. Empty where it has not
// climbed a rung.
std::string escalated_words(const std::string& rung, bool rung_tells_nobody);

// Members for one message; without "v".
JsonValue json_message(const ShownMessage& message);

}  // namespace hotline::client
