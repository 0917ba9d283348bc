// Conflicts of notices as lists and refusals show them, from the rows that the daemon sent.
#pragma once

#include <string>
#include <vector>

#include "client/connect/connection.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// A notice that is not sent yet stands as "this".
void print_conflicts(Output& output, const wire::ConflictRows& rows);

// "S-000005: 0 m apart, 0 m in height, 0 s in time, from 281341Z NOV 26 to 281541Z NOV 26", and
// where a correction is asked about " (as it stands: 900 m, 0 m in height, 0 s in time)".
// `of_peers`: of a notice of theirs, and with ours.
std::string conflict_words(const wire::ConflictRow& row, bool of_peers = false);

// The pairs of volumes beside the nearest, one a line: "Also volume 2 with volume 1: 900 m apart,
// ...". `of_peers` as above.
std::vector<std::string> other_pairs(const wire::ConflictRow& row, bool of_peers = false);

// Not both parties accepted it.
bool is_open(const wire::ConflictRow& row);

// For each party that accepted one the message that said it, and whether it still counts.
void say_acceptances(Output& output, const Connection& connection, const wire::ConflictRows& rows);

// "conflicts", their "total", whether it is all, and whether the peer finds the same.
JsonValue json_conflict(const wire::ConflictRow& row);
JsonValue json_conflicts(const wire::ConflictRows& rows);

// Says whether the peer's daemon finds the same conflicts; without a link, whether it did.
void say_compared(Output& output, const wire::ConflictRows& rows, const std::string& peer,
                  bool has_link);

// Said where more was announced than the daemon can compare.
void say_incomplete(Output& output, bool incomplete);

}  // namespace hotline::client
