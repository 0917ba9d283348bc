// The command line of hotline.
#pragma once

#include <string>
#include <vector>

#include "client/command_line/command.h"

namespace hotline::client {

// Reads `words` (without the program's own name) and runs the command. Returns the exit code.
int run_command_line(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const Surroundings& around);

// These commands as the program that the command line and the help read.
Program program_of(const std::vector<Command>& commands);

}  // namespace hotline::client
