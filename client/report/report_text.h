// A report as text of 80 columns, the same on a terminal, in a pipe and in a file: it is a
// document.
#pragma once

#include <string>

#include "client/report/report.h"

namespace hotline::client {

// Whole lines. The first says whether the report can be relied on.
std::string text_report(const Report& report);

// "0.3 alarms a day, ..." in lines, each behind `indent`.
std::string text_alarms(const AlarmRates::Measured& alarms, const std::string& indent);

}  // namespace hotline::client
