// A report as JSON: every number by the name that docs/report.md defines.
#pragma once

#include "client/report/report.h"
#include "protocol/terminal/json_output.h"

namespace hotline::client {

JsonValue json_report(const Report& report);

// The outcome of verifying a record; null where nobody did.
JsonValue json_verification(const PartyReport& record);

// The measures of alarms alone.
JsonValue json_alarms(const AlarmRates::Measured& alarms);

}  // namespace hotline::client
