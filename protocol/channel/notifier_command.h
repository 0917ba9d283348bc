// Commands of a rung that stand for a notifier of the configuration instead of a program. The
// ladder does not tell one from the other.
#pragma once

#include <string>

#include "protocol/channel/policy.h"

namespace hotline {

// The command that stands for the notifier of this name ([a-z0-9-]).
Command notifier_command(const std::string& name);

// The name of the notifier for which the command stands; empty where it is a program.
std::string notifier_of(const Command& command);

// As people call it: the notifier's name, or the program.
std::string name_of_command(const Command& command);

}  // namespace hotline
