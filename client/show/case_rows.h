// Cases of violations as they are listed and shown: as text, and as JSON.
#pragma once

#include <string>

#include "client/connect/connection.h"
#include "protocol/api/client_generated.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// "asked", "answered", "silent"; "not asked" for none of them.
std::string guarantor_standing_words(uint8_t standing);

void print_cases(Output& output, const Connection& connection, const wire::CaseRows& rows);
// The one that was asked for, with its violations, decisions and guarantors.
void print_case(Output& output, const Connection& connection, const wire::CaseRows& rows);

// Members; without "v".
JsonValue json_case(const Connection& connection, const wire::CaseRow& row);
// The same of one case with all that belongs to it, as members of `document`.
void add_case_to(JsonValue& document, const Connection& connection, const wire::CaseRows& rows);

}  // namespace hotline::client
