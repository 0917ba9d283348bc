// Incidents: what each message says of the incident whose thread it belongs to. An incident begins
// with a report of either party, or where a person opens it; each party closes it for itself, with
// or without a disagreement.
#pragma once

#include <cstdint>

#include "protocol/message/message_generated.h"

namespace hotline {

// The values stand in the search index: never renumber.
enum class IncidentEffect : uint8_t {
  none = 0,
  reports = 1,  // An INCIDENT or a VIOLATION.
  asks = 2,
  opens = 3,
  closes = 4,
  disputes = 5  // Closes it, and a disagreement is on record.
};

// Reads a message of any kind, also one that breaks the rules.
IncidentEffect incident_effect(const wire::Body& body);

inline bool closes_incident(wire::ServiceAction action) {
  return action == wire::ServiceAction::incident_closed ||
         action == wire::ServiceAction::incident_disputed;
}

}  // namespace hotline
