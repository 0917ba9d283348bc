// One message of a list: its state in a word, its times on lines, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

inline constexpr const char* kNotAgreement = "(acknowledgement is not agreement)";

// The last thing that happened to it: "queued", "sent", "delivered", "waits", "acknowledged",
// "answered", "declined", "corrected", "cancelled".
std::string state_word(const wire::MessageRow& row);

Style precedence_style(uint8_t precedence);

// "  committed     14:12:07.913Z  journal 1042". Each without a line feed; empty when it has not
// happened. `peer` is the other party's id.
std::string committed_line(const Output& output, const wire::MessageRow& row);
std::string delivered_line(const Output& output, const wire::MessageRow& row,
                           const std::string& peer);
std::string acknowledged_line(const Output& output, const wire::MessageRow& row,
                              const std::string& party, const std::string& peer);
std::string mismatch_line(const wire::MessageRow& row);
std::string declined_line(const Output& output, const wire::MessageRow& row,
                          const std::string& party, const std::string& peer);

// Every one of these lines that has something to say, in the order of the message's life.
std::vector<std::string> life_lines(const Output& output, const wire::MessageRow& row,
                                    const std::string& party, const std::string& peer);

// Members for one message; without "v".
JsonValue json_row(const wire::MessageRow& row, const std::string& party, const std::string& peer);

}  // namespace hotline::client
