// The command line: from argv to the command that was meant, or to a complaint that helps.
#pragma once

#include <string>
#include <vector>

#include "client/command_line/command.h"

namespace hotline::client {

// Reads `words` (without the program's own name) and runs the command. Returns the exit code: the
// command's, or 2 when the words make no sense. An unknown command or option suggests the nearest.
int run_command_line(const std::vector<std::string>& words,
                     const std::vector<CommandSpec>& commands, const Surroundings& around);

// What `hotline help` prints: every command with its summary.
std::string overview(const std::vector<CommandSpec>& commands);
// What `hotline GROUP` and `hotline help GROUP` print: the commands whose names begin with that
// word, or the help of the one there is. Empty where there is none.
std::string group_overview(const std::vector<CommandSpec>& commands, const std::string& group);
// What `hotline help NAME` and `hotline NAME --help` print.
std::string command_help(const CommandSpec& command);

}  // namespace hotline::client
