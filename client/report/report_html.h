// A report as one HTML page: no script, nothing from outside, and good to print on A4 in black and
// white. An exercise is marked at its head and end, and by a hatched border on each page.
#pragma once

#include <string>

#include "client/report/report.h"

namespace hotline::client {

std::string html_report(const Report& report);

}  // namespace hotline::client
