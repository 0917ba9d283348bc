// One message as lists and reports show it, from the row that the daemon sent: its times on lines,
// or all of it as JSON.
//
// Codes are those of the wire; protocol/message/names.h has words for them. A time of 0 says that
// it has not happened.
#pragma once

#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// Ids of parties.
std::string sender_of(const Connection& connection, const wire::MessageRow& row);
std::string receiver_of(const Connection& connection, const wire::MessageRow& row);

// The last thing that happened to it: "queued", "sent", "received", "delivered", "waits",
// "acknowledged", "answered", "declined", "corrected", "cancelled", "expired".
const char* state_word(const wire::MessageRow& row);
// The same for people: one that waits says too that it was corrected, cancelled or is expired.
std::string state_words(const wire::MessageRow& row);

// "02:48" until the next person is told, "-" where it does not wait or nobody further is told,
// "PAUSED".
std::string due_words(const wire::MessageRow& row);
// Likewise; 0 for "-".
int64_t due_in_ms(const wire::MessageRow& row);

Style precedence_style(uint8_t precedence);

// "S-000087  FLASH  incident".
std::string heading_of(const Output& output, const wire::MessageRow& row);

// "  delivered     14:12:08.021Z  SOUTH, 0.1 s", in the reader's language as are the lines below.
std::string life_line(const Output& output, const std::string& what, UtcMs at,
                      const std::string& rest);

// Lines of a life. Each without a line feed; empty when it has not
// happened.
std::string delivered_line(const Output& output, const Connection& connection,
                           const wire::MessageRow& row);
// `person`: by name, who of this party acknowledged it; empty where that is not known here.
std::string acknowledged_line(const Output& output, const Connection& connection,
                              const wire::MessageRow& row, const std::string& person = "");
std::string disseminated_line(const Output& output, const Connection& connection,
                              const wire::MessageRow& row);
std::string mismatch_line(const Output& output, const wire::MessageRow& row);
std::string declined_line(const Output& output, const Connection& connection,
                          const wire::MessageRow& row);

// Every one of these lines that has something to say, in the order of the message's life.
std::vector<std::string> life_lines(const Output& output, const Connection& connection,
                                    const wire::MessageRow& row,
                                    const std::string& acknowledged_by);

// Above everything else that a message says: whether it still says it.
void print_standing(Output& output, const wire::Detail& detail);

// "ESCALATED to supervisor", and that this rung calls nobody where that is so. Empty where it has
// not climbed a rung.
std::string escalated_words(const std::string& rung, bool rung_tells_nobody);

// Members for one message; without "v".
JsonValue json_message(const Connection& connection, const wire::MessageRow& row);
JsonValue json_messages(const Connection& connection,
                        const std::vector<const wire::MessageRow*>& rows);

}  // namespace hotline::client
