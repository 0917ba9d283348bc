// The help of a program, made from the table of its commands.
#pragma once

#include <string>

#include "protocol/terminal/command_spec.h"

namespace hotline {

// What `hotline help` prints: every command with its summary.
std::string overview(const Program& program);
// What `hotline GROUP` and `hotline help GROUP` print: the commands whose names begin with that
// word, or the help of the one there is. Empty where there is none.
std::string group_overview(const Program& program, const std::string& group);
// What `hotline help NAME` and `hotline NAME --help` print.
std::string command_help(const Program& program, const CommandSpec& command);
// The command that explains these words: "hotline help send", or "hotlined init --help" of a
// service.
std::string to_ask_for_help(const Program& program, const std::string& words);

}  // namespace hotline
