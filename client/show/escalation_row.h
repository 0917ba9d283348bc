// One line of `hotline escalation`: its values, and JSON made from them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

// A message that waits, and who was told of it.
struct ShownEscalation {
  std::string id;
  bool incoming = false;
  std::string from;  // The id of a party.
  uint8_t precedence = 0;
  std::string rung;  // The last it has climbed; may be empty.
  bool rung_tells_nobody = false;
  UtcMs decided_at = 0;
  std::string next;  // Empty where nobody further is told.
  int64_t due_in_ms = 0;
  std::vector<std::string> attempts;
  struct Told {
    UtcMs at = 0;
    std::string rung;
  };
  std::vector<Told> told;
};

std::vector<ShownEscalation> shown_escalations(const Connection& connection,
                                               const wire::EscalationRows& rows);

JsonValue json_escalation(const ShownEscalation& escalation);

}  // namespace hotline::client
