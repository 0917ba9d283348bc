// The course of a drill as a drawing: a lane of each side with what came and what was done, the
// time that each expectation had, and when the link was down.
#pragma once

#include <string>

#include "client/after_action/after_action.h"

namespace hotline::client {

// No larger than so many rows of marks in a lane; what has no room is left out.
inline constexpr int kPlotRowsMax = 30;

std::string plot_timeline(const AfterAction& report);

}  // namespace hotline::client
