// A SERVICE message about the exercise itself: its stops, and its clock.
#pragma once

#include <string>
#include <vector>

#include "client/command_line/command_line.h"
#include "client/connect/connection.h"
#include "protocol/message/body.h"

namespace hotline::client {

// Refuses a live channel: nothing is signed for it here.
Status check_exercise(const Connection& connection, const std::string& reason);

// --reason and how to wait, which every such word has.
std::vector<OptionSpec> exercise_word_options();

// Sends it at FLASH, waits as the options ask, and reports it. `what`: so it failed. Returns the
// exit code.
int say_of_exercise(Invocation& invocation, Connection& connection, ServiceFields said,
                    const std::string& subject, const std::string& what,
                    const std::vector<std::string>& references = {});

}  // namespace hotline::client
