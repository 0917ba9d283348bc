// A store that no hotlined runs on, opened to be looked at.
#pragma once

#include <functional>
#include <string>

#include "daemon/store/store.h"
#include "protocol/terminal/command_spec.h"
#include "protocol/terminal/output.h"

namespace hotline {

// Opens the store of the configuration that was typed, and gives the exit code of `look`. `what`
// cannot be done where that fails. `in_use`: what to type where a hotlined runs on it; empty: what
// the lock says.
int look_into_store(const Arguments& arguments, Output& output, const std::string& what,
                    const std::string& in_use,
                    const std::function<int(const std::string& path, Store& store)>& look);

}  // namespace hotline
