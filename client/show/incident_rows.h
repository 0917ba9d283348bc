// Incidents as they are listed and shown: as text, and as JSON.
#pragma once

#include <string>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// "open", "answered" where each question was, "closed by SOUTH" or "closed by us" where the other
// party has not closed it yet, "closed", "closed, disputed".
std::string incident_state(const Connection& connection, const wire::IncidentRow& row);

void print_incidents(Output& output, const Connection& connection, const wire::IncidentRows& rows);
// One with its reports, its questions, and what may be of the same event.
void print_incident(Output& output, const Connection& connection, const wire::IncidentRows& rows);

// Members; without "v".
JsonValue json_incident(const Connection& connection, const wire::IncidentRow& row);
// The same of one incident with its messages, as members of `document`.
void add_incident_to(JsonValue& document, const Connection& connection,
                     const wire::IncidentRows& rows);

}  // namespace hotline::client
