// Where people order something of a drill that another program plays: which drill is meant, who
// asks, and the answer on the screen.
#pragma once

#include <optional>
#include <string>

#include "client/command_line/command_line.h"
#include "client/director/played_drill.h"

namespace hotline::client {

// --directory and --by, which every order has.
std::vector<OptionSpec> order_options(std::vector<OptionSpec> more = {});

// The drill that is meant. Throws CommandFailed.
PlayedDrill chosen_drill(const Invocation& invocation, const std::string& what);

// Hands the order in, and says what came of it. The exit code.
int give_order(Invocation& invocation, DrillOrder order, const std::string& what);
// The same where a drill is meant: by --directory, or as it lies where the contexts do, or here.
std::optional<int> give_order_if_played(Invocation& invocation, const DrillOrder& order,
                                        const std::string& what);

}  // namespace hotline::client
