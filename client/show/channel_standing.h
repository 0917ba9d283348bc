// How the channel stands: what is wrong and what waits, as `status` and `check` show it, from the
// rows that the daemon sent.
#pragma once

#include <string>

#include "client/connect/connection.h"
#include "protocol/terminal/json_output.h"
#include "protocol/terminal/output.h"

namespace hotline::client {

// The word for a ChannelMode (protocol/channel/channel_state.h).
const char* channel_mode_word(uint8_t mode);

bool is_critical(const wire::ConditionRow& row);

// "for 3 min 12 s, since 14:08:55.913Z: no link to the peer: connection refused". The words are in
// the reader's language already.
std::string condition_words(const Output& output, const wire::ConditionRow& row, UtcMs now);

// "3 of SOUTH wait for us, the oldest for 3 min 12 s, ESCALATED to supervisor". `peer` as it is
// shown.
std::string waiting_words(const wire::WaitingSummary& waiting, const std::string& peer);

// Code, subject, severity, since, text.
JsonValue json_condition(const wire::ConditionRow* row);

}  // namespace hotline::client
