// A configuration in words, a row for each thing: for people who look at it, and for support.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/process/config.h"
#include "protocol/channel/policy.h"

namespace hotline {

// A command's arguments may say what is not everybody's to know: a number, a token.
enum class CommandWords : bool { program_alone, all };

std::string address_text(const Endpoint& one);
std::vector<std::string> role_names(const PersonConfig& person);
// "/usr/local/bin/page supervisor", "notifier pager".
std::string command_text(const Command& command, CommandWords words);
std::vector<std::pair<std::string, std::string>> config_rows(const Config& config,
                                                             CommandWords words);

}  // namespace hotline
