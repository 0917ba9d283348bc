// The commands that tell people, looked at before they are needed: one that was moved, or may not
// be run any more, is noticed while nothing waits for it.
#pragma once

#include <map>
#include <string>

#include "protocol/channel/policy.h"

namespace hotline {

// Why the notifier could not start this program, in words; empty where it could.
std::string command_fault(const std::string& program);

// Those programs of the policy that cannot be started, each with what is to be said of it.
std::map<std::string, std::string> missing_commands(const Policy& policy);

}  // namespace hotline
