// The notice that a notifier on the web is sent, as JSON (docs/operator.md, "What a notifier is
// told"): which messages wait, and never what they say.
#pragma once

#include <string>

#include "daemon/notify/attempt_report.h"
#include "protocol/base/clock.h"
#include "protocol/channel/ladder.h"

namespace hotline {

// "NAME HOW" of each, with this between them.
std::string contacts_text(const std::vector<Contact>& contacts, const char* between);

std::string webhook_body(const Attempt& attempt, const AttemptText& text);

// For POST /api/v2/alerts of Alertmanager: one alert, which holds from one time to the other. The
// same attempt has the same labels, by which Alertmanager knows an alert again.
std::string alert_body(const Attempt& attempt, const AttemptText& text, UtcMs begins, UtcMs ends);

}  // namespace hotline
