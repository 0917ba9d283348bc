// The plots of a report as SVG that stands in an HTML page: no script, no colour that a printer
// could lose, and no larger than its width has points, however long the record is.
#pragma once

#include <string>
#include <vector>

#include "client/report/report.h"

namespace hotline::client {

// How soon messages of one sender were acknowledged, by precedence, on an axis of powers of ten.
std::string plot_latencies(const PartyReport& record, bool incoming);

// Messages a day, or a week where there are many days, by precedence.
std::string plot_messages(const PartyReport& record, bool incoming);

// When the link was up, down or unknown, as each record has it, over the time of all.
std::string plot_link(const std::vector<PartyReport>& records);

// Alarms an hour, or a day where there are many hours.
std::string plot_alarms(const PartyReport& record);

}  // namespace hotline::client
